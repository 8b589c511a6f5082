"""Signing in: password, own password at the first time, one-time code; and out again."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from math import ceil
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from alimnaru.console import idle, once, signing_in
from alimnaru.console.access import is_verified
from alimnaru.console.forms.signin import CodeForm, OwnPasswordForm, SignInForm
from alimnaru.office.own_account import choose_password
from alimnaru.office.seats import leave_seat
from alimnaru.office.second_factor import (
    CodeCheck,
    begin_enrolment,
    check_code,
    confirm_enrolment,
    has_authenticator,
    new_recovery_codes,
)
from alimnaru.reads.people import locked_since, office_phone
from alimnaru.store.models import Member

#: The session's note of the authenticator that it was shown the secret of.
_ENROLLING = "enrolling"
_View = Callable[[HttpRequest], HttpResponse]
_MemberView = Callable[[HttpRequest, Member], HttpResponse]


def _gate(view: _View) -> _View:
    """A page of the sign-in: kept by no browser, and its values by no error report."""
    guarded: _View = never_cache(
        sensitive_post_parameters()(require_http_methods(["GET", "HEAD", "POST"])(view))
    )
    return guarded


def _after_password(view: _MemberView) -> _View:
    """For who has given a right password a short while ago; others begin anew."""

    def worn(request: HttpRequest) -> HttpResponse:
        member = signing_in.on_the_way(request)
        if member is None:
            return redirect(_with_next(request, "sign-in"))
        if signing_in.is_locked(request, member.login):
            return locked_out(request, credentials={"username": member.login})
        return view(request, member)

    return _gate(worn)


@_gate
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password."""
    if isinstance(request.user, Member) and is_verified(request, request.user):
        return redirect(signing_in.own_path(request, reverse("dashboard")))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        if signing_in.password_is_right(request, typed["username"].strip(), typed["password"]):
            return redirect(_with_next(request, "sign-in-code"))
        form.add_error(
            None,
            _(
                "아이디와 비밀번호가 일치하지 않습니다. 한글로 적히지 않았는지 확인하고 다시 적어 "
                "주십시오. 다섯 번 틀리면 15분 동안 잠깁니다."
            ),
        )
    ended = request.session.pop(idle.ENDED, None) if request.method == "GET" else None
    context = {"form": form, "ended": ended, "next": request.POST.get("next") or _next(request)}
    context["office_sign_in"] = bool(settings.OIDC_ISSUER)
    return render(request, "console/sign_in.html", context)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Too many wrong passwords or codes from one place: how long, and whom to ask."""
    login = (credentials or {}).get("username", "")
    since = locked_since(login, getattr(request, "axes_ip_address", "") or "")
    now = timezone.now()
    left = (since or now) + settings.AXES_COOLOFF_TIME - now
    minutes = max(1, ceil(left.total_seconds() / 60))
    context = {"minutes": minutes, "phone": office_phone()}
    return render(request, "console/sign_in_locked.html", context, status=429)


@_after_password
def own_password(request: HttpRequest, member: Member) -> HttpResponse:
    """At the first time: a password that nobody else knows."""
    if not member.must_change_password:
        return redirect(_with_next(request, "sign-in-code"))
    form = OwnPasswordForm(request.POST or None, member=member)
    if form.is_valid():
        choose_password(member, form.cleaned_data["first"])
        signing_in.note_new_password(request, member)
        return redirect(_with_next(request, "sign-in-code"))
    return _page(request, "console/sign_in_password.html", form)


@_after_password
def code(request: HttpRequest, member: Member) -> HttpResponse:
    """The authenticator's code, or one of the recovery codes."""
    if member.must_change_password:
        return redirect(_with_next(request, "sign-in-password"))
    if not has_authenticator(member):
        return redirect(_with_next(request, "sign-in-enrol"))
    recovery = "recovery" in request.GET
    form = CodeForm(request.POST or None, recovery=recovery)
    if form.is_valid():
        check = check_code(member, form.cleaned_data["code"])
        if check.device is not None:
            target = signing_in.own_path(request, reverse("dashboard"))
            return signing_in.complete(request, member, check.device, target)
        _not_taken(request, member, form, check)
    return _page(request, "console/sign_in_code.html", form, recovery=recovery)


@_after_password
def enrol(request: HttpRequest, member: Member) -> HttpResponse:
    """At the first time: an authenticator is set up, and shows that it works."""
    if member.must_change_password or has_authenticator(member):
        return redirect(_with_next(request, "sign-in-code"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        check = confirm_enrolment(member, form.cleaned_data["code"])
        if check.device is not None:
            once.keep(request, "recovery", new_recovery_codes(member))
            return signing_in.complete(
                request, member, check.device, _with_next(request, "recovery-codes")
            )
        _not_taken(request, member, form, check)
    return _page(request, "console/sign_in_enrol.html", form, **enrolment_of(request, member))


@require_http_methods(["POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave. With `idle` the browser says that nobody was there: the server's clock decides."""
    if "idle" in request.POST and request.user.is_authenticated:
        # The browser's clock and ours need not agree to the second.
        if not idle.is_over(request, allow=10):
            return redirect(signing_in.own_path(request, reverse("dashboard")))
        idle.end(request)
    if "idle" in request.POST:
        return redirect(_with_next(request, "sign-in"))
    if (seat := request.session.get(idle.SEAT)) is not None:
        leave_seat(seat)
    logout(request)
    return redirect("sign-in")


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open while somebody signed in or out elsewhere in this browser."""
    return render(request, "console/form_too_old.html", {}, status=403)


def enrolment_of(request: HttpRequest, member: Member) -> dict[str, object]:
    """The QR code and the secret to type, of the authenticator that this session sets up."""
    device = begin_enrolment(member, request.session.get(_ENROLLING))
    request.session[_ENROLLING] = device.pk
    secret = b32encode(device.bin_key).decode().rstrip("=")
    picture = segno.make(device.config_url, error="m")
    return {
        "qr": picture.svg_data_uri(scale=5, border=4, light="#fff"),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }


def _not_taken(request: HttpRequest, member: Member, form: CodeForm, check: CodeCheck) -> None:
    if check.wait:
        text = _("인증번호를 잇달아 틀려, %(count)s초 뒤에 다시 적을 수 있습니다.")
        form.add_error("code", text % {"count": check.wait})
        return
    signing_in.count_failure(request, member.login)
    text = _(
        "인증번호가 일치하지 않습니다. 앱에 지금 보이는 번호를 적어 주십시오. 한 번 쓴 번호는 다시 "
        "쓸 수 없으므로 다음 번호를 기다려 주십시오."
    )
    form.add_error("code", text)


def _page(request: HttpRequest, template: str, form: Any, **more: object) -> HttpResponse:
    context = {"form": form, "next": _next(request), **more}
    return render(request, template, context)


def _next(request: HttpRequest) -> str:
    return signing_in.own_path(request, "")


def _with_next(request: HttpRequest, name: str) -> str:
    wanted = _next(request)
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")


urls = [
    path("sign-in", sign_in, name="sign-in"),
    path("sign-in/password", own_password, name="sign-in-password"),
    path("sign-in/code", code, name="sign-in-code"),
    path("sign-in/enrol", enrol, name="sign-in-enrol"),
    path("sign-out", sign_out, name="sign-out"),
]
