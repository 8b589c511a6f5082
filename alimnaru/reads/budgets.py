"""How each ceiling stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db.models import QuerySet, Sum
from django.utils import timezone

from alimnaru.rules.ceilings import Ceiling, Span, Stand, Whose, in_the_way, warning
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import budget
from alimnaru.store.ledger.budget import Capped
from alimnaru.store.models import Batch, Project, Tally
from alimnaru.store.scoping import Scope

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


@dataclass(frozen=True, slots=True)
class Level:
    """A ceiling with whose it is. `warned`: the highest of `WARN_AT` that it has reached."""

    capped: Capped
    stand: Stand

    @property
    def warned(self) -> int | None:
        return warning(self.stand.ceiling, self.stand.spent)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch that waits for money. `behind`: the ceiling that stops it, None where it is about to
    go on; whose name is a department's further up is told all the same."""

    batch: Batch
    messages: int
    won: Decimal
    behind: Level | None


#: Batches that wait for money, of one page.
MOST_WAITING = 50


def levels(now: datetime) -> list[Level]:
    """Every ceiling of the office with what was spent and is under way. Three queries."""
    today = timezone.localdate(now)
    capped = budget.all_capped()
    if not capped:
        return []
    spent = budget.spent_under(capped, today)
    coming = budget.under_way_each(today)
    found = []
    for one in capped:
        so_far = spent.get((one.whose, one.key), budget.Spent(Decimal(0), Decimal(0)))
        more = sum((c.won for c in coming if c.under(one)), Decimal(0))
        for ceiling in ceilings(one):
            won = so_far.day if ceiling.span is Span.DAY else so_far.month
            found.append(Level(one, Stand(ceiling, won, more)))
    return found


def levels_over(path: str, project: int | None, now: datetime) -> list[Level]:
    """The same of a department and a line alone: for one send."""
    today = timezone.localdate(now)
    return [
        Level(capped, stand)
        for capped in budget.over(path, project)
        for stand in stands(capped, now, budget.under_way(capped, today))
    ]


def over(found: Sequence[Level], path: str, project: int | None) -> list[Level]:
    """Those of `levels` that count for a department and a line."""
    return [
        level
        for level in found
        if (
            level.capped.key == project
            if level.capped.whose == Whose.PROJECT
            else path.startswith(level.capped.path)
        )
    ]


def waiting(scope: Scope, found: Sequence[Level], now: datetime) -> list[Waiting]:
    """Batches of the scope that wait for money, the oldest first. Two queries."""
    today = timezone.localdate(now)
    held = budget.held_batches(Refusal.SPEND_CAP, today, scope.paths, MOST_WAITING)
    batches = Batch.objects.select_related("notice", "department").in_bulk([h.batch for h in held])
    lines = []
    for one in held:
        mine = over(found, one.path, one.project)
        stop = in_the_way((level.stand for level in mine), one.won)
        behind = next((level for level in mine if level.stand is stop), None)
        lines.append(Waiting(batches[one.batch], one.messages, one.won, behind))
    return lines


def projects_in(scope: Scope, now: datetime) -> list[tuple[Project, Decimal]]:
    """The scope's budget lines with what was spent from each this month, open ones first."""
    return _with_spent(scope.projects().order_by("-is_active", "department__path", "code"), now)


def lines_and_spent(now: datetime) -> list[tuple[Project, Decimal]]:
    """Every budget line with what was spent from it this month, in the order of departments."""
    return _with_spent(Project.objects.order_by("department__path", "code"), now)


def _with_spent(lines: QuerySet[Project], now: datetime) -> list[tuple[Project, Decimal]]:
    today = timezone.localdate(now)
    tallies = Tally.objects.filter(project__isnull=False, day__range=(today.replace(day=1), today))
    spent = dict(tallies.values_list("project").annotate(Sum("won")).order_by())
    found = lines.select_related("department").prefetch_related("notices")
    return [(p, spent.get(p.pk, Decimal(0))) for p in found]
