"""Reports: chosen, looked at, taken as a workbook or on paper; and what came after reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page
from alimnaru.console.charts import Chart, Series, month_of
from alimnaru.console.downloads import made
from alimnaru.console.frame import office_name
from alimnaru.console.reason import ask_again, asked
from alimnaru.office.disclosure import DisclosureRefused
from alimnaru.office.pdf import PdfUnavailable
from alimnaru.office.report_files import Form, note_officers, note_report, write_month
from alimnaru.papers.reports import Asked, document_of, summary_name
from alimnaru.reads.effects import Effect, effects
from alimnaru.rules.disclosure import Purpose
from alimnaru.rules.periods import after
from alimnaru.rules.reports import MONTHS, Report, report_period
from alimnaru.rules.rights import Right
from alimnaru.store.models import Department
from alimnaru.store.scoping import Scope
from alimnaru.wording.reports import REPORTS

#: Choices of how many months.
_SPANS = (1, 3, 6, 12, 24, 36)


class Filters(forms.Form):
    """Which report, up to which month, over how many, of whom."""

    report = forms.ChoiceField(label=lazy("보고서"))
    month = forms.DateField(
        label=lazy("끝 달"), input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )  # fmt: skip
    months = forms.TypedChoiceField(
        label=lazy("기간"), required=False, coerce=int, empty_value=None
    )
    department = forms.TypedChoiceField(
        label=lazy("부서"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, scope: Scope, today: date, reports: list[Report]) -> None:
        usual = {"report": Report.MONTH, "month": after(today, -1).strftime("%Y-%m")}
        super().__init__({**usual, **data.dict()}, auto_id="f-%s")
        self._departments = {d.pk: d for d in scope.departments().order_by("path")}
        top = min((d.path.count("/") for d in self._departments.values()), default=0)
        self._choose("report", [(r.value, REPORTS[r]) for r in reports])
        spans = [(n, _("%(n)s달") % {"n": n}) for n in _SPANS]
        self._choose("months", [("", lazy("보고서에 맞게")), *spans])
        self._choose("department", [("", lazy("모든 부서")), *(
            (pk, "\u2003" * (d.path.count("/") - top) + d.name)
            for pk, d in self._departments.items()
        )])  # fmt: skip
        for name, field in self.fields.items():
            kind = "krds-input small" if name == "month" else "krds-form-select small"
            field.widget.attrs["class"] = kind

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def subtree(self) -> Department | None:
        """The department whose subtree is counted; None: all of the scope."""
        return self._departments.get(self.cleaned_data.get("department") or 0)

    def _own(self, scope: Scope) -> Department | None:
        """Of who sees one department alone: the paper must not say that it is about all."""
        tops = [d for d in self._departments.values() if d.path in scope.paths]
        return tops[0] if len(tops) == 1 and tops[0].parent_id is not None else None

    def clean_month(self) -> date:
        """A month between those that the program can have counted."""
        month: date = self.cleaned_data["month"]
        if not 2000 <= month.year <= timezone.localdate().year + 1:
            raise forms.ValidationError(lazy("달을 확인해 주십시오. 예: 2026-10"))
        return month

    def wanted(self, desk: Desk, scope: Scope) -> Asked:
        """Once the form is valid."""
        given = self.cleaned_data
        report = Report(given["report"])
        return Asked(
            report=report,
            scope=scope,
            period=report_period(report, given["month"], given["months"]),
            department=self.subtree or self._own(scope),
            office=office_name(),
            by=desk.member.name,
            at=timezone.now(),
        )


def _filters(request: HttpRequest, desk: Desk) -> tuple[Filters, Scope]:
    """The form, and what is counted: a list of officers only where one looks after them."""
    officers = request.GET.get("report") == Report.OFFICERS
    scope = desk.scope(Right.AUDIT if officers else Right.SEE)
    reports = [r for r in Report if r is not Report.OFFICERS or Right.AUDIT in desk.rights]
    return Filters(request.GET, scope, timezone.localdate(), reports), scope


@page(section="reports")
def reports(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the report will say, and the buttons that make a file of it."""
    filters, scope = _filters(request, desk)
    context: dict[str, object] = {"filters": filters, "query": request.GET.urlencode()}
    if filters.is_valid():
        wanted = filters.wanted(desk, scope)
        context |= {"wanted": wanted, "months": MONTHS[wanted.report]}
        if wanted.report is Report.OFFICERS:
            context["officers"] = True
        else:
            with translation.override("ko"):
                context["document"] = document_of(wanted)
    return render(request, "console/reports.html", context)


