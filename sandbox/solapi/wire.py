"""SOLAPI's request bodies."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox import message
from sandbox.wire import COUNTRY

NAME = "solapi"
ACCOUNT = "26112300000001"

# 10,000 recipients per request, 1,000,000 messages per group.
MAX_PER_REQUEST = 10_000
MAX_PER_GROUP = 1_000_000


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


def neutral(body: bytes, form: str) -> list[message.Message]:
    """The messages of a request's body in the simulator's own words; `form` is "one" or ""."""
    messages = [read_message(body).message] if form == "one" else read_messages(body).messages
    return [_neutral(one) for one in messages]


def _neutral(one: Message) -> message.Message:
    kakao = one.kakao_options or KakaoOptions()
    return message.Message(
        to=one.to if isinstance(one.to, str) else "",
        kind=one.type or "",
        sender=one.sender or "",
        text=one.text,
        subject=one.subject,
        profile=kakao.pf_id,
        template=kakao.template_id,
        variables=kakao.variables,
        title=kakao.title,
        buttons=kakao.buttons,
        image=one.image_id or kakao.image_id,
    )
