"""What every handler asks of a request."""

from __future__ import annotations

from starlette.requests import Request

from sandbox.wire import MAX_BODY, WireError
from sandbox.world import World


def world_of(request: Request) -> World:
    """The sandbox behind the application."""
    world = request.app.state.world
    assert isinstance(world, World)  # noqa: S101 - tells the type checker what state holds
    return world


async def body_of(request: Request, most: int = MAX_BODY) -> bytes:
    """The body of a request, or `WireError` if it is larger than `most` bytes."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        raise _too_large()
    # Not `request.body()`: it keeps the bytes in the request, and requests are cyclic garbage.
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _too_large() -> WireError:
    return WireError(413, "PayloadTooLarge", "요청 본문은 15MB까지 보낼 수 있습니다.")


def number_param(request: Request, name: str, default: int, highest: int) -> int:
    """A whole number of the query, at least 1 and at most `highest`."""
    value = request.query_params.get(name, "")
    return max(1, min(int(value), highest)) if value.isdecimal() else default
