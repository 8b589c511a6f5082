"""`POST send/omni`: taken or not, recipient by recipient; once under an idempotency key."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

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
from sandbox.bizgo.codes import ANY_REFUSAL, REGISTRATION, RESULTS
from sandbox.bizgo.wire import NAME, SEOUL, Omni, messages_of, no, read_omni, success
from sandbox.message import Message
from sandbox.outcomes import NUMBER
from sandbox.requests import body_of, world_of
from sandbox.statuses import INDEX, NAMES
from sandbox.store import Chunk, Group
from sandbox.world import World

PROFILE = "b1290000000000000000000000000000naru0001"
MOST = 200
BODY_LIMIT = 1_300
_CHANNEL_REFUSED = NUMBER["channel_refused"]


async def omni(request: Request) -> Response:
    """Hand messages over."""
    world = world_of(request)
    raw = await body_of(request)
    sent = read_omni(raw)
    check_request(sent)
    if not world.within_rate(NAME, len(sent.destinations)):
        raise no("A020")
    key, ttl = _key_of(sent)
    # Nothing is awaited from here on: two requests under one key cannot both pass.
    if key is not None and _lives(world, key):
        return success({"destinations": [_verdict(d.to, "", "A301") for d in sent.destinations]})
    facts = {"key": key or "", "ttl": ttl, "group": sent.group_key or "", "ref": sent.ref or ""}
    group = take(world, sent, raw, facts)
    more = {} if sent.ref is None else {"ref": sent.ref}
    return success({"destinations": verdicts(group)}, **more)


def check_request(sent: Omni) -> None:
    """Refuse a request as a whole."""
    if not sent.destinations:
        raise no("A307")
    if len(sent.destinations) > MOST:
        raise no("A318")
    steps = [step.alimtalk or step.sms or step.mms for step in sent.message_flow]
    if not steps or None in steps:
        raise no("A300")
    for step in sent.message_flow:
        if step.mms is not None and len(step.mms.file_key or ()) > 3:
            raise no("A319")
        alimtalk = step.alimtalk
        if alimtalk is None:
            continue
        if not alimtalk.sender_key:
            raise no("A502")
        if not alimtalk.template_code:
            raise no("A505")
        if alimtalk.send_type is None:
            if alimtalk.msg_type not in ("AT", "AI"):
                raise no("A523")
        elif any(one.replace_words is None for one in sent.destinations):
            raise no("A571")


def _key_of(sent: Omni) -> tuple[str | None, int]:
    if sent.idempotency_key is None:
        return None, 0
    if not 1 <= len(sent.idempotency_key) <= 200:
        raise no("A308")
    if sent.idempotency_ttl is None or not 0 <= sent.idempotency_ttl <= 86_400:
        raise no("A309")
    return sent.idempotency_key, sent.idempotency_ttl


def _lives(world: World, key: str) -> bool:
    shorter = world.settings.bizgo_key_seconds
    return any(
        time.time() < group.at + (group.facts["ttl"] if shorter is None else shorter)
        for group in world.store.with_fact(NAME, "key", key)
    )


def take(
    world: World, sent: Omni, raw: bytes, facts: dict[str, Any], at: float | None = None
) -> Group:
    """Judge every message and take what is fit, all in one."""
    messages = messages_of(raw)
    judge = _Judge(world, sent)
    for place, message in enumerate(messages):
        judge.look(place, message)
    return world.hand_over(
        NAME,
        messages,
        raw,
        facts=facts,
        verdicts=bytes(judge.codes),
        endings=judge.endings,
        group_id=_request_id(world),
        at=at,
    )


def _request_id(world: World) -> str:
    """What a message key is without its last three digits."""
    now = datetime.now(UTC).astimezone(SEOUL)
    stamp = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}"
    return f"{stamp}SBX{world.store.next_group:09d}"


class _Judge:
    """Verdicts by place. Kakao judges later: what it refuses is taken, and fails in a report."""

    def __init__(self, world: World, sent: Omni) -> None:
        self._world = world
        self._sendable = world.templates.sendable(NAME)
        senders = world.settings.senders
        self._senders = None if senders is None else frozenset(senders)
        self._by_template = any(
            one.alimtalk is not None and one.alimtalk.send_type for one in sent.message_flow
        )
        self.codes = bytearray()
        self.endings: dict[int, int] = {}

    def look(self, place: int, message: Message) -> None:
        number = check_number(message.to)
        if number == FOREIGN:
            self.endings[place] = BAD_NUMBER
        elif number:
            self.codes.append(INDEX["bad_format"])
            return
        self.codes.append(
            self._alimtalk(place, message) if message.kind == "ATA" else self._text(message)
        )

    def _text(self, message: Message) -> int:
        picture = message.kind == "MMS" and self._world.pictures.get(NAME, message.image or "")
        return check_sender(message.sender, self._senders) or check_phone_text(
            message.text, message.subject, message.kind, image=bool(picture), strict=False
        )

    def _alimtalk(self, place: int, message: Message) -> int:
        template = self._sendable.get(message.template or "")
        profile = (template.spec.pf_id if template is not None else None) or PROFILE
        if message.profile != profile or self._world.settings.profile_states.get(NAME) in (
            "blocked",
            "dormant",
            "gone",
        ):
            self.endings.setdefault(place, _CHANNEL_REFUSED)
            return 0
        if template is None:
            if self._by_template:
                return INDEX["no_template"]
            self.endings.setdefault(place, TEMPLATE_MISSING)
            return 0
        status, differs = check_alimtalk(
            template,
            text=message.text,
            variables=message.variables,
            title=message.title,
            buttons=message.buttons,
            limit=BODY_LIMIT,
        )
        if status and (differs or not self._by_template):
            self.endings.setdefault(place, TEMPLATE_MISMATCH)
            return 0
        return status


def message_key(chunk: Chunk, i: int) -> str:
    """The key of the `i`th message."""
    return f"{chunk.group.group_id}{i:03d}"


def registration_of(chunk: Chunk, i: int) -> str:
    """The verdict when it was handed over."""
    if was_taken(chunk, i):
        return "A000"
    return REGISTRATION.get(NAMES[chunk.code[i]], ANY_REFUSAL)


def was_taken(chunk: Chunk, i: int) -> bool:
    """Whether a message was accepted, whatever became of it."""
    if chunk.endings:
        return chunk.endings[i] != 255
    return NAMES[chunk.code[i]] in ("accepted", "cancelled")


def verdicts(group: Group) -> list[dict[str, str]]:
    """The verdict on each recipient, in order."""
    [chunk] = group.chunks
    return [
        _verdict(to, message_key(chunk, i), registration_of(chunk, i))
        for i, to in enumerate(chunk.to)
    ]


def _verdict(to: str, key: str, code: str) -> dict[str, str]:
    told = {"to": to, "code": code, "result": RESULTS.get(code, "Success")}
    # What a repeat is told beside A301 is not documented: without the key a client has to look.
    return {**told, "msgKey": key} if key else told
