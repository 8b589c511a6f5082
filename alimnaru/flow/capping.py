"""The daily cap: what is too much for one day goes the next, if it still says something then."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone

from alimnaru.flow.jobs import JobName, defer
from alimnaru.reads.release_facts import TEST
from alimnaru.rules import caps as rule
from alimnaru.rules.policy import OfficePolicy
from alimnaru.rules.workdays import holidays_around
from alimnaru.store.ledger import birth, caps, cutting
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.exit import Waiting
from alimnaru.store.models import Batch

#: A batch of so many rows asks once for all of its chunks whom others keep busy: a look for each
#: message costs 4 µs of PostgreSQL's time, which is 4 % of what a message costs in all.
LONG = 2_000
#: Seconds for which that is believed.
KNOWN_FOR = 300


def beyond(claim: Claim, batch: Batch, going: Sequence[Waiting], now: datetime) -> Collection[int]:
    """Which messages of a claimed chunk are more than their residents are told in a day."""
    counted = rule.is_counted(
        batch.notice.priority,
        statutory=batch.notice.is_statutory,
        test=batch.origin == TEST,
        correction=batch.corrects_id is not None,
    )
    # What goes by a sandbox account reaches nobody.
    if not counted or batch.hours_waived:
        return ()
    midnight = datetime.combine(timezone.localdate(now), time(), timezone.get_current_timezone())
    if batch.rows >= LONG and batch.most_each:
        busy = _busy(batch.pk, batch.rows, batch.most_each, midnight, now.timestamp() // KNOWN_FOR)
        if busy is not None and busy.isdisjoint(message.to_hash for message in going):
            return ()
    return caps.beyond(
        claim.chunk,
        test=TEST,
        default=OfficePolicy().daily_cap,
        sandbox=batch.hours_waived,
        day=(midnight, midnight + timedelta(days=1)),
    )


@lru_cache(maxsize=16)
def _busy(
    batch: int, rows: int, most_each: int, midnight: datetime, _: float
) -> frozenset[bytes] | None:
    """Whom other batches keep busy today, as it was some minutes ago. Messages that were born
    since count this batch's, not the other way round, as long as it is on its way."""
    return caps.busy(
        batch,
        most_each=most_each,
        room=rows,
        test=TEST,
        default=OfficePolicy().daily_cap,
        sandbox=False,
        midnight=midnight,
    )


def put_off(claim: Claim, batch: Batch, messages: Collection[int], now: datetime) -> bool:
    """Move messages of a claimed chunk into one that goes tomorrow. False: that is too late."""
    local = timezone.localtime(now)
    opening = rule.put_off_until(
        batch.notice.window, local, batch.expires_at, holidays_around(local.date())
    )
    if opening is None:
        return False
    [chunk] = birth.chunk_ids(1)
    # In the order in which everybody locks messages.
    leaving = [message for message in cutting.lock_waiting(claim.chunk) if message in messages]
    cutting.cut(claim, [cutting.Part(chunk, leaving, opening)], None)
    defer(JobName.DISPATCH, chunk, queue=claim.lane, at=opening)
    return True
