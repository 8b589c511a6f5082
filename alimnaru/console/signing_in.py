"""What stands between a right password and a signed-in session: who it is, and for how long.

Nobody is signed in before the code: until then the session only notes whose password was right.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_otp import login as otp_login
from django_otp.models import Device

from alimnaru.console import idle, screen
from alimnaru.console.templatetags.figures import moment
from alimnaru.office.seats import elsewhere, take_seat
from alimnaru.reads.people import failures_since
from alimnaru.store import audit
from alimnaru.store.models import Member

#: Between password and code: long enough to set up an authenticator, too short to forget it open.
PATIENCE_SECONDS = 15 * 60
BACKEND = "django.contrib.auth.backends.ModelBackend"
#: The session's note that the office's own sign-in has asked for both things.
BY_ISSUER = "by_issuer"
#: The session's note of when its person gave a one-time code last.
CODE_AT = "code_at"
_NOTE = "signing_in"


@dataclass(frozen=True, slots=True)
class LastTime:
    """When the account was used before this, and what was tried with it since."""

    at: datetime | None
    failures: int


def password_is_right(request: HttpRequest, username: str, password: str) -> Member | None:
    """The person of this name and password, noted in the session; programs are none.

    Wrong ones are counted, and lead to the page of `signin.locked_out`.
    """
    found = authenticate(request, username=username, password=password)
    if not isinstance(found, Member):
        return None
    if found.is_program:
        count_failure(request, username)
        return None
    begin(request, found)
    return found


def begin(request: HttpRequest, member: Member) -> None:
    """Whose password was right, or for whom the office's own sign-in has spoken."""
    request.session.cycle_key()
    request.session[_NOTE] = {
        "member": member.pk,
        "hash": member.get_session_auth_hash(),
        "at": time.time(),
    }


def on_the_way(request: HttpRequest) -> Member | None:
    """Whose password was right a short while ago, in this browser, and still is."""
    note = request.session.get(_NOTE)
    if not note or time.time() - note["at"] > PATIENCE_SECONDS:
        return None
    member = Member.objects.filter(pk=note["member"], is_active=True, is_program=False).first()
    if member is None or member.get_session_auth_hash() != note["hash"]:
        return None
    return member


def note_new_password(request: HttpRequest, member: Member) -> None:
    """Go on with the password that was just chosen."""
    request.session[_NOTE] = {**request.session[_NOTE], "hash": member.get_session_auth_hash()}


def complete(
    request: HttpRequest, member: Member, device: Device | None, next_page: str
) -> HttpResponse:
    """Sign in for good, and go to the page that was asked for, in the person's own screen.

    Without a device the office's own sign-in has asked for a second thing: acts that want a code
    again will ask for ours.
    """
    last = last_time(member)
    address = request.META.get("REMOTE_ADDR", "")
    others = elsewhere(member, address=address)
    request.session.pop(_NOTE, None)
    login(request, member, backend=BACKEND)
    request.session[idle.SINCE] = time.time()
    if device is None:
        request.session[BY_ISSUER] = True
    else:
        otp_login(request, device)
        request.session[CODE_AT] = time.time()
    agent = request.headers.get("User-Agent", "")
    request.session[idle.SEAT] = take_seat(member, address=address, agent=agent).pk
    audit.record(
        actor=member,
        act="member.sign_in",
        subject=f"member:{member.pk}",
        facts={"with": device.model_label().rpartition(".")[2] if device else "oidc"}
        | ({"elsewhere": ", ".join(others)} if others else {}),
    )
    _tell(request, last, others)
    answer = redirect(next_page)
    screen.carry_over(request, answer, member)
    return answer


def _tell(request: HttpRequest, last: LastTime, others: Sequence[str]) -> None:
    """The last sign-in, once: only its owner can know that it was somebody else's."""
    said = []
    if last.at is not None:
        said.append(_("지난 로그인은 %(when)s이었습니다.") % {"when": moment(last.at)})
    if last.failures:
        said.append(
            _("그 뒤 비밀번호나 인증번호가 틀린 시도가 %(count)s번 있었습니다.")
            % {"count": last.failures}
        )
    if others:
        said.append(
            _("지금 다른 곳(%(addresses)s)에서도 이 계정으로 로그인해 있습니다.")
            % {"addresses": ", ".join(others)}
        )
    if last.failures or others:
        said.append(_("본인이 하지 않은 일이면 비밀번호를 바꾸고 관리자에게 알려 주십시오."))
    if said:
        (messages.warning if last.failures or others else messages.info)(request, " ".join(said))


def last_time(member: Member) -> LastTime:
    """The sign-in before this one."""
    return LastTime(member.last_login, failures_since(member, member.last_login))


def count_failure(request: HttpRequest, username: str) -> None:
    """A wrong code counts like a wrong password: five of them shut the pair out."""
    user_login_failed.send(__name__, credentials={"username": username}, request=request)


def is_locked(request: HttpRequest, username: str) -> bool:
    """Whether this name is shut out from this place."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def own_path(request: HttpRequest, default: str) -> str:
    """Where `next` leads, if that is a page of ours; `default` otherwise."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=hosts, require_https=request.is_secure()
    )
    return wanted if safe else default
