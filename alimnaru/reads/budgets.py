"""How each ceiling stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Sum
from django.utils import timezone

from alimnaru.rules.ceilings import Ceiling, Span, Stand, Whose
from alimnaru.store.ledger import budget
from alimnaru.store.ledger.budget import Capped
from alimnaru.store.models import Project, Tally

#: Seconds. Sums of days that have passed change only when a price is entered late.
_KEPT = 60


def ceilings(capped: Capped) -> Iterator[Ceiling]:
    """Those of one department or line, the shorter first."""
    for span, won in ((Span.DAY, capped.daily), (Span.MONTH, capped.monthly)):
        if won is not None:
            yield Ceiling(Whose(capped.whose), capped.key, span, won)


def stands(capped: Capped, now: datetime, coming: Decimal = Decimal(0)) -> list[Stand]:
    """How its ceilings stand, `coming` counted against each."""
    today = timezone.localdate(now)
    found = []
    spent: dict[Span, Decimal] = {}
    for ceiling in ceilings(capped):
        if not spent:
            spent[Span.DAY] = budget.spent(capped, today, today)
        if ceiling.span is Span.MONTH:
            spent[Span.MONTH] = spent[Span.DAY] + _earlier(capped, today)
        found.append(Stand(ceiling, spent[ceiling.span], coming))
    return found


def _earlier(capped: Capped, today: date) -> Decimal:
    """Of the days of this month before today."""
    if today.day == 1:
        return Decimal(0)
    key = f"spent:{capped.whose}:{capped.key}:{today}"
    known: Decimal | None = cache.get(key)
    if known is None:
        known = budget.spent(capped, today.replace(day=1), today - timedelta(days=1))
        cache.set(key, known, _KEPT)
    return known


def standing_over(path: str, project: int | None, now: datetime) -> list[Stand]:
    """Every ceiling over a department and a line, what is under way counted against it. One small
    query where there is none."""
    today = timezone.localdate(now)
    return [
        stand
        for capped in budget.over(path, project)
        for stand in stands(capped, now, budget.under_way(capped, today))
    ]


def lines_and_spent(now: datetime) -> list[tuple[Project, Decimal]]:
    """Every budget line with what was spent from it this month, in the order of departments."""
    today = timezone.localdate(now)
    tallies = Tally.objects.filter(project__isnull=False, day__range=(today.replace(day=1), today))
    spent = dict(tallies.values_list("project").annotate(Sum("won")).order_by())
    found = Project.objects.select_related("department").prefetch_related("notices")
    return [(p, spent.get(p.pk, Decimal(0))) for p in found.order_by("department__path", "code")]
