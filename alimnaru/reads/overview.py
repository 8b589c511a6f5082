"""What a person should know at first sight: what waits for them, what runs, what goes wrong.

Each of these is one query over a partial index or a small table, whatever the office has sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from alimnaru.rules.ceilings import WARN_AT
from alimnaru.rules.lifecycle import ChunkState
from alimnaru.store.ledger import budget
from alimnaru.store.ledger.unknowns import NEVER
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Chunk,
    Department,
    Member,
    Stage,
)
from alimnaru.store.scoping import Scope

#: From this share of its monthly cap on, a department hears of it.
LOW_BUDGET = Decimal(WARN_AT[0]) / 100

_PENDING = (
    F("size") - F("delivered") - F("failed") - F("suppressed") - F("cancelled") - F("expired")
    - F("unknown") - F("moved")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Requests:
    """Batches that wait for this person's word. `first` is the one to look at now."""

    count: int
    first: Batch | None
    #: Until when `first` must be approved to go as it is wanted: its own time, or today's closing.
    #: None: today it cannot go any more, or its hours have no end.
    by: datetime | None


def requests_for(member: Member, scope: Scope, now: datetime) -> Requests:
    """What others have asked for in the scope and this member has not judged yet."""
    judged = Q(votes__member=member, votes__hash=F("release_hash"))
    waiting = (
        scope.batches()
        .filter(stage=Stage.REQUESTED)
        .exclude(member=member)
        .exclude(pk__in=Batch.objects.filter(judged).values("pk"))
        .select_related("notice")
    )
    found = sorted(waiting, key=lambda batch: (_by(batch, now) or batch.expires_at, batch.pk))
    if not found:
        return Requests(0, None, None)
    return Requests(len(found), found[0], _by(found[0], now))


def _by(batch: Batch, now: datetime) -> datetime | None:
    if batch.not_before > now:
        return batch.not_before
    window, local = batch.notice.window, timezone.localtime(now)
    if window.opens == window.closes or window.next_opening(local) is not None:
        return None
    return datetime.combine(local.date(), window.closes, tzinfo=local.tzinfo)


@dataclass(frozen=True, slots=True)
class Moving:
    """Messages on their way, and batches in which somebody must decide about unknown results."""

    messages: int
    undecided: int


def moving(departments: Sequence[int]) -> Moving:
    """Of the batches of these departments. From the two partial indexes of chunks that owe."""
    never = datetime.fromisoformat(NEVER)
    undecided = Q(unknown__gt=0) & (Q(unknown_due_at=None) | Q(unknown_due_at__lt=never))
    running = ~Q(state=ChunkState.SETTLED) & Q(batch__stage=Stage.RELEASED)
    sums = Chunk.objects.filter(
        Q(unknown__gt=0) | ~Q(state=ChunkState.SETTLED), batch__department__in=departments
    ).aggregate(
        messages=Sum(_PENDING, filter=running),
        undecided=Count("batch", filter=undecided, distinct=True),
    )
    return Moving(sums["messages"] or 0, sums["undecided"])


@dataclass(frozen=True, slots=True)
class Budget:
    """A department's monthly cap and what it has spent of it so far, with all below it."""

    department: Department
    cap: Decimal
    spent: Decimal

    @property
    def is_low(self) -> bool:
        return self.spent >= self.cap * LOW_BUDGET

    @property
    def is_empty(self) -> bool:
        return self.spent >= self.cap


def budgets(departments: Sequence[Department], now: datetime) -> list[Budget]:
    """Those of these departments that have a cap, the one nearest to it first.

    Each as the exit counts it: with what the departments below it spend.
    """
    caps = {d.pk: (d, d.monthly_cap_won) for d in departments}
    capped = {pk: (d, cap) for pk, (d, cap) in caps.items() if cap is not None}
    if not capped:
        return []
    today = timezone.localdate(now)
    spent = budget.spent_each(list(capped), today.replace(day=1), today)
    found = [Budget(d, cap, spent.get(pk, Decimal(0))) for pk, (d, cap) in capped.items()]
    return sorted(found, key=lambda budget: -(budget.spent / budget.cap if budget.cap else 1))


def troubled_accounts() -> list[CarrierAccount]:
    """Active contracts that are being rested, tried again, or of which Kakao has no use."""
    trouble = Q(breaker__state__in=["open", "half"]) | ~Q(profile_state="active")
    return list(CarrierAccount.objects.filter(trouble, is_active=True).distinct())
