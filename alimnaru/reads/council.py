"""What a council asks for: years by month, department, notice and channel; and who sent what on
whose approval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import F, Prefetch
from django.utils import timezone

from alimnaru.reads.money import price_list
from alimnaru.reads.statistics import long_notices, of_one_price, price_on, priced
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.periods import Period
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Batch, Department, Notice, Stage, Vote
from alimnaru.store.scoping import Scope

#: A workbook's sheet holds more; nobody reads that many, and the web process must not be held up.
MOST_BATCHES = 50_000


@dataclass(slots=True)
class Cells:
    """Counts and won of a month, department, notice and channel. `as_text`: what the delivered
    ones would have cost as the text message that each needs (`Baseline.NEEDED`)."""

    delivered: int = 0
    failed: int = 0
    unknown: int = 0
    unsent: int = 0
    won: Decimal = Decimal(0)
    as_text: Decimal = Decimal(0)

    @property
    def saved(self) -> Decimal:
        return self.as_text - self.won


@dataclass(frozen=True, slots=True)
class CouncilRow:
    """A line of the table."""

    month: date
    department: Department
    notice: Notice
    channel: str
    cells: Cells


# Plan: the index on department and day, hashed in one pass: three years of an office are some
# 300,000 tallies and 10,000 lines.
_SQL = """
    SELECT date_trunc('month', day)::date, department_id, notice_id, channel, outcome,
           sum(messages)::bigint, sum(won),
           coalesce(sum(messages) FILTER (
               WHERE needs = 'lms' OR (needs = '' AND notice_id = ANY(%s::bigint[]))), 0)::bigint
    FROM store_tally
    WHERE department_id = ANY(%s::bigint[]) AND day BETWEEN %s AND %s
    GROUP BY 1, 2, 3, 4, 5
"""
_COUNTED = {
    MessageState.FAILED.value: "failed",
    MessageState.UNKNOWN.value: "unknown",
}


def council(
    scope: Scope, period: Period, *, department: Department | None = None
) -> list[CouncilRow]:
    """Every month of the period with what ended in it, by department in the tree's order, notice
    and channel. Four queries, and one more for each change of prices."""
    departments = {
        d.pk: d
        for d in scope.departments().order_by("path")
        if not department or d.path.startswith(department.path)
    }
    cells: dict[tuple[date, int, int, str], Cells] = defaultdict(Cells)
    prices, long = price_list(), long_notices()
    for part in of_one_price(period, prices):
        sms, lms = (price_on(prices, c, part.start) for c in (Channel.SMS, Channel.LMS))
        params = [long, list(departments), part.start, part.end]
        for *key, outcome, messages, won, of_long in rows(_SQL, params):
            month, of_department, notice, channel = key
            line = cells[month, of_department, notice, channel]
            if outcome != MessageState.DELIVERED:
                name = _COUNTED.get(outcome, "unsent")
                setattr(line, name, getattr(line, name) + messages)
                continue
            line.delivered += messages
            line.won += won
            if sms is None or lms is None:
                line.as_text += won  # Where nobody knows a baseline, nothing was saved.
            else:
                line.as_text += priced(won, messages, of_long, sms, lms).needed
    notices = Notice.objects.in_bulk({key[2] for key in cells})
    order = {pk: at for at, pk in enumerate(departments)}
    channels = {c.value: at for at, c in enumerate(Channel)}
    sort = sorted(cells, key=lambda k: (k[0], order[k[1]], notices[k[2]].code, channels[k[3]]))
    return [CouncilRow(k[0], departments[k[1]], notices[k[2]], k[3], cells[k]) for k in sort]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who agreed, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SentBatch:
    """A batch that was released: by whom it was asked for, on whose approvals. Names are those of
    officers; no resident stands in it."""

    batch: Batch
    approvals: Sequence[Approval] = field(default=())


def released(
    scope: Scope, period: Period, *, department: Department | None = None
) -> Iterator[SentBatch]:
    """Batches released in the period, the earliest first, `MOST_BATCHES` at most. By the index on
    department and time; approvals count only for what was released in the end. Two queries."""
    start, end = (
        timezone.make_aware(datetime.combine(day, time()))
        for day in (period.start, period.end + timedelta(days=1))
    )
    votes = (
        Vote.objects.filter(decision=Vote.Decision.APPROVE, hash=F("batch__release_hash"))
        .select_related("member")
        .order_by("at", "pk")
    )
    found = (
        scope.batches()
        .filter(stage=Stage.RELEASED, created_at__gte=start, created_at__lt=end)
        .select_related("department", "notice", "member", "api_key", "rule__approved_by")
        .prefetch_related(Prefetch("votes", votes))
        .order_by("created_at", "pk")
    )
    if department is not None:
        found = found.filter(department__path__startswith=department.path)
    for batch in found[:MOST_BATCHES]:
        yield SentBatch(batch, [Approval(v.member.name, v.at) for v in batch.votes.all()])
