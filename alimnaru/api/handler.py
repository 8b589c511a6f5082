"""How programs are served: without sessions, cookies, CSRF and languages, which are the console's.

Fourteen layers of middleware take longer than a message's own work; none of them is meant for a
program, which signs in with each call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from alimnaru.api import limits
from alimnaru.api.problems import MEDIA_TYPE, Refused, problem
from alimnaru.rules.api_problems import ApiProblem
from alimnaru.store.whence import Via, coming

PREFIX: Final = "/api/"
#: Where programs and carriers call.
MACHINES: Final = (PREFIX, "/callbacks/", "/healthz", "/readyz", "/metrics")

_BARE: Final = {
    400: ApiProblem.BODY_UNREADABLE,
    404: ApiProblem.NOT_FOUND,
    405: ApiProblem.METHOD_NOT_ALLOWED,
    413: ApiProblem.BODY_TOO_LARGE,
    500: ApiProblem.UNAVAILABLE,
}
#: Nothing that a program is answered is a page, whoever gets a browser to open it.
_TOLD: Final = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    *((("Strict-Transport-Security", "max-age=31536000"),) if settings.HTTPS else ()),
)
_Handler = Callable[[HttpRequest], HttpResponseBase]


class MachineHandler(WSGIHandler):
    """Django's handler with one layer: every error of the API has its one shape."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Called once by Django."""
        self._view_middleware: list[object] = []
        self._template_response_middleware: list[object] = []
        self._exception_middleware: list[object] = []
        answer = cast("_Handler", self._get_response)  # type: ignore[attr-defined]
        inner = placed(shaped(cast("_Handler", convert_exception_to_response(answer))))
        self._middleware_chain = convert_exception_to_response(inner)


def placed(get_response: _Handler) -> _Handler:
    """Middleware: what is done for a request comes from its caller's address (`store.whence`)."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        via = Via.API if request.path_info.startswith(MACHINES) else Via.CONSOLE
        with coming(str(request.META.get("REMOTE_ADDR", "")), via):
            return get_response(request)

    return respond


def shaped(get_response: _Handler) -> _Handler:
    """Middleware: what Django itself answers under `/api/` becomes a problem too."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        if request.path_info.startswith(PREFIX):
            code = _BARE.get(answer.status_code)
            if code is not None and not _has_shape(answer):
                allow = answer.headers.get("Allow")
                bare = Refused(code, headers={"Allow": allow} if allow else {})
                answer = _unless_unsigned(request, bare)
            limits.tell(request, answer)
            answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        if request.path_info.startswith(MACHINES):
            for name, value in _TOLD:
                answer.headers[name] = value
        if isinstance(answer, HttpResponse) and "Content-Length" not in answer.headers:
            answer.headers["Content-Length"] = str(len(answer.content))
        return answer

    return respond


def _unless_unsigned(request: HttpRequest, bare: Refused) -> HttpResponse:
    """Whoever has not signed in is told that, and not which addresses there are."""
    try:
        who = _auth(request)
    except Refused as refused:
        return problem(refused)
    headers = {"WWW-Authenticate": "Bearer"}
    return problem(bare if who else Refused(ApiProblem.NOT_SIGNED_IN, headers=headers))


_auth = limits.MeteredAuth()


def _has_shape(answer: HttpResponseBase) -> bool:
    kind = str(answer.headers.get("Content-Type", ""))
    return kind.startswith((MEDIA_TYPE, "application/json"))
