"""Handing messages over: HTTP 202, whatever becomes of the single ones."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.admission import (
    BAD_NUMBER,
    FOREIGN,
    TEMPLATE_MISMATCH,
    TEMPLATE_MISSING,
    check_alimtalk,
    check_number,
    check_phone_text,
    check_sender,
)
from sandbox.message import Message
from sandbox.requests import body_of, world_of
from sandbox.sens import wire
from sandbox.sens.auth import CHANNEL
from sandbox.sens.codes import KAKAO
from sandbox.statuses import ACCEPTED, INDEX, MEANINGS, NAMES
from sandbox.store import Group
from sandbox.wire import WireError, answer
from sandbox.world import World

MOST = 100

#: A message → its status, and an ending that is decided already.
Check = Callable[[Message], tuple[int, int | None]]


async def alimtalk(request: Request) -> Response:
    """`POST /alimtalk/v2/services/{serviceId}/messages`."""
    world = world_of(request)
    raw = await body_of(request)
    asked = wire.read_alimtalks(raw)
    at = _check_whole(world, len(asked.messages), asked.reserve_time, asked.reserve_time_zone)
    messages = wire.neutral(raw, "alimtalk")
    verdicts, endings = _judge(messages, lambda one: _check_alimtalk(world, one))
    group = world.hand_over(
        wire.NAME,
        messages,
        raw,
        facts={"held": at is not None},
        verdicts=verdicts,
        form="alimtalk",
        group_id=wire.request_id("ATA", world.store.next_group),
        at=at,
        endings=endings,
    )
    reply = _reply(group, "processing")
    if at is None:
        chunk = group.chunks[0]
        reply["messages"] = [
            {
                "messageId": wire.message_id(chunk, i),
                "countryCode": one.country,
                "to": one.to,
                "content": one.text,
                "useSmsFailover": one.own_fallback,
                **told(verdicts[i]),
            }
            for i, one in enumerate(messages)
        ]
    return answer(reply, 202)


async def texts(request: Request) -> Response:
    """`POST /sms/v2/services/{serviceId}/messages`. The reply names no message."""
    world = world_of(request)
    raw = await body_of(request)
    asked = wire.read_texts(raw)
    if asked.kind not in wire.ROOM:
        raise wire.bad("type은 SMS, LMS, MMS 가운데 하나여야 합니다.")
    if asked.files and asked.type.upper() != "MMS":
        raise wire.bad("files는 MMS에만 쓸 수 있습니다.")
    at = _check_whole(world, len(asked.messages), asked.reserve_time, asked.reserve_time_zone)
    messages = wire.neutral(raw, "sms")
    verdicts, endings = _judge(messages, lambda one: _check_text(world, one))
    group = world.hand_over(
        wire.NAME,
        messages,
        raw,
        facts={"held": at is not None},
        verdicts=verdicts,
        form="sms",
        group_id=wire.request_id(asked.kind, world.store.next_group),
        at=at,
        endings=endings,
    )
    return answer(_reply(group, "success"), 202)


def told(status: int) -> dict[str, str]:
    """What a request's verdict on a message looks like."""
    if NAMES[status] in ("accepted", "waiting", "delivered"):
        return {
            "requestStatusCode": "A000",
            "requestStatusName": "success",
            "requestStatusDesc": "성공",
        }
    return {
        "requestStatusCode": KAKAO.get(NAMES[status], KAKAO["unknown"]),
        "requestStatusName": "fail",
        "requestStatusDesc": MEANINGS[status],
    }


def _reply(group: Group, status: str) -> dict[str, object]:
    return {
        "requestId": group.group_id,
        "requestTime": wire.stamp(group.at),
        "statusCode": "202",
        "statusName": "reserved" if group.facts["held"] else status,
    }


def _check_whole(world: World, count: int, reserve: str | None, zone: str) -> float | None:
    """Check a request as a whole; return when it is to go, None for at once."""
    if not 1 <= count <= MOST:
        raise wire.bad(f"messages는 1~{MOST}건이어야 합니다.")
    if not world.within_rate(wire.NAME, count):
        raise WireError(429, "410", "초당 발송 한도를 넘었습니다.")
    if reserve is None:
        return None
    if zone != "Asia/Seoul":
        raise wire.bad("모의 서버는 Asia/Seoul만 압니다.")
    at = wire.moment(reserve, "%Y-%m-%d %H:%M")
    if at <= time.time():
        raise wire.bad("예약 시각이 지났습니다.")
    return at


def _judge(messages: list[Message], check: Check) -> tuple[bytes, dict[int, int]]:
    """Statuses, and endings that are decided already, by place."""
    verdicts = bytearray()
    endings: dict[int, int] = {}
    for place, one in enumerate(messages):
        status, ending = check(one)
        verdicts.append(status)
        if ending is not None:
            endings[place] = ending
    return bytes(verdicts), endings


def _check_alimtalk(world: World, one: Message) -> tuple[int, int | None]:
    number = check_number(one.to)
    status = number if number != FOREIGN else 0
    status = status or _check_profile(world, one.profile)
    if status or not one.text:
        return status or INDEX["missing_field"], None
    later = world.settings.mismatch == "result"
    template = world.templates.sendable(wire.NAME).get(one.template or "")
    if template is None:
        return (ACCEPTED, TEMPLATE_MISSING) if later else (INDEX["no_template"], None)
    status, differs = check_alimtalk(
        template,
        text=one.text,
        variables=None,
        title=one.title,
        buttons=one.buttons,
        limit=world.settings.alimtalk_limit,
    )
    if status and differs and later:
        return ACCEPTED, TEMPLATE_MISMATCH
    return status, BAD_NUMBER if number == FOREIGN else None


def _check_profile(world: World, profile: str | None) -> int:
    known = {CHANNEL, *(e.spec.pf_id for e in world.templates.of(wire.NAME))}
    if profile not in known:
        return INDEX["no_profile"]
    state = world.settings.profile_states.get(wire.NAME, "active")
    return 0 if state == "active" else INDEX["profile_failed"]


def _check_text(world: World, one: Message) -> tuple[int, int | None]:
    number = check_number(one.to)
    if number not in (0, FOREIGN):
        return number, None
    senders = world.settings.senders
    status = check_sender(one.sender, None if senders is None else frozenset(senders))
    picture = one.image is not None and world.pictures.get(wire.NAME, one.image) is not None
    status = status or check_phone_text(
        one.text, one.subject, one.kind, image=picture, strict=False
    )
    return status, BAD_NUMBER if number == FOREIGN else None
