"""Messages handed over: `raw-messages`, `messages`, `sender/sms`, `sender/mms`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.admission import (
    BAD_NUMBER,
    FOREIGN,
    check_alimtalk,
    check_number,
    check_phone_text,
    check_sender,
)
from sandbox.message import Message
from sandbox.nhn import wire
from sandbox.nhn.codes import KAKAO_ROWS, PHONE_ROWS
from sandbox.nhn.matching import NhnTemplate
from sandbox.nhn.wire import NAME, PROFILE, Refusal
from sandbox.requests import body_of, world_of
from sandbox.statuses import ACCEPTED, INDEX
from sandbox.store import Group
from sandbox.wire import encode, raw_answer
from sandbox.world import World

_DAY = 86_400
#: So far ahead a message can be held (NHN's guide; its list of codes says 90).
AHEAD = 60 * _DAY

KEY = "x-nc-api-idempotency-key"

Judge = Callable[[int, Message], int]


async def raw(request: Request) -> Response:
    """`POST raw-messages`: finished words."""
    return await _kakao(request, "raw")


async def substituted(request: Request) -> Response:
    """`POST messages`: values, for which NHN has the words."""
    return await _kakao(request, "variables")


async def _kakao(request: Request, form: str) -> Response:
    world = world_of(request)
    body = await body_of(request)
    sent = wire.read_kakao(body)
    _check_count(len(sent.recipient_list), 4)
    _check_profile(world, sent.sender_key)
    at = _held_until(sent.request_date, past=-2025, far=-2026, odd=-2027)
    messages = wire.kakao_messages(sent)
    verdicts, endings = _judged(messages, _kakao_judge(world, sent, form))
    key = request.headers.get(KEY, "")
    # From here on nothing is awaited: a key that is unused now is still unused below.
    if key and _used(world, key):
        raise Refusal(-1005)
    if not world.within_rate(NAME, len(messages)):
        return too_fast()
    group = world.hand_over(
        NAME,
        messages,
        body,
        form=form,
        group_id=_request_id(world),
        facts={
            "key": key,
            "grouping": sent.sender_grouping_key or "",
            "template": sent.template_code,
            "held": at is not None,
        },
        verdicts=verdicts,
        at=at,
        endings=endings,
    )
    return raw_answer(_kakao_told(group, verdicts))


def _kakao_judge(world: World, sent: wire.KakaoRequest, form: str) -> Judge:
    template, missing = _template(world, sent.template_code)
    limit = world.settings.alimtalk_limit

    def judge(place: int, message: Message) -> int:
        if template is None:
            return missing
        if form == "raw":
            return template.check_row(sent.recipient_list[place], limit)
        if message.variables is not None and set(message.variables) != set(template.body.marks):
            return INDEX["variables_differ"]
        values = message.variables
        return check_alimtalk(
            template, text=None, variables=values, title=None, buttons=None, limit=limit
        )[0]

    return judge


def _used(world: World, key: str) -> bool:
    since = time.time() - world.settings.nhn_key_seconds
    return any(group.at > since for group in world.store.with_fact(NAME, "key", key))


def _check_profile(world: World, key: str) -> None:
    state = world.settings.profile_states.get(NAME, "active")
    if key != PROFILE or state == "gone":
        raise Refusal(-2017)
    if state != "active":
        raise Refusal(-1027 if state == "blocked" else -1014)


def _template(world: World, code: str) -> tuple[NhnTemplate | None, int]:
    """A template that may be sent, or the status of every message that names it."""
    found = world.templates.sendable(NAME).get(code)
    if isinstance(found, NhnTemplate):
        return found, ACCEPTED
    known = world.templates.get(NAME, code) is not None
    return None, INDEX["not_approved" if known else "no_template"]


def _kakao_told(group: Group, verdicts: bytes) -> bytes:
    """The answer. With every message refused the header says so, and there is no request."""
    some = ACCEPTED in verdicts
    failure = wire.header(-1031, "All of receivers are failed to send.")
    message = {
        "requestId": group.group_id if some else None,
        "senderGroupingKey": group.facts["grouping"] or None,
    }
    begin = f'{{"header":{encode(wire.header() if some else failure).decode()},"message":'
    inner = encode(message)[:-1].decode()
    rows = ",".join(_rows(group, verdicts, KAKAO_ROWS))
    return f'{begin}{inner},"sendResults":[{rows}]}}}}'.encode()


def _rows(group: Group, verdicts: bytes, words: dict[int, tuple[int, str]]) -> list[str]:
    chunk = group.chunks[0]
    told = {verdict: _code_json(*words[verdict]) for verdict in set(verdicts)}
    return [
        f'{{"recipientSeq":{place},"recipientNo":{_text(to)},{told[verdict]},'
        f'"recipientGroupingKey":{_text(ref)}}}'
        for place, (to, ref, verdict) in enumerate(
            zip(chunk.to, chunk.refs(), verdicts, strict=True), start=1
        )
    ]


def _code_json(code: int, words: str) -> str:
    return f'"resultCode":{code},"resultMessage":{encode(words).decode()}'


def _text(text: str) -> str:
    """A number or a reference as JSON; nearly all need no escaping."""
    if not text:
        return "null"
    return f'"{text}"' if text.replace("-", "").isalnum() else encode(text).decode()


# ---- texts -----------------------------------------------------------------------------------


async def sms(request: Request) -> Response:
    """`POST sender/sms`."""
    return await _phone(request, "sms")


async def mms(request: Request) -> Response:
    """`POST sender/mms`: LMS, and MMS where pictures are named."""
    return await _phone(request, "mms")


async def _phone(request: Request, form: str) -> Response:
    world = world_of(request)
    body = await body_of(request)
    sent = wire.read_phone(body)
    short = form == "sms"
    _check_count(len(sent.recipient_list), -2016)
    if not sent.body or not (short or sent.title):
        raise Refusal(-2014)
    senders = world.settings.senders
    if check_sender(sent.send_no, None if senders is None else frozenset(senders)):
        raise Refusal(-2312)
    for picture in sent.attach_file_id_list or ():
        if world.pictures.get(NAME, str(picture)) is None:
            raise Refusal(-2004)
    at = _held_until(sent.request_date, past=-2022, far=4, odd=-2000)
    messages = wire.phone_messages(sent, short=short)
    verdicts, endings = _judged(messages, _phone_judge(sent, short=short))
    if not world.within_rate(NAME, len(messages)):
        return too_fast()
    group = world.hand_over(
        NAME,
        messages,
        body,
        form=form,
        group_id=_request_id(world),
        facts={"grouping": sent.sender_grouping_key or "", "held": at is not None},
        verdicts=verdicts,
        at=at,
        endings=endings,
    )
    data = {
        "requestId": group.group_id,
        "statusCode": "2",
        "senderGroupingKey": group.facts["grouping"] or None,
    }
    inner = encode(data)[:-1].decode()
    rows = ",".join(_rows(group, verdicts, PHONE_ROWS))
    begin = f'{{"header":{encode(wire.header()).decode()},"body":{{"data":'
    return raw_answer(f'{begin}{inner},"sendResultList":[{rows}]}}}}}}'.encode())


def _phone_judge(sent: wire.PhoneRequest, *, short: bool) -> Judge:
    whole = wire.phone_messages(sent, short=short, cut=False)
    most = wire.STORED[whole[0].kind]

    def judge(place: int, message: Message) -> int:
        if message.country != "82":
            return INDEX["foreign_country"]
        if len(whole[place].text or "") > most or len(whole[place].subject or "") > 120:
            return INDEX["too_long"]
        wrong = check_phone_text(message.text, None, message.kind, image=True, strict=False)
        # What is longer than the networks carry was cut by now: only characters are left to judge.
        return 0 if wrong == INDEX["too_long"] else wrong

    return judge


def too_fast() -> Response:
    """The gateway's answer: NHN tells no rate and no shape for it."""
    return PlainTextResponse("Too Many Requests", 429, {"Retry-After": "1"})


