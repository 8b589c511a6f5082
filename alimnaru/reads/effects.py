"""What came after reminders, month by month: from the counts of each night and from tallies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from alimnaru.rules.effects import PAIRS, Pair, is_whole
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.periods import Period
from alimnaru.store.models import Department, MonthCount, Notice, Tally
from alimnaru.store.scoping import Scope

_K = MonthCount.Kind


@dataclass(frozen=True, slots=True)
class EffectMonth:
    """A month of a pair. Messages are delivered ones of that month. `reminded` residents got the
    reminder, `followed` of them the other notice after it; None: not counted yet. `open`: the days
    that are looked ahead have not all passed."""

    month: date
    reminders: int
    follows: int
    reminded: int | None
    followed: int | None
    open: bool

    @property
    def spared(self) -> int | None:
        """Residents who were reminded and got no other notice after it."""
        if self.reminded is None or self.followed is None:
            return None
        return self.reminded - self.followed


@dataclass(frozen=True, slots=True)
class Effect:
    """A reminder and what follows it, over months."""

    pair: Pair
    reminder: Notice
    follow: Notice
    months: Sequence[EffectMonth]


@dataclass(frozen=True, slots=True)
class Settled:
    """A notice whose rule asks again before it tells: records found to be due in a month, and
    those that were settled by then."""

    notice: Notice
    months: Sequence[tuple[date, int, int]]

    @property
    def due(self) -> int:
        return sum(due for _month, due, _settled in self.months)

    @property
    def settled(self) -> int:
        return sum(settled for _month, _due, settled in self.months)


@dataclass(frozen=True, slots=True)
class Effects:
    """Over a period: pairs of which anything was sent, and notices that ask again."""

    period: Period
    pairs: Sequence[Effect]
    settled: Sequence[Settled]


def effects(scope: Scope, period: Period, *, department: Department | None = None) -> Effects:
    """What came after reminders in the scope's departments. Four queries."""
    within = [
        d.pk for d in scope.departments() if not department or d.path.startswith(department.path)
    ]
    months = list(period.months())
    codes = {code for pair in PAIRS for code in (pair.reminder, pair.follow)}
    notices = {n.code: n for n in Notice.objects.filter(code__in=codes)}
    sent = _sent(within, period, [n.pk for n in notices.values()])
    counted = _counted(within, months)
    pairs = [
        Effect(pair, notices[pair.reminder], notices[pair.follow], [
            _month(month, pair, notices, sent, counted) for month in months
        ])
        for pair in PAIRS
        if pair.reminder in notices
        and pair.follow in notices
        and any(sent.get((m, notices[pair.reminder].pk)) for m in months)
    ]  # fmt: skip
    return Effects(period, pairs, _settled(months, counted))


def _month(
    month: date, pair: Pair, notices: dict[str, Notice], sent: Any, counted: Any
) -> EffectMonth:
    reminder, follow = notices[pair.reminder].pk, notices[pair.follow].pk
    return EffectMonth(
        month,
        sent.get((month, reminder), 0),
        sent.get((month, follow), 0),
        counted.get((month, reminder, _K.REMINDED.value)),
        counted.get((month, reminder, _K.FOLLOWED.value)),
        open=not is_whole(month, timezone.localdate(), pair),
    )


def _sent(
    departments: Sequence[int], period: Period, notices: Sequence[int]
) -> dict[tuple[date, int], int]:
    found = (
        Tally.objects.filter(
            department__in=departments,
            day__range=(period.start, period.end),
            notice__in=notices,
            outcome=MessageState.DELIVERED,
        )
        .annotate(month=TruncMonth("day"))
        .values_list("month", "notice")
        .annotate(total=Sum("messages"))
        .order_by()
    )
    return {(month, notice): total for month, notice, total in found}


def _counted(
    departments: Sequence[int], months: Sequence[date]
) -> dict[tuple[date, int, str], int]:
    kinds = (_K.REMINDED, _K.FOLLOWED, _K.DUE, _K.SETTLED)
    found = MonthCount.objects.filter(
        month__in=months, kind__in=kinds, department__in=departments
    ).values_list("month", "notice", "kind", "messages")
    sums: dict[tuple[date, int, str], int] = defaultdict(int)
    for month, notice, kind, messages in found:
        sums[month, notice, kind] += messages
    return dict(sums)


def _settled(months: Sequence[date], counted: dict[tuple[date, int, str], int]) -> list[Settled]:
    due = {notice for _month, notice, kind in counted if kind == _K.DUE}
    return [
        Settled(notice, [
            (
                month,
                counted.get((month, notice.pk, _K.DUE.value), 0),
                counted.get((month, notice.pk, _K.SETTLED.value), 0),
            )
            for month in months
        ])
        for notice in Notice.objects.filter(pk__in=due).order_by("code")
    ]  # fmt: skip
