"""Residents' requests about their own data: written down, answered with one file, or refused."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.downloads import NO_PAPER
from alimnaru.console.forms import KrdsForm, Remark
from alimnaru.console.forms.guardians import PhoneField
from alimnaru.console.frame import office_name
from alimnaru.console.looking import looked
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.office import resident_requests as office
from alimnaru.office.pdf import FAMILY, PdfUnavailable, pdf_of
from alimnaru.office.resident_file import about
from alimnaru.office.resident_requests import RequestRefused
from alimnaru.reads.resident_requests import requests_of
from alimnaru.rules.access import Access
from alimnaru.rules.consent import Choice
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.phone import mask
from alimnaru.rules.resident_request import RequestRefusal, days_left
from alimnaru.rules.rights import Right
from alimnaru.store.models import Department, ResidentRequest
from alimnaru.store.scoping import Scope
from alimnaru.wording import label, sentence
from alimnaru.wording.privacy import KINDS, WAYS

#: In which a file can be written.
LANGUAGES = {"ko": "한국어", "en": "English"}


class RequestForm(KrdsForm):
    """A request as it comes in."""

    kind = forms.ChoiceField(label=lazy("무엇을 요구합니까"))
    way = forms.ChoiceField(label=lazy("어떻게 왔습니까"))
    phone = PhoneField(label=lazy("본인의 휴대전화 번호"))
    received_on = forms.DateField(
        label=lazy("받은 날"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=lazy("부서"), to_field_name="code", empty_label=None
    )
    note = Remark(
        label=lazy("본인을 확인한 방법"),
        help_text=lazy("보기: 창구에서 신분증 확인. 이름이나 번호는 적지 말아 주십시오."),
    )

    def __init__(self, desk: Desk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k, KINDS[k]) for k in KINDS]  # type: ignore[attr-defined]  # a choice field
        self.fields["way"].choices = [(w, WAYS[w]) for w in WAYS]  # type: ignore[attr-defined]  # a choice field
        own = desk.scope(Right.PRIVACY).departments().order_by("path")
        self.fields["department"].queryset = own  # type: ignore[attr-defined]  # ModelChoiceField


@page(Right.PRIVACY, methods=("GET", "POST"), section="resident-requests")
def resident_requests(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those that wait, by their day; a POST writes one down."""
    form = RequestForm(desk, request.POST or None, initial={"received_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            found = office.receive(actor=desk.member, **form.cleaned_data)
        except RequestRefused as refused:
            form.add_error(None, sentence(refused.code))
        else:
            return redirect("resident-request", found.pk)
    today = timezone.localdate()
    shown: Paged[ResidentRequest] = paged(request, requests_of(desk.scope(Right.PRIVACY)))
    lines = [(r, KINDS[r.kind], WAYS[r.way], days_left(r.due_on, today)) for r in shown.rows]
    context = {"form": form, "found": shown, "lines": lines, "query": query_of(request)}
    return render(request, "console/resident_requests.html", context)


@page(Right.PRIVACY, section="resident-requests")
def resident_request(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One of them: what was asked, until when, and the ways to answer."""
    found = _own(desk, pk)
    phone = office.phone_of(found)
    if phone:
        whose = bytes(found.to_hash)
        looked(desk, Access.WISHES, f"request:{pk}", 1, department=found.department, whose=whose)
    context = {
        "found": found,
        "kind": KINDS[found.kind],
        "way": WAYS[found.way],
        "phone": mask(phone) if phone else "",
        "left": days_left(found.due_on, timezone.localdate()),
        "refusals": [(r.value, label(r)) for r in RequestRefusal],
        "refusal": label(RequestRefusal(found.refusal)) if found.refusal else "",
        "languages": LANGUAGES.items(),
    }
    return render(request, "console/resident_request.html", context)


@page(Right.PRIVACY, methods=("POST",), section="resident-requests", step_up=True)
def request_file(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Everything that is held in their departments, as a PDF and as JSON in one zip; the request is
    answered by it."""
    found = _own(desk, pk)
    phone = office.phone_of(found)
    if found.kind != ResidentRequest.Kind.ACCESS or not phone:
        return redirect("resident-request", pk)
    asked = request.POST.get("language", "ko")
    try:
        with translation.override(asked if asked in LANGUAGES else "ko"):
            content = _zipped(desk.scope(Right.PRIVACY), phone)
        office.answer(found, actor=desk.member, content=content)
    except RequestRefused as refused:
        messages.error(request, sentence(refused.code))
        return redirect("resident-request", pk)
    except PdfUnavailable:
        messages.error(request, NO_PAPER)
        return redirect("resident-request", pk)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="request-{pk}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _zipped(scope: Scope, phone: str) -> bytes:
    now = timezone.now()
    held = about(scope, phone)
    context = {
        "family": FAMILY,
        "held": _in_words(held),
        "now": now,
        "phone": mask(phone),
        "office": office_name(),
    }
    page_ = render_to_string("console/print/resident_file.html", context)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("resident.json", json.dumps(held, ensure_ascii=False, indent=1))
        packed.writestr("resident.pdf", pdf_of(page_))
    return out.getvalue()


def _in_words(held: dict[str, Any]) -> dict[str, Any]:
    """The same with words in place of codes, for paper."""
    return held | {
        "messages": [
            m | {"said": label(MessageState(m["state"])), "values": (m["values"] or {}).items()}
            for m in held["messages"]
        ],
        "choices": [c | {"said": label(Choice(c["choice"]))} for c in held["choices"]],
        "seen_by": [s | {"said": label(Access(s["act"]))} for s in held["seen_by"]],
    }


@page(Right.PRIVACY, methods=("POST",), section="resident-requests")
def request_end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Granted (corrected, stopped) or, with the law's reason, refused."""
    found = _own(desk, pk)
    why, note = request.POST.get("refusal", ""), request.POST.get("note", "")
    try:
        if why in set(RequestRefusal):
            office.refuse(found, actor=desk.member, why=RequestRefusal(why), note=note)
        else:
            office.grant(found, actor=desk.member, note=note)
    except RequestRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(request, _("답한 것으로 적었습니다."))
    return redirect("resident-request", pk)


def _own(desk: Desk, pk: int) -> ResidentRequest:
    return theirs(requests_of(desk.scope(Right.PRIVACY)).filter(pk=pk).first())


urls = [
    path("resident-requests", resident_requests, name="resident-requests"),
    path("resident-requests/<int:pk>", resident_request, name="resident-request"),
    path("resident-requests/<int:pk>/file", request_file, name="resident-request-file"),
    path("resident-requests/<int:pk>/end", request_end, name="resident-request-end"),
]
