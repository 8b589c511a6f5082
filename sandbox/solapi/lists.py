"""Reading: messages, groups, statistics, balance, prices."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from sandbox.requests import number_param, world_of
from sandbox.solapi import replies
from sandbox.solapi.codes import CODES, PRICES
from sandbox.solapi.groups import group_of
from sandbox.solapi.wire import NAME
from sandbox.statuses import REMOVED
from sandbox.store import Chunk, Group
from sandbox.wire import COUNTRY, WireError, answer, read_moment
from sandbox.world import World

_DEFAULT_LIMIT = 20
_MAX_LIMIT = 1_000

Test = Callable[[Chunk, int], bool]


async def messages(request: Request) -> Response:
    """`GET /messages/v4/list`, `list-old`: newest first; of a named group, oldest first."""
    world = world_of(request)
    query = request.query_params
    group_id = query.get("groupId") or _criterion(query, "groupId")
    if group_id:
        group = world.store.groups.get(group_id)
        chunks: Iterable[Chunk] = group.chunks if group and group.protocol == NAME else ()
        return await _page(request, chunks, ascending=True)
    mine = (chunk for chunk in world.store.backwards() if chunk.group.protocol == NAME)
    return await _page(request, mine, ascending=False)


async def group_messages(request: Request) -> Response:
    """`GET /messages/v4/groups/{id}/messages`."""
    group = group_of(world_of(request), request)
    return await _page(request, group.chunks, ascending=True)


async def _page(request: Request, chunks: Iterable[Chunk], *, ascending: bool) -> Response:
    world = world_of(request)
    limit = number_param(request, "limit", _DEFAULT_LIMIT, _MAX_LIMIT)
    start_key = request.query_params.get("startKey") or None
    page: dict[str, Any] = {}
    next_key = None
    async for chunk, i in _matching(world, request.query_params, chunks, ascending=ascending):
        if len(page) == limit:
            next_key = chunk.message_id(i)
            break
        page[chunk.message_id(i)] = replies.message_json(world.texts, chunk, i)
    return answer({"startKey": start_key, "nextKey": next_key, "limit": limit, "messageList": page})


async def _matching(
    world: World, query: QueryParams, chunks: Iterable[Chunk], *, ascending: bool
) -> AsyncIterator[tuple[Chunk, int]]:
    start = world.store.find(query.get("startKey", ""))
    if query.get("startKey") and start is None:
        return
    first = None if start is None else start[0].base + start[1]
    tests = _tests(world, query)
    for chunk in chunks:
        await asyncio.sleep(0)
        for i in range(len(chunk)) if ascending else range(len(chunk) - 1, -1, -1):
            number = chunk.base + i
            if first is not None and (number < first if ascending else number > first):
                continue
            if chunk.code[i] != REMOVED and all(test(chunk, i) for test in tests):
                yield chunk, i


def _criterion(query: QueryParams, name: str) -> str | None:
    """The older way to filter: `criteria=a,b&cond=eq,eq&value=x,y`; only `eq` is understood."""
    names = query.get("criteria", "").split(",")
    values = query.get("value", "").split(",")
    return dict(zip(names, values, strict=False)).get(name)


def _tests(world: World, query: QueryParams) -> list[Test]:
    tests: list[Test] = []
    ids = set(query.getlist("messageIds[]")) | set(query.getlist("messageIds"))
    for name in ("messageId", "to", "from", "type", "statusCode"):
        value = query.get(name) or _criterion(query, name)
        if name == "messageId" and value:
            ids.add(value)
        elif value:
            tests.append(_equals(name, value))
    if ids:
        found = {_place(place) for place in map(world.store.find, ids) if place is not None}
        tests.append(lambda chunk, i: chunk.base + i in found)
    return tests + _date_tests(query)


def _place(found: tuple[Chunk, int]) -> int:
    return found[0].base + found[1]


def _equals(name: str, value: str) -> Test:
    wanted = value.replace("-", "") if name in {"to", "from"} else value
    tests: dict[str, Test] = {
        "to": lambda chunk, i: chunk.to[i] == wanted,
        "from": lambda chunk, i: chunk.shape_of(i).sender == wanted,
        "type": lambda chunk, i: chunk.type_of(i) == wanted,
        "statusCode": lambda chunk, i: CODES[chunk.code[i]] == wanted,
    }
    return tests[name]


def _date_tests(query: QueryParams) -> list[Test]:
    updated = query.get("dateType", "CREATED") == "UPDATED"
    tests: list[Test] = []

    def moment(chunk: Chunk) -> float:
        return chunk.group.updated_at if updated else chunk.at

    for name, sign in (("startDate", 1), ("endDate", -1)):
        if query.get(name):
            edge = _moment(query[name], name)
            tests.append(lambda chunk, _i, e=edge, s=sign: s * moment(chunk) >= s * e)  # type: ignore[misc] # mypy cannot infer defaults of a lambda
    return tests


def _moment(text: str, name: str) -> float:
    try:
        return read_moment(text)
    except ValueError:
        raise WireError(400, "ValidationError", f"{name}의 형식이 잘못되었습니다.") from None


async def groups(request: Request) -> Response:
    """`GET /messages/v4/groups`: newest first."""
    world = world_of(request)
    limit = number_param(request, "limit", _DEFAULT_LIMIT, _MAX_LIMIT)
    query = request.query_params
    start_key = query.get("startKey") or query.get("start_key") or None
    page: dict[str, Any] = {}
    next_key = None
    waiting = start_key is not None
    for group in _groups(world, query):
        waiting = waiting and group.group_id != start_key
        if waiting:
            continue
        if len(page) == limit:
            next_key = group.group_id
            break
        page[group.group_id] = replies.group_json(group)
    return answer({"startKey": start_key, "nextKey": next_key, "limit": limit, "groupList": page})


def _groups(world: World, query: QueryParams) -> Iterable[Group]:
    wanted = query.get("groupId") or _criterion(query, "groupId")
    if wanted:
        group = world.store.groups.get(wanted)
        return () if group is None or group.protocol != NAME else (group,)
    return (one for one in reversed(world.store.groups.values()) if one.protocol == NAME)


async def statistics(request: Request) -> Response:
    """`GET /messages/v4/statistics`: counts of everything that is held."""
    world = world_of(request)
    groups = list(_groups(world, QueryParams()))
    total: Counter[str] = Counter()
    for group in groups:
        total.update(group.charge)
    return answer(
        {
            "balance": world.money_left(NAME),
            "point": 0,
            "total": {"total": sum(group.sent for group in groups), **total},
            "successed": {"total": sum(group.success for group in groups)},
            "failed": {"total": sum(group.failed for group in groups)},
        }
    )


async def balance(request: Request) -> Response:
    """`GET /cash/v1/balance`."""
    world = world_of(request)
    return answer({"balance": world.money_left(NAME), "point": 0})


async def prices(_request: Request) -> Response:
    """`GET /pricing/v1/messaging/default`: no key needed."""
    return answer([{"countryId": COUNTRY, **PRICES}])
