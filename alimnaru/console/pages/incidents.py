"""Leaks of residents' data: the clock, the checklist, whom it concerns, and what was done."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.downloads import NO_PAPER, password_for
from alimnaru.console.forms import KrdsForm, Remark
from alimnaru.console.incident_files import evidence, people_sheet
from alimnaru.console.looking import looked
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.console.reason import ask_again, asked
from alimnaru.console.sheets import xlsx_answer
from alimnaru.office import incidents as office
from alimnaru.office.disclosure import disclose
from alimnaru.office.incidents import BreachRefused
from alimnaru.office.locking import locked
from alimnaru.office.pdf import PdfUnavailable
from alimnaru.office.release import ReleaseRefused
from alimnaru.office.single import RowRefused
from alimnaru.reads.incidents import incidents_of, standing_of
from alimnaru.rules.access import Access
from alimnaru.rules.breach import HOURS, Step
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.rules.rights import Right
from alimnaru.store.models import Department, Incident
from alimnaru.wording import label, sentence

_AT = forms.DateTimeInput(
    attrs={"type": "datetime-local", "class": "krds-input medium"}, format="%Y-%m-%dT%H:%M"
)


class OpenForm(KrdsForm):
    """What is known when one is opened."""

    title = Remark(label=lazy("무슨 일입니까"), max_length=80)
    known_at = forms.DateTimeField(label=lazy("알게 된 때"), widget=_AT)
    department = forms.ModelChoiceField(
        Department.objects.none(), label=lazy("부서"), to_field_name="code", empty_label=None
    )
    batch = forms.IntegerField(
        label=lazy("발송 번호"), required=False, min_value=1, max_value=2**62
    )
    message = forms.IntegerField(
        label=lazy("메시지 번호"), required=False, min_value=1, max_value=2**62
    )

    def __init__(self, desk: Desk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = desk.scope(Right.PRIVACY).departments().order_by("path")
        self.fields["department"].queryset = own  # type: ignore[attr-defined]  # ModelChoiceField


class CaseForm(KrdsForm):
    """What is known now."""

    title = Remark(label=lazy("무슨 일입니까"), max_length=80)
    happened_at = forms.DateTimeField(label=lazy("유출된 때"), widget=_AT, required=False)
    items = Remark(label=lazy("유출된 항목"), max_length=40, required=False)
    course = Remark(label=lazy("경위"), max_length=300, required=False)
    measures = Remark(label=lazy("조치한 것"), max_length=300, required=False)
    people_besides = forms.IntegerField(
        label=lazy("그 밖의 사람 수"), min_value=0, max_value=50_000_000, required=False
    )
    possible = forms.BooleanField(label=lazy("유출되었을 수 있음(확실하지 않음)"), required=False)
    sensitive = forms.BooleanField(label=lazy("민감정보가 있음"), required=False)
    unique_id = forms.BooleanField(label=lazy("고유식별정보가 있음"), required=False)
    illegal_access = forms.BooleanField(label=lazy("외부의 불법 접근"), required=False)
    recovered = forms.BooleanField(label=lazy("모두 회수해 해를 입을 일이 없음"), required=False)

    def clean_people_besides(self) -> int:
        """Nobody, where nothing is written."""
        return self.cleaned_data["people_besides"] or 0


class StepForm(KrdsForm):
    """Something that was done."""

    kind = forms.ChoiceField(label=lazy("조치"))
    done_at = forms.DateTimeField(label=lazy("한 때"), widget=_AT)
    text = Remark(label=lazy("내용"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(s.value, label(s)) for s in Step if s is not Step.CLOSED]
        self.fields["kind"].choices = steps  # type: ignore[attr-defined]  # a choice field


@page(Right.PRIVACY, methods=("GET", "POST"), section="incidents")
def incidents(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those of the member's departments; a POST opens one."""
    now = timezone.localtime()
    known = {
        "known_at": now,
        "batch": request.GET.get("batch"),
        "message": request.GET.get("message"),
    }
    form = OpenForm(desk, request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            made = office.open_incident(actor=desk.member, **form.cleaned_data)
        except BreachRefused as refused:
            form.add_error(None, sentence(refused.code))
        else:
            return redirect("incident", made.pk)
    found: Paged[Incident] = paged(request, incidents_of(desk.scope(Right.PRIVACY)))
    lines = [(one, one.known_at + HOURS, _left(one.known_at + HOURS - now)) for one in found.rows]
    context = {"form": form, "found": found, "lines": lines, "query": query_of(request)}
    return render(request, "console/incidents.html", context)


@page(Right.PRIVACY, section="incidents")
def incident(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One: how it stands."""
    return _show(request, desk, _own(desk, pk))


def _show(
    request: HttpRequest,
    desk: Desk,
    found: Incident,
    *,
    case: CaseForm | None = None,
    step: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    stand = standing_of(found)
    initial = {name: getattr(found, name) for name in CaseForm.base_fields}
    context = {
        "stand": stand,
        "incident": found,
        "left": _left(stand.until - now),
        "late": now > stand.until,
        "duties": [(d, label(d.step), d.is_late(now)) for d in stand.duties],
        "steps": [(s, label(Step(s.kind))) for s in stand.steps],
        "why": [sentence(w) for w in stand.why],
        "case": case or CaseForm(initial=initial),
        "step": step or StepForm(initial={"done_at": timezone.localtime(now)}),
        "may_send": desk.may(Right.SEND, found.department),
    }
    return render(request, "console/incident.html", context, status=status)


def _left(left: timedelta) -> int:
    """Whole hours, rounded down; negative once the time is over."""
    return int(left.total_seconds() // 3600)


@page(Right.PRIVACY, methods=("POST",), section="incidents")
def incident_change(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is known now."""
    found = _own(desk, pk)
    form = CaseForm(request.POST)
    if not form.is_valid():
        return _show(request, desk, found, case=form, status=422)
    return _done(
        request, pk, lambda: office.change(found, actor=desk.member, given=form.cleaned_data)
    )


@page(Right.PRIVACY, methods=("POST",), section="incidents")
def incident_scope(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Those whom a batch reached, or one message."""
    found = _own(desk, pk)
    batch, message = (_number(request.POST.get(name, "")) for name in ("batch", "message"))
    return _done(
        request,
        pk,
        lambda: office.add_scope(found, actor=desk.member, batch=batch, message=message),
    )


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@page(Right.PRIVACY, methods=("POST",), section="incidents")
def incident_step(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Something that was done, and when."""
    found = _own(desk, pk)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _show(request, desk, found, step=form, status=422)
    given = form.cleaned_data
    return _done(
        request,
        pk,
        lambda: office.add_step(
            found,
            actor=desk.member,
            kind=Step(given["kind"]),
            done_at=given["done_at"],
            text=given["text"],
        ),
    )


@page(Right.PRIVACY, methods=("POST",), section="incidents")
def incident_notify(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The law's notice to everybody affected, asked for as any batch is."""
    found = _own(desk, pk)
    told = _("통지를 만들어 승인을 요청했습니다. 승인되면 나갑니다.")
    return _done(request, pk, lambda: office.notify(found, actor=desk.member), told)


@page(Right.PRIVACY, methods=("POST",), section="incidents")
def incident_close(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Everything is done, or the reason says why not."""
    found = _own(desk, pk)
    reason = request.POST.get("reason", "")[:300]
    told = _("사고를 종결했습니다.")
    return _done(request, pk, lambda: office.close(found, actor=desk.member, reason=reason), told)


def _done(request: HttpRequest, pk: int, act: Any, told: str = "") -> HttpResponse:
    try:
        act()
    except (BreachRefused, ReleaseRefused) as refused:
        facts = getattr(refused, "facts", {})
        messages.error(request, sentence(refused.code, **facts))
    except RowRefused as refused:
        messages.error(request, sentence(refused.row.code, column=refused.row.column))
    else:
        messages.success(request, told or _("저장했습니다."))
    return redirect("incident", pk)


@page(Right.PRIVACY, methods=("POST",), section="incidents", step_up=True)
def incident_affected(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Whom it concerns, as a workbook: half hidden, or with `clear` as they are; for a reason."""
    found = _own(desk, pk)
    purpose, back = asked(request), reverse("incident", args=[pk])
    if not isinstance(purpose, Purpose):
        return ask_again(request, purpose, title=_("유출 대상 받기"), back=back)
    clear, password = request.POST.get("clear") == "1", ""
    if clear:
        shown = password_for(request, title=_("유출 대상 받기"), back=back)
        if isinstance(shown, HttpResponse):
            return shown
        password = shown
    with transaction.atomic():
        disclose(
            actor=desk.member,
            subject=f"incident:{pk}",
            department=found.department,
            what=Disclosed.AFFECTED,
            reason=purpose,
            facts={"people": standing_of(found).people, "masked": not clear},
        )
        answer = xlsx_answer([people_sheet(found, clear=clear)], f"incident-{pk}.xlsx")
    if password:
        answer.content = locked(answer.content, password)
    return answer


@page(Right.PRIVACY, methods=("POST",), section="incidents")
def incident_evidence(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Everything that proves what was done, as one file. No resident's name or phone is in it."""
    found = _own(desk, pk)
    try:
        content = evidence(found)
    except PdfUnavailable:
        messages.error(request, NO_PAPER)
        return redirect("incident", pk)
    looked(desk, Access.INCIDENT, f"incident:{pk}", 1, department=found.department)
    office.note_evidence(found, actor=desk.member, sha256=hashlib.sha256(content).hexdigest())
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="incident-{pk}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _own(desk: Desk, pk: int) -> Incident:
    return theirs(incidents_of(desk.scope(Right.PRIVACY)).filter(pk=pk).first())


urls = [
    path("incidents", incidents, name="incidents"),
    path("incidents/<int:pk>", incident, name="incident"),
    path("incidents/<int:pk>/change", incident_change, name="incident-change"),
    path("incidents/<int:pk>/scope", incident_scope, name="incident-scope"),
    path("incidents/<int:pk>/step", incident_step, name="incident-step"),
    path("incidents/<int:pk>/notify", incident_notify, name="incident-notify"),
    path("incidents/<int:pk>/close", incident_close, name="incident-close"),
    path("incidents/<int:pk>/affected", incident_affected, name="incident-affected"),
    path("incidents/<int:pk>/evidence", incident_evidence, name="incident-evidence"),
]
