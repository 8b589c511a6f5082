"""Why people were not told, counted by reason and by what to do next, for many batches at once.

It reads messages (470,000 take a third of a second), so what it found is kept for as long as the
counters of a batch stay as they are. Nothing personal is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache

from alimnaru.reads.batch_lists import Counts
from alimnaru.reads.deliveries import UNREACHED, FailureCount
from alimnaru.reads.what_next import REFUSED, WhatNext, what_next
from alimnaru.store.ledger.base import rows as select
from alimnaru.store.models import Batch

_KEPT_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Ended:
    """A batch with what its counters say."""

    batch: Batch
    counts: Counts

    @property
    def key(self) -> str:
        """Names the batch and everything on which the answer depends."""
        c = self.counts
        parts = (c.failed, c.suppressed, c.cancelled, c.expired, c.unknown, self.batch.refused)
        return f"why-not:{self.batch.pk}:{'-'.join(map(str, parts))}"


def why_not_told(ended: list[Ended]) -> dict[int, list[FailureCount]]:
    """Refused rows and undelivered messages by reason, most first, for each batch.

    For batches that the caller got through its scope. One statement for all that are not known.
    """
    keys = {e.batch.pk: e.key for e in ended}
    known: dict[str, list[FailureCount]] = cache.get_many(keys.values())
    missing = [batch for batch, key in keys.items() if key not in known]
    found = _read(missing) if missing else {}
    cache.set_many({keys[batch]: found.get(batch, []) for batch in missing}, _KEPT_SECONDS)
    return {
        batch: known[key] if key in known else found.get(batch, []) for batch, key in keys.items()
    }


def _read(batch_ids: list[int]) -> Mapping[int, list[FailureCount]]:
    """Chunks by batch, and only the messages of those in which somebody was not told."""
    sql = """
        SELECT m.batch_id, m.state, coalesce(m.code, ''), count(*)
        FROM store_chunk c
        JOIN store_message m ON m.chunk_id = c.id AND m.state = ANY(%s::text[])
        WHERE c.batch_id = ANY(%s::bigint[])
          AND c.failed + c.suppressed + c.cancelled + c.expired + c.unknown > 0
        GROUP BY 1, 2, 3
        UNION ALL
        SELECT batch_id, %s, code, count(*) FROM store_refusedrow
        WHERE batch_id = ANY(%s::bigint[]) GROUP BY 1, 3
        ORDER BY 4 DESC, 2, 3
    """
    states = [state.value for state in UNREACHED]
    found: defaultdict[int, list[FailureCount]] = defaultdict(list)
    for batch, *reason in select(sql, [states, batch_ids, REFUSED, batch_ids]):
        found[batch].append(FailureCount(*reason))
    return found


@dataclass(frozen=True, slots=True)
class StepCount:
    """How many people wait for one next step."""

    step: WhatNext
    people: int


def by_step(reasons: list[FailureCount]) -> list[StepCount]:
    """The same people by what to do about them, most first."""
    sums: defaultdict[WhatNext, int] = defaultdict(int)
    for reason in reasons:
        sums[what_next(reason.state, reason.code)] += reason.messages
    return [StepCount(s, n) for s, n in sorted(sums.items(), key=lambda i: (-i[1], i[0]))]
