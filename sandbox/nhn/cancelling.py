"""What is held for later, and how it is taken back."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.nhn import lists, wire
from sandbox.nhn.lists import KAKAO_FORMS, Found
from sandbox.nhn.wire import NAME, Refusal
from sandbox.requests import body_of, world_of
from sandbox.statuses import ACCEPTED
from sandbox.world import World

PHONE_FORMS = frozenset({"sms", "mms"})

_STATES = {"READY": "RESERVED", "FAILED": "FAILED", "CANCEL": "CANCEL"}


class Reservation(msgspec.Struct, rename="camel"):
    """A message by its request and its place in it."""

    request_id: str
    recipient_seq: int


class Cancellation(msgspec.Struct, rename="camel"):
    """`PUT reservations/cancel`."""

    reservation_list: list[Reservation]
    update_user: str = ""


_read = msgspec.json.Decoder(Cancellation).decode


async def kakao(request: Request) -> Response:
    """`DELETE messages/{requestId}?recipientSeq=1,2`: all of it where no places are named."""
    world = world_of(request)
    group = world.store.groups.get(request.path_params["request_id"])
    if group is None or group.protocol != NAME or group.chunks[0].form not in KAKAO_FORMS:
        raise Refusal(-2029)
    asked = request.query_params.get("recipientSeq", "")
    places = [int(seq) - 1 for seq in asked.split(",") if seq.strip().isdecimal()]
    chunk = group.chunks[0]
    wanted = [Found(group, chunk, i) for i in places or range(len(chunk)) if i < len(chunk)]
    if not _take_back(world, wanted):
        raise Refusal(-2029)
    return wire.answer()


async def phone(request: Request) -> Response:
    """`PUT reservations/cancel`."""
    world = world_of(request)
    sent = _read(await body_of(request)).reservation_list
    asked = [{"request_id": one.request_id, "seq": one.recipient_seq} for one in sent]
    found = [lists.one_of(world, one, PHONE_FORMS) for one in asked]
    count = _take_back(world, [one for one in found if one is not None])
    return wire.answer(body={"data": {"requestedCount": len(sent), "canceledCount": count}})


def _take_back(world: World, wanted: list[Found]) -> int:
    """Cancel what still waits; return how many that were."""
    numbers: dict[str, list[int]] = {}
    for group, chunk, i in wanted:
        if group.status == "SCHEDULED" and chunk.code[i] == ACCEPTED:
            numbers.setdefault(group.group_id, []).append(chunk.base + i)
    for group_id, places in numbers.items():
        world.cancel(world.store.groups[group_id], places)
    return sum(map(len, numbers.values()))


async def reservations(request: Request) -> Response:
    """`GET reservations`: texts that are or were held."""
    world = world_of(request)
    asked = request.query_params.get("requestId")
    found = [
        Found(group, chunk, i)
        for group in world.store.groups.values()
        if group.protocol == NAME and group.facts.get("held")
        for chunk in group.chunks
        if chunk.form in PHONE_FORMS and (asked is None or asked == group.group_id)
        for i in range(len(chunk))
    ]
    data = [_row(world, one) for one in found[: wire.MAX_PAGE]]
    body = {"pageNum": 1, "pageSize": len(data), "totalCount": len(found), "data": data}
    return wire.answer(body=body)


def _row(world: World, one: Found) -> dict[str, Any]:
    row = lists.phone_row(world, one)
    kept = (
        *("requestId", "recipientSeq", "requestDate", "sendNo", "recipientNo", "countryCode"),
        *("sendType", "messageType", "adYn", "templateId", "templateName", "body"),
    )
    return {name: row[name] for name in kept} | {
        "templateParameter": None,
        "title": row.get("title"),
        "messageStatus": _STATES.get(lists.state_of(one.chunk, one.i), "COMPLETED"),
        "createUser": None,
        "createDate": wire.clock(one.group.at),
        "updateDate": wire.clock(one.group.updated_at),
    }
