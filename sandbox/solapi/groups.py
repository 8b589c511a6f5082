"""The life of a group: create, add, send, schedule, delete."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.journal import Record
from sandbox.requests import body_of, world_of
from sandbox.solapi import replies
from sandbox.solapi.codes import PRICES
from sandbox.solapi.desk import Desk
from sandbox.solapi.intake import SolapiIntake
from sandbox.solapi.wire import (
    MAX_PER_GROUP,
    MAX_PER_REQUEST,
    NAME,
    GroupBody,
    Message,
    read_group,
    read_messages,
    read_remove,
    read_schedule,
)
from sandbox.statuses import REMOVED
from sandbox.store import Chunk, Group
from sandbox.wire import WireError, answer, raw_answer, read_moment
from sandbox.world import World

# So many messages are checked before other requests get a turn.
SLICE = 500

_CLOSED = {
    "SENDING": ("AlreadySent", "이미 발송 요청된 그룹입니다."),
    "COMPLETE": ("AlreadySent", "이미 발송이 완료된 그룹입니다."),
    "SCHEDULED": ("ScheduledGroup", "발송 예약된 그룹입니다."),
    "FAILED": ("FailedGroup", "실패한 그룹입니다."),
    "DELETED": ("DeletedGroup", "삭제된 그룹입니다."),
}


def group_of(world: World, request: Request) -> Group:
    """The group in the path of a request."""
    group = world.store.groups.get(request.path_params["group_id"])
    if group is None or group.protocol != NAME:
        raise WireError(404, "ResourceNotFound", "해당 그룹아이디가 존재하지 않습니다.")
    return group


def expect_open(group: Group) -> None:
    """Only a pending group can be changed or sent."""
    if group.status != "PENDING":
        raise WireError(400, *_CLOSED[group.status])


def check_size(group_size: int, coming: int) -> None:
    """SOLAPI: 10,000 in a request, 1,000,000 in a group."""
    if coming == 0:
        raise WireError(400, "ValidationError", "messages가 비어 있습니다.")
    if coming > MAX_PER_REQUEST:
        raise WireError(400, "ValidationError", "한 번에 10,000건까지 추가할 수 있습니다.")
    if group_size + coming > MAX_PER_GROUP:
        raise WireError(400, "ValidationError", "한 그룹에는 1,000,000건까지 담을 수 있습니다.")


def count_numbers(messages: list[Message]) -> int:
    """Recipients of a request: a message may name several."""
    return sum(1 if isinstance(message.to, str) else len(message.to) for message in messages)


def open_group(world: World, body: GroupBody | Any) -> tuple[Group, Record]:
    """Open a group as a request asks; its record is not written yet."""
    facts = {
        "dup": bool(body.allow_duplicates),
        "strict": body.strict is not False,
        "app": body.app_id,
        "custom": getattr(body, "custom_fields", None) or {},
    }
    return world.create(NAME, facts, unique=not facts["dup"])


async def gather(desk: Desk, group: Group, messages: list[Message]) -> SolapiIntake:
    """Check messages slice by slice."""
    intake = SolapiIntake(desk)
    for start in range(0, len(messages), SLICE):
        intake.judge(start, messages[start : start + SLICE], group)
        if len(messages) > SLICE:
            await asyncio.sleep(0)
    return intake


def desk_of(request: Request) -> Desk:
    """SOLAPI's rules as they are now."""
    found = request.app.state.world.protocols[NAME].desk
    assert isinstance(found, Desk)  # noqa: S101 - tells the type checker what state holds
    return found


async def send_out(world: World, group: Group) -> None:
    """Accept a group: from here on it is on its way and cannot be taken back."""
    if group.registered <= 0:
        raise WireError(400, "MessagesNotFound", "해당 그룹에 메시지가 존재하지 않습니다.")
    if not world.within_rate(NAME, group.registered):
        raise WireError(429, "TooManyRequests", "요청이 너무 많습니다.")
    for chunk in group.chunks:
        world.draw(chunk)
        if len(group.chunks) > 1:
            await asyncio.sleep(0)
    if price_of(group) > world.money_left(NAME):
        raise WireError(402, "NotEnoughBalance", "현재 보유 잔액이 부족합니다.")
    world.fire(group)


def price_of(group: Group) -> float:
    """Won that a group costs if all of it goes out."""
    return sum(
        PRICES[chunk.shape_of(i).type.lower()] for chunk in group.chunks for i in chunk.accepted()
    )


async def fire_scheduled(world: World, group: Group) -> None:
    """Send a group whose time has come."""
    async with group.lock:
        if group.status == "SCHEDULED":
            await send_out(world, group)


