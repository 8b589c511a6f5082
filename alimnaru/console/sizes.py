"""Turns away what is too large before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import escape_leading_slashes

from alimnaru.office.uploads import MIB, MOST_BYTES

#: The largest file, and the form around it.
MOST_BODY = MOST_BYTES + MIB
#: Python reads no number of 4,301 digits.
_DIGITS = 18


class SizeMiddleware:
    """Before anything looks into a form: Django would have read and stored all of it by then.

    The browser is sent to the same page, which says what was wrong (`?too-large`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        raw = request.META.get("CONTENT_LENGTH") or "0"
        if raw.isdigit() and (len(raw) > _DIGITS or int(raw) > MOST_BODY):
            return redirect(f"{escape_leading_slashes(request.path)}?too-large")
        return self._get_response(request)
