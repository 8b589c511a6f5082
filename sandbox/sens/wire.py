"""SENS's requests as they come, and the small things of its answers: ids, times, errors."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Literal

import msgspec
from starlette.responses import Response

from sandbox.message import Button, Message
from sandbox.store import Chunk
from sandbox.wire import WireError, answer

NAME = "sens"

#: A request id tells what it is of: Alimtalk, SMS, LMS, MMS.
LETTERS = {"ATA": "RBAA", "SMS": "RSSA", "LMS": "RSLA", "MMS": "RSMA"}

#: Bytes that a phone gets; SENS cuts what is longer.
ROOM = {"SMS": 90, "LMS": 2000, "MMS": 2000}
SUBJECT_ROOM = 40

KST = timezone(timedelta(hours=9))


class _Button(msgspec.Struct, rename="camel"):
    type: str | None = None
    name: str | None = None
    link_mobile: str | None = None
    link_pc: str | None = None
    scheme_ios: str | None = None
    scheme_android: str | None = None


class Alimtalk(msgspec.Struct, rename="camel"):
    """One Alimtalk of a request."""

    to: str = ""
    content: str = ""
    country_code: str = "82"
    title: str | None = None
    header_content: str | None = None
    buttons: list[_Button] | None = None
    # Left out, the channel's own setting counts; the sandbox's is on.
    use_sms_failover: bool = True


class Alimtalks(msgspec.Struct, rename="camel"):
    """`POST /alimtalk/v2/services/{serviceId}/messages`."""

    plus_friend_id: str
    template_code: str
    messages: list[Alimtalk]
    reserve_time: str | None = None
    reserve_time_zone: str = "Asia/Seoul"


class Text(msgspec.Struct):
    """One recipient of a text; without a text of its own it gets the common one."""

    to: str = ""
    subject: str | None = None
    content: str | None = None


class File(msgspec.Struct, rename="camel"):
    """A picture by its id."""

    file_id: str = ""


class Texts(msgspec.Struct, rename="camel"):
    """`POST /sms/v2/services/{serviceId}/messages`. The type may be in lower case."""

    type: str
    from_: str = msgspec.field(name="from")
    content: str
    messages: list[Text]
    content_type: Literal["COMM", "AD"] = "COMM"
    country_code: str = "82"
    subject: str | None = None
    files: list[File] | None = None
    reserve_time: str | None = None
    reserve_time_zone: str = "Asia/Seoul"

    @property
    def kind(self) -> str:
        """The type that it is sent as: an MMS without a picture is an LMS."""
        kind = self.type.upper()
        return "LMS" if kind == "MMS" and not self.files else kind


class Upload(msgspec.Struct, rename="camel"):
    """`POST /sms/v2/services/{serviceId}/files`."""

    file_name: str
    file_body: str


read_alimtalks = msgspec.json.Decoder(Alimtalks).decode
read_texts = msgspec.json.Decoder(Texts).decode
read_upload = msgspec.json.Decoder(Upload).decode


def neutral(body: bytes, form: str) -> list[Message]:
    """The messages of a stored request, as they arrive: texts are cut to size."""
    if form == "alimtalk":
        asked = read_alimtalks(body)
        return [_alimtalk(asked, one) for one in asked.messages]
    texts = read_texts(body)
    room = ROOM.get(texts.kind, SUBJECT_ROOM)
    return [
        Message(
            to=one.to,
            kind=texts.kind,
            sender=texts.from_,
            text=cut(texts.content if one.content is None else one.content, room),
            subject=None if texts.kind == "SMS" else _subject(one.subject or texts.subject),
            image=texts.files[0].file_id if texts.files else None,
            country=texts.country_code,
        )
        for one in texts.messages
    ]


def contents(body: bytes, form: str) -> list[str]:
    """The texts of a stored request as they were asked for, which SENS goes on showing."""
    if form == "alimtalk":
        return [one.content for one in read_alimtalks(body).messages]
    texts = read_texts(body)
    return [texts.content if one.content is None else one.content for one in texts.messages]


def _alimtalk(asked: Alimtalks, one: Alimtalk) -> Message:
    return Message(
        to=one.to,
        kind="ATA",
        text=one.content,
        profile=asked.plus_friend_id,
        template=asked.template_code,
        title=one.title,
        buttons=[
            Button(b.type, b.name, b.link_mobile, b.link_pc, b.scheme_android, b.scheme_ios)
            for b in one.buttons or ()
        ],
        own_fallback=one.use_sms_failover,
        country=one.country_code,
    )


def _subject(subject: str | None) -> str | None:
    return cut(subject, SUBJECT_ROOM) if subject else None


def cut(text: str, room: int) -> str:
    """The beginning of a text that fits, whole characters only."""
    encoded = text.encode("cp949", "replace")
    return text if len(encoded) <= room else encoded[:room].decode("cp949", "ignore")


# ---- ids -------------------------------------------------------------------------------------


def request_id(kind: str, number: int) -> str:
    """The id of a request. `number`: the running number of its group."""
    return f"{LETTERS[kind]}-{time.time() * 1000:.0f}-{number % 10_000:04d}-{number:08d}-SandboxX"


def message_id(chunk: Chunk, i: int) -> str:
    """The id of a message: its running number, as a UUID begins."""
    return f"{chunk.base + i:08x}-5e45-4000-8000-{chunk.group.number:012x}"


def number_in(message: str) -> int | None:
    """The running number in the id of a message, or None."""
    try:
        return int(message[:8], 16)
    except ValueError:
        return None


# ---- times -----------------------------------------------------------------------------------


def stamp(at: float, *, blank: bool = False) -> str:
    """A moment as SENS writes it: Korean time, without saying so."""
    local = datetime.fromtimestamp(at, KST).replace(tzinfo=None)
    return local.isoformat(" " if blank else "T", "seconds" if blank else "milliseconds")


def moment(text: str, form: str = "%Y-%m-%d %H:%M:%S") -> float:
    """Seconds since the epoch of a Korean time. Raises `WireError`."""
    try:
        return datetime.strptime(text, form).replace(tzinfo=KST).timestamp()
    except ValueError:
        raise bad(f"시각의 형식이 잘못되었습니다: {form}") from None


# ---- errors ----------------------------------------------------------------------------------


def bad(message: str) -> WireError:
    """A request that makes no sense."""
    return WireError(400, "100", message)


def forbidden() -> WireError:
    """A service that is not the caller's."""
    return WireError(403, "", "Do not have access to this 'serviceId'")


_GATEWAY = {401: "Authentication Failed", 404: "Not Found Exception", 429: "Throttle Limited"}


def error_answer(problem: WireError) -> Response:
    """The gateway words its own errors unlike the service behind it."""
    if problem.status in _GATEWAY:
        error = {"errorCode": problem.code, "message": _GATEWAY[problem.status]}
        return answer({"error": {**error, "details": problem.message}}, problem.status)
    if problem.status == 403:
        body = {"status": 403, "error": "Forbidden", "message": problem.message}
        return answer(body, 403)
    return answer({"status": problem.status, "errors": [problem.message]}, problem.status)


def nothing() -> Response:
    """No records: an empty 404."""
    return Response(status_code=404)