async def create(request: Request) -> Response:
    """`POST /messages/v4/groups`."""
    world = world_of(request)
    body = read_group(await body_of(request) or b"{}")
    group, record = open_group(world, body)
    world.journal.append(record)
    return answer(replies.group_json(group))


async def show(request: Request) -> Response:
    """`GET /messages/v4/groups/{id}`."""
    return answer(replies.group_json(group_of(world_of(request), request)))


async def delete(request: Request) -> Response:
    """`DELETE /messages/v4/groups/{id}`: nothing of it can ever be sent afterwards."""
    world = world_of(request)
    group = group_of(world, request)
    async with group.lock:
        if group.status == "DELETED":
            raise WireError(400, *_CLOSED["DELETED"])
        if group.status in {"SENDING", "COMPLETE"}:
            raise WireError(400, *_CLOSED[group.status])
        world.note(b"D", {"g": group.group_id})
    return answer(replies.group_json(group))


async def add(request: Request) -> Response:
    """`PUT /messages/v4/groups/{id}/messages`."""
    world = world_of(request)
    group = group_of(world, request)
    raw = await body_of(request)
    messages = read_messages(raw).messages
    async with group.lock:
        expect_open(group)
        check_size(group.total, count_numbers(messages))
        chunk = world.admit(group, await gather(desk_of(request), group, messages), raw)
        # Inside the lock: a send between two slices would change the codes that are told here.
        reply = await added_json(chunk)
    return raw_answer(reply)


async def added_json(chunk: Chunk) -> bytes:
    """The answer to an addition: one result for each message, in the order of the request."""
    parts: list[str] = []
    for start in range(0, len(chunk), 2 * SLICE):
        parts += replies.results(chunk, range(start, min(start + 2 * SLICE, len(chunk))))
        if len(chunk) > 2 * SLICE:
            await asyncio.sleep(0)
    errors = len(chunk) - chunk.registered
    return f'{{"errorCount":{errors},"resultList":[{",".join(parts)}]}}'.encode()


async def remove(request: Request) -> Response:
    """`DELETE /messages/v4/groups/{id}/messages`."""
    world = world_of(request)
    group = group_of(world, request)
    wanted = read_remove(await body_of(request)).message_ids
    async with group.lock:
        expect_open(group)
        results = []
        for message_id in wanted:
            found = world.store.find(message_id)
            here = found is not None and found[0].group is group
            known = here and found is not None and found[0].code[found[1]] != REMOVED
            results.append({"messageId": message_id, "resultCode": "2000" if known else "1021"})
        ids = [one["messageId"] for one in results if one["resultCode"] == "2000"]
        if ids:
            world.note(b"X", {"g": group.group_id, "ids": ids})
    errors = len(results) - len(ids)
    return answer({"groupId": group.group_id, "errorCount": errors, "resultList": results})


async def send(request: Request) -> Response:
    """`POST /messages/v4/groups/{id}/send`."""
    world = world_of(request)
    group = group_of(world, request)
    async with group.lock:
        expect_open(group)
        await send_out(world, group)
    return answer(replies.group_json(group))


async def schedule(request: Request) -> Response:
    """`POST /messages/v4/groups/{id}/schedule`; a moment in the past sends at once."""
    world = world_of(request)
    group = group_of(world, request)
    at = when_of(read_schedule(await body_of(request)).scheduled_date)
    async with group.lock:
        expect_open(group)
        if at <= time.time():
            await send_out(world, group)
        else:
            reserve(world, group, at)
    return answer(replies.group_json(group))


def when_of(text: str) -> float:
    """A `scheduledDate` as seconds since the epoch."""
    try:
        return read_moment(text)
    except ValueError:
        raise WireError(400, "ValidationError", "scheduledDate의 형식이 잘못되었습니다.") from None


def reserve(world: World, group: Group, at: float) -> None:
    """Have a group sent later."""
    if group.registered <= 0:
        raise WireError(400, "MessagesNotFound", "해당 그룹에 메시지가 존재하지 않습니다.")
    world.note(b"S", {"g": group.group_id, "for": at})
    world.reports.schedule(group)


async def unschedule(request: Request) -> Response:
    """`DELETE /messages/v4/groups/{id}/schedule`: everything in it fails."""
    world = world_of(request)
    group = group_of(world, request)
    async with group.lock:
        if group.status != "SCHEDULED":
            raise WireError(400, "InvalidStatus", "예약된 그룹만 예약을 취소할 수 있습니다.")
        world.note(b"U", {"g": group.group_id})
    return answer(replies.group_json(group))
