"""Guardians: who gets a copy of a resident's notices, of which, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.guardians import EndGuardianForm, GuardianForm
from alimnaru.console.looking import looked
from alimnaru.flow.guardians import PURPOSE
from alimnaru.office import guardians as office
from alimnaru.reads import guardians as reads
from alimnaru.rules.access import Access
from alimnaru.rules.guardians import GuardianFault, Relation
from alimnaru.rules.phone import mask
from alimnaru.rules.rights import Right
from alimnaru.store import crypto
from alimnaru.store.models import Guardian, Notice
from alimnaru.wording import label, sentence

A_PAGE = 25
_FIELD_OF = {
    GuardianFault.SAME_PHONE: "phone",
    GuardianFault.NO_EVIDENCE: "evidence",
    GuardianFault.ENDS_TOO_EARLY: "until",
    GuardianFault.ENDS_TOO_LATE: "until",
    GuardianFault.NOT_COPIED: "notice",
}


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """A guardian as the table shows them: no number in full."""

    guardian: Guardian
    code: str
    phone: str
    relation: str
    #: The last moment of it: `until` is the beginning of the next day.
    last: datetime
    lasts: bool

    @classmethod
    def of(cls, guardian: Guardian, now: datetime) -> Row:
        digits = crypto.unseal(bytes(guardian.phone), purpose=PURPOSE).decode()
        return cls(
            guardian=guardian,
            code=reads.ward_code(guardian),
            phone=mask(digits),
            relation=label(Relation(guardian.relation)),
            last=guardian.until - timedelta(seconds=1),
            lasts=guardian.until > now,
        )


@page(Right.SEND, methods=("GET", "POST"), section="guardians")
def guardians(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those of the member's departments; a POST enters one more."""
    form = _form(request, desk)
    if request.method == "POST" and form.is_valid() and _enter(desk, form):
        messages.success(request, _("보호자를 등록했습니다. 지금부터 사본을 보냅니다."))
        return redirect("guardians")
    found = Paginator(reads.guardians(desk.scope(Right.SEND)), A_PAGE)
    shown = found.get_page(request.GET.get("page"))
    looked(desk, Access.GUARDIANS, "guardians", len(shown.object_list), department=desk.department)
    now = timezone.now()
    context = {
        "form": form,
        "end": EndGuardianForm(),
        "page": shown,
        "rows": [Row.of(guardian, now) for guardian in shown],
    }
    return render(request, "console/guardians.html", context)


@page(Right.SEND, methods=("POST",), section="guardians")
def end(request: HttpRequest, desk: Desk, guardian_id: int) -> HttpResponse:
    """Send no more copies to a guardian."""
    found = theirs(reads.guardians(desk.scope(Right.SEND)).filter(pk=guardian_id).first())
    form = EndGuardianForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(e) for e in form.errors["note"]))
    elif office.end_guardian(found, actor=desk.member, note=form.cleaned_data["note"]):
        messages.success(request, _("끝냈습니다. 지금부터 사본을 보내지 않습니다."))
    return redirect("guardians")


def _form(request: HttpRequest, desk: Desk) -> GuardianForm:
    scope = desk.scope(Right.SEND)
    active = scope.notices().filter(is_active=True).order_by("name")
    notices: list[Notice] = [n for n in active if office.is_copied(n)]
    return GuardianForm(scope.departments().order_by("path"), notices, request.POST or None)


def _enter(desk: Desk, form: GuardianForm) -> bool:
    given = form.cleaned_data
    try:
        office.enter_guardian(
            actor=desk.member,
            ward=given["ward"],
            phone=given["phone"],
            relation=Relation(given["relation"]),
            department=given["department"],
            notice=form.notice_chosen,
            until=given["until"],
            evidence=given["evidence"],
        )
    except office.GuardianRefused as refused:
        form.add_error(_FIELD_OF.get(refused.code), sentence(refused.code))
        return False
    return True


urls = [
    path("guardians", guardians, name="guardians"),
    path("guardians/<int:guardian_id>/end", end, name="guardian-end"),
]
