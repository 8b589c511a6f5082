"""Bizgo as one of the sandbox's protocols."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

import httpx
from starlette.requests import Request
from starlette.responses import Response

from sandbox.bizgo import files, looking, reporting, reservations, sending, templates
from sandbox.bizgo.codes import KAKAO, PHONE
from sandbox.bizgo.wire import NAME, ROOT, messages_of, refusal, turned_away
from sandbox.callbacks import Parcel
from sandbox.faults import Fault
from sandbox.message import Message
from sandbox.protocol import Handler, Post, Protocol
from sandbox.settings import Settings
from sandbox.statuses import DELIVERED
from sandbox.wire import WireError

API_KEY = "BIZGOSANDBOX0000000000000000KEY1"

_TEMPLATE = f"{ROOT}/center/alimtalk/template"
_RESERVATION = f"{ROOT}/reservation/resvKey/{{resv_key}}"

_TABLE: list[tuple[str, str, Handler]] = [
    ("POST", f"{ROOT}/send/omni", sending.omni),
    ("GET", f"{ROOT}/report/polling", reporting.poll),
    ("DELETE", f"{ROOT}/report/polling/{{report_id}}", reporting.acknowledge),
    ("GET", f"{ROOT}/report/inquiry/{{msg_key}}", looking.report),
    ("GET", f"{ROOT}/message/history", looking.history),
    ("GET", f"{ROOT}/message/inquiry/msgKey/{{msg_key}}", looking.by_key),
    ("GET", f"{ROOT}/message/inquiry/requestId/{{request_id}}", looking.by_request),
    ("POST", f"{ROOT}/reservation", reservations.create),
    ("GET", f"{ROOT}/reservation/list", reservations.listed),
    ("GET", _RESERVATION, reservations.show),
    ("POST", f"{_RESERVATION}/cancel", reservations.cancel),
    ("GET", f"{_RESERVATION}/destinations", reservations.recipients),
    ("POST", f"{ROOT}/file/mms", files.mms),
    ("POST", f"{ROOT}/file/alimtalk/template", files.template),
    ("POST", f"{ROOT}/file/alimtalk/itemHighlight", files.highlight),
    ("GET", _TEMPLATE, templates.show),
    ("POST", _TEMPLATE, templates.create),
    ("PUT", _TEMPLATE, templates.update),
    ("GET", f"{_TEMPLATE}/list", templates.listed),
    ("POST", f"{_TEMPLATE}/request", templates.ask),
    ("POST", f"{_TEMPLATE}/request/cancel", templates.withdraw),
    (
        "DELETE",
        f"{_TEMPLATE}/senderKey/{{sender_key}}/templateCode/{{template_code}}",
        templates.drop,
    ),
    ("GET", f"{ROOT}/center/kakao/sender", templates.sender),
]

#: Beginnings of paths below the root → the places of faults.
_PLACES = (
    ("/send/", "send"),
    ("/reservation/list", "list"),
    ("/report/", "list"),
    ("/message/", "list"),
    ("/center/", "templates"),
    ("/file/", "other"),
)

_GATEWAY = {404: ("A404", "Not Found"), 405: ("A405", "Method Not Allowed"), 413: ("A413", "")}


class Bizgo(Protocol):
    """One call hands over; an idempotency key makes it the only one."""

    name = NAME
    prefixes = (f"{ROOT}/",)
    kakao = KAKAO
    phone = PHONE
    #: A webhook carries one report, and is tried again three times.
    callback_most = 1
    callback_tries = 4

    @property
    def credentials(self) -> dict[str, str]:
        """The key, the one profile, and what webhooks are signed with."""
        return {
            "api_secret": API_KEY,
            "profile": sending.PROFILE,
            "callback_secret": reporting.SIGNING_KEY,
        }

    def table(self) -> Sequence[tuple[str, str, Handler]]:
        """Method, path and handler of each call."""
        return _TABLE

    def guard(self, request: Request) -> Response | None:
        """The key stands bare in its header: with a scheme before it, it is another."""
        sent = request.headers.get("authorization", "")
        if hmac.compare_digest(sent.encode(), API_KEY.encode()):
            return None
        return turned_away(401, "A401", "Unauthorized")

    def endpoint_of(self, method: str, path: str) -> tuple[str, ...]:
        """The fault places of a request."""
        below = path.removeprefix(ROOT)
        if below == "/reservation":
            return ("send", "schedule")
        if below.startswith("/reservation/resvKey/"):
            return ("cancel",) if below.endswith("/cancel") else ("list",)
        return tuple(place for beginning, place in _PLACES if below.startswith(beginning))

    def failure(self, fault: Fault) -> Response:
        """The gateway's own words; only 429 is the service's."""
        status = fault.status or 500
        if status == httpx.codes.TOO_MANY_REQUESTS:
            reply = refusal("A020")
        else:
            reply = turned_away(status, f"A{status}", "Server Error")
        if status in (429, 503):
            reply.headers["Retry-After"] = "1"
        return reply

    def error(self, problem: WireError) -> Response:
        """Gateway or service, by who would have noticed."""
        if problem.code.startswith("A"):
            return refusal(problem.code, problem.message)
        if problem.status in _GATEWAY:
            return turned_away(problem.status, *_GATEWAY[problem.status])
        return refusal("A011")

    def messages_of(self, body: bytes, form: str) -> list[Message]:
        """The messages of a stored request."""
        return messages_of(body)

    def code(self, kind: str, status: int) -> str:
        """What begins with 2 for an SMS begins with 3 for the longer ones."""
        code = super().code(kind, status)
        if kind in ("LMS", "MMS") and status != DELIVERED and code.startswith("2"):
            return f"3{code[1:]}"
        return code

    def encode(self, parcels: Sequence[Parcel], settings: Settings) -> Post:
        """One report."""
        [parcel] = parcels
        [place] = parcel.places
        return reporting.webhook(self.world, parcel.chunk, place)

    def accepts_reply(self, reply: httpx.Response) -> bool:
        """200 and the message key."""
        return reporting.is_answered(reply)
