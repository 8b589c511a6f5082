"""Turns away what is too large before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import escape_leading_slashes

from alimnaru.console.access import may_open
from alimnaru.office.uploads import MIB, MOST_BYTES

#: The largest file, and the form around it.
MOST_BODY = MOST_BYTES + MIB
#: Python reads no number of 4,301 digits.
_DIGITS = 18


class SizeMiddleware:
    """Before anything looks into a form: Django would have read and stored all of it by then.

    A page that takes more says so (`most_bytes` of `console.access.page`), and takes it from those
    alone who may act there. The browser is sent to the page, which says what was wrong
    (`?too-large`); to the one above where the address only takes what is posted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: object) -> HttpResponse | None:
        """Once it is known which page is asked for, by whom, and before its form is read."""
        raw = request.META.get("CONTENT_LENGTH") or "0"
        if not raw.isdigit() or (len(raw) <= _DIGITS and int(raw) <= MOST_BODY):
            return None
        most = getattr(view, "most_bytes", 0)
        if most and len(raw) <= _DIGITS and int(raw) <= most + MIB and may_open(request, view):
            return None
        path = request.path
        if "GET" not in getattr(view, "methods", ("GET",)):
            path = path.rstrip("/").rpartition("/")[0] or "/"
        return redirect(f"{escape_leading_slashes(path)}?too-large")
