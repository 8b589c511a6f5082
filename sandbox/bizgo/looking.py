"""Look-ups: a message, a request, what was sent since a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.bizgo.reporting import is_final, report_json, status_json
from sandbox.bizgo.wire import NAME, no, seoul_epoch, success
from sandbox.requests import number_param, world_of
from sandbox.store import Chunk, Group
from sandbox.world import World

_DEFAULT_LIMIT, MOST = 100, 1_000


async def history(request: Request) -> Response:
    """`GET message/history`: in the order of sending."""
    world, query = world_of(request), request.query_params
    try:
        since = seoul_epoch(query["requestTime"])
    except (KeyError, ValueError):
        raise no("A300") from None
    services = {one for one in query.get("serviceType", "").split(",") if one}
    last = int(query["lastSeq"]) if query.get("lastSeq", "").isdecimal() else 0
    limit = number_param(request, "limit", _DEFAULT_LIMIT, MOST)
    page: list[dict[str, Any]] = []
    more = False
    number = last
    for chunk, i in _since(_groups(world, query.get("groupKey")), since, last):
        told = status_json(world, chunk, i)
        if services and told["serviceType"] not in services:
            continue
        if len(page) == limit:
            more = True
            break
        page.append(told)
        number = chunk.base + i
    return success({"messages": page, "lastSeq": number, "hasNext": more})


def _groups(world: World, key: str | None) -> Iterable[Group]:
    if key:
        return world.store.with_fact(NAME, "group", key)
    return (one for one in world.store.groups.values() if one.protocol == NAME)


def _since(groups: Iterable[Group], since: float, last: int) -> Iterator[tuple[Chunk, int]]:
    for group in groups:
        # A reservation is history once it has gone.
        if group.at < since or ("resv" in group.facts and group.sent_at is None):
            continue
        for chunk in group.chunks:
            for i in range(len(chunk)):
                if chunk.base + i > last:
                    yield chunk, i


async def by_request(request: Request) -> Response:
    """`GET message/inquiry/requestId/{requestId}`."""
    world = world_of(request)
    group = _group(world, request.path_params["request_id"])
    chunks = group.chunks if group is not None else []
    return success(
        {"messages": [status_json(world, chunk, i) for chunk in chunks for i in range(len(chunk))]}
    )


async def by_key(request: Request) -> Response:
    """`GET message/inquiry/msgKey/{msgKey}`."""
    world = world_of(request)
    found = _message(world, request.path_params["msg_key"])
    return success({"messages": [] if found is None else [status_json(world, *found)]})


async def report(request: Request) -> Response:
    """`GET report/inquiry/{msgKey}`."""
    world = world_of(request)
    found = _message(world, request.path_params["msg_key"])
    told = found is not None and is_final(*found)
    return success({"report": [report_json(world, *found)] if found and told else []})


def _group(world: World, request_id: str) -> Group | None:
    group = world.store.groups.get(request_id)
    return group if group is not None and group.protocol == NAME else None


def _message(world: World, key: str) -> tuple[Chunk, int] | None:
    group, place = _group(world, key[:-3]), key[-3:]
    if group is None or not place.isdecimal() or int(place) >= len(group.chunks[0]):
        return None
    return group.chunks[0], int(place)
