"""Bizgo's JSON: envelopes, moments, and the messages of a request."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
from starlette.responses import Response

from sandbox.bizgo.codes import HTTP, RESULTS
from sandbox.message import Button, Message
from sandbox.wire import WireError, answer

NAME = "bizgo"
ROOT = "/api/comm/v1"
SEOUL = timezone(timedelta(hours=9))

_MARK = re.compile(r"#\{([^{}]*)\}")


# ---- requests --------------------------------------------------------------------------------


class Destination(msgspec.Struct, rename="camel"):
    """A recipient."""

    to: str = ""
    ref: str | None = None
    replace_words: dict[str, str] | None = None


class WireButton(msgspec.Struct, rename="camel"):
    """A button or quick reply; whatever else it has is of no interest here."""

    type: str
    name: str
    url_mobile: str | None = None
    url_pc: str | None = None
    scheme_android: str | None = None
    scheme_ios: str | None = None


class Attachment(msgspec.Struct):
    """What hangs below an Alimtalk."""

    button: list[WireButton] | None = None


class Alimtalk(msgspec.Struct, rename="camel"):
    """An Alimtalk in full text, or with `sendType` template its code alone."""

    sender_key: str = ""
    template_code: str = ""
    msg_type: str | None = None
    send_type: str | None = None
    response_method: str = "push"
    text: str | None = None
    title: str | None = None
    attachment: Attachment | None = None


class Sms(msgspec.Struct):
    """An SMS."""

    from_: str = msgspec.field(name="from", default="")
    text: str = ""


class Mms(msgspec.Struct, rename="camel"):
    """An LMS or, with pictures, an MMS."""

    from_: str = msgspec.field(name="from", default="")
    text: str = ""
    title: str | None = None
    file_key: list[str] | None = None


class Step(msgspec.Struct):
    """One channel of the flow."""

    alimtalk: Alimtalk | None = None
    sms: Sms | None = None
    mms: Mms | None = None


class Omni(msgspec.Struct, rename="camel"):
    """`POST send/omni` and `POST reservation`."""

    destinations: list[Destination] = []
    message_flow: list[Step] = []
    ref: str | None = None
    group_key: str | None = None
    payment_code: str | None = None
    idempotency_key: str | None = None
    idempotency_ttl: int | None = None
    resv_send_time: str | None = None
    resv_name: str | None = None


read_omni = msgspec.json.Decoder(Omni).decode


def messages_of(body: bytes) -> list[Message]:
    """The messages of a hand-over, one for each recipient, marks filled in."""
    omni = read_omni(body)
    step = omni.message_flow[0] if omni.message_flow else Step()
    fallback = len(omni.message_flow) > 1
    return [_message(omni, step, one, fallback=fallback) for one in omni.destinations]


def _message(omni: Omni, step: Step, one: Destination, *, fallback: bool) -> Message:
    words = one.replace_words or {}
    message = Message(
        to=one.to.replace("-", ""),
        kind="SMS",
        custom=one.ref or omni.ref or "",
        own_fallback=fallback,
    )
    if step.alimtalk is not None:
        _fill_alimtalk(message, step.alimtalk, words)
    elif step.mms is not None:
        message.kind = "MMS" if step.mms.file_key else "LMS"
        message.sender = step.mms.from_.replace("-", "")
        message.text, message.subject = fill(step.mms.text, words), fill(step.mms.title, words)
        message.image = step.mms.file_key[0] if step.mms.file_key else None
    else:
        sms = step.sms or Sms()
        message.sender, message.text = sms.from_.replace("-", ""), fill(sms.text, words)
    return message


def _fill_alimtalk(message: Message, alimtalk: Alimtalk, words: dict[str, str]) -> None:
    message.kind = "ATA"
    message.profile, message.template = alimtalk.sender_key, alimtalk.template_code
    message.title = fill(alimtalk.title, words)
    message.image = "AI" if alimtalk.msg_type == "AI" else None
    if alimtalk.send_type == "template":
        message.variables = {f"#{{{name}}}": value for name, value in words.items()}
        return
    message.text = fill(alimtalk.text, words)
    buttons = alimtalk.attachment.button if alimtalk.attachment is not None else None
    message.buttons = [
        Button(b.type, b.name, b.url_mobile, b.url_pc, b.scheme_android, b.scheme_ios)
        for b in buttons or ()
    ] or None


def fill(text: str | None, words: dict[str, str]) -> str | None:
    """Put words in place of `#{key}`; a mark that has none stays."""
    return text and _MARK.sub(lambda mark: words.get(mark[1], mark[0]), text)


# ---- replies ---------------------------------------------------------------------------------


def _common(code: str = "A000", text: str = "Success") -> dict[str, str]:
    return {"authCode": code, "authResult": text, "infobankTrId": "SANDBOX-TR-ID"}


def success(data: Any = None, **beside: Any) -> Response:
    """An answer that brings `data`; `beside` stands next to it."""
    service = {"code": "A000", "result": "Success", **beside}
    if data is not None:
        service["data"] = data
    return answer({"common": _common(), "data": service})


def refusal(code: str, text: str | None = None) -> Response:
    """What the service says no with."""
    service = {"code": code, "result": text or RESULTS.get(code, "Failed")}
    return answer({"common": _common(), "data": service}, HTTP.get(code, 400))


def turned_away(status: int, code: str, text: str) -> Response:
    """What the gateway says no with: there is no `data` then."""
    return answer({"common": _common(code, text)}, status)


def no(code: str, text: str | None = None) -> WireError:
    """A refusal to raise."""
    return WireError(HTTP.get(code, 400), code, text or RESULTS.get(code, "Failed"))


def moment(at: float, *, fine: bool = False) -> str:
    """ISO 8601 with Seoul's offset; `fine` with milliseconds."""
    unit = "milliseconds" if fine else "seconds"
    return datetime.fromtimestamp(at, UTC).astimezone(SEOUL).isoformat(timespec=unit)


def plain(at: float) -> str:
    """`yyyy-MM-dd HH:mm:ss` in Seoul."""
    return datetime.fromtimestamp(at, UTC).astimezone(SEOUL).strftime("%Y-%m-%d %H:%M:%S")


def seoul_epoch(text: str) -> float:
    """Seconds since the epoch of a local time of Seoul. Raises `ValueError`."""
    moment_ = datetime.fromisoformat(text.strip())
    return (moment_ if moment_.tzinfo else moment_.replace(tzinfo=SEOUL)).timestamp()
