"""Agreements to be served electronically (송달): found, entered, withdrawn, taken from a list."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alimnaru import wording
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.consents import (
    HOW_LABELS,
    ConsentForm,
    ConsentListForm,
    EndConsentForm,
    FindConsentForm,
)
from alimnaru.console.looking import looked
from alimnaru.office import consents as office
from alimnaru.reads import consents as reads
from alimnaru.reads.preferences import short_code
from alimnaru.rules.access import Access
from alimnaru.rules.phone import mask
from alimnaru.rules.rights import Right
from alimnaru.rules.roster_rows import RosterRefused
from alimnaru.sources.upload import ListRefused
from alimnaru.store import crypto
from alimnaru.store.models import ServiceConsent

A_PAGE = 25
#: Refused rows that the result names.
_SHOWN = 200


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """An agreement as the table shows it: whose, by a code alone."""

    consent: ServiceConsent
    code: str
    how: str | Promise
    state: str

    @classmethod
    def of(cls, consent: ServiceConsent) -> Row:
        today = timezone.localdate()
        state = "holds" if consent.starts_on <= today else "later"
        if consent.ends_on is not None and consent.ends_on < today:
            state = "over"
        if consent.withdrawn_at is not None:
            state = "withdrawn"
        return cls(consent, short_code(bytes(consent.to_hash)), HOW_LABELS[consent.how], state)


@page(Right.SEND, methods=("GET", "POST"), section="consents")
def consents(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those about the member's notices; a POST enters one more."""
    form = ConsentForm(list(reads.served(desk.scope(Right.SEND))), request.POST or None)
    if request.method == "POST" and form.is_valid():
        _enter(desk, form)
        messages.success(request, _("동의를 기록했습니다. 지금부터 송달할 수 있습니다."))
        return redirect("consents")
    return _show(request, desk, form, FindConsentForm())


@page(Right.SEND, methods=("POST",), section="consents")
def find(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The agreements of a phone, which stands in no address."""
    form = ConsentForm(list(reads.served(desk.scope(Right.SEND))))
    asked = FindConsentForm(request.POST)
    phone = asked.cleaned_data["phone"] if asked.is_valid() else None
    return _show(request, desk, form, asked, phone)


@page(Right.SEND, methods=("POST",), section="consents")
def end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Withdraw one for the resident, who came to the desk or called."""
    found = reads.consents(desk.scope(Right.SEND)).filter(pk=pk)
    theirs(found.first())
    form = EndConsentForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(e) for e in form.errors["note"]))
    elif office.withdraw(
        ServiceConsent.objects.filter(pk=pk), actor=desk.member, note=form.cleaned_data["note"]
    ):
        messages.success(request, _("철회했습니다. 지금부터 종이 문서로 송달해 주십시오."))
    return redirect("consents")


@page(Right.SEND, methods=("GET", "POST"), section="consents")
def bring_in(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Record a list of agreements, and say row by row what could not be."""
    notices = list(reads.served(desk.scope(Right.SEND)))
    form = ConsentListForm(notices, request.POST or None, request.FILES or None)
    done = None
    if request.method == "POST" and form.is_valid():
        try:
            done = _imported(desk, form)
        except (ListRefused, RosterRefused) as error:
            form.add_error("file", wording.sentence(error.code, **error.facts))
    context = {"form": form, "done": done, "shown": done.refused[:_SHOWN] if done else []}
    return render(request, "console/consents_import.html", context)


def _show(
    request: HttpRequest,
    desk: Desk,
    form: ConsentForm,
    asked: FindConsentForm,
    phone: str | None = None,
) -> HttpResponse:
    whose = crypto.phone_hash(phone) if phone else None
    found = Paginator(reads.consents(desk.scope(Right.SEND), whose), A_PAGE)
    shown = found.get_page(request.GET.get("page"))
    # Who asks about a phone learns something, also where there is nothing.
    people = max(len(shown.object_list), int(whose is not None))
    looked(desk, Access.WISHES, "consents", people, department=desk.department, whose=whose)
    context = {
        "form": form,
        "asked": asked,
        "found": mask(phone) if phone else "",
        "end": EndConsentForm(),
        "page": shown,
        "rows": [Row.of(consent) for consent in shown],
    }
    return render(request, "console/consents.html", context)


def _enter(desk: Desk, form: ConsentForm) -> None:
    given = form.cleaned_data
    agreed = office.Agreement(
        phone=given["phone"],
        name=given["name"],
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        evidence=given["evidence"],
        how=given["how"],
        address=given["address"],
    )
    office.record(form.notice_chosen, [agreed], actor=desk.member)


def _imported(desk: Desk, form: ConsentListForm) -> office.Imported:
    file: UploadedFile[Any] = form.cleaned_data["file"]
    suffix = Path(file.name or "").suffix[:6]
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        for block in file.chunks():
            copy.write(block)
        copy.flush()
        how = form.cleaned_data["how"]
        return office.import_list(Path(copy.name), form.notice_chosen, how=how, actor=desk.member)


urls = [
    path("consents", consents, name="consents"),
    path("consents/find", find, name="consents-find"),
    path("consents/import", bring_in, name="consents-import"),
    path("consents/<int:pk>/end", end, name="consent-end"),
]
