"""The HTTP surface: routes, authentication, faults at the edge."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox import control, direct, groups, lists, phones
from sandbox.faults import Fault, endpoint_of
from sandbox.store import Group
from sandbox.wire import WireError, answer, error_answer
from sandbox.world import World

_OPEN = ("/_sandbox", "/phones", "/pricing")


class Protocol(HttpToolsProtocol):
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
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        latency = self._world.settings.latency_ms
        if latency:
            await asyncio.sleep(latency / 1000)
        fault = self._world.faults.strike(endpoint_of(scope["method"], scope["path"]))
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._suffer(fault, scope, receive, send)

    async def _suffer(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        status = fault.status
        if status is not None:
            await _failure(status)(scope, receive, send)
        elif fault.kind == "cut_before":
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


def _failure(status: int) -> Response:
    code = "TooManyRequests" if status == 429 else "InternalServerError"
    headers = {"Retry-After": "1"} if status in (429, 503) else {}
    # SOLAPI's clients take the body of a 5xx as text.
    if status >= 500:
        return PlainTextResponse("요청을 처리하지 못했습니다.", status, headers)
    reply = answer({"errorCode": code, "errorMessage": "요청이 너무 많습니다."}, status)
    reply.headers.update(headers)
    return reply


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


Handler = Callable[[Request], Awaitable[Response]]


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        request.app.state.world.gate.check(request.headers.get("authorization"))
        return await handler(request)

    return guarded


async def _on_wire_error(_request: Request, problem: Exception) -> Response:
    if isinstance(problem, WireError):
        return error_answer(problem)
    raise problem


async def _on_bad_json(_request: Request, problem: Exception) -> Response:
    return error_answer(WireError(400, "ValidationError", str(problem)))


async def _on_missing(_request: Request, _problem: Exception) -> Response:
    return error_answer(WireError(404, "ResourceNotFound", "없는 주소입니다."))


async def _on_wrong_method(_request: Request, _problem: Exception) -> Response:
    return error_answer(WireError(405, "MethodNotAllowed", "이 주소에 쓸 수 없는 방법입니다."))


_V4 = "/messages/v4"
_GROUP = f"{_V4}/groups/{{group_id}}"

_API: list[tuple[str, str, Handler]] = [
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
    ("POST", "/storage/v1/files", lists.upload),
]

_CONTROL: list[tuple[str, str, Handler]] = [
    ("GET", "/pricing/v1/messaging/default", lists.prices),
    ("GET", "/_sandbox/health", control.health),
    ("GET", "/_sandbox/accepted", control.accepted),
    ("GET", "/_sandbox/summary", control.summary),
    ("PUT", "/_sandbox/templates", control.put_templates),
    ("GET", "/_sandbox/templates", control.get_templates),
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
        task = asyncio.create_task(groups.fire_scheduled(world, group))
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
            *(Route(path, _guarded(handler), methods=[verb]) for verb, path, handler in _API),
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
