"""What the neutral core asks of a carrier's protocol. A protocol is a folder with one of these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.intake import Intake
from sandbox.matching import Template, TemplateSpec
from sandbox.message import Message
from sandbox.statuses import NAMES
from sandbox.wire import WireError, error_answer

if TYPE_CHECKING:
    from sandbox.callbacks import Parcel
    from sandbox.faults import Fault
    from sandbox.settings import Settings
    from sandbox.store import Chunk, Group
    from sandbox.world import World

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Post:
    """A callback: the body, headers beside Content-Type, and a path to add to the address."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str = ""


class Protocol:
    """One carrier's wire. One instance per `World`; it may keep state that a kill may lose."""

    name: ClassVar[str]
    #: Beginnings of the paths that are this carrier's.
    prefixes: ClassVar[tuple[str, ...]]
    #: Statuses → the carrier's codes, for Alimtalk and for SMS, LMS and MMS.
    kakao: ClassVar[Mapping[str, str]]
    phone: ClassVar[Mapping[str, str]]
    #: Won per message by type in lower case.
    prices: ClassVar[Mapping[str, float]] = {"ata": 8.0, "sms": 10.0, "lms": 30.0, "mms": 80.0}
    #: Reports in a callback and tries to deliver it, at most.
    callback_most: ClassVar[int] = 500
    callback_tries: ClassVar[int] = 5

    world: World

    def attach(self, world: World) -> None:
        """Take the world it stands in."""
        self.world = world

    @property
    def credentials(self) -> dict[str, str]:
        """What a client needs, for the line that is printed at the start."""
        raise NotImplementedError

    def owns(self, path: str) -> bool:
        """Whether a path is this carrier's."""
        return path.startswith(self.prefixes)

    # -- requests ------------------------------------------------------------------------------

    def routes(self) -> list[BaseRoute]:
        """Its routes; `guard` is asked before each handler of `table`."""
        return [Route(path, self._handler(run), methods=[verb]) for verb, path, run in self.table()]

    def table(self) -> Sequence[tuple[str, str, Handler]]:
        """Method, path and handler of each call."""
        return ()

    def _handler(self, run: Handler) -> Handler:
        async def handle(request: Request) -> Response:
            refusal = self.guard(request)
            return await run(request) if refusal is None else refusal

        return handle

    def guard(self, request: Request) -> Response | None:
        """Check who asks: None lets a request in. May raise `WireError`."""

    def endpoint_of(self, method: str, path: str) -> tuple[str, ...]:
        """The names a fault may strike a request by; none spares it.

        create, add, send, list, cancel, templates or other; and what else the protocol likes.
        """
        raise NotImplementedError

    def failure(self, fault: Fault) -> Response:
        """What its gateway answers to a fault that has a status."""
        status = fault.status or 500
        headers = {"Retry-After": "1"} if status in (429, 503) else {}
        return PlainTextResponse("failure", status, headers)

    def error(self, problem: WireError) -> Response:
        """A `WireError` as this carrier says it: also unknown paths (404), methods (405), JSON."""
        return error_answer(problem)

    # -- messages ------------------------------------------------------------------------------

    def messages_of(self, body: bytes, form: str) -> list[Message]:
        """The messages of a stored request, in order. `form` is what `hand_over` was told."""
        raise NotImplementedError

    def reread(self, body: bytes, form: str) -> Intake:
        """A stored request as an intake whose statuses come from the journal."""
        intake = Intake()
        intake.take(self.messages_of(body, form))
        return intake

    def template(self, spec: TemplateSpec) -> Template:
        """A registered template, able to compare what comes off this wire."""
        return Template(spec)

    def refresh(self) -> None:
        """Settings or templates have changed."""

    async def fire_scheduled(self, group: Group) -> None:
        """Send a group whose time has come."""
        if group.status == "SCHEDULED":
            for chunk in group.chunks:
                self.world.draw(chunk)
            self.world.fire(group)

    def code(self, kind: str, status: int) -> str:
        """The carrier's code of a status, for a message of type `kind`."""
        table = self.kakao if kind == "ATA" else self.phone
        name = NAMES[status]
        return table.get(name) or table["unknown"]

    # -- callbacks -----------------------------------------------------------------------------

    def lane(self, chunk: Chunk) -> str:
        """Chunks of one lane may share a callback."""
        return ""

    def encode(self, parcels: Sequence[Parcel], settings: Settings) -> Post | None:
        """A callback with the reports of `parcels`; None: this carrier makes no callbacks."""
        return None

    def accepts_reply(self, reply: httpx.Response) -> bool:
        """Whether a callback counts as delivered."""
        return reply.status_code == httpx.codes.OK
