"""SENS as one of the sandbox's protocols. It calls nobody back."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.faults import Fault
from sandbox.matching import ButtonSpec, Template, TemplateSpec
from sandbox.message import Message
from sandbox.protocol import Handler, Protocol
from sandbox.sens import auth, catalogue, lists, reservations, sending, wire
from sandbox.sens.codes import KAKAO, PHONE
from sandbox.wire import WireError, answer

_KAKAO = "/alimtalk/v2/services/{service_id}"
_SMS = "/sms/v2/services/{service_id}"

_TABLE: list[tuple[str, str, Handler]] = [
    ("POST", f"{_KAKAO}/messages", sending.alimtalk),
    ("POST", f"{_SMS}/messages", sending.texts),
    ("POST", f"{_SMS}/files", catalogue.upload),
    ("GET", f"{_KAKAO}/channels", catalogue.channels),
    ("GET", f"{_KAKAO}/templates", catalogue.templates),
    *(
        (verb, f"{service}/{path}", run)
        for service in (_KAKAO, _SMS)
        for verb, path, run in (
            ("GET", "messages", lists.messages),
            ("GET", "messages/{message_id}", lists.message),
            ("GET", "reservations/{reserve_id}/reserve-status", reservations.show),
            ("DELETE", "reservations/{reserve_id}", reservations.cancel),
        )
    ),
]

_SERVICES = {"alimtalk": auth.KAKAO_SERVICE, "sms": auth.SMS_SERVICE}
_PART = re.compile(r"/(?:alimtalk|sms)/v2/services/[^/]+/([a-z]+)")
_PLACES = {"messages": "list", "reservations": "other", "channels": "templates"}
_FAILURES = {
    429: ("410", "Throttle Limited"),
    500: ("900", "Unexpected Error"),
    503: ("500", "Endpoint Error"),
}


class Sens(Protocol):
    """A request is taken whole and at once; its time is checked, but no key of the caller's."""

    name = wire.NAME
    prefixes = ("/alimtalk/v2/services/", "/sms/v2/services/")
    kakao = KAKAO
    phone = PHONE

    @property
    def credentials(self) -> dict[str, str]:
        """Keys, the two services and the one channel."""
        return {
            "api_key": auth.ACCESS_KEY,
            "api_secret": auth.SECRET_KEY,
            "service_id": auth.KAKAO_SERVICE,
            "sms_service_id": auth.SMS_SERVICE,
            "profile": auth.CHANNEL,
        }

    def table(self) -> Sequence[tuple[str, str, Handler]]:
        """Method, path and handler of each call."""
        return _TABLE

    def guard(self, request: Request) -> Response | None:
        """The gateway lets in whoever has signed lately; the service is the caller's own."""
        scope = request.scope
        target = bytes(scope["raw_path"]).decode("latin-1")
        if scope["query_string"]:
            target += "?" + bytes(scope["query_string"]).decode("latin-1")
        skew = self.world.settings.sens_skew_seconds
        auth.check(request.method, target, request.headers, skew=skew)
        if request.path_params["service_id"] != _SERVICES[lists.service_of(request)]:
            raise wire.forbidden()
        return None

    def endpoint_of(self, method: str, path: str) -> tuple[str, ...]:
        """The fault places of a request."""
        found = _PART.match(path)
        part = found[1] if found else ""
        if method == "POST":
            return ("send",) if part == "messages" else ("other",)
        if method == "DELETE":
            return ("cancel",)
        return ("templates",) if part == "templates" else (_PLACES.get(part, "other"),)

    def failure(self, fault: Fault) -> Response:
        """What the gateway answers for itself and for the service behind it."""
        status = fault.status or 500
        if status not in _FAILURES:
            return PlainTextResponse("Bad Gateway", status)
        code, message = _FAILURES[status]
        reply = answer({"error": {"errorCode": code, "message": message}}, status)
        if status in (429, 503):
            reply.headers["Retry-After"] = "1"
        return reply

    def error(self, problem: WireError) -> Response:
        """An error as the gateway or the service words it."""
        if problem.status == 404:
            problem = WireError(404, "300", problem.message)
        return wire.error_answer(problem)

    def messages_of(self, body: bytes, form: str) -> list[Message]:
        """The messages of a stored request."""
        return wire.neutral(body, form)

    def template(self, spec: TemplateSpec) -> Template:
        """A registered template: SENS's console asks for both addresses of a web link."""
        buttons = [_with_both(button) for button in spec.buttons or ()]
        return Template(msgspec.structs.replace(spec, buttons=buttons))


def _with_both(button: ButtonSpec) -> ButtonSpec:
    return msgspec.structs.replace(button, link_pc=button.link_pc or button.link_mobile)
