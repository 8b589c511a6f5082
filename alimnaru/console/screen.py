"""What people chose for their screens: language and contrast, in a cookie and on their account."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from alimnaru.office.own_account import choose_screen
from alimnaru.store.models import Member

#: A year: a choice of eyes and tongue does not expire with a session.
_COOKIE_SECONDS = 365 * 24 * 60 * 60
CONTRASTS = ("normal", "high")
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
_COOKIES: Mapping[str, str] = {"contrast": "contrast", "language": settings.LANGUAGE_COOKIE_NAME}
_ALLOWED: Mapping[str, tuple[str, ...]] = {"contrast": CONTRASTS, "language": LANGUAGES}
#: Chosen at the sign-in page, before anybody knows by whom.
_BEFORE = "screen"


def choose(request: HttpRequest, answer: HttpResponse, name: str, value: str) -> None:
    """Take a choice over at once, and keep it for whoever is or will be signed in."""
    if value not in _ALLOWED[name]:
        return
    _write(answer, {name: value})
    if isinstance(request.user, Member):
        choose_screen(request.user, {name: value})
    else:
        request.session[_BEFORE] = {**request.session.get(_BEFORE, {}), name: value}


def carry_over(request: HttpRequest, answer: HttpResponse, member: Member) -> None:
    """At the sign-in: what was chosen just before it counts, else what the account remembers.

    A cookie that another person left in this browser counts for neither.
    """
    chosen = request.session.pop(_BEFORE, {})
    if chosen:
        choose_screen(member, chosen)
    for name, cookie in _COOKIES.items():
        value = member.screen.get(name)
        if value in _ALLOWED[name]:
            _write(answer, {name: value})
        elif cookie in request.COOKIES:
            answer.delete_cookie(cookie)


def is_high_contrast(request: HttpRequest) -> bool:
    """Whether the browser's last choice was the high contrast."""
    return request.COOKIES.get(_COOKIES["contrast"]) == "high"


def _write(answer: HttpResponse, choices: Mapping[str, str]) -> None:
    for name, value in choices.items():
        answer.set_cookie(
            _COOKIES[name],
            value,
            max_age=_COOKIE_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
