"""The first page after signing in: what waits, what runs, and how the last days went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from alimnaru.console.access import Desk, page
from alimnaru.console.baselines import Against
from alimnaru.console.charts import cost_chart, day_chart
from alimnaru.reads import connections, overview, seals
from alimnaru.reads.batch_lists import Wanted, find_batches, lines_of
from alimnaru.reads.overview import Budget
from alimnaru.reads.statistics import Statistics, Sums, statistics
from alimnaru.rules.periods import Period, after
from alimnaru.rules.rights import Right
from alimnaru.rules.tariff import Baseline

WEEK = 7
MONTHS = 6
RECENT = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """The five numbers at the top."""

    today: Sums
    week_ago: Sums
    week: Sums
    month: Sums
    saving: Against
    #: The monthly caps of the departments that have one, and what these have spent of them.
    cap: Decimal
    of_cap: Decimal

    @classmethod
    def of(cls, found: Statistics, budgets: list[Budget]) -> Figures:
        days = dict(found.by_day)
        today = found.period.end
        # A ceiling within another's is spent from both, and is counted once.
        widest = [
            one
            for one in budgets
            if not any(
                other is not one and one.department.path.startswith(other.department.path)
                for other in budgets
            )
        ]
        week = [days[today - timedelta(days=n)] for n in range(WEEK)]
        return cls(
            today=days[today],
            week_ago=days[today - timedelta(days=WEEK)],
            week=sum(week, Sums()),
            month=found.by_month[-1][1],
            saving=Against.of(found.by_month[-1][1].money, Baseline.NEEDED),
            cap=sum((budget.cap for budget in widest), Decimal(0)),
            of_cap=sum((budget.spent for budget in widest), Decimal(0)),
        )


@page(section="dashboard")
def dashboard(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What today looks like for the member's departments."""
    now = timezone.now()
    today = timezone.localdate(now)
    scope = desk.scope(Right.SEE)
    found = statistics(scope, Period(after(today, 1 - MONTHS), today), by_notice=False)
    budgets = overview.budgets(found.departments, now)
    batches = find_batches(scope, Wanted(), now)[:RECENT]
    context = {
        "now": now,
        "today": today,
        "departments": len({m.department_id for m in desk.memberships}),
        "figures": Figures.of(found, budgets),
        "moving": overview.moving([d.pk for d in found.departments]),
        "week_chart": day_chart(found.by_day[-WEEK:], today, name="week"),
        "cost_chart": cost_chart(found.by_month, Baseline.NEEDED),
        "recent": lines_of(list(batches), now),
        "low_budgets": [budget for budget in budgets if budget.is_low],
        **_for_roles(desk, now),
    }
    return render(request, "console/dashboard.html", context)


def _for_roles(desk: Desk, now: datetime) -> dict[str, object]:
    """What only some see: nobody else's queries are made."""
    found: dict[str, object] = {"may_send": Right.SEND in desk.rights}
    if Right.APPROVE in desk.rights:
        found["requests"] = overview.requests_for(desk.member, desk.scope(Right.APPROVE), now)
    if Right.DEPARTMENT in desk.rights:
        found["connected"] = connections.troubles(desk.scope(Right.DEPARTMENT))
    if desk.over_the_office(Right.SYSTEM):
        found["troubled"] = overview.troubled_accounts()
    if desk.over_the_office(Right.SYSTEM) or desk.over_the_office(Right.AUDIT):
        found["verified"] = seals.verified()
        found["may_audit"] = desk.over_the_office(Right.AUDIT)
    return found


urls = [path("", dashboard, name="dashboard")]
