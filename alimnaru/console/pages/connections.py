"""Keys of other programs: which there are, what each did today, and everything about one."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console import once
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.connections import KeyForm, LimitsForm, RotateForm
from alimnaru.console.paging import paged, query_of
from alimnaru.office import keys as office
from alimnaru.office.connecting import ConnectingRefused
from alimnaru.reads import connections as reads
from alimnaru.rules.api_keys import KeyState
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.rights import Right
from alimnaru.store.models import ApiKey
from alimnaru.wording import sentence

_SECTION = "connections"


@page(Right.DEPARTMENT, section=_SECTION)
def keys(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The keys that work or wait; with `?over=1` those that are over."""
    over = request.GET.get("over") == "1"
    found = paged(request, reads.keys_of(desk.scope(Right.DEPARTMENT), over=over))
    context = {
        "tab": "keys",
        "found": found,
        "lines": reads.key_lines(found.rows),
        "over": over,
        "query": query_of(request),
    }
    return render(request, "console/connections/keys.html", context)


@page(Right.DEPARTMENT, methods=("GET", "POST"), section=_SECTION, step_up=True)
def new_key(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Issue a key; its text stands on the next page, this once."""
    departments = desk.scope(Right.DEPARTMENT).departments().order_by("path")
    form = KeyForm(departments, request.POST or None)
    if form.is_valid():
        try:
            key, text = office.issue(form.wish, actor=desk.member, department=form.place)
        except ConnectingRefused as refused:
            form.refuse(refused)
        else:
            once.keep(request, f"key.{key.pk}", [text])
            messages.success(request, _("키를 발급했습니다."))
            return redirect("key", key.pk)
    context = {"form": form, "scopes": list(Scope)}
    return render(request, "console/connections/key_new.html", context)


@page(Right.DEPARTMENT, section=_SECTION)
def key(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Everything about one key."""
    return _show(request, desk, _key(desk, pk))


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION, step_up=True)
def confirm(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The second manager's word."""
    seen = request.POST.get("seen", "")

    def act(found: ApiKey) -> None:
        office.confirm(found, actor=desk.member, seen=seen)

    return _done(request, desk, pk, act, _("키를 확인했습니다. 이제 이 키로 보낼 수 있습니다."))


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION)
def revoke(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """At once and for good."""

    def act(found: ApiKey) -> None:
        office.revoke(found, actor=desk.member)

    return _done(request, desk, pk, act, _("키를 폐기했습니다. 더는 쓸 수 없습니다."))


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION, step_up=True)
def limits(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Other addresses and numbers."""
    found = _key(desk, pk)
    form = LimitsForm.of(found, request.POST)
    if form.is_valid():
        try:
            office.change(found, actor=desk.member, limits=form.limits)
        except ConnectingRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("한도와 허용 주소를 바꾸었습니다."))
            return redirect("key", pk)
    return _show(request, desk, found, limits=form)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION, step_up=True)
def rotate(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A new key in place of this one."""
    found = _key(desk, pk)
    form = RotateForm(request.POST)
    if not form.is_valid():
        messages.error(request, sentence(ConnectingFault.OVERLAP_OUT_OF_RANGE))
        return redirect("key", pk)
    days = form.cleaned_data["overlap_days"]
    try:
        made, text = office.rotate(found, actor=desk.member, overlap_days=days)
    except ConnectingRefused as refused:
        messages.error(request, sentence(refused.code))
        return redirect("key", pk)
    once.keep(request, f"key.{made.pk}", [text])
    messages.success(request, _("새 키를 발급했습니다. 예전 키는 정한 날까지 씁니다."))
    return redirect("key", made.pk)


def _done(
    request: HttpRequest, desk: Desk, pk: int, act: Callable[[ApiKey], None], said: str
) -> HttpResponse:
    found = _key(desk, pk)
    try:
        act(found)
    except ConnectingRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(request, said)
    return redirect("key", pk)


def _show(
    request: HttpRequest,
    desk: Desk,
    found: ApiKey,
    *,
    limits: LimitsForm | None = None,
) -> HttpResponse:
    [line] = reads.key_lines([found])
    text = once.take(request, f"key.{found.pk}") if request.method == "GET" else []
    context = {
        "key": found,
        "line": line,
        "minute": reads.calls_this_minute(found),
        "successor": reads.successor_of(found),
        "scopes": [scope for scope in Scope if scope in found.scopes],
        "limits": limits or LimitsForm.of(found),
        "rotate": RotateForm(),
        "text": text[0] if text else "",
        "waits": line.state is KeyState.WAITS,
        "own": found.made_by_id == desk.member.pk,
        "seen": office.limits_of(found).digest(),
        "now": timezone.now(),
    }
    return render(request, "console/connections/key.html", context)


def _key(desk: Desk, pk: int) -> ApiKey:
    return theirs(reads.key_in(desk.scope(Right.DEPARTMENT), pk))


urls = [
    path("connections", keys, name="connections"),
    path("connections/keys/new", new_key, name="key-new"),
    path("connections/keys/<int:pk>", key, name="key"),
    path("connections/keys/<int:pk>/confirm", confirm, name="key-confirm"),
    path("connections/keys/<int:pk>/limits", limits, name="key-limits"),
    path("connections/keys/<int:pk>/rotate", rotate, name="key-rotate"),
    path("connections/keys/<int:pk>/revoke", revoke, name="key-revoke"),
]
