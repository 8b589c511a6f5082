"""The switch: a channel off, what waits meanwhile, and on again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru import wording
from alimnaru.console.access import Desk, page
from alimnaru.console.forms.outage import OffForm
from alimnaru.office.channels import StillOut, switch_off, switch_on
from alimnaru.reads import outages
from alimnaru.rules.channel import Channel
from alimnaru.rules.outage import REPLACEABLE
from alimnaru.rules.rights import Right
from alimnaru.wording import Fault


@dataclass(frozen=True, slots=True)
class Switch:
    """A channel on the page. `left`: won that may still be spent; None: no ceiling."""

    state: outages.ChannelState
    form: OffForm
    replaceable: bool
    why: str

    @property
    def left(self) -> Decimal | None:
        ceiling = self.state.ceiling_won
        return None if ceiling is None else max(ceiling - self.state.spent_won, Decimal(0))


@page(Right.SYSTEM, office_wide=True, section="outage")
def outage(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which channels are off, since when and why, and the switch of each."""
    return _shown(request)


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="outage", step_up=True)
def off(request: HttpRequest, desk: Desk, channel: str) -> HttpResponse:
    """Switch a channel off, or set another ceiling."""
    form = OffForm(_channel(channel), request.POST)
    if not form.is_valid():
        return _shown(request, form)
    reason = form.cleaned_data["reason"]
    switch_off(form.channel, actor=desk.member, ceiling=form.ceiling_won, reason=reason)
    messages.success(request, _("%(channel)s 발송을 껐습니다.") % {"channel": form.word})
    return redirect("outage")


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="outage", step_up=True)
def on(request: HttpRequest, desk: Desk, channel: str) -> HttpResponse:
    """Switch it on again, unless breakers hold it and no account works."""
    word = wording.label(_channel(channel))
    try:
        freed = switch_on(_channel(channel), actor=desk.member)
    except StillOut:
        messages.error(request, wording.sentence(Fault.CHANNEL_STILL_OUT, channel=word))
        return redirect("outage")
    if freed is None:
        messages.info(request, _("%(channel)s 발송은 이미 켜져 있습니다.") % {"channel": word})
    else:
        messages.success(
            request,
            _("%(channel)s 발송을 다시 켰습니다. 기다리던 것을 이어서 보냅니다.")
            % {"channel": word},
        )
    return redirect("outage")


def _shown(request: HttpRequest, refused: OffForm | None = None) -> HttpResponse:
    now = timezone.now()
    states = outages.channel_states()
    open_now = outages.open_outages()
    reasons = dict(zip([o.channel for o in open_now], outages.reasons_of(open_now), strict=True))
    switches = [_switch(state, refused, reasons) for state in states]
    context = {
        "switches": switches,
        "refused": refused,
        "due": outages.due_by_priority(now),
        "past": outages.history(),
        "now": now,
    }
    return render(request, "console/outage.html", context)


def _switch(
    state: outages.ChannelState, refused: OffForm | None, reasons: dict[str, str]
) -> Switch:
    mine = refused is not None and refused.channel is state.channel
    form = refused if mine and refused else OffForm(state.channel)
    return Switch(state, form, state.channel in REPLACEABLE, reasons.get(state.channel, ""))


def _channel(code: str) -> Channel:
    if code not in set(Channel):
        raise Http404
    return Channel(code)


urls = [
    path("outage", outage, name="outage"),
    path("outage/<slug:channel>/off", off, name="outage-off"),
    path("outage/<slug:channel>/on", on, name="outage-on"),
]
