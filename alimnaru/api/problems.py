"""The one shape of an error: problem details (RFC 9457), with our stable `code`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from alimnaru.rules.api_problems import STATUS, ApiProblem, CallFault
from alimnaru.wording.api import FAULTS, PROBLEMS

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


class Refused(Exception):  # noqa: N818
    """A call that is answered with a problem. `errors` name fields and codes, never values."""

    def __init__(
        self,
        code: ApiProblem,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def fault(field: str, code: CallFault, **more: Any) -> dict[str, Any]:
    """An entry of `errors`."""
    return {"field": field, "code": code.value, "message": FAULTS[code], **more}


def problem(refused: Refused) -> HttpResponse:
    """The answer."""
    title, advice = PROBLEMS[refused.code]
    said: dict[str, Any] = {
        "type": f"urn:alimnaru:problem:{refused.code}",
        "title": title,
        "status": STATUS[refused.code],
        "code": refused.code,
        "detail": refused.detail or advice,
    }
    if refused.errors:
        said["errors"] = list(refused.errors)
    return HttpResponse(
        msgspec.json.encode(said),
        status=STATUS[refused.code],
        content_type=MEDIA_TYPE,
        headers=dict(refused.headers),
    )


def listen(api: NinjaAPI) -> None:
    """Answer whatever an endpoint raises in this shape."""
    unsigned = Refused(ApiProblem.NOT_SIGNED_IN, headers={"WWW-Authenticate": "Bearer"})

    def always(refused: Refused) -> Callable[[HttpRequest, Any], HttpResponse]:
        return lambda _request, _error: problem(refused)

    def refused(_: HttpRequest, error: Any) -> HttpResponse:
        return problem(error)

    def unreadable(_: HttpRequest, error: Any) -> HttpResponse:
        cause = error.__cause__
        return problem(cause if isinstance(cause, Refused) else Refused(ApiProblem.BODY_UNREADABLE))

    def away(_: HttpRequest, error: Any) -> HttpResponse:
        log.warning("api_database", error=type(error).__name__)
        return problem(Refused(ApiProblem.UNAVAILABLE, headers={"Retry-After": "5"}))

    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(AuthenticationError, always(unsigned))
    api.add_exception_handler(Http404, always(Refused(ApiProblem.NOT_FOUND)))
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, unreadable)
    api.add_exception_handler(RequestDataTooBig, always(Refused(ApiProblem.BODY_TOO_LARGE)))
    api.add_exception_handler(DatabaseError, away)


def _invalid(_: HttpRequest, error: Any) -> HttpResponse:
    """Names the field and what it should be; what stood there may be somebody's number."""
    errors = [
        {"field": ".".join(map(str, e["loc"][1:] or e["loc"])), "code": e["type"]}
        for e in error.errors
    ]
    return problem(Refused(ApiProblem.INVALID, errors=errors))
