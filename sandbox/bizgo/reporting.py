"""Reports: by webhook, one at a time and signed; or by polling, a page until it is acknowledged."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.bizgo.sending import message_key, registration_of, was_taken
from sandbox.bizgo.wire import NAME, moment, no, success
from sandbox.protocol import Post
from sandbox.requests import world_of
from sandbox.statuses import ACCEPTED, MEANINGS, WAITING
from sandbox.store import Chunk, Group, Store
from sandbox.wire import encode
from sandbox.world import World

#: Reports of a page.
PAGE = 500
#: What webhooks are signed with, unless a callback was registered with a secret of its own.
SIGNING_KEY = "BIZGOSANDBOXWEBHOOKSECRET0000001"

_SERVICES = {"ATA": "ALIMTALK", "SMS": "SMS", "LMS": "MMS", "MMS": "MMS"}
_TYPES = {"ATA": "AT", "SMS": "SM", "LMS": "LM", "MMS": "MM"}


def is_final(chunk: Chunk, i: int) -> bool:
    """Whether the result of a message that was taken is known."""
    return bool(chunk.endings) and was_taken(chunk, i) and chunk.code[i] not in (ACCEPTED, WAITING)


def report_json(world: World, chunk: Chunk, i: int, *, fine: bool = False) -> dict[str, Any]:
    """A report; `fine` as a webhook has it."""
    kind, group = chunk.type_of(i), chunk.group
    return {
        "msgKey": message_key(chunk, i),
        "serviceType": _SERVICES[kind],
        "msgType": _TYPES[kind],
        "sendTime": moment(group.sent_at or group.at, fine=fine),
        "reportTime": moment(time.time() if fine else _told_at(group), fine=fine),
        "reportType": _TYPES[kind],
        "reportCode": world.protocols[NAME].code(kind, chunk.code[i]),
        "reportText": MEANINGS[chunk.code[i]],
        "ref": chunk.ref(i),
    }


def _told_at(group: Group) -> float:
    return group.completed_at or group.updated_at


def status_json(world: World, chunk: Chunk, i: int) -> dict[str, Any]:
    """A message as look-ups show it: taken, sent, reported."""
    group, code = chunk.group, registration_of(chunk, i)
    kind = chunk.type_of(i)
    told: dict[str, Any] = {
        "msgKey": message_key(chunk, i),
        "serviceType": _SERVICES[kind],
        "msgType": _TYPES[kind],
        "to": chunk.to[i],
        "fallback": "N",
        "responseCode": code,
        "responseText": "Success" if code == "A000" else "Failed",
        "requestTime": moment(group.at),
        "ref": chunk.ref(i),
    }
    if is_final(chunk, i):
        report = report_json(world, chunk, i)
        names = ("sendTime", "reportTime", "reportType", "reportCode", "reportText")
        told |= {name: report[name] for name in names}
    return told


# ---- polling ---------------------------------------------------------------------------------


class Desk:
    """The page that lies ready. A kill forgets it, and the next poll makes it anew."""

    def __init__(self) -> None:
        self.page: list[tuple[Chunk, int]] = []
        self.report_id = ""
        self.number = 0

    def fill(self, world: World) -> None:
        """Lay a page ready, unless one lies there."""
        if self.page:
            return
        self.page = list(_unheard(world))
        self.number += 1
        self.report_id = f"{int(world.started_at * 1000)}-{self.number}" if self.page else ""


def _unheard(world: World) -> Iterator[tuple[Chunk, int]]:
    room = PAGE
    for chunk in world.store.fired:
        if chunk.group.protocol != NAME or chunk.group.facts.get("heard") is True:
            continue
        heard = frozenset(chunk.group.facts.get("heard", ()))
        for i in range(len(chunk)):
            if i not in heard and is_final(chunk, i):
                yield chunk, i
                room -= 1
                if not room:
                    return


#: A reset gives a world a new store, and so a new desk.
_desks: WeakKeyDictionary[Store, Desk] = WeakKeyDictionary()


def desk_of(world: World) -> Desk:
    """The desk of a world."""
    found = _desks.get(world.store)
    if found is None:
        found = _desks[world.store] = Desk()
    return found


def _may_poll(world: World) -> None:
    # A key of an account reports one way: to an address, or to who asks.
    if world.settings.callback_of(NAME) is not None:
        raise no("A801")


async def poll(request: Request) -> Response:
    """`GET report/polling`."""
    world = world_of(request)
    _may_poll(world)
    desk = desk_of(world)
    desk.fill(world)
    if not desk.page:
        return success({"reportId": "", "report": None})
    reports = [report_json(world, chunk, i) for chunk, i in desk.page]
    return success({"reportId": desk.report_id, "report": reports})


async def acknowledge(request: Request) -> Response:
    """`DELETE report/polling/{reportId}`."""
    world = world_of(request)
    _may_poll(world)
    desk = desk_of(world)
    if not desk.page or request.path_params["report_id"] != desk.report_id:
        raise no("A802")
    heard: dict[Chunk, list[int]] = {}
    for chunk, i in desk.page:
        heard.setdefault(chunk, []).append(i)
    for chunk, places in heard.items():
        known = sorted({*chunk.group.facts.get("heard", ()), *places})
        whole = len(known) == len(chunk.accepted())
        world.learn(chunk.group, {"heard": True if whole else known})
    desk.page = []
    return success()


# ---- webhook ---------------------------------------------------------------------------------


def sign(secret: str, at: float) -> dict[str, str]:
    """The headers of a webhook: the signature is over the time alone."""
    stamp = str(int(at * 1000))
    signature = hmac.new(secret.encode(), stamp.encode(), "sha256").hexdigest()
    return {"X-IB-Timestamp": stamp, "X-IB-Signature": signature}


def webhook(world: World, chunk: Chunk, i: int) -> Post:
    """One report."""
    secret = world.settings.callback_secrets.get(NAME) or SIGNING_KEY
    body = encode(report_json(world, chunk, i, fine=True))
    return Post(body, sign(secret, time.time()))


def is_answered(reply: httpx.Response) -> bool:
    """Bizgo insists on its message key."""
    try:
        wanted = msgspec.json.decode(reply.request.content)["msgKey"]
        told = msgspec.json.decode(reply.content)
    except msgspec.DecodeError:
        return False
    return reply.status_code == httpx.codes.OK and told == {"msgKey": wanted}
