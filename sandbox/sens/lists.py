"""Lists of messages and single ones. A list shows results, a single one its text as well."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from sandbox.outcomes import NOT_ACCEPTED
from sandbox.requests import number_param, world_of
from sandbox.sens import wire
from sandbox.sens.codes import KAKAO, PHONE
from sandbox.sens.sending import told
from sandbox.statuses import ACCEPTED, MEANINGS, NAMES, WAITING
from sandbox.store import Chunk, Group
from sandbox.wire import answer
from sandbox.world import World

DAY = 86_400.0

#: Days that one question may span, and that SENS looks back.
SPAN = {"alimtalk": 31, "sms": 30}
KEPT = {"alimtalk": 30, "sms": 90}

Row = dict[str, Any]
Place = tuple[Chunk, int]


async def messages(request: Request) -> Response:
    """`GET …/messages`: by request, by the time of the request or by that of the result."""
    world, service = world_of(request), service_of(request)
    asked = request.query_params
    rows = _found(world, service, asked)
    by_request = asked.get("requestId")
    if not rows:
        group = world.store.groups.get(by_request or "")
        if group is not None and group.protocol == wire.NAME and _is_held(group):
            return answer({"requestId": by_request, "statusCode": "202", "statusName": "reserved"})
        return wire.nothing()
    size = number_param(request, "pageSize", 1_000 if by_request else 20, 100)
    first = int(asked["nextToken"]) if asked.get("nextToken", "").isdecimal() else 0
    page = rows[first : first + size]
    reply: Row = {
        "statusCode": "202" if by_request else "200",
        "statusName": "success",
        "messages": page,
        "pageSize": size,
        "pageIndex": first // size,
        "itemCount": len(page),
        "hasMore": first + size < len(rows),
    }
    if by_request:
        reply["requestId"] = by_request
    if reply["hasMore"]:
        reply["nextToken"] = str(first + size)
    return answer(reply)


async def message(request: Request) -> Response:
    """`GET …/messages/{messageId}`; SMS wraps it in a list, Alimtalk does not."""
    world, service = world_of(request), service_of(request)
    wanted = request.path_params["message_id"]
    number = wire.number_in(wanted)
    place = None if number is None else world.store.numbered(number)
    if place is None or not _is_ours(place[0], service) or wire.message_id(*place) != wanted:
        return wire.nothing()
    chunk, i = place
    row = _row(chunk, i, service)
    row["content"] = wire.contents(world.journal.read(chunk.body), chunk.form)[i]
    if service == "alimtalk":
        return answer(row)
    row["subject"] = world.texts.message(chunk, i).subject or ""
    return answer({"statusCode": "200", "statusName": "success", "messages": [row]})


def service_of(request: Request) -> str:
    """alimtalk or sms."""
    return request.url.path.split("/")[1]


def _is_ours(chunk: Chunk, service: str) -> bool:
    return chunk.group.protocol == wire.NAME and chunk.form == service


def _is_held(group: Group) -> bool:
    return bool(group.facts["held"]) and group.sent_at is None


def _found(world: World, service: str, asked: QueryParams) -> list[Row]:
    to = asked.get("to")
    rows = [
        _row(chunk, i, service)
        for chunk, i in _places(world, service, asked)
        if to in (None, chunk.to[i]) and not _is_held(chunk.group)
    ]
    if "completeStartTime" in asked:
        first, last = _span(asked, "complete", 1)
        done = (row for row in rows if "completeTime" in row)
        rows = [row for row in done if first <= _completed(row, service) <= last]
    return [row for row in rows if _fits(row, asked)]


def _places(world: World, service: str, asked: QueryParams) -> Iterator[Place]:
    if by_request := asked.get("requestId"):
        group = world.store.groups.get(by_request)
        chunks = group.chunks if group is not None else []
        return _each(chunk for chunk in chunks if _is_ours(chunk, service))
    has_request, has_result = "requestStartTime" in asked, "completeStartTime" in asked
    if has_request == has_result:
        raise wire.bad("requestId, requestStartTime, completeStartTime 가운데 하나가 필요합니다.")
    if service == "alimtalk" and not asked.get("plusFriendId"):
        raise wire.bad("plusFriendId가 필요합니다.")
    first, last = time.time() - KEPT[service] * DAY, time.time()
    if has_request:
        start, end = _span(asked, "request", SPAN[service])
        first, last = max(first, start), min(last, end)
    return _each(
        chunk
        for chunk in world.store.chunks
        # Asked to the second.
        if _is_ours(chunk, service) and first <= chunk.at < last + 1
    )


def _each(chunks: Iterator[Chunk]) -> Iterator[Place]:
    return ((chunk, i) for chunk in chunks for i in range(len(chunk)))


def _span(asked: QueryParams, what: str, days: int) -> tuple[float, float]:
    first = wire.moment(asked.get(f"{what}StartTime", ""))
    last = wire.moment(asked.get(f"{what}EndTime", ""))
    if not 0 <= last - first <= days * DAY:
        raise wire.bad(f"조회 기간은 {days}일까지입니다.")
    return first, last


def _completed(row: Row, service: str) -> float:
    blank = service == "sms"
    text = row["completeTime"] if blank else row["completeTime"].replace("T", " ")[:19]
    return wire.moment(text)


_FILTERS = (
    *("to", "messageId", "plusFriendId", "templateCode", "requestStatusName"),
    *("messageStatusName", "type", "contentType", "countryCode", "from", "status", "statusName"),
)


def _fits(row: Row, asked: QueryParams) -> bool:
    return all(row.get(name, "") == asked[name] for name in _FILTERS if asked.get(name))


def _row(chunk: Chunk, i: int, service: str) -> Row:
    return _alimtalk(chunk, i) if service == "alimtalk" else _text(chunk, i)


def _common(chunk: Chunk, i: int, *, blank: bool) -> Row:
    group = chunk.group
    row = {
        "requestId": group.group_id,
        "messageId": wire.message_id(chunk, i),
        "requestTime": wire.stamp(group.at, blank=blank),
        "countryCode": chunk.shape_of(i).country,
        "to": chunk.to[i],
    }
    if chunk.code[i] not in (ACCEPTED, WAITING):
        at = group.completed_at or group.sent_at or group.at
        row["completeTime"] = wire.stamp(at, blank=blank)
    return row


def _alimtalk(chunk: Chunk, i: int) -> Row:
    shape, status = chunk.shape_of(i), chunk.code[i]
    # What went out was accepted, whatever was told of it since.
    went = bool(chunk.endings) and chunk.endings[i] != NOT_ACCEPTED
    row = {
        **_common(chunk, i, blank=False),
        "plusFriendId": shape.profile,
        "templateCode": shape.template,
        "useSmsFailover": not shape.alone,
        **told(ACCEPTED if went else status),
    }
    if went and status == WAITING:
        row["messageStatusName"] = "processing"
    elif went:
        code = KAKAO.get(NAMES[status], KAKAO["unknown"])
        row["messageStatusCode"] = code
        row["messageStatusName"] = "success" if code == "0000" else "fail"
        row["messageStatusDesc"] = MEANINGS[status]
    return row


def _text(chunk: Chunk, i: int) -> Row:
    shape, status = chunk.shape_of(i), chunk.code[i]
    row = {
        **_common(chunk, i, blank=True),
        "contentType": "COMM",
        "type": shape.type,
        "from": shape.sender,
        "telcoCode": "ETC",
    }
    if status in (ACCEPTED, WAITING):
        return {**row, "status": PHONE[NAMES[status]]}
    code = PHONE.get(NAMES[status], PHONE["unknown"])
    return {
        **row,
        "status": "COMPLETED",
        "statusCode": code,
        "statusName": "success" if code == "0" else "fail",
        "statusMessage": MEANINGS[status],
    }
