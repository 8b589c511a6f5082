"""What became of a batch, read from the counters of its chunks.

A district's batch has 470,000 messages and 500 chunks: pages and polls read the chunks. Only what
is asked for once, and says so, reads messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from alimnaru.reads.money import price_list
from alimnaru.reads.statistics import long_notices
from alimnaru.reads.what_next import REFUSED
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.tariff import Baseline, saving
from alimnaru.store.ledger.base import rows as select
from alimnaru.store.models import Batch
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class Held:
    """Chunks that wait for a person, and the messages in them."""

    code: str
    chunks: int
    messages: int


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A batch at one moment. Every count is of residents' messages, each counted once.

    `delivered` and `both_reached` are by channel; the latter counts earlier tries that arrived
    after all although another channel had delivered too. `won` holds `spent` and what
    each `Baseline` would have cost; it is empty where no price had begun. `first_sent_at` is None
    until a carrier has taken something; `seconds` is asked for separately
    (`batch_report(timed=True)`).
    """

    batch: int
    notice_code: str
    notice_name: str
    department: str
    source_name: str
    created_at: datetime
    not_before: datetime
    expires_at: datetime
    stopped_at: datetime | None
    first_sent_at: datetime | None
    rows: int
    refused: int
    delivered: Mapping[str, int]
    failed: int
    suppressed: int
    cancelled: int
    expired: int
    unknown: int
    pending: int
    held: Sequence[Held]
    both_reached: Mapping[str, int]
    won: Mapping[str, Decimal]
    seconds: float | None = None

    @property
    def settled(self) -> int:
        """Messages that have ended, one way or another."""
        ends = self.failed + self.suppressed + self.cancelled + self.expired + self.unknown
        return sum(self.delivered.values()) + ends

    @property
    def balances(self) -> bool:
        """The equation: every row of the list is in exactly one place."""
        return self.rows == self.refused + self.settled + self.pending

    @property
    def waits_for_a_person(self) -> bool:
        """Whether nothing moves any more although messages are open."""
        # What waits for its first slice goes on by itself.
        held = sum(h.messages for h in self.held if h.code != Refusal.FIRST_SLICE)
        return 0 < self.pending <= held

    def as_json(self) -> dict[str, object]:
        """The shape in which the command line and the API show it."""
        return {
            "batch": self.batch,
            "notice": self.notice_code,
            "department": self.department,
            "created_at": self.created_at.isoformat(),
            "rows": self.rows,
            "refused": self.refused,
            "delivered": dict(self.delivered),
            "failed": self.failed,
            "suppressed": self.suppressed,
            "cancelled": self.cancelled,
            "expired": self.expired,
            "unknown": self.unknown,
            "pending": self.pending,
            "held": [
                {"code": h.code, "chunks": h.chunks, "messages": h.messages} for h in self.held
            ],
            "both_reached": sum(self.both_reached.values()),
            "won": {name: float(value) for name, value in self.won.items()},
            "stopped": self.stopped_at is not None,
            "balances": self.balances,
            "seconds": self.seconds,
        }


def batch_report(scope: Scope, batch_id: int, *, timed: bool = False) -> BatchReport | None:
    """The batch as it stands, or None if the scope has no such batch.

    `timed` adds `seconds` once nothing is pending: it reads the batch's messages, so it is for a
    report that is made once and not for a page.
    """
    batch = scope.batches().select_related("notice", "department").filter(pk=batch_id).first()
    if batch is None:
        return None
    counts = _counts(batch_id)
    both = _both_reached(batch_id) if counts.moved else {}
    delivered = {c.value: counts.delivered.get(c, 0) for c in Channel}
    return BatchReport(
        batch=batch.pk,
        notice_code=batch.notice.code,
        notice_name=batch.notice.name,
        department=batch.department.name,
        source_name=batch.source_name,
        created_at=batch.created_at,
        not_before=batch.not_before,
        expires_at=batch.expires_at,
        stopped_at=batch.stopped_at,
        first_sent_at=counts.first_sent_at,
        rows=batch.rows,
        refused=batch.refused,
        delivered=delivered,
        failed=counts.failed,
        suppressed=counts.suppressed,
        cancelled=counts.cancelled,
        expired=counts.expired,
        unknown=counts.unknown,
        pending=counts.pending,
        held=_held(batch_id) if counts.held else (),
        both_reached=both,
        won=_won(batch, delivered, both),
        seconds=_seconds(batch_id, counts) if timed else None,
    )


@dataclass(slots=True)
class _Counts:
    delivered: dict[str, int]
    failed: int = 0
    suppressed: int = 0
    cancelled: int = 0
    expired: int = 0
    unknown: int = 0
    pending: int = 0
    held: int = 0
    moved: int = 0
    first_sent_at: datetime | None = None


