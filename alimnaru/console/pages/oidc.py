"""Signing in by the office's own sign-in, where there is one (`ALIMNARU_OIDC_ISSUER`).

It stands in for the password. Whether our one-time code is asked too, the issuer's `acr` or `amr`
decides; nobody gets an account by it who has none here.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from functools import lru_cache
from typing import Any, Final

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alimnaru.console import signing_in
from alimnaru.console.access import Desk, page
from alimnaru.office.identities import bind, is_bound, member_of, unbind
from alimnaru.sources.oidc import Begun, Issuer, OidcFailed, Told
from alimnaru.store.models import Member

log = structlog.get_logger()

_NOTE: Final = "oidc"
#: Until when this session may bind its account to an issuer's; seconds for which it may.
_MAY_BIND, _BINDING = "oidc_may_bind", 300
_PATIENCE: Final = 600


@lru_cache(maxsize=4)
def _issuer(url: str, client: str, secret: str) -> Issuer:
    return Issuer(url, client, secret)


def issuer() -> Issuer | None:
    """The office's issuer, if it has one."""
    if not settings.OIDC_ISSUER:
        return None
    return _issuer(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


@never_cache
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """To the issuer. A link and no form: a browser lets no form of ours end at another site."""
    own = issuer()
    if own is None:
        return redirect("sign-in")
    begun = Begun.new()
    try:
        address = own.address(begun, _back(request))
    except OidcFailed as failed:
        return _failed(request, failed)
    request.session[_NOTE] = {
        **asdict(begun),
        "at": time.time(),
        "next": signing_in.own_path(request, ""),
    }
    return redirect(address)


@never_cache
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """From the issuer: whose password it stands for, or who is bound to it from now on."""
    own = issuer()
    if own is None:
        return redirect("sign-in")
    note = request.session.pop(_NOTE, None)
    try:
        told = _told(request, own, note)
    except OidcFailed as failed:
        return _failed(request, failed)
    until = float(request.session.pop(_MAY_BIND, 0))
    if isinstance(request.user, Member) and time.time() < until:
        return _bound(request, request.user, told)
    return _signed_in(request, member_of(own.url, told.subject), told, note["next"])


def _told(request: HttpRequest, own: Issuer, note: dict[str, Any] | None) -> Told:
    if note is None or time.time() - note["at"] > _PATIENCE:
        raise OidcFailed("nobody had left")
    begun = Begun(note["state"], note["nonce"], note["verifier"])
    return own.finish(begun, request.GET.dict(), _back(request))


def _signed_in(
    request: HttpRequest, member: Member | None, told: Told, wanted: str
) -> HttpResponse:
    if member is None:
        return render(request, "console/oidc_unknown.html", {}, status=403)
    if _is_strong(told):
        return signing_in.complete(request, member, None, wanted or reverse("dashboard"))
    signing_in.begin(request, member)
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return redirect(reverse("sign-in-code") + query)


def _is_strong(told: Told) -> bool:
    """Whether the issuer has asked for a second thing already, as the office's settings have it."""
    trusted = set(settings.OIDC_STRONG)
    return bool(trusted & {told.acr, *told.amr} - {""})


def _bound(request: HttpRequest, member: Member, told: Told) -> HttpResponse:
    if bind(member, issuer=settings.OIDC_ISSUER, subject=told.subject):
        messages.success(request, _("기관 계정을 연결했습니다. 다음부터 그것으로 로그인합니다."))
    else:
        text = _("이 기관 계정은 다른 담당자와 연결되어 있습니다. 시스템 관리자에게 알려 주십시오.")
        messages.error(request, text, extra_tags="bad")
    return redirect("account")


@page(None, methods=("GET", "POST"), step_up=True)
def identity(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Bind the own account, or end that."""
    if issuer() is None:
        return redirect("account")
    if request.method == "POST" and "unbind" in request.POST:
        if unbind(desk.member, actor=desk.member):
            messages.success(request, _("기관 계정과의 연결을 끊었습니다."))
        return redirect("account")
    if request.method == "POST":
        request.session[_MAY_BIND] = time.time() + _BINDING
    context = {"ready": request.method == "POST", "bound": is_bound(desk.member)}
    return render(request, "console/account_identity.html", context)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("oidc-back"))


def _failed(request: HttpRequest, failed: OidcFailed) -> HttpResponse:
    log.warning("oidc_failed", reason=str(failed))
    return render(request, "console/oidc_failed.html", {}, status=502)


urls = [
    path("sign-in/office", leave, name="oidc-leave"),
    path("sign-in/office/back", come_back, name="oidc-back"),
    path("account/identity", identity, name="account-identity"),
]