@page(methods=("POST",), section="reports")
def report_file(request: HttpRequest, desk: Desk, form: str) -> HttpResponse:
    """The file. Who took it is noted; for the list of officers a reason is asked."""
    filters, scope = _filters(request, desk)
    back = f"{reverse('reports')}?{request.GET.urlencode()}"
    if not filters.is_valid():
        return redirect(back)
    wanted, kind = filters.wanted(desk, scope), Form(form)
    purpose = asked(request) if wanted.report is Report.OFFICERS else None
    if purpose is not None and not isinstance(purpose, Purpose):
        return ask_again(request, purpose, title=REPORTS[wanted.report], back=back)
    try:
        with transaction.atomic():
            _note(desk, wanted, kind, purpose)
            answer = _answer(wanted, kind)
    except PdfUnavailable:
        messages.error(request, _(
            "이 서버에는 PDF를 그리는 프로그램(Pango)이 없어 PDF를 만들 수 없습니다. "
            "엑셀로 받으시고, PDF가 필요하면 시스템 관리자에게 알려 주십시오."
        ))  # fmt: skip
        return redirect(back)
    except DisclosureRefused:
        return redirect(reverse("reports"))
    return answer


def _note(desk: Desk, wanted: Asked, form: Form, purpose: Purpose | None) -> None:
    if purpose is not None:
        note_officers(
            actor=desk.member,
            form=form,
            period=wanted.period,
            department=wanted.department,
            reason=purpose,
        )
        return
    note_report(
        actor=desk.member, kind=wanted.report.value, form=form, period=wanted.period,
        department=wanted.department or desk.department,
    )  # fmt: skip


def _answer(wanted: Asked, form: Form) -> HttpResponse:
    # A paper of the office is in Korean, whatever the reader's screen is in.
    with translation.override("ko"):
        document = document_of(wanted)
    name = f"{wanted.report}-{wanted.period.start:%Y%m}-{wanted.period.end:%Y%m}.{form}"
    return made(name, lambda file: write_month(document, file, summary=summary_name()))


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair with its chart."""

    effect: Effect
    chart: Chart


@page(section="statistics")
def show_effects(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Reminders and what came after them, over a year."""
    today = timezone.localdate()
    found = effects(desk.scope(Right.SEE), report_period(Report.EFFECT, today))
    return render(
        request, "console/effects.html", {"found": found, "pairs": list(map(_shown, found.pairs))}
    )


def _shown(one: Effect) -> Shown:
    months = one.months
    spared, again = _("다시 안내하지 않음"), _("다시 안내를 받음")
    return Shown(
        one,
        Chart(
            id=f"effect-{one.reminder.pk}",
            label=_("%(notice)s 월별 막대그래프.") % {"notice": one.reminder.name},
            head=_("월"),
            total=_("받은 분"),
            labels=[month_of(m.month, len(months)) for m in months],
            series=[
                Series(spared, "alimtalk", [m.spared or 0 for m in months]),
                Series(again, "bad", [m.followed or 0 for m in months]),
            ],
            open=frozenset(at for at, m in enumerate(months) if m.open),
        ),
    )


urls = [
    path("reports", reports, name="reports"),
    path("reports/file.xlsx", report_file, {"form": "xlsx"}, name="report-xlsx"),
    path("reports/file.pdf", report_file, {"form": "pdf"}, name="report-pdf"),
    path("effects", show_effects, name="effects"),
]
