"""What residents asked for: found by their phone, entered, ended, brought in from a list.

A phone is typed into a form and sealed in the session under a key of its own, which stands in the
address: no number is in an address, and two tabs with two numbers are not mixed up.
"""

from __future__ import annotations

import base64
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru import wording
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.opt_outs import SUSPEND, ChoiceForm, EndForm, FindForm, ImportForm
from alimnaru.console.looking import looked
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office import preferences as office
from alimnaru.reads import preferences
from alimnaru.rules.access import Access
from alimnaru.rules.consent import Choice, Provenance
from alimnaru.rules.opt_out_list import OptOutsRefused
from alimnaru.rules.phone import mask
from alimnaru.rules.rights import Right
from alimnaru.sources.upload import ListRefused
from alimnaru.store import crypto
from alimnaru.store.models import Notice

_PHONES, _IMPORTS = "opt_out_phones", "opt_out_imports"
_PURPOSE = "opt-out search"
#: Numbers and results that a session remembers.
_KEPT = 20
#: Refused rows that the result names.
_SHOWN = 200


@page(Right.SEND)
def opt_outs(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A search, and what was entered last."""
    return _list(request, desk, FindForm())


@page(Right.SEND, methods=("POST",), section="opt-outs")
def find(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Look a phone up."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return _list(request, desk, form)
    sealed = crypto.seal(form.cleaned_data["phone"].encode(), purpose=_PURPOSE)
    key = _keep(request, _PHONES, base64.b64encode(sealed).decode())
    return redirect("opt-out-number", key)


@page(Right.SEND, methods=("GET", "POST"), section="opt-outs")
def number(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """What is on file for a phone; a POST enters a choice."""
    phone = _phone(request, key)
    if phone is None:
        return _again(request)
    form = ChoiceForm(_notices(desk), request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _enter(desk, phone, form))
        return redirect("opt-out-number", key)
    whose = crypto.phone_hash(phone)
    found = preferences.on_file(whose, timezone.now())
    looked(desk, Access.WISHES, "preferences", 1, department=desk.department, whose=whose)
    context = {
        "key": key,
        "masked": mask(phone),
        "found": found,
        "form": form,
        "end": EndForm(),
        "mine": {n.pk for n in _notices(desk)},
        "statutory": preferences.statutory(),
        "suspend": SUSPEND,
    }
    return render(request, "console/opt_out_number.html", context)


@page(Right.SEND, methods=("POST",), section="opt-outs")
def end(request: HttpRequest, desk: Desk, key: str, entry: int) -> HttpResponse:
    """End a choice that is in force for the phone."""
    phone = _phone(request, key)
    if phone is None:
        return _again(request)
    found = preferences.on_file(crypto.phone_hash(phone), timezone.now())
    lasting = [p for p in (found.for_all, *found.for_notices) if p is not None]
    mine = {None, *(n.pk for n in _notices(desk))}
    chosen = theirs(next((p for p in lasting if p.pk == entry and p.notice_id in mine), None))
    return _ended(
        request, key, lambda note: office.end_choice(chosen, actor=desk.member, note=note)
    )


@page(Right.SEND, methods=("POST",), section="opt-outs")
def lift(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Use a suspended number again."""
    phone = _phone(request, key)
    if phone is None:
        return _again(request)
    wanted = whole_number(request.POST.get("suspension", ""))
    standing = preferences.on_file(crypto.phone_hash(phone), timezone.now()).suspensions
    found = theirs(next((s for s in standing if s.pk == wanted), None))
    return _ended(
        request, key, lambda note: office.end_suspension(found, actor=desk.member, note=note)
    )


@page(Right.SEND, methods=("GET", "POST"), section="opt-outs")
def bring_in(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take in the list of the free number."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = _imported(desk, form)
        except ListRefused as error:
            form.add_error("file", wording.sentence(error.code, **error.facts))
        except OptOutsRefused as error:
            form.add_error("file", wording.sentence(error.code))
        else:
            key = _keep(request, _IMPORTS, _told(done))
            return redirect("opt-outs-imported", key)
    return render(request, "console/opt_outs_import.html", {"form": form})


@page(Right.SEND, section="opt-outs")
def imported(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """What became of a list."""
    told = request.session.get(_IMPORTS, {}).get(key)
    if told is None:
        return redirect("opt-outs")
    return render(request, "console/opt_outs_imported.html", {"told": told})


def _list(request: HttpRequest, desk: Desk, form: FindForm) -> HttpResponse:
    after = whole_number(request.GET.get("after", ""))
    entries, more = preferences.recent(timezone.now(), after)
    looked(desk, Access.WISHES, "preferences", len(entries), department=desk.department)
    context = {
        "form": form,
        "entries": entries,
        "after": after,
        "more": more,
        "statutory": preferences.statutory(),
    }
    return render(request, "console/opt_outs.html", context)


def _notices(desk: Desk) -> list[Notice]:
    return list(desk.scope(Right.SEND).notices().filter(is_active=True).order_by("name"))


def _enter(desk: Desk, phone: str, form: ChoiceForm) -> str:
    data = form.cleaned_data
    provenance, note = Provenance(data["provenance"]), data["note"]
    if data["choice"] == SUSPEND:
        new = office.suspend(actor=desk.member, phone=phone, provenance=provenance, note=note)
    else:
        new = office.enter_choice(
            actor=desk.member,
            phone=phone,
            choice=Choice(data["choice"]),
            notice=form.notice_chosen,
            provenance=provenance,
            note=note,
        )
    return _("저장했습니다. 지금부터 적용합니다.") if new else _("이미 그렇게 되어 있습니다.")


def _ended(request: HttpRequest, key: str, act: Callable[[str], bool]) -> HttpResponse:
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(e) for e in form.errors["note"]))
    elif act(form.cleaned_data["note"]):
        messages.success(request, _("끝냈습니다. 지금부터 적용하지 않습니다."))
    return redirect("opt-out-number", key)


def _imported(desk: Desk, form: ImportForm) -> office.Imported:
    file: UploadedFile[Any] = form.cleaned_data["file"]
    suffix = Path(file.name or "").suffix[:6]
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        for block in file.chunks():
            copy.write(block)
        copy.flush()
        note = form.cleaned_data["note"]
        return office.import_opt_outs(Path(copy.name), actor=desk.member, note=note)


def _told(done: office.Imported) -> dict[str, object]:
    refused = done.found.refused
    return {
        "new": done.new,
        "known": done.known,
        "repeated": done.found.repeated,
        "refused": len(refused),
        "rows": [[row, code.value] for row, code in refused[:_SHOWN]],
    }


def _keep(request: HttpRequest, shelf: str, value: object) -> str:
    """Put something into the session under a new key, and let the oldest go."""
    key = secrets.token_urlsafe(9)
    kept = [*request.session.get(shelf, {}).items(), (key, value)]
    request.session[shelf] = dict(kept[-_KEPT:])
    return key


def _phone(request: HttpRequest, key: str) -> str | None:
    sealed = request.session.get(_PHONES, {}).get(key)
    if sealed is None:
        return None
    return crypto.unseal(base64.b64decode(sealed), purpose=_PURPOSE).decode()


def _again(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("찾은 번호를 더 기억하지 않습니다. 번호를 다시 적어 주십시오."))
    return redirect("opt-outs")


urls = [
    path("opt-outs", opt_outs, name="opt-outs"),
    path("opt-outs/find", find, name="opt-outs-find"),
    path("opt-outs/import", bring_in, name="opt-outs-import"),
    path("opt-outs/import/<str:key>", imported, name="opt-outs-imported"),
    path("opt-outs/number/<str:key>", number, name="opt-out-number"),
    path("opt-outs/number/<str:key>/<int:entry>/end", end, name="opt-out-end"),
    path("opt-outs/number/<str:key>/lift", lift, name="opt-out-lift"),
]
