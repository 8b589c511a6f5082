"""The own account: who I am here, what I sign in with, and how my screen looks."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login

from alimnaru.console import idle, once, screen, signing_in
from alimnaru.console.access import Desk, page
from alimnaru.console.forms.account import MobileForm
from alimnaru.console.forms.signin import ChangePasswordForm, CodeForm
from alimnaru.console.pages.signin import enrolment_of
from alimnaru.office.own_account import MobileRefused, choose_password, mobile_of, set_mobile
from alimnaru.office.seats import end_seat, end_seats
from alimnaru.office.second_factor import (
    CodeCheck,
    check_code,
    confirm_enrolment,
    new_recovery_codes,
    recovery_codes_left,
)
from alimnaru.reads.entrances import open_seats
from alimnaru.reads.people import sign_ins
from alimnaru.rules.phone import display
from alimnaru.wording import ROLES, sentence

#: The session's note of when a code of the present authenticator was given for a new one.
_MAY_RENEW = "may_renew"


@page(None)
def account(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Name, roles, last sign-ins, and everything that may be changed about them."""
    found = [(m.department.name, ROLES[m.role].label) for m in desk.memberships]
    mobile = mobile_of(desk.member)
    context = {
        "roles": found,
        "sign_ins": sign_ins(desk.member),
        "office_sign_in": bool(settings.OIDC_ISSUER),
        "seats": open_seats(desk.member),
        "seat": request.session.get(idle.SEAT),
        "codes_left": recovery_codes_left(desk.member),
        "mobile": display(mobile) if mobile else "",
    }
    return render(request, "console/account.html", context)


@sensitive_post_parameters()
@page(None, methods=("GET", "POST"))
def password(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new password; sessions of this account elsewhere end, this one gets a new key."""
    if request.method == "POST" and signing_in.is_locked(request, desk.member.login):
        messages.error(request, _locked())
        return redirect("account")
    form = ChangePasswordForm(request.POST or None, member=desk.member)
    if form.is_valid():
        choose_password(desk.member, form.cleaned_data["first"])
        update_session_auth_hash(request, desk.member)
        end_seats(desk.member, but=request.session.get(idle.SEAT))
        messages.success(
            request, _("비밀번호를 바꾸었습니다. 다른 컴퓨터에서는 로그아웃되었습니다.")
        )
        return redirect("account")
    if request.POST.get("present") and "present" in form.errors:
        # Whoever finds a session open may not try passwords in it for as long as they like.
        signing_in.count_failure(request, desk.member.login)
    return _form(request, "console/account_password.html", form)


@page(None, methods=("GET", "POST"))
def mobile(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The own number, for test messages; shown to nobody else."""
    kept = mobile_of(desk.member)
    form = MobileForm(request.POST or None, initial={"mobile": display(kept) if kept else ""})
    if form.is_valid():
        try:
            set_mobile(desk.member, form.cleaned_data["mobile"])
        except MobileRefused as refused:
            form.add_error("mobile", sentence(refused.code))
        else:
            messages.success(request, _("휴대전화 번호를 저장했습니다."))
            return redirect("account")
    return _form(request, "console/account_mobile.html", form)


@page(None, methods=("GET", "POST"))
def recovery(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ten new codes for a code of the authenticator; the page after it shows them once."""
    form = CodeForm(request.POST or None)
    if form.is_valid() and _gives_code(request, desk, form):
        once.keep(request, "recovery", new_recovery_codes(desk.member))
        return redirect("recovery-codes")
    return _form(request, "console/account_recovery.html", form)


@page(None)
def recovery_codes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The codes, this one time."""
    codes = once.take(request, "recovery")
    target = signing_in.own_path(request, reverse("dashboard" if codes else "account"))
    return render(request, "console/recovery_codes.html", {"codes": codes, "next": target})


@page(None, methods=("GET", "POST"))
def authenticator(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Another phone: a code of the present one first, then one of the new one."""
    if not _may_renew(request):
        form = CodeForm(request.POST or None, recovery="recovery" in request.GET)
        if form.is_valid() and _gives_code(request, desk, form):
            request.session[_MAY_RENEW] = time.time()
            return redirect("account-authenticator")
        return _form(request, "console/account_authenticator.html", form)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        check = confirm_enrolment(desk.member, form.cleaned_data["code"])
        if check.device is not None:
            del request.session[_MAY_RENEW]
            otp_login(request, check.device)
            messages.success(
                request, _("인증 앱을 바꾸었습니다. 예전 앱의 번호는 더 쓸 수 없습니다.")
            )
            return redirect("account")
        _say(form, check)
    return _form(
        request, "console/account_authenticator.html", form, **enrolment_of(request, desk.member)
    )


def _may_renew(request: HttpRequest) -> bool:
    """Not for the rest of the day: who begins and leaves the desk has not let the next one in."""
    given = float(request.session.get(_MAY_RENEW, 0))
    return time.time() - given < signing_in.PATIENCE_SECONDS


@page(None, methods=("POST",))
def end_one(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One of the own sign-ins, in another browser."""
    if end_seat(pk, actor=desk.member):
        messages.success(request, _("그 컴퓨터에서 로그아웃되었습니다."))
    return redirect("account")


@page(None, methods=("POST",))
def extend(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Somebody is there: `idle.IdleMiddleware` has noted it, as for every request of a person's."""
    return HttpResponse(status=204)


@require_POST
def contrast(request: HttpRequest) -> HttpResponse:
    """High contrast on or off, also before the sign-in."""
    answer = redirect(signing_in.own_path(request, reverse("dashboard")))
    wanted = "normal" if screen.is_high_contrast(request) else "high"
    screen.choose(request, answer, "contrast", wanted)
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Korean or English, also before the sign-in."""
    answer = redirect(signing_in.own_path(request, reverse("dashboard")))
    screen.choose(request, answer, "language", request.POST.get("language", ""))
    return answer


def _gives_code(request: HttpRequest, desk: Desk, form: CodeForm) -> bool:
    """Whether the code is right; a session that somebody left open changes no second factor."""
    if signing_in.is_locked(request, desk.member.login):
        form.add_error("code", _locked())
        return False
    check = check_code(desk.member, form.cleaned_data["code"])
    if check.device is None:
        if not check.wait:
            signing_in.count_failure(request, desk.member.login)
        _say(form, check)
    return check.device is not None


def _locked() -> str:
    return _("여러 번 틀려 잠겨 있습니다. 15분 뒤에 다시 적어 주십시오.")


def _say(form: CodeForm, check: CodeCheck) -> None:
    if check.wait:
        text = _("인증번호를 잇달아 틀려, %(count)s초 뒤에 다시 적을 수 있습니다.")
        form.add_error("code", text % {"count": check.wait})
    else:
        form.add_error(
            "code", _("인증번호가 일치하지 않습니다. 앱에 지금 보이는 번호를 적어 주십시오.")
        )


def _form(request: HttpRequest, template: str, form: object, **more: object) -> HttpResponse:
    return render(request, template, {"form": form, **more})


urls = [
    path("account", account, name="account"),
    path("account/password", password, name="account-password"),
    path("account/mobile", mobile, name="account-mobile"),
    path("account/recovery", recovery, name="account-recovery"),
    path("account/recovery-codes", recovery_codes, name="recovery-codes"),
    path("account/authenticator", authenticator, name="account-authenticator"),
    path("account/seats/<int:pk>/end", end_one, name="seat-end"),
    path("extend", extend, name="extend"),
    path("contrast", contrast, name="contrast"),
    path("language", language, name="language"),
]
