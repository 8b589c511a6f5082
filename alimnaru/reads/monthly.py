"""All that the report of a month says, of a department with what is below it or of the office.

Tallies, and what is counted of the month each night (`flow.months`): its cost does not grow with
what was sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from alimnaru.reads import seals
from alimnaru.reads.money import price_list
from alimnaru.reads.statistics import Statistics, statistics
from alimnaru.rules.ceilings import Whose
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.periods import Period, after
from alimnaru.rules.tariff import Price
from alimnaru.store.ledger import budget
from alimnaru.store.models import (
    Batch,
    Department,
    MonthClose,
    MonthCount,
    MonthCounted,
    Outage,
    Project,
    Tally,
    Tariff,
    Task,
)
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """Delivered messages and won of a budget line (None: of none), and its month's ceiling."""

    project: Project | None
    messages: int
    won: Decimal
    ceiling: Decimal | None


@dataclass(frozen=True, slots=True)
class CeilingLine:
    """A ceiling of the month, of a department with all below it or of a budget line, and what was
    spent of it."""

    whose: Whose
    name: str
    ceiling: Decimal
    won: Decimal


@dataclass(frozen=True, slots=True)
class Why:
    """Messages or tries that ended so, on a channel, for a code."""

    state: str
    channel: str
    code: str
    messages: int


@dataclass(frozen=True, slots=True)
class Complaints:
    """Residents who said that a message is not theirs: in the month, and how many of these tasks
    are done by now."""

    said: int
    done: int


@dataclass(frozen=True, slots=True)
class Monthly:
    """A month. `department` None: all that the reader may see. `before` and `year_ago` are the
    totals of the month before and of the same month a year before. `counted_at` None: reasons have
    not been counted yet, and `moved` and `ended` are empty."""

    month: date
    department: Department | None
    found: Statistics
    before: Statistics
    year_ago: Statistics
    prices: Sequence[Price]
    projects: Sequence[ProjectLine]
    ceilings: Sequence[CeilingLine]
    moved: Sequence[Why]
    ended: Sequence[Why]
    counted_at: datetime | None
    refused: int
    complaints: Complaints
    outages: Sequence[Outage]
    close: MonthClose | None
    #: The newest seal on one line, when the report is made; empty without one.
    seal: str

    @property
    def period(self) -> Period:
        return self.found.period


def month_period(month: date) -> Period:
    """All days of a month, whatever day of it is given."""
    return Period(month.replace(day=1), after(month, 1) - timedelta(days=1))


def monthly(scope: Scope, month: date, *, department: Department | None = None) -> Monthly:
    """The month in the scope's departments (in `department` and below it). Some 25 queries."""
    month = month.replace(day=1)
    period = month_period(month)
    found = statistics(scope, period, department=department)
    before, year_ago = (
        statistics(scope, month_period(after(month, -n)), department=department, by_notice=False)
        for n in (1, 12)
    )
    within = [d.pk for d in found.departments]
    start, end = _moments(period)
    counted = MonthCounted.objects.filter(month=month).first()
    reasons = _reasons(month, within)
    return Monthly(
        month=month,
        department=department,
        found=found,
        before=before,
        year_ago=year_ago,
        prices=_prices(period),
        projects=_projects(period, within),
        ceilings=_ceilings(found.departments, period),
        moved=[why for why in reasons if why.state == MonthCount.Kind.MOVED],
        ended=[why for why in reasons if why.state != MonthCount.Kind.MOVED],
        counted_at=counted.at if counted else None,
        refused=_refused(within, start, end),
        complaints=_complaints(within, start, end),
        outages=list(
            Outage.objects.filter(Q(until=None) | Q(until__gt=start), since__lt=end).order_by(
                "since"
            )
        ),
        close=MonthClose.objects.select_related("closed_by").filter(month=month).first(),
        seal=seals.newest_line(),
    )


def _moments(period: Period) -> tuple[datetime, datetime]:
    day = timedelta(days=1)
    return (
        timezone.make_aware(datetime.combine(period.start, time())),
        timezone.make_aware(datetime.combine(period.end + day, time())),
    )


