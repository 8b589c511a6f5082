"""What NHN tells of messages when asked: lists, single ones, updates."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from sandbox.nhn import wire
from sandbox.nhn.codes import KAKAO_ROWS, PHONE_ROWS
from sandbox.nhn.wire import NAME, Refusal, clock
from sandbox.requests import world_of
from sandbox.statuses import ACCEPTED, CANCELLED, DELIVERED, WAITING
from sandbox.store import Chunk, Group
from sandbox.world import World

_DAY = 86_400
#: The longest stretch of time that may be asked for, and how far back it may begin.
_MONTH, _SINCE = 31 * _DAY, 90 * _DAY

#: Forms of requests by what is asked.
KAKAO_FORMS = frozenset({"raw", "variables"})

_PHONE_STATES = {
    "SENDING": ("2", "처리 중"),
    "READY": ("1", "요청"),
    "COMPLETED": ("3", "성공"),
    "FAILED": ("0", "실패"),
    "CANCEL": ("4", "예약취소"),
}


class Codes(NamedTuple):
    """The numbers by which the two products refuse a question."""

    nothing_asked: int
    too_long: int
    bad_date: int


_KAKAO_CODES = Codes(-4103, -4003, -4000)
_PHONE_CODES = Codes(-2011, -4000, -2000)


def state_of(chunk: Chunk, i: int) -> str:
    """Where a message stands. NHN names no words for those without a result: these are ours."""
    status = chunk.code[i]
    if status == WAITING:
        return "SENDING"
    if status == ACCEPTED:
        return "READY"
    if status == CANCELLED:
        return "CANCEL"
    return "COMPLETED" if status == DELIVERED else "FAILED"


def result_of(world: World, chunk: Chunk, i: int) -> str | None:
    """The result of a message, or None while there is none.

    What a request refused is listed as failed with the code that its answer told: NHN's guide is
    silent about those, but it may send an SMS in their place, so it has kept them.
    """
    status = chunk.code[i]
    if status in (WAITING, ACCEPTED, CANCELLED):
        return None
    if chunk.endings and chunk.endings[i] != _REFUSED:
        return world.protocols[NAME].code(chunk.type_of(i), status)
    rows = KAKAO_ROWS if chunk.form in KAKAO_FORMS else PHONE_ROWS
    return str(rows[status][0])


_REFUSED = 255


class Found(NamedTuple):
    """A message among those that were asked for."""

    group: Group
    chunk: Chunk
    i: int


def _asked(request: Request, codes: Codes) -> tuple[float, float] | None:
    """The stretch of time that is asked for; None: a request by its number."""
    query = request.query_params
    if query.get("requestId"):
        return None
    names = ("startCreateDate", "endCreateDate")
    if not all(query.get(name) for name in names):
        names = ("startRequestDate", "endRequestDate")
    if not all(query.get(name) for name in names):
        raise Refusal(codes.nothing_asked)
    try:
        start, end = (wire.read_clock(query[name]) for name in names)
    except ValueError:
        raise Refusal(codes.bad_date, "Date format error.") from None
    if end - start > _MONTH:
        raise Refusal(codes.too_long)
    # An end without seconds means the whole of its minute.
    return max(start, time.time() - _SINCE), end + (60 if query[names[1]].count(":") == 1 else 1)


def _groups(request: Request, span: tuple[float, float] | None) -> list[Group]:
    store, query = world_of(request).store, request.query_params
    if span is None:
        found = [store.groups.get(query["requestId"])]
    elif query.get("senderGroupingKey"):
        found = [*store.with_fact(NAME, "grouping", query["senderGroupingKey"])]
    else:
        found = [*store.groups.values()]
    wanted = [
        group
        for group in found
        if group is not None
        and group.protocol == NAME
        # With every message refused there was no request.
        and group.refused < group.total
        and (span is None or span[0] <= group.at < span[1])
    ]
    # NHN: the youngest request first.
    return sorted(wanted, key=lambda group: group.number, reverse=True)


def _messages(request: Request, forms: frozenset[str], codes: Codes) -> Iterator[Found]:
    query = request.query_params
    number, ref = query.get("recipientNo"), query.get("recipientGroupingKey")
    status = query.get("messageStatus")
    for group in _groups(request, _asked(request, codes)):
        for chunk in group.chunks:
            if chunk.form not in forms:
                continue
            to, refs = list(chunk.to), chunk.refs()
            for i in range(len(chunk)):
                if (
                    (number is None or to[i] == number)
                    and (ref is None or refs[i] == ref)
                    and (status is None or state_of(chunk, i) == status)
                ):
                    yield Found(group, chunk, i)


def _page(request: Request, found: list[Found]) -> tuple[list[Found], int, int]:
    number = _whole(request, "pageNum", 1)
    size = _whole(request, "pageSize", 15)
    if size > wire.MAX_PAGE:
        raise Refusal(4, "pageSize must be less than or equal to 1000.")
    return found[(number - 1) * size : number * size], number, size


def _whole(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, "")
    if not value:
        return default
    if not value.isdecimal() or int(value) < 1:
        raise Refusal(4, f"{name} must be a number.")
    return int(value)


# ---- Alimtalk --------------------------------------------------------------------------------


async def kakao(request: Request) -> Response:
    """`GET messages`."""
    found = list(_messages(request, KAKAO_FORMS, _KAKAO_CODES))
    world = world_of(request)
    shown, _, _ = _page(request, found)
    messages = [kakao_row(world, one) for one in shown]
    return wire.answer(messageSearchResultResponse={"messages": messages, "totalCount": len(found)})


def kakao_row(world: World, one: Found) -> dict[str, Any]:
    """A message of a list."""
    group, chunk, i = one
    shape = chunk.shape_of(i)
    result = result_of(world, chunk, i)
    return {
        "requestId": group.group_id,
        "recipientSeq": i + 1,
        "plusFriendId": "@sandbox",
        "senderKey": shape.profile,
        "templateCode": shape.template,
        "recipientNo": chunk.to[i],
        "content": world.texts.text(chunk, i),
        "requestDate": clock(group.scheduled_at or group.sent_at or group.at),
        "createDate": clock(group.at),
        "receiveDate": clock(group.sent_at) if result else None,
        "resendStatus": "RSC01",
        "resendStatusName": "대체 발송 미대상",
        "messageStatus": state_of(chunk, i),
        "resultCode": result,
        "resultCodeName": result,
        "createUser": None,
        "senderGroupingKey": group.facts["grouping"] or None,
        "recipientGroupingKey": chunk.ref(i) or None,
    }


async def kakao_one(request: Request) -> Response:
    """`GET messages/{requestId}/{recipientSeq}`."""
    world = world_of(request)
    found = one_of(world, request.path_params, KAKAO_FORMS)
    if found is None:
        raise Refusal(-1016)
    message = world.texts.message(found.chunk, found.i)
    template = world.texts.template(found.chunk, found.i)
    spec = template.spec if template is not None else None
    parts: dict[str, Any] = {
        "templateTitle": message.title,
        "templateSubtitle": spec.subtitle if spec else None,
        "templateExtra": spec.extra if spec else None,
        "templateAd": None,
        "templateHeader": None,
        "templateItem": None,
        "templateItemHighlight": None,
        "templateRepresentLink": None,
        "resendResultCode": None,
        "resendRequestId": None,
        "buttons": [],
        "quickReplies": [],
        "messageOption": None,
    }
    return wire.answer(message=kakao_row(world, found) | parts)


async def kakao_updates(request: Request) -> Response:
    """`GET message-results`."""
    shown, _, _ = _page(request, _updated(request, KAKAO_FORMS, _KAKAO_CODES))
    world = world_of(request)
    kept = (
        *("requestId", "recipientSeq", "requestDate", "createDate", "receiveDate"),
        *("resendStatus", "resendStatusName", "messageStatus", "resultCode", "resultCodeName"),
    )
    rows = [kakao_row(world, one) for one in shown]
    nothing = {"resendResultCode": None, "resendRequestId": None}
    return wire.answer(messages=[{name: row[name] for name in kept} | nothing for row in rows])


async def kakao_updates_count(request: Request) -> Response:
    """`GET message-results/count`."""
    return wire.answer(totalCount=len(_updated(request, KAKAO_FORMS, _KAKAO_CODES)))


def _updated(request: Request, forms: frozenset[str], codes: Codes) -> list[Found]:
    """Messages whose result came in a stretch of time: by when their request was sent."""
    query = request.query_params
    try:
        start = wire.read_clock(query["startUpdateDate"])
        end = wire.read_clock(query["endUpdateDate"])
    except (KeyError, ValueError):
        raise Refusal(codes.nothing_asked) from None
    if end - start > _MONTH:
        raise Refusal(codes.too_long)
    world = world_of(request)
    return [
        Found(group, chunk, i)
        for group in world.store.groups.values()
        if group.protocol == NAME and start <= (group.sent_at or 0.0) < end + 60
        for chunk in group.chunks
        if chunk.form in forms
        for i in range(len(chunk))
        if result_of(world, chunk, i) is not None
    ]


# ---- texts -----------------------------------------------------------------------------------


def _form(request: Request) -> frozenset[str]:
    return frozenset({"sms" if "/sender/sms" in request.url.path else "mms"})


async def phone(request: Request) -> Response:
    """`GET sender/sms` and `GET sender/mms`."""
    found = list(_messages(request, _form(request), _PHONE_CODES))
    world = world_of(request)
    shown, number, size = _page(request, found)
    rows = [phone_row(world, one) for one in shown]
    body = {"pageNum": number, "pageSize": size, "totalCount": len(found), "data": rows}
    return wire.answer(body=body)


def phone_row(world: World, one: Found) -> dict[str, Any]:
    """A message of a list."""
    group, chunk, i = one
    shape, kind = chunk.shape_of(i), chunk.type_of(i)
    result = result_of(world, chunk, i)
    status, status_name = _PHONE_STATES[state_of(chunk, i)]
    row = {
        "requestId": group.group_id,
        "requestDate": clock(group.scheduled_at or group.sent_at or group.at),
        "resultDate": clock(group.sent_at) if result else None,
        "templateId": None,
        "templateName": None,
        "categoryId": 0,
        "categoryName": None,
        "body": world.texts.text(chunk, i),
        "sendNo": shape.sender,
        "countryCode": shape.country,
        "recipientNo": chunk.to[i],
        "msgStatus": status,
        "msgStatusName": status_name,
        "resultCode": result,
        "resultCodeName": result,
        "telecomCode": 10001,
        "telecomCodeName": "SKT",
        "recipientSeq": i + 1,
        "sendType": "0" if kind == "SMS" else "1",
        "messageType": kind,
        "messageCount": 1,
        "userId": None,
        "adYn": "N",
        "resultMessage": "",
        "senderGroupingKey": group.facts["grouping"] or None,
        "recipientGroupingKey": chunk.ref(i) or None,
    }
    if kind != "SMS":
        row |= {"title": world.texts.message(chunk, i).subject, "attachFileList": []}
    return row


async def phone_one(request: Request) -> Response:
    """`GET sender/sms/{requestId}?recipientSeq=` and the same of `mms`."""
    world = world_of(request)
    asked = {**request.path_params, "seq": request.query_params.get("recipientSeq", "")}
    found = one_of(world, asked, _form(request))
    if found is None:
        raise Refusal(-2008, "Invalid requestId.")
    row = phone_row(world, found) | {"originCode": None, "dlr": None}
    return wire.answer(body={"data": row})


async def phone_updates(request: Request) -> Response:
    """`GET message-results`."""
    found = _updated(request, frozenset({"sms", "mms"}), _PHONE_CODES)
    world = world_of(request)
    shown, number, size = _page(request, found)
    kept = (
        *("messageType", "requestId", "recipientSeq", "resultCode", "resultCodeName"),
        *("requestDate", "resultDate", "telecomCodeName"),
        *("senderGroupingKey", "recipientGroupingKey"),
    )
    rows = [phone_row(world, one) for one in shown]
    data = [
        {name: row[name] for name in kept}
        | {"updateDate": row["resultDate"], "telecomCode": "10001"}
        for row in rows
    ]
    body = {"pageNum": number, "pageSize": size, "totalCount": len(found), "data": data}
    return wire.answer(body=body)


def one_of(world: World, asked: Mapping[str, Any], forms: frozenset[str]) -> Found | None:
    """The message of a request's number and its place in it, counted from 1."""
    group = world.store.groups.get(asked["request_id"])
    seq = str(asked["seq"])
    if group is None or group.protocol != NAME or not seq.isdecimal():
        return None
    for chunk in group.chunks:
        if chunk.form in forms and 1 <= int(seq) <= len(chunk):
            return Found(group, chunk, int(seq) - 1)
    return None
