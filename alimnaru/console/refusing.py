"""Django's own answers to what it refuses, without their look into what was posted.

Those read the form for its token before they say anything, so that a form that cannot be read,
posted to an address that there is not, was answered with 500. No page of ours needs it: the token's
cookie has been read by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.views import defaults

_Refusal = Callable[[HttpRequest, Exception], HttpResponse]


def _bare(view: object) -> _Refusal:
    return cast("_Refusal", view.__wrapped__)  # type: ignore[attr-defined]  # of `functools.wraps`


bad_request: Final = _bare(defaults.bad_request)
permission_denied: Final = _bare(defaults.permission_denied)
page_not_found: Final = _bare(defaults.page_not_found)
