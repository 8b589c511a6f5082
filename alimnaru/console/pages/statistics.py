"""Statistics and cost: how a period went, for whom and for how much, as tables, charts and xlsx."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page
from alimnaru.console.baselines import Against
from alimnaru.console.charts import cost_chart, day_chart, month_chart, month_of
from alimnaru.console.sheets import xlsx_answer
from alimnaru.console.statistics_file import sheets_of
from alimnaru.console.templatetags.figures import day
from alimnaru.office.exports import note_statistics
from alimnaru.reads.statistics import Statistics, Sums, is_provisional, statistics
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.periods import LONGEST, Period, Span, period_of
from alimnaru.rules.rights import Right
from alimnaru.rules.tariff import Baseline
from alimnaru.store.models import Department, Notice
from alimnaru.store.scoping import Scope
from alimnaru.wording import label

#: More bars than this cannot be told apart: a longer period is drawn by month.
MOST_BARS = 62
#: A longer period has no table of days on the page; the file has it.
MOST_DAYS = 92

SPANS = (
    (Span.THIS_MONTH, lazy("이번 달")),
    (Span.LAST_MONTH, lazy("지난달")),
    (Span.THIS_QUARTER, lazy("이번 분기")),
    (Span.LAST_QUARTER, lazy("지난 분기")),
    (Span.THIS_YEAR, lazy("올해")),
    (Span.LAST_YEAR, lazy("지난해")),
    (Span.DAYS, lazy("날짜 고르기")),
)


class Filters(forms.Form):
    """What is counted. A department or notice that is not among the choices is an error."""

    span = forms.ChoiceField(label=lazy("기간"), choices=SPANS)
    start = forms.DateField(label=lazy("시작일"), required=False)
    end = forms.DateField(label=lazy("종료일"), required=False)
    department = forms.TypedChoiceField(
        label=lazy("부서"), required=False, coerce=int, empty_value=None
    )
    notice = forms.TypedChoiceField(
        label=lazy("알림"), required=False, coerce=int, empty_value=None
    )

    base = forms.ChoiceField(label=lazy("절감의 기준"))

    def __init__(self, data: Any, scope: Scope, today: date) -> None:
        usual = {"span": Span.THIS_MONTH, "base": Baseline.NEEDED}
        super().__init__({**usual, **data.dict()}, auto_id="f-%s")
        self._today = today
        self.period = period_of(Span.THIS_MONTH, today)
        self._departments = {d.pk: d for d in scope.departments().order_by("path")}
        top = min((d.path.count("/") for d in self._departments.values()), default=0)
        self._choose("base", [(base.value, label(base)) for base in Baseline])
        self._choose("department", [
            ("", lazy("모든 부서")),
        ] + [
            (pk, "\u2003" * (d.path.count("/") - top) + d.name)
            for pk, d in self._departments.items()
        ])  # fmt: skip
        notices = Notice.objects.order_by("name").values_list("pk", "name")
        self._choose("notice", [("", lazy("모든 알림")), *notices])
        for name, field in self.fields.items():
            if name in {"start", "end"}:
                field.widget = forms.DateInput(
                    format="%Y-%m-%d", attrs={"type": "date", "class": "krds-input small"}
                )
            else:
                field.widget.attrs["class"] = "krds-form-select small"

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def subtree(self) -> Department | None:
        """The department whose subtree is counted; None: all of the scope."""
        return self._departments.get(self.cleaned_data.get("department") or 0)

    def clean(self) -> dict[str, Any]:
        """Leaves the days in `period`, or an error at the field that it is about."""
        given = self.cleaned_data
        if self.errors:
            return given
        if given["span"] != Span.DAYS:
            self.period = period_of(Span(given["span"]), self._today)
            return given
        start, end = given.get("start"), given.get("end") or self._today
        if start is None:
            self.add_error("start", lazy("날짜를 고르려면 시작일이 있어야 합니다."))
        elif start > end:
            self.add_error("start", lazy("시작일이 종료일보다 늦습니다. 순서를 바꿔 주십시오."))
        elif Period(start, end).length > LONGEST:
            self.add_error("start", lazy("한 번에 3년까지 볼 수 있습니다. 기간을 줄여 주십시오."))
        else:
            self.period = Period(start, end)
        return given


@page(section="statistics")
def show_statistics(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The period's figures, charts and tables."""
    scope, today = desk.scope(Right.SEE), timezone.localdate()
    filters = Filters(request.GET, scope, today)
    context: dict[str, object] = {"filters": filters, "query": request.GET.urlencode()}
    if filters.is_valid():
        found = _counted(filters, scope)
        context |= _shown(found, today, Baseline(filters.cleaned_data["base"]))
    return render(request, "console/statistics.html", context)


def _counted(filters: Filters, scope: Scope) -> Statistics:
    return statistics(
        scope,
        filters.period,
        department=filters.subtree,
        notice=filters.cleaned_data.get("notice"),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table of sums; `open`: its figures may still change."""

    name: str
    sums: Sums
    saved: Decimal
    open: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way in which messages ended."""

    name: str
    messages: int
    won: Decimal | None


def _shown(found: Statistics, today: date, base: Baseline) -> dict[str, object]:
    def line(name: str, sums: Sums, *, open_: bool = False) -> Line:
        return Line(name, sums, sums.money.saved(base), open_)

    daily = found.period.length <= MOST_BARS
    months = found.by_month
    return {
        "found": found,
        "total": found.total,
        "results": day_chart(found.by_day, today, "results")
        if daily
        else month_chart(months, "results"),
        "cost": cost_chart(months, base),
        "provisional": is_provisional(found.period.end, today),
        "mix": _mix(found.total),
        "saving": Against.of(found.total.money, base),
        "baselines": [Against.of(found.total.money, one) for one in Baseline],
        "departments": [line(d.name, sums) for d, sums in found.by_department],
        "notices": [line(n.name, sums) for n, sums in found.by_notice],
        # The newest first; on most days of a small department nothing ends.
        "days": [
            line(day(on), sums, open_=is_provisional(on, today))
            for on, sums in reversed(found.by_day)
            if not sums.is_empty
        ],
        "months": [line(month_of(on, len(months)), sums) for on, sums in months],
        "has_days": found.period.length <= MOST_DAYS,
    }


def _mix(total: Sums) -> list[Way]:
    told = [
        Way(_("%(channel)s 도달") % {"channel": label(channel)}, count, total.won[channel])
        for channel in Channel
        if (count := total.delivered.get(channel, 0))
    ]
    ends = [Way(label(s), count, None) for s in MessageState if (count := total.ends.get(s, 0))]
    return told + ends


@page(methods=("POST",), section="statistics")
def statistics_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same figures as a workbook. Nothing personal is in it; who took it is noted."""
    scope, today = desk.scope(Right.SEE), timezone.localdate()
    filters = Filters(request.GET, scope, today)
    if not filters.is_valid():
        return redirect(f"{reverse('statistics')}?{request.GET.urlencode()}")
    found = _counted(filters, scope)
    with transaction.atomic():
        note_statistics(
            actor=desk.member,
            period=found.period,
            department=filters.subtree or desk.department,
            notice=filters.cleaned_data.get("notice"),
        )
    name = f"statistics-{found.period.start:%Y%m%d}-{found.period.end:%Y%m%d}.xlsx"
    return xlsx_answer(sheets_of(found, today), name)


urls = [
    path("statistics", show_statistics, name="statistics"),
    path("statistics/file", statistics_file, name="statistics-file"),
]