def _prices(period: Period) -> list[Price]:
    """The office's prices that held in it: one for each channel, more where one changed."""
    told, known = [], price_list()
    for channel in Channel:
        starts = [period.start, *sorted(d for d in known.changes(channel) if period.start < d)]
        for start in starts:
            if start > period.end:
                continue
            row = (
                Tariff.objects.filter(account=None, department=None, channel=channel)
                .filter(since__lte=start)
                .order_by("-since")
                .first()
            )
            if row is not None:
                told.append(Price(channel, row.won, row.since))
    return told


def _projects(period: Period, departments: Sequence[int]) -> list[ProjectLine]:
    """Won and messages by budget line, those without one last."""
    sums = (
        Tally.objects.filter(
            department__in=departments,
            day__range=(period.start, period.end),
            outcome=MessageState.DELIVERED,
        )
        .values_list("project")
        .annotate(total=Sum("messages"), cost=Sum("won"))
        .order_by()
    )
    spent = {pk: (total, cost) for pk, total, cost in sums}
    projects = Project.objects.select_related("department").filter(pk__in=[p for p in spent if p])
    lines = [
        ProjectLine(p, *spent[p.pk], p.monthly_cap_won)
        for p in projects.order_by("department__path", "code")
    ]
    return [*lines, *(ProjectLine(None, *spent[pk], None) for pk in spent if pk is None)]


def _ceilings(departments: Sequence[Department], period: Period) -> list[CeilingLine]:
    """As the exit counts them: a department's with what those below it spent. Three queries."""
    capped = {d.pk: d.monthly_cap_won for d in departments if d.monthly_cap_won is not None}
    spent = budget.spent_each(list(capped), period.start, period.end)
    zero = Decimal(0)
    lines = [
        CeilingLine(Whose.DEPARTMENT, d.name, capped[d.pk], spent.get(d.pk, zero))
        for d in departments
        if d.pk in capped
    ]
    projects = Project.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=period.start),
        department__in=departments,
        monthly_cap_won__isnull=False,
        starts_on__lte=period.end,
    )
    paid = dict(
        Tally.objects.filter(project__in=projects, day__range=(period.start, period.end))
        .values_list("project")
        .annotate(Sum("won"))
        .order_by()
    )
    return lines + [
        CeilingLine(Whose.PROJECT, p.name, p.monthly_cap_won or zero, paid.get(p.pk, zero))
        for p in projects.order_by("department__path", "code")
        if p.is_active or p.pk in paid
    ]


def _reasons(month: date, departments: Sequence[int]) -> list[Why]:
    kinds = MonthCount.Kind
    told = (kinds.MOVED, kinds.FAILED, kinds.SUPPRESSED, kinds.CANCELLED, kinds.EXPIRED,
            kinds.UNKNOWN)  # fmt: skip
    rows = MonthCount.objects.filter(month=month, kind__in=told, department__in=departments)
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for kind, channel, code, messages in rows.values_list("kind", "channel", "code", "messages"):
        sums[kind, channel, code] += messages
    order = {kind.value: at for at, kind in enumerate(told)}
    return [
        Why(*key, messages)
        for key, messages in sorted(sums.items(), key=lambda w: (order[w[0][0]], -w[1], w[0]))
    ]


def _refused(departments: Sequence[int], start: datetime, end: datetime) -> int:
    """Rows of lists that the check left out. By the index on department and time."""
    made = Batch.objects.filter(
        department__in=departments, created_at__gte=start, created_at__lt=end, stage="released"
    )
    return made.aggregate(total=Sum("refused"))["total"] or 0


def _complaints(departments: Sequence[int], start: datetime, end: datetime) -> Complaints:
    tasks = Task.objects.filter(
        kind=Task.Kind.WRONG_PERSON,
        department__in=departments,
        created_at__gte=start,
        created_at__lt=end,
    )
    done = list(tasks.values_list("done_at", flat=True))
    return Complaints(len(done), sum(at is not None for at in done))
