"""One contract with a carrier: how it fares, its settings, terms and prices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru import wording
from alimnaru.carriers.kind import SettingsError
from alimnaru.carriers.registry import KINDS, kind_called
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.accounts import AccountForm, PriceForm, TermsForm
from alimnaru.office import accounts as office
from alimnaru.office.account_test import Answer, ask_account
from alimnaru.reads import health, money
from alimnaru.rules.channel import Channel
from alimnaru.rules.rights import Right
from alimnaru.store.models import CarrierAccount


@page(Right.SYSTEM, methods=("GET", "POST"), office_wide=True, section="channels", step_up=True)
def new(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """Enter a contract with a carrier of this kind."""
    if kind not in KINDS:
        raise Http404
    form = AccountForm(kind, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = office.enter_account(form.contract, actor=desk.member)
        except SettingsError as error:
            form.refuse(error)
        except office.NameTaken:
            form.add_error("name", _("이미 있는 계정 이름입니다. 다른 이름을 적어 주십시오."))
        else:
            said = _("‘%(name)s’ 계정을 등록했습니다. 보낼 방법과 단가를 확인해 주십시오.")
            messages.success(request, said % {"name": account.name})
            return redirect("account-of", account.pk)
    context = {"form": form, "kind": wording.kind_name(kind), "hint": wording.kind_hint(kind)}
    return render(request, "console/account_new.html", context)


@page(Right.SYSTEM, office_wide=True, section="channels")
def account(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """One contract."""
    return _shown(request, _account(number))


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="channels", step_up=True)
def change(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Change the settings of a contract."""
    found = _account(number)
    form = AccountForm(found.kind, request.POST, known=_known(found))
    if form.is_valid():
        try:
            office.change_account(
                found,
                actor=desk.member,
                base_url=form.cleaned_data["base_url"],
                settings=form.settings,
                profile=form.cleaned_data["profile"],
            )
        except SettingsError as error:
            form.refuse(error)
        except office.SecretsAsked as error:
            form.ask_again(error.names)
        else:
            return _done(request, found, _("연결 정보를 바꾸었습니다."))
    return _shown(request, found, settings=form)


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="channels", step_up=True)
def terms(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Change order, channels and limits."""
    found = _account(number)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, terms=form)
    office.set_terms(found, actor=desk.member, terms=form.terms)
    return _done(request, found, _("순서와 한도를 바꾸었습니다."))


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="channels", step_up=True)
def price(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Enter a price from a day on."""
    found = _account(number)
    form = PriceForm(_channels(found), request.POST)
    if not form.is_valid():
        return _shown(request, found, price=form)
    data = form.cleaned_data
    channel = Channel(data["channel"])
    try:
        office.set_price(
            found,
            actor=desk.member,
            channel=channel,
            won=data["won"],
            since=data["since"],
            department=data["department"],
        )
    except office.MonthClosed as closed:
        said = _(
            "%(month)s까지 마감되어 그 안의 단가는 바꿀 수 없습니다. 더 늦은 날을 적어 주십시오."
        )
        form.add_error("since", said % {"month": f"{closed.month:%Y-%m}"})
        return _shown(request, found, price=form)
    return _done(request, found, _("단가를 저장했습니다."))


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="channels", step_up=True)
def switch(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Give a contract work, or no more of it."""
    found, on = _account(number), request.POST.get("on") == "1"
    office.switch_account(found, actor=desk.member, on=on)
    if on:
        return _done(request, found, _("계정을 켰습니다."))
    return _done(
        request,
        found,
        _("계정을 껐습니다. 기다리던 것은 다른 계정으로 나가고, 없으면 다시 켤 때까지 멈춥니다."),
    )


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="channels", step_up=True)
def reset(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """End the pause of a contract that rests."""
    found = _account(number)
    ways = office.reset_account(found, actor=desk.member)
    if not ways:
        return _done(request, found, _("쉬고 있지 않은 계정입니다."))
    names = ", ".join(wording.label(way) for way in ways)
    return _done(request, found, _("이 계정으로 다시 보냅니다: %(ways)s") % {"ways": names})


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="channels")
def test(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Ask the carrier, without sending anything."""
    found = _account(number)
    answer = ask_account(found, actor=desk.member)
    level = messages.SUCCESS if answer.is_well else messages.WARNING
    messages.add_message(request, level, _told(answer))
    return redirect("account-of", found.pk)


def _told(answer: Answer) -> str:
    if answer.refused is not None:
        why = wording.why(answer.refused)
        return _("사업자가 거절했습니다(%(code)s). %(why)s 키와 주소를 확인해 주십시오.") % {
            "code": answer.code,
            "why": why,
        }
    if answer.silent:
        return _(
            "사업자가 응답하지 않습니다(%(code)s). 주소를 확인하고 잠시 뒤 다시 시험해 주십시오."
        ) % {"code": answer.code}
    said = []
    if answer.balance is not None:
        said.append(_("잔액은 %(won)s원입니다.") % {"won": f"{answer.balance:,}"})
        if answer.balance <= 0:
            said.append(_("충전해 주십시오."))
    if answer.profile is not None:
        said.append(
            _("발신 프로필: %(state)s. %(meaning)s")
            % {"state": wording.label(answer.profile), "meaning": wording.sentence(answer.profile)}
        )
    if not said:
        return _(
            "이 사업자는 보내지 않고 물어볼 수 있는 것이 없습니다. "
            "사업자의 관리 화면에서 확인해 주십시오."
        )
    return " ".join([_("사업자가 응답했습니다."), *said])


def _account(number: int) -> CarrierAccount:
    return theirs(health.account_row(number))


def _channels(found: CarrierAccount) -> list[Channel]:
    return [c for c in Channel if c in found.channels.split(",")]


def _known(found: CarrierAccount) -> dict[str, str]:
    """What may be shown again: nothing secret."""
    return {
        **{name: str(value) for name, value in found.options.items()},
        "api_key": found.api_key,
        "base_url": found.base_url,
        "profile": found.profile,
    }


def _shown(request: HttpRequest, found: CarrierAccount, **refused: Any) -> HttpResponse:
    now = timezone.now()
    whole = theirs(health.account(found.pk, now))
    initial = {
        "priority": found.priority,
        "channels": found.channels.split(","),
        "per_second": found.per_second,
        "per_day": found.per_day,
    }
    context = {
        "one": whole,
        "account": found,
        "kind": wording.kind_name(found.kind),
        "calls_back": kind_called(found.kind).calls_back,
        "callback": request.build_absolute_uri(f"/callbacks/{found.callback_token}"),
        "prices": money.prices_of(found.pk),
        "today": timezone.localdate(now),
        "settings": refused.get("settings") or AccountForm(found.kind, known=_known(found)),
        "terms": refused.get("terms") or TermsForm(initial=initial),
        "price": refused.get("price") or PriceForm(_channels(found)),
        "refused": next(iter(refused.values()), None),
        "open": next(iter(refused), ""),
    }
    return render(request, "console/account_of.html", context)


def _done(request: HttpRequest, found: CarrierAccount, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("account-of", found.pk)


urls = [
    path("channels/new/<slug:kind>", new, name="account-new"),
    path("channels/<int:number>", account, name="account-of"),
    path("channels/<int:number>/settings", change, name="account-settings"),
    path("channels/<int:number>/terms", terms, name="account-terms"),
    path("channels/<int:number>/price", price, name="account-price"),
    path("channels/<int:number>/switch", switch, name="account-switch"),
    path("channels/<int:number>/reset", reset, name="account-reset"),
    path("channels/<int:number>/test", test, name="account-test"),
]
