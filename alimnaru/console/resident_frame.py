"""What every page of residents wears: no sign-in, no session, kept by nobody, found by nobody.

The address holds the link's token, which opens the page: it must not travel on (no referrer, no
cache, no search engine). The token also stands in for a CSRF token. Another site that could make a
resident's browser post here would have to know it, and then it could open the page itself. Django's
own check would moreover refuse every form: a browser that sends no referrer calls the origin of a
form `null`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import escape_leading_slashes
from django.views.decorators.csrf import csrf_exempt

from alimnaru.reads.people import office_phone
from alimnaru.reads.residents import Opened, by_link

P = ParamSpec("P")
_View = Callable[..., HttpResponse]

SIZES = ("normal", "large")
_SIZE = "resident_size"
_YEAR = 365 * 24 * 60 * 60
_SWITCHES = {
    "lang": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
    "size": (_SIZE, SIZES),
}


def public(methods: tuple[str, ...]) -> Callable[[_View], _View]:
    """A page for everybody. `?lang=en` and `?size=large` are remembered in the browser."""

    def wear(view: _View) -> _View:
        @csrf_exempt
        @wraps(view)
        def worn(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in (*methods, "HEAD"):
                answer: HttpResponse = HttpResponseNotAllowed(methods)
            else:
                answer = _switched(request) or view(request, *args, **kwargs)
            answer["Cache-Control"] = "no-store"
            answer["Referrer-Policy"] = "no-referrer"
            answer["X-Robots-Tag"] = "noindex, nofollow"
            return answer

        return worn

    return wear


def with_link(
    *methods: str,
) -> Callable[[Callable[Concatenate[HttpRequest, Opened, P], HttpResponse]], _View]:
    """A page behind a link. One that is wrong, too old or of nothing that went out: all the same
    page, so that nobody learns which."""

    def wear(view: Callable[Concatenate[HttpRequest, Opened, P], HttpResponse]) -> _View:
        @public(methods)
        @wraps(view)
        def worn(
            request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            opened = by_link(token, timezone.now())
            if opened is None:
                return page(request, "gone", {}, status=404)
            return view(request, opened, *args, **kwargs)

        return worn

    return wear


def page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of residents, with what stands around it."""
    around = {
        "large": request.COOKIES.get(_SIZE) == "large",
        "office_phone_number": office_phone(),
        "here": request.path,
    }
    return render(request, f"resident/{name}.html", {**around, **context}, status=status)


def _switched(request: HttpRequest) -> HttpResponse | None:
    for name, (cookie, allowed) in _SWITCHES.items():
        if request.method == "GET" and (value := request.GET.get(name)) in allowed:
            answer = redirect(escape_leading_slashes(request.path))
            answer.set_cookie(
                cookie,
                value,
                max_age=_YEAR,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
            )
            return answer
    return None