# ---- both ------------------------------------------------------------------------------------


def _check_count(count: int, code: int) -> None:
    if not count:
        raise Refusal(-2001)
    if count > wire.MAX_RECIPIENTS:
        raise Refusal(code, "The max recipient size is 1000.")


def _judged(messages: Sequence[Message], judge: Judge) -> tuple[bytes, dict[int, int]]:
    """A status byte for each message, and the endings that numbers have earned."""
    verdicts = bytearray(len(messages))
    endings: dict[int, int] = {}
    for place, message in enumerate(messages):
        wrong = check_number(message.to)
        if wrong == FOREIGN:
            endings[place] = BAD_NUMBER
            wrong = 0
        verdicts[place] = wrong or judge(place, message)
    return bytes(verdicts), endings


def _held_until(text: str | None, *, past: int, far: int, odd: int) -> float | None:
    """When NHN shall send, or None for now."""
    if not text:
        return None
    try:
        at = wire.read_clock(text)
    except ValueError:
        raise Refusal(odd) from None
    now = time.time()
    # A minute is NHN's smallest unit: the one that runs is not past.
    if at < now - 60:
        raise Refusal(past)
    if at > now + AHEAD:
        raise Refusal(far)
    return at


def _request_id(world: World) -> str:
    """14 digits of Korean time and 11 characters, as NHN's are."""
    stamp = wire.clock(time.time(), "%Y%m%d%H%M%S")
    return f"{stamp}SBX{world.store.next_group:08X}"
