"""Signs out who has left the desk. A page that asks again by itself does not count as a person."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from alimnaru.office.seats import is_taken, take_seat
from alimnaru.reads.policies import office_policy
from alimnaru.store.models import Member

#: Sent by whatever polls (`hx-headers` on it), so that watching a batch keeps nobody signed in.
POLL_HEADER = "X-Alimnaru-Poll"
#: The session's note of its browser (`office.seats`).
SEAT = "seat"
#: The session's own note of the last request.
SEEN = "seen_at"
#: The session's own note of when its person came in.
SINCE = "signed_in_at"
#: Why the last session ended, for the sign-in page: minutes that nobody used it.
ENDED = "ended_after_minutes"


@dataclass(frozen=True, slots=True)
class IdleTime:
    """How long a session waits for its person, and how long before its end it says so; seconds."""

    seconds: int
    warning: int


def idle_time(request: HttpRequest) -> IdleTime:
    """The office's own times, asked once for a request."""
    found: IdleTime | None = getattr(request, "idle_time", None)
    if found is None:
        policy = office_policy()
        found = IdleTime(policy.idle_minutes * 60, policy.idle_warning_minutes * 60)
        request.idle_time = found  # type: ignore[attr-defined]  # a note on the request, as Django's
    return found


def is_over(request: HttpRequest, *, allow: float = 0) -> bool:
    """Whether nobody had used the session for too long when this request came.

    `allow`: or will not have in so many seconds.
    """
    seen = getattr(request, "seen_before", request.session.get(SEEN))
    return seen is not None and time.time() - float(seen) + allow > idle_time(request).seconds


def end(request: HttpRequest) -> None:
    """Sign out, and note for the sign-in page why."""
    minutes = idle_time(request).seconds // 60
    logout(request)
    request.session[ENDED] = minutes


def is_old(request: HttpRequest) -> bool:
    """Whether the session has lasted for a working day, however busy it was.

    Every use moves the date at which Django forgets a session, so that one which somebody else
    has got hold of could be kept alive for ever.
    """
    since = request.session.setdefault(SINCE, time.time())
    return time.time() - float(since) > settings.SESSION_COOKIE_AGE


def _has_seat(request: HttpRequest) -> bool:
    """Whether nobody has ended this sign-in from elsewhere.

    A session from before there were seats gets its own at its next use.
    """
    member = cast("Member", request.user)
    pk = request.session.get(SEAT)
    if pk is not None:
        return is_taken(pk, member, used=POLL_HEADER not in request.headers)
    agent = request.headers.get("User-Agent", "")
    address = request.META.get("REMOTE_ADDR", "")
    request.session[SEAT] = take_seat(member, address=address, agent=agent).pk
    return True


class IdleMiddleware:
    """After authentication: ends a session that nobody has used for too long, or that is old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        if signed_in:
            if is_over(request):
                end(request)
            elif is_old(request) or not _has_seat(request):
                logout(request)
            elif POLL_HEADER not in request.headers:
                request.seen_before = request.session.get(SEEN)  # type: ignore[attr-defined]
                request.session[SEEN] = time.time()
        answer = self._get_response(request)
        if signed_in:
            # The next person at this computer must not find it by the browser's back button.
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer
