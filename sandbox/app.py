"""The HTTP surface: everybody's routes on one port, faults at the edge."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox import control, control_templates, phones, statements
from sandbox.faults import Fault
from sandbox.protocol import Handler, Protocol
from sandbox.store import Group
from sandbox.wire import WireError, error_answer
from sandbox.world import World


class Connection(HttpToolsProtocol):
    """Hands the connection to the application, which must be able to cut it."""

    def on_message_begin(self) -> None:
        """Add the transport to what the application is told of a request."""
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.transport": {"transport": self.transport}}


class Edge:
    """Faults strike here, outside everything that answers."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless a fault is scheduled for it."""
        owner = owner_of(self._world, scope["path"]) if scope["type"] == "http" else None
        places = owner.endpoint_of(scope["method"], scope["path"]) if owner else ()
        if owner is None or not places:
            await self._app(scope, receive, send)
            return
        latency = self._world.settings.latency_ms
        if latency:
            await asyncio.sleep(latency / 1000)
        fault = self._world.faults.strike(owner.name, places)
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.status is not None:
            await owner.failure(fault)(scope, receive, send)
        else:
            await self._suffer(fault, scope, receive, send)

    async def _suffer(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind == "cut_before":
            await _cut(scope)
        elif fault.kind == "slow":
            await asyncio.sleep(fault.ms / 1000)
            await self._app(scope, receive, send)
        else:
            await self._after(fault, scope, receive, send)

    async def _after(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Do what was asked for, and then spoil the answer."""
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await self._app(scope, receive, hold)
        if fault.kind == "slow_after":
            await asyncio.sleep(fault.ms / 1000)
            for message in held:
                await send(message)
            return
        if fault.kind == "cut_middle":
            await send(held[0])
            body = b"".join(message.get("body", b"") for message in held[1:])
            await send(
                {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
            )
        await _cut(scope, flush=fault.kind == "cut_middle")


async def _cut(scope: Scope, *, flush: bool = False) -> None:
    transport = scope["extensions"]["sandbox.transport"]["transport"]
    if flush:
        transport.close()
    else:
        transport.abort()
    # The server writes an error of its own unless it has seen the connection go.
    while not transport.is_closing():  # pragma: no cover - both calls above take effect at once
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)


def owner_of(world: World, path: str) -> Protocol | None:
    """The protocol that a path belongs to."""
    return next((one for one in world.protocols.values() if one.owns(path)), None)


def _told(request: Request, problem: WireError) -> Response:
    owner = owner_of(request.app.state.world, request.url.path)
    return error_answer(problem) if owner is None else owner.error(problem)


async def _on_wire_error(request: Request, problem: Exception) -> Response:
    if isinstance(problem, WireError):
        return _told(request, problem)
    raise problem


async def _on_bad_json(request: Request, problem: Exception) -> Response:
    return _told(request, WireError(400, "ValidationError", str(problem)))


async def _on_missing(request: Request, _problem: Exception) -> Response:
    return _told(request, WireError(404, "ResourceNotFound", "없는 주소입니다."))


async def _on_wrong_method(request: Request, _problem: Exception) -> Response:
    return _told(request, WireError(405, "MethodNotAllowed", "이 주소에 쓸 수 없는 방법입니다."))


_CONTROL: list[tuple[str, str, Handler]] = [
    ("GET", "/_sandbox/health", control.health),
    ("GET", "/_sandbox/accepted", control.accepted),
    ("GET", "/_sandbox/summary", control.summary),
    ("GET", "/_sandbox/statement", statements.statement),
    ("PUT", "/_sandbox/templates", control_templates.put),
    ("GET", "/_sandbox/templates", control_templates.show),
    ("POST", "/_sandbox/templates/{code}/decide", control_templates.decide),
    ("POST", "/_sandbox/templates/{code}/age", control_templates.age),
    ("GET", "/_sandbox/pictures", control_templates.pictures),
    ("PUT", "/_sandbox/mix", control.put_mix),
    ("PUT", "/_sandbox/callback", control.put_callback),
    ("PUT", "/_sandbox/config", control.put_config),
    ("GET", "/_sandbox/config", control.get_config),
    ("POST", "/_sandbox/faults", control.post_fault),
    ("GET", "/_sandbox/faults", control.get_faults),
    ("DELETE", "/_sandbox/faults", control.delete_faults),
    ("POST", "/_sandbox/reset", control.reset),
    ("GET", "/", phones.home),
    ("GET", "/phones", phones.index),
    ("GET", "/phones/style.css", phones.style),
    ("GET", "/phones/{number}", phones.phone),
]


def build(world: World, options: dict[str, Any]) -> ASGIApp:
    """The application for `world`; it boots with `options` when the server starts."""
    waiting: set[asyncio.Task[None]] = set()

    def fire(group: Group) -> None:
        task = asyncio.create_task(world.protocols[group.protocol].fire_scheduled(group))
        waiting.add(task)
        task.add_done_callback(waiting.discard)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        world.boot(options)
        world.reports.fire = fire
        world.reports.start()
        world.courier.start()
        yield
        await world.reports.stop()
        await world.courier.stop()
        world.journal.close()

    app = Starlette(
        routes=[
            *(route for protocol in world.protocols.values() for route in protocol.routes()),
            *(Route(path, handler, methods=[verb]) for verb, path, handler in _CONTROL),
        ],
        exception_handlers={
            WireError: _on_wire_error,
            msgspec.MsgspecError: _on_bad_json,
            404: _on_missing,
            405: _on_wrong_method,
        },
        lifespan=lifespan,
    )
    app.state.world = world
    return Edge(app, world)
