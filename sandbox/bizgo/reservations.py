"""Reservations: held until their time, listed by it, cancelled until then."""

from __future__ import annotations

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.bizgo.looking import MOST
from sandbox.bizgo.sending import check_request, message_key, registration_of, take, verdicts
from sandbox.bizgo.wire import NAME, no, plain, read_omni, seoul_epoch, success
from sandbox.requests import body_of, number_param, world_of
from sandbox.store import Group
from sandbox.world import World

# At least ten minutes ahead, at most a year.
SOONEST, LATEST = 600, 366 * 86_400


async def create(request: Request) -> Response:
    """`POST reservation`: takes no idempotency key."""
    world = world_of(request)
    raw = await body_of(request)
    sent = read_omni(raw)
    check_request(sent)
    if not world.within_rate(NAME, len(sent.destinations)):
        raise no("A020")
    try:
        at = seoul_epoch(sent.resv_send_time or "")
    except ValueError:
        raise no("A315") from None
    if at < time.time() + SOONEST:
        raise no("A316")
    if at > time.time() + LATEST:
        raise no("A331")
    key = f"RESV{world.store.next_group:012d}"
    facts = {"resv": key, "name": sent.resv_name or "", "for": at, "ref": sent.ref or ""}
    group = take(world, sent, raw, facts, at)
    return success({"destinations": verdicts(group)}, resvKey=key)


async def listed(request: Request) -> Response:
    """`GET reservation/list`: those for that time or later."""
    world, query = world_of(request), request.query_params
    try:
        since = seoul_epoch(query["resvSendTime"])
    except (KeyError, ValueError):
        raise no("A315") from None
    last = int(query["lastSeq"]) if query.get("lastSeq", "").isdecimal() else 0
    limit = number_param(request, "limit", 100, MOST)
    found = [
        group
        for group in world.store.groups.values()
        if group.protocol == NAME and group.number > last and group.facts.get("for", 0) >= since
    ]
    page = found[:limit]
    return success(
        {
            "reservations": [_told(group) for group in page],
            "lastSeq": page[-1].number if page else 0,
            "hasNext": len(found) > limit,
        }
    )


async def show(request: Request) -> Response:
    """`GET reservation/resvKey/{resvKey}`."""
    return success(_told(_named(world_of(request), request)))


async def cancel(request: Request) -> Response:
    """`POST reservation/resvKey/{resvKey}/cancel`."""
    world = world_of(request)
    group = _named(world, request)
    if group.status != "SCHEDULED":
        raise no("A824")
    world.cancel(group)
    return success(_told(group))


async def recipients(request: Request) -> Response:
    """`GET reservation/resvKey/{resvKey}/destinations`."""
    group = _named(world_of(request), request)
    [chunk] = group.chunks
    last = request.query_params.get("lastSeq", "")
    limit = number_param(request, "limit", 100, MOST)
    first = int(last) if last.isdecimal() else 0
    places = range(first, min(first + limit, len(chunk)))
    return success(
        {
            "destinations": [
                {
                    "msgKey": message_key(chunk, i),
                    "destSeq": i + 1,
                    "to": chunk.to[i],
                    "status": _status(group),
                    "responseCode": registration_of(chunk, i),
                }
                for i in places
            ],
            "lastSeq": places[-1] + 1 if places else 0,
            "hasNext": first + limit < len(chunk),
        }
    )


def _named(world: World, request: Request) -> Group:
    found = world.store.with_fact(NAME, "resv", request.path_params["resv_key"])
    if not found:
        raise no("A820")
    return found[0]


def _told(group: Group) -> dict[str, Any]:
    return {
        "seq": group.number,
        "resvKey": group.facts["resv"],
        "resvName": group.facts["name"],
        "productType": "MESSAGE",
        "status": _status(group),
        "adYn": "N",
        "resvSendTime": plain(group.facts["for"]),
        "expectedCnt": group.total,
        "sentCnt": group.sent,
        "successCnt": group.success,
        "failCnt": group.failed,
        "updateDate": plain(group.updated_at),
        "regDate": plain(group.at),
    }


def _status(group: Group) -> str:
    """Bizgo names PENDING, PROCESSING, STOPPED and CANCELLED; what comes at the end it does not."""
    names = {"SCHEDULED": "PENDING", "SENDING": "PROCESSING", "FAILED": "CANCELLED"}
    return names.get(group.status, "COMPLETED")
