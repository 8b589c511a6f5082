"""SOLAPI as one of the sandbox's protocols."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.callbacks import Parcel
from sandbox.faults import Fault
from sandbox.intake import Intake
from sandbox.matching import Template, TemplateSpec
from sandbox.message import Message
from sandbox.protocol import Handler, Post, Protocol
from sandbox.settings import Settings
from sandbox.solapi import direct, groups, lists, storage, templates
from sandbox.solapi.auth import PROFILE, Gatekeeper
from sandbox.solapi.codes import CODE, CODES, PRICES
from sandbox.solapi.desk import Desk
from sandbox.solapi.intake import SolapiIntake
from sandbox.solapi.places import endpoint_of
from sandbox.solapi.reporting import encode_batch
from sandbox.solapi.wire import NAME, Button, neutral, read_message, read_messages
from sandbox.store import Group
from sandbox.wire import WireError, error_answer

_V4 = "/messages/v4"
_V2, _V1 = "/kakao/v2/templates", "/kakao/v1/templates"
_GROUP = f"{_V4}/groups/{{group_id}}"

_TABLE: list[tuple[str, str, Handler]] = [
    ("POST", f"{_V4}/send", direct.send_one),
    ("POST", f"{_V4}/send-many", direct.send_many),
    ("POST", f"{_V4}/send-many/detail", direct.send_many_detail),
    ("POST", f"{_V4}/groups", groups.create),
    ("GET", f"{_V4}/groups", lists.groups),
    ("GET", _GROUP, groups.show),
    ("DELETE", _GROUP, groups.delete),
    ("PUT", f"{_GROUP}/messages", groups.add),
    ("GET", f"{_GROUP}/messages", lists.group_messages),
    ("DELETE", f"{_GROUP}/messages", groups.remove),
    ("POST", f"{_GROUP}/send", groups.send),
    ("POST", f"{_GROUP}/schedule", groups.schedule),
    ("DELETE", f"{_GROUP}/schedule", groups.unschedule),
    ("GET", f"{_V4}/list", lists.messages),
    ("GET", f"{_V4}/list-old", lists.messages),
    ("GET", f"{_V4}/statistics", lists.statistics),
    ("GET", "/cash/v1/balance", lists.balance),
    ("GET", "/pricing/v1/messaging/default", lists.prices),
    ("POST", "/storage/v1/files", storage.upload),
    ("GET", f"{_V2}/categories", templates.categories),
    ("POST", _V2, templates.create),
    ("GET", _V2, templates.listing),
    ("GET", f"{_V2}/{{template_id}}", templates.show),
    ("PUT", f"{_V2}/{{template_id}}", templates.update),
    ("DELETE", f"{_V2}/{{template_id}}", templates.delete),
    ("PUT", f"{_V2}/{{template_id}}/name", templates.rename),
    ("PUT", f"{_V2}/{{template_id}}/inspection/cancel", templates.cancel),
    ("PUT", f"{_V2}/{{template_id}}/release-dormant", templates.wake),
    ("PUT", f"{_V1}/{{template_id}}/inspection", templates.inspect),
    ("POST", f"{_V1}/{{template_id}}/comment", templates.comment),
    ("GET", "/kakao/v2/channels", templates.channels),
    ("GET", "/kakao/v2/channels/{channel_id}", templates.channel),
]


class Solapi(Protocol):
    """Groups are created, filled and fired; every call is signed."""

    name = NAME
    prefixes = ("/messages/v4/", "/kakao/", "/storage/", "/cash/", "/pricing/")
    kakao = phone = CODE
    prices = PRICES

    def __init__(self) -> None:
        self.gate = Gatekeeper()
        self.desk: Desk

    @property
    def credentials(self) -> dict[str, str]:
        """Key, secret and the one profile."""
        return {
            "api_key": self.gate.api_key,
            "api_secret": self.gate.api_secret,
            "profile": PROFILE,
        }

    def table(self) -> Sequence[tuple[str, str, Handler]]:
        """Method, path and handler of each call."""
        return _TABLE

    def guard(self, request: Request) -> Response | None:
        """Prices are told to everybody."""
        if not request.url.path.startswith("/pricing/"):
            self.gate.check(request.headers.get("authorization"))
        return None

    def endpoint_of(self, method: str, path: str) -> tuple[str, ...]:
        """The fault places of a request."""
        return endpoint_of(method, path)

    def failure(self, fault: Fault) -> Response:
        """SOLAPI's clients take the body of a 5xx as text."""
        status = fault.status or 500
        headers = {"Retry-After": "1"} if status in (429, 503) else {}
        if status >= 500:
            return PlainTextResponse("요청을 처리하지 못했습니다.", status, headers)
        problem = WireError(status, "TooManyRequests", "요청이 너무 많습니다.")
        reply = error_answer(problem)
        reply.headers.update(headers)
        return reply

    def messages_of(self, body: bytes, form: str) -> list[Message]:
        """The messages of a stored request."""
        return neutral(body, form)

    def reread(self, body: bytes, form: str) -> Intake:
        """The same, without a neutral message in between: a journal may hold half a million."""
        intake = SolapiIntake(self.desk)
        one = form == "one"
        intake.reread([read_message(body).message] if one else read_messages(body).messages)
        return intake

    def template(self, spec: TemplateSpec) -> Template:
        """A registered template, compared with SOLAPI's buttons."""
        return Template(spec, Button)

    def refresh(self) -> None:
        """Rebuild the rules of registration."""
        settings, templates = self.world.settings, self.world.templates.sendable(NAME)
        profiles = {e.spec.pf_id for e in self.world.templates.of(NAME) if e.spec.pf_id}
        self.desk = Desk(
            templates,
            frozenset(profiles),
            senders=None if settings.senders is None else frozenset(settings.senders),
            mismatch_is_result=settings.mismatch == "result",
            alimtalk_limit=settings.alimtalk_limit,
            pictures=self.world.pictures,
        )

    async def fire_scheduled(self, group: Group) -> None:
        """Send a group whose time has come, if there is still money for it."""
        await groups.fire_scheduled(self.world, group)

    def code(self, kind: str, status: int) -> str:
        """One table for all types."""
        return CODES[status]

    def encode(self, parcels: Sequence[Parcel], settings: Settings) -> Post:
        """An array of single reports."""
        return Post(encode_batch(parcels))
