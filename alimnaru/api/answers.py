"""What is answered: JSON, and lists a page at a time with a cursor that says nothing to anybody."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec
from django.http import HttpRequest, HttpResponse

from alimnaru.api.problems import Refused, fault
from alimnaru.rules.api_problems import ApiProblem, CallFault

#: Of a page, unless the caller asks for fewer or more.
PAGE: Final = 50
MOST: Final = 500
CURSOR_PATTERN: Final = "^[A-Za-z0-9_-]{1,200}$"
_CURSOR: Final = re.compile(CURSOR_PATTERN)
#: PostgreSQL's bigint.
_TOP: Final = 1 << 63


def answer(said: Any, status: int = 200) -> HttpResponse:
    """JSON of whatever msgspec can write; times as RFC 3339."""
    return HttpResponse(msgspec.json.encode(said), status=status, content_type="application/json")


def page(request: HttpRequest, data: Sequence[Any], next_: str | None) -> HttpResponse:
    """A page of a list, with `next` in the body and as a link (RFC 8288) in the header."""
    said = answer({"data": data, "next": next_})
    if next_ is not None:
        query = request.GET.copy()
        query["cursor"] = next_
        said["Link"] = f'<{request.path}?{query.urlencode()}>; rel="next"'
    return said


def cursor(kind: str, place: int | bytes) -> str:
    """Where a page ended, for a list of this kind."""
    word = place.hex() if isinstance(place, bytes) else place
    return urlsafe_b64encode(msgspec.json.encode([kind, word])).decode().rstrip("=")


def number_in(text: str, kind: str) -> int:
    """The number in a cursor; 0 for none. Raises `Refused`."""
    if not text:
        return 0
    place = _place(text, kind)
    if type(place) is not int or not 0 <= place < _TOP:
        raise _bad()
    return place


def bytes_in(text: str, kind: str) -> bytes:
    """The bytes in a cursor; none for none. Raises `Refused`."""
    if not text:
        return b""
    try:
        return bytes.fromhex(cast("str", _place(text, kind)))
    except (ValueError, TypeError):
        raise _bad() from None


def _place(text: str, kind: str) -> object:
    if _CURSOR.fullmatch(text) is None:
        raise _bad()
    try:
        said = msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        raise _bad() from None
    if not isinstance(said, list) or len(said) != 2 or said[0] != kind:
        raise _bad()
    return said[1]


def _bad() -> Refused:
    return Refused(ApiProblem.INVALID, errors=[fault("cursor", CallFault.CURSOR)])
