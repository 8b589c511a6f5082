"""Signs out who has left the desk. A page that asks again by itself does not count as a person."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

#: Seconds without a request of a person's, until the office's policy says otherwise.
IDLE_SECONDS = 30 * 60
#: Sent by whatever polls (`hx-headers` on it), so that watching a batch keeps nobody signed in.
POLL_HEADER = "X-Alimnaru-Poll"
#: The session's own note of the last request.
SEEN = "seen_at"


class IdleMiddleware:
    """After authentication: ends a session that nobody has used for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            seen = request.session.get(SEEN)
            if seen is not None and now - float(seen) > IDLE_SECONDS:
                logout(request)
            elif POLL_HEADER not in request.headers:
                request.session[SEEN] = now
        return self._get_response(request)
