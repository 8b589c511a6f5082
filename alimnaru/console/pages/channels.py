"""Contracts with carriers and how they fare; the numbers from which texts come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru import wording
from alimnaru.carriers.registry import KINDS
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.accounts import SenderForm
from alimnaru.console.htmx import looks_so_far, pause_after, show
from alimnaru.office.senders import SenderRefused, set_sender_number
from alimnaru.reads import health
from alimnaru.reads.outages import off_now
from alimnaru.reads.readiness import of_accounts
from alimnaru.reads.senders import senders
from alimnaru.rules.phone import display
from alimnaru.rules.rights import Right
from alimnaru.store.models import Department

#: A breaker moves within seconds, but nobody stares at this page: it begins slower and ends.
_LATER, LOOKS = 5, 40


@page(Right.SYSTEM, office_wide=True)
def channels(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every account with its health, which asks again by itself, and every sender number."""
    looks = looks_so_far(request)
    now = timezone.now()
    context: dict[str, object] = {
        "accounts": health.accounts(now),
        "now": now,
        "looks": looks + 1,
        "pause": pause_after(looks + _LATER) if looks < LOOKS else None,
    }
    if "HX-Request" not in request.headers:
        context |= {
            "senders": senders(),
            "off": off_now(),
            "warnings": of_accounts(now),
            "kinds": KINDS,
        }
    return show(request, "console/channels.html", context, fragment="health")


@page(Right.SYSTEM, office_wide=True, section="channels")
def sender_of(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Lead to the department that was picked."""
    return redirect("sender-number", _department(desk, request.GET.get("department", "")).code)


@page(Right.SYSTEM, methods=("GET", "POST"), office_wide=True, section="channels", step_up=True)
def sender(request: HttpRequest, desk: Desk, department: str) -> HttpResponse:
    """The sender number of one department."""
    node = _department(desk, department)
    form = SenderForm(request.POST or None, initial={"number": display(node.sender_number)})
    if request.method == "POST" and form.is_valid():
        try:
            used = set_sender_number(node, actor=desk.member, written=form.cleaned_data["number"])
        except SenderRefused as error:
            form.add_error("number", wording.sentence(error.code))
        else:
            said = _("이제 %(department)s의 발신번호는 %(number)s입니다.")
            messages.success(request, said % {"department": node.name, "number": display(used)})
            return redirect("channels")
    return render(
        request,
        "console/sender.html",
        {"department": node, "form": form, "found": _sender_of(node.path)},
    )


def _department(desk: Desk, code: str) -> Department:
    office = desk.scope(Right.SYSTEM)
    return theirs(office.departments().select_related("parent").filter(code=code).first())


def _sender_of(path: str) -> dict[str, object]:
    """What the department sends from now, and who sends from it too."""
    for one in senders().own:
        if one.department.path == path:
            return {"number": one.number, "own": True, "heirs": one.heirs}
        if any(heir.path == path for heir in one.heirs):
            return {"number": one.number, "own": False, "owner": one.department}
    return {}


@page(Right.SYSTEM, office_wide=True, section="channels")
def kinds(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which carrier the new contract is with."""
    found = [(kind, wording.kind_name(kind), wording.kind_hint(kind)) for kind in KINDS]
    return render(request, "console/account_kinds.html", {"kinds": found})


urls = [
    path("channels", channels, name="channels"),
    path("channels/new", kinds, name="account-kinds"),
    path("channels/senders", sender_of, name="sender-numbers"),
    path("channels/senders/<slug:department>", sender, name="sender-number"),
]