def _counts(batch_id: int) -> _Counts:
    """Sums over the chunks of a batch. Index scan on chunk.batch_id; one snapshot for all of them.

    A message that moved on left its first chunk as `moved` and is in the size of the next, so
    what is pending is what the sizes hold and the counters do not.
    """
    sql = """
        SELECT channel, sum(delivered), sum(failed), sum(suppressed), sum(cancelled),
               sum(expired), sum(unknown),
               sum(size - delivered - failed - suppressed - cancelled - expired - unknown - moved),
               count(*) FILTER (WHERE state = 'held'), sum(moved), min(sent_at)
        FROM store_chunk WHERE batch_id = %s GROUP BY channel
    """
    counts = _Counts({})
    for channel, delivered, *ends, held, moved, sent_at in select(sql, [batch_id]):
        counts.delivered[channel] = delivered
        counts.failed += ends[0]
        counts.suppressed += ends[1]
        counts.cancelled += ends[2]
        counts.expired += ends[3]
        counts.unknown += ends[4]
        counts.pending += ends[5]
        counts.held += held
        counts.moved += moved
        if sent_at is not None:
            counts.first_sent_at = min(sent_at, counts.first_sent_at or sent_at)
    return counts


def _held(batch_id: int) -> list[Held]:
    sql = """
        SELECT hold_code, count(*),
               sum(size - delivered - failed - suppressed - cancelled - expired - unknown - moved)
        FROM store_chunk WHERE batch_id = %s AND state = 'held' GROUP BY 1 ORDER BY 2 DESC, 1
    """
    return [Held(*row) for row in select(sql, [batch_id])]


def _both_reached(batch_id: int) -> dict[str, int]:
    """By the channel of the earlier try; each is billed beside the one that counts.

    Reads messages, so it is asked only for a batch of which something moved to another channel.
    """
    sql = """
        SELECT a.channel, count(*) FROM store_attempt a JOIN store_message m ON m.id = a.message_id
        WHERE a.batch_id = %s AND a.reached_at IS NOT NULL
          AND m.state = 'delivered' AND m.channel <> a.channel
        GROUP BY a.channel
    """
    return dict(select(sql, [batch_id]))


def _won(batch: Batch, delivered: Mapping[str, int], both: Mapping[str, int]) -> dict[str, Decimal]:
    """At the prices of the day on which the batch began to go."""
    charged = {c: delivered.get(c, 0) + both.get(c, 0) for c in Channel}
    day = timezone.localdate(batch.not_before)
    try:
        total = saving(
            charged, price_list(), day, messages=sum(delivered.values()), needs=_needs(batch)
        )
    except ValueError:
        return {}
    return {"spent": total.spent, **{b.value: total.would(b) for b in Baseline}}


def _needs(batch: Batch) -> Channel:
    """What it noted when it was made, or by the newest wording of its notice."""
    if batch.needs:
        return Channel(batch.needs)
    return Channel.LMS if batch.notice_id in long_notices() else Channel.SMS


def _seconds(batch_id: int, counts: _Counts) -> float | None:
    """From the first hand-over to the last result."""
    if counts.pending or counts.first_sent_at is None:
        return None
    found = select("SELECT max(done_at) FROM store_message WHERE batch_id = %s", [batch_id])
    last: datetime | None = found[0][0]
    return (last - counts.first_sent_at).total_seconds() if last else None


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How many were not told for one reason. `state` as `reads.what_next` takes it."""

    state: str
    code: str
    messages: int


#: Message states whose residents were not told, or not for certain.
UNREACHED = (
    MessageState.FAILED,
    MessageState.SUPPRESSED,
    MessageState.CANCELLED,
    MessageState.EXPIRED,
    MessageState.UNKNOWN,
)


def failures_by_code(batch_id: int) -> list[FailureCount]:
    """Refused rows and undelivered messages by reason, most first.

    For a batch that the caller got through its scope. Reads the batch's messages once.
    """
    sql = """
        SELECT state, coalesce(code, ''), count(*) FROM store_message
        WHERE batch_id = %s AND state = ANY(%s::text[]) GROUP BY 1, 2
        UNION ALL
        SELECT %s, code, count(*) FROM store_refusedrow WHERE batch_id = %s GROUP BY 2
        ORDER BY 3 DESC, 1, 2
    """
    states = [state.value for state in UNREACHED]
    return [FailureCount(*row) for row in select(sql, [batch_id, states, REFUSED, batch_id])]


def count_from_messages(batch_id: int) -> dict[str, int]:
    """The same counts from the rows themselves: `refused`, each state, `delivered:<channel>`.

    What the counters are proved by; it reads every message of the batch.
    """
    sql = "SELECT state, channel, count(*) FROM store_message WHERE batch_id = %s GROUP BY 1, 2"
    counts = {state.value: 0 for state in MessageState}
    counts |= {f"delivered:{channel.value}": 0 for channel in Channel}
    for state, channel, number in select(sql, [batch_id]):
        counts[state] += number
        if state == MessageState.DELIVERED:
            counts[f"delivered:{channel}"] += number
    refused = select("SELECT count(*) FROM store_refusedrow WHERE batch_id = %s", [batch_id])
    counts[REFUSED] = refused[0][0]
    return counts
