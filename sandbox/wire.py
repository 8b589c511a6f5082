"""What travels: request shapes, ids, and the JSON of errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.responses import Response

ACCOUNT = "26112300000001"
COUNTRY = "82"

# 15 MB and 10,000 recipients per request, 1,000,000 messages per group (SOLAPI).
MAX_BODY = 15 * 1024 * 1024
MAX_PER_REQUEST = 10_000
MAX_PER_GROUP = 1_000_000

# An id is M4V or G4V, 14 digits of time and 15 characters. Ours end in a running number, so that
# an id finds its message without an index.
_SALT = "SANDBOX"


class Button(msgspec.Struct, gc=False):
    """A button as SOLAPI names its parts."""

    type: str | None = msgspec.field(name="buttonType", default=None)
    name: str | None = msgspec.field(name="buttonName", default=None)
    link_mo: str | None = msgspec.field(name="linkMo", default=None)
    link_pc: str | None = msgspec.field(name="linkPc", default=None)
    link_and: str | None = msgspec.field(name="linkAnd", default=None)
    link_ios: str | None = msgspec.field(name="linkIos", default=None)


class KakaoOptions(msgspec.Struct, gc=False):
    """What makes a message an Alimtalk."""

    pf_id: str | None = msgspec.field(name="pfId", default=None)
    template_id: str | None = msgspec.field(name="templateId", default=None)
    variables: dict[str, Any] | None = None
    disable_sms: bool | None = msgspec.field(name="disableSms", default=False)
    buttons: list[Button] | None = None
    title: str | None = None
    image_id: str | None = msgspec.field(name="imageId", default=None)


class Message(msgspec.Struct, gc=False):
    """One message of a request. `to` may be a list: then it is one message for each number."""

    to: str | list[str]
    sender: str | None = msgspec.field(name="from", default=None)
    text: str | None = None
    type: str | None = None
    subject: str | None = None
    country: str | None = COUNTRY
    image_id: str | None = msgspec.field(name="imageId", default=None)
    auto_type_detect: bool | None = msgspec.field(name="autoTypeDetect", default=True)
    custom_fields: dict[str, Any] | None = msgspec.field(name="customFields", default=None)
    kakao_options: KakaoOptions | None = msgspec.field(name="kakaoOptions", default=None)


class MessagesBody(msgspec.Struct):
    """`PUT groups/{id}/messages`, `send-many` and `send-many/detail`."""

    messages: list[Message]
    allow_duplicates: bool | None = msgspec.field(name="allowDuplicates", default=False)
    strict: bool | None = True
    app_id: str | None = msgspec.field(name="appId", default=None)
    scheduled_date: str | None = msgspec.field(name="scheduledDate", default=None)
    show_message_list: bool | None = msgspec.field(name="showMessageList", default=False)


class MessageBody(msgspec.Struct):
    """`POST messages/v4/send`."""

    message: Message
    allow_duplicates: bool | None = msgspec.field(name="allowDuplicates", default=False)
    strict: bool | None = True
    app_id: str | None = msgspec.field(name="appId", default=None)
    scheduled_date: str | None = msgspec.field(name="scheduledDate", default=None)


class GroupBody(msgspec.Struct):
    """`POST messages/v4/groups`."""

    allow_duplicates: bool | None = msgspec.field(name="allowDuplicates", default=False)
    strict: bool | None = True
    app_id: str | None = msgspec.field(name="appId", default=None)
    custom_fields: dict[str, Any] | None = msgspec.field(name="customFields", default=None)


class ScheduleBody(msgspec.Struct):
    """`POST groups/{id}/schedule`."""

    scheduled_date: str = msgspec.field(name="scheduledDate")


class RemoveBody(msgspec.Struct):
    """`DELETE groups/{id}/messages`."""

    message_ids: list[str] = msgspec.field(name="messageIds")


read_messages = msgspec.json.Decoder(MessagesBody).decode
read_message = msgspec.json.Decoder(MessageBody).decode
read_group = msgspec.json.Decoder(GroupBody).decode
read_schedule = msgspec.json.Decoder(ScheduleBody).decode
read_remove = msgspec.json.Decoder(RemoveBody).decode
encode = msgspec.json.encode


class WireError(Exception):
    """An answer that is an error: `{"errorCode", "errorMessage"}` under an HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def answer(value: object, status: int = 200) -> Response:
    """Encode `value` as the JSON body of an answer."""
    return Response(encode(value), status, media_type="application/json")


def raw_answer(body: bytes, status: int = 200) -> Response:
    """Answer with JSON that is encoded already."""
    return Response(body, status, media_type="application/json")


def error_answer(error: WireError) -> Response:
    """Encode `error` as SOLAPI does."""
    return answer({"errorCode": error.code, "errorMessage": error.message}, error.status)


def stamp_of(at: float) -> str:
    """The 14 digits of an id for the moment `at` (seconds since the epoch)."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%d%H%M%S")


def id_head(kind: str, stamp: str) -> str:
    """The first 24 characters of the ids of one moment; `kind` is M or G."""
    return f"{kind}4V{stamp}{_SALT}"


def make_id(kind: str, stamp: str, number: int) -> str:
    """A whole id: 32 characters."""
    return f"{id_head(kind, stamp)}{number:08X}"


_ID = re.compile(rf"([MG])4V\d{{14}}{_SALT}([0-9A-F]{{8}})")


def number_of(kind: str, value: str) -> int | None:
    """The running number inside an id of ours, or None if it is not one."""
    found = _ID.fullmatch(value)
    return int(found[2], 16) if found and found[1] == kind else None


def iso(at: float | None) -> str | None:
    """A moment as SOLAPI writes it: UTC, milliseconds, Z."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def read_moment(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 text; without an offset it is UTC.

    Raises `ValueError`.
    """
    moment = datetime.fromisoformat(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
