"""Webhooks: which there are, what each was told, and what is to be told again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console import once
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.connections import WebhookForm
from alimnaru.console.paging import paged, query_of
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office import webhooks as office
from alimnaru.office.connecting import ConnectingRefused
from alimnaru.reads import connections as reads
from alimnaru.rules.rights import Right
from alimnaru.rules.webhook_urls import host_of
from alimnaru.rules.webhooks import EventType
from alimnaru.store.models import Delivery, Webhook
from alimnaru.wording import sentence
from alimnaru.wording.connecting import DELIVERY_STATES

_SECTION = "connections"
#: How far back all that was given up may be driven again: what is older, nobody waits for.
SINCE = {"day": timedelta(days=1), "week": timedelta(days=7), "all": timedelta(days=3650)}


@page(Right.DEPARTMENT, section=_SECTION)
def webhooks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All of the viewer's departments."""
    found = paged(request, reads.webhooks_of(desk.scope(Right.DEPARTMENT)))
    context = {
        "tab": "webhooks",
        "found": found,
        "lines": [(line, host_of(line.webhook.url)) for line in reads.webhook_lines(found.rows)],
    }
    return render(request, "console/connections/webhooks.html", context)


@page(Right.DEPARTMENT, methods=("GET", "POST"), section=_SECTION, step_up=True)
def new_webhook(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Enter one; its secret stands on the next page, this once."""
    departments = desk.scope(Right.DEPARTMENT).departments().order_by("path")
    form = WebhookForm(departments, request.POST or None)
    if form.is_valid():
        try:
            made, secret = office.add(form.wanted, actor=desk.member, department=form.place)
        except ConnectingRefused as refused:
            form.refuse(refused)
        else:
            once.keep(request, f"webhook.{made.pk}", [secret])
            messages.success(request, _("웹훅을 등록했습니다."))
            return redirect("webhook", made.pk)
    return render(request, "console/connections/webhook_new.html", {"form": form})


@page(Right.DEPARTMENT, section=_SECTION)
def webhook(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One webhook with what it was told."""
    return _show(request, _webhook(desk, pk))


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION, step_up=True)
def change(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Other name, address or events."""
    found = _webhook(desk, pk)
    form = WebhookForm((), request.POST, known=found)
    if form.is_valid():
        try:
            office.change(found, form.wanted, actor=desk.member)
        except ConnectingRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("웹훅을 바꾸었습니다."))
            return redirect("webhook", pk)
    return _show(request, found, form=form)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION)
def pause(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Call it no more for a while."""
    said = _("웹훅을 멈추었습니다. 그동안 생긴 일은 모아 둡니다.")
    return _done(request, desk, pk, lambda found: office.pause(found, actor=desk.member), said)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION)
def resume(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Call it again."""
    said = _("다시 보냅니다. 모아 둔 것부터 차례로 나갑니다.")
    return _done(request, desk, pk, lambda found: office.resume(found, actor=desk.member), said)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION)
def send_test(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """An event about nothing."""
    said = _("시험 알림을 보냈습니다. 잠시 뒤 아래 목록에서 결과를 볼 수 있습니다.")
    return _done(request, desk, pk, lambda found: office.send_test(found, actor=desk.member), said)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION, step_up=True)
def new_secret(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A new secret, shown once."""

    def act(found: Webhook) -> None:
        secret = office.rotate_secret(found, actor=desk.member)
        once.keep(request, f"webhook.{pk}", [secret])

    said = _("비밀 값을 새로 만들었습니다. 예전 값으로도 하루 동안 함께 서명합니다.")
    return _done(request, desk, pk, act, said)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION)
def redrive(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Tell again what was given up: one, or all since a while."""
    found = _webhook(desk, pk)
    one = whole_number(request.POST.get("delivery", ""))
    back = SINCE.get(request.POST.get("since", ""), SINCE["all"])
    try:
        count = office.redrive(
            found,
            actor=desk.member,
            deliveries=[one] if one else (),
            since=None if one else timezone.now() - back,
        )
    except ConnectingRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(request, _("%(n)s건을 다시 보냅니다.") % {"n": f"{count:,}"})
    return redirect("webhook", pk)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION)
def remove(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """For good."""
    found = _webhook(desk, pk)
    office.remove(found, actor=desk.member)
    messages.success(request, _("웹훅을 지웠습니다."))
    return redirect("webhooks")


def _done(
    request: HttpRequest, desk: Desk, pk: int, act: Callable[[Webhook], object], said: str
) -> HttpResponse:
    found = _webhook(desk, pk)
    try:
        act(found)
    except ConnectingRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(request, said)
    return redirect("webhook", pk)


def _show(request: HttpRequest, found: Webhook, form: WebhookForm | None = None) -> HttpResponse:
    state = request.GET.get("state", "")
    secret = once.take(request, f"webhook.{found.pk}") if request.method == "GET" else []
    told = paged(request, reads.deliveries_of(found, state))
    [line] = reads.webhook_lines([found])
    context = {
        "webhook": found,
        "line": line,
        "host": host_of(found.url),
        "told": told,
        "state": state if state in Delivery.State.values else "",
        "states": [(value, DELIVERY_STATES[value]) for value in Delivery.State.values],
        "events": [event for event in EventType if event in found.events],
        "form": form or WebhookForm((), known=found),
        "secret": secret[0] if secret else "",
        "query": query_of(request),
        "now": timezone.now(),
    }
    return render(request, "console/connections/webhook.html", context)


def _webhook(desk: Desk, pk: int) -> Webhook:
    return theirs(reads.webhook_in(desk.scope(Right.DEPARTMENT), pk))


urls = [
    path("connections/webhooks", webhooks, name="webhooks"),
    path("connections/webhooks/new", new_webhook, name="webhook-new"),
    path("connections/webhooks/<int:pk>", webhook, name="webhook"),
    path("connections/webhooks/<int:pk>/change", change, name="webhook-change"),
    path("connections/webhooks/<int:pk>/pause", pause, name="webhook-pause"),
    path("connections/webhooks/<int:pk>/resume", resume, name="webhook-resume"),
    path("connections/webhooks/<int:pk>/test", send_test, name="webhook-test"),
    path("connections/webhooks/<int:pk>/secret", new_secret, name="webhook-secret"),
    path("connections/webhooks/<int:pk>/redrive", redrive, name="webhook-redrive"),
    path("connections/webhooks/<int:pk>/remove", remove, name="webhook-remove"),
]
