"""SENS's JSON: what we write, and what we read of what it answers.

Names on the wire are SENS's (camelCase); only the fields that we use are named. Times are written
and read as Korean: their zone is documented nowhere, but the stamp inside a request id is Korean.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from alimnaru.carriers.base import Outgoing, Shipment
from alimnaru.rules.channel import Channel
from alimnaru.rules.dates import KST
from alimnaru.rules.template import Button, Highlight, Item
from alimnaru.rules.text import SUBJECT_BYTES, cut_bytes

COUNTRY = "82"
ZONE = "Asia/Seoul"

TYPES = {Channel.SMS: "SMS", Channel.LMS: "LMS", Channel.MMS: "MMS"}

#: The text of whoever has none of his own. We give everybody one, but the field is mandatory; it
#: must not be anybody's, lest all get it.
NOBODYS_TEXT = "-"

_encoder = msgspec.json.Encoder()

# ---- out -------------------------------------------------------------------------------------


class WireButton(msgspec.Struct, rename="camel", omit_defaults=True):
    """A button of an Alimtalk."""

    type: str
    name: str
    link_mobile: str | None = None
    link_pc: str | None = None
    scheme_ios: str | None = None
    scheme_android: str | None = None


class WireItem(msgspec.Struct):
    """A row of an item list, its summary or its highlight."""

    title: str
    description: str


class WireItems(msgspec.Struct, omit_defaults=True):
    """The item list."""

    list: list[WireItem]
    summary: WireItem | None = None


class WireAlimtalk(msgspec.Struct, rename="camel", omit_defaults=True):
    """One Alimtalk. `use_sms_failover` has no default, so it always travels."""

    country_code: str
    to: str
    content: str
    use_sms_failover: bool
    title: str | None = None
    header_content: str | None = None
    item_highlight: WireItem | None = None
    item: WireItems | None = None
    buttons: list[WireButton] | None = None


class Alimtalks(msgspec.Struct, rename="camel", omit_defaults=True):
    """`POST /alimtalk/v2/services/{serviceId}/messages`."""

    plus_friend_id: str
    template_code: str
    messages: list[WireAlimtalk]
    reserve_time: str | None = None
    reserve_time_zone: str | None = None


class WireText(msgspec.Struct, omit_defaults=True):
    """One SMS, LMS or MMS. `subject` only with the latter two."""

    to: str
    content: str
    subject: str | None = None


class WireFile(msgspec.Struct, rename="camel"):
    """A picture that was uploaded."""

    file_id: str


class Texts(msgspec.Struct, rename="camel", omit_defaults=True):
    """`POST /sms/v2/services/{serviceId}/messages`."""

    type: str
    # COMM: not advertising, which would be refused at night and without an opt-out number.
    content_type: str
    country_code: str
    from_: str = msgspec.field(name="from")
    content: str
    messages: list[WireText]
    files: list[WireFile] | None = None
    reserve_time: str | None = None
    reserve_time_zone: str | None = None


class Upload(msgspec.Struct, rename="camel"):
    """`POST /sms/v2/services/{serviceId}/files`; the body in Base64."""

    file_name: str
    file_body: str


def encode_shipment(shipment: Shipment) -> bytes:
    """The body that hands a shipment over."""
    reserve = reserve_time(shipment.at) if shipment.at is not None else None
    zone = ZONE if reserve is not None else None
    if shipment.channel is Channel.ALIMTALK:
        messages = [_alimtalk(one) for one in shipment.messages]
        return _encoder.encode(
            Alimtalks(shipment.profile or "", shipment.template_code or "", messages, reserve, zone)
        )
    type_ = TYPES[shipment.channel]
    files = [WireFile(shipment.image)] if shipment.image and type_ == "MMS" else None
    return _encoder.encode(
        Texts(
            type_,
            "COMM",
            COUNTRY,
            digits(shipment.sender_number),
            NOBODYS_TEXT,
            [_text(one, type_) for one in shipment.messages],
            files,
            reserve,
            zone,
        )
    )


def encode_upload(name: str, body: str) -> bytes:
    """The body that registers a picture."""
    return _encoder.encode(Upload(name, body))


def reserve_time(at: datetime) -> str:
    """Minutes are all that SENS takes: the first whole one that is not before `at`."""
    local = at.astimezone(KST)
    if local.second or local.microsecond:
        local = local.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return local.strftime("%Y-%m-%d %H:%M")


def digits(number: str) -> str:
    """A number as SENS takes it."""
    return number.replace("-", "")


def _alimtalk(one: Outgoing) -> WireAlimtalk:
    rendered = one.rendered
    items = None
    if rendered.items:
        rows = [WireItem(item.title, item.description) for item in rendered.items]
        items = WireItems(rows, _item(rendered.summary))
    return WireAlimtalk(
        COUNTRY,
        digits(one.to),
        rendered.text,
        # Ours is the only fallback: with SENS's as well, people would be told twice. Left out, the
        # channel's own default would count.
        False,
        rendered.title,
        rendered.header,
        _item(rendered.highlight),
        items,
        [_button(button) for button in rendered.buttons] or None,
    )


def _item(part: Item | Highlight | None) -> WireItem | None:
    return None if part is None else WireItem(part.title, part.description)


def _button(button: Button) -> WireButton:
    # SENS asks for both addresses of a web link; a template made in its console has both.
    pc = button.link_pc or button.link_mobile
    return WireButton(
        button.kind.value,
        button.name,
        button.link_mobile,
        pc,
        button.scheme_ios,
        button.scheme_android,
    )


def _text(one: Outgoing, type_: str) -> WireText:
    subject = one.rendered.subject
    if type_ == "SMS" or not subject:
        return WireText(digits(one.to), one.rendered.text)
    return WireText(digits(one.to), one.rendered.text, cut_bytes(subject, SUBJECT_BYTES))


# ---- in --------------------------------------------------------------------------------------

Code = str | int | None


class Message(msgspec.Struct, rename="camel"):
    """A message as a reply, a list or a result shows it; each shows some of the fields."""

    message_id: str | None = None
    request_id: str | None = None
    to: str | None = None
    content: str | None = None
    request_time: str | None = None
    complete_time: str | None = None
    # Alimtalk
    request_status_code: Code = None
    message_status_code: Code = None
    message_status_name: str | None = None
    # SMS, LMS, MMS
    status: str | None = None
    status_code: Code = None
    status_name: str | None = None


class Handed(msgspec.Struct, rename="camel"):
    """The answer to a hand-over. SMS and what is held for later name no messages."""

    request_id: str
    messages: list[Message] | None = None


class Page(msgspec.Struct, rename="camel"):
    """A page of a list. `messages` is absent while SENS has not got to them."""

    messages: list[msgspec.Raw] | None = None
    has_more: bool = False
    next_token: str | None = None


class Reservation(msgspec.Struct, rename="camel"):
    """READY PROCESSING CANCELED FAIL DONE STALE SKIP; empty: there is none."""

    reserve_status: str = ""


class File(msgspec.Struct, rename="camel"):
    """A picture that SENS has taken."""

    file_id: str
    expire_time: str | None = None


class Channels(msgspec.Struct, rename="camel"):
    """A KakaoTalk channel of the service."""

    channel_id: str
    channel_name: str | None = None
    channel_status: str | None = None
    use_sms_failover: bool | str | None = None


class Comment(msgspec.Struct, rename="camel"):
    """What was written about a template; who wrote it is documented nowhere."""

    content: str | None = None
    create_time: str | None = None
    status: str | None = None


class WireTemplate(msgspec.Struct, rename="camel"):
    """A template. Its comments come only when it is asked for by its code."""

    template_code: str
    template_name: str | None = None
    content: str | None = None
    template_inspection_status: str | None = None
    template_status: str | None = None
    comments: list[Comment] | None = None


class _GatewayError(msgspec.Struct, rename="camel"):
    error_code: Code = None
    message: str | None = None


class _Error(msgspec.Struct, rename="camel"):
    """An error has as many forms as there are layers to make one."""

    error: _GatewayError | str | None = None
    error_code: Code = None
    error_message: str | None = None
    message: str | None = None
    errors: list[str] | None = None


#: What the readers below raise. Its text may quote the body, which names people: what is raised
#: instead is raised `from None`.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_T = TypeVar("_T")

_message = msgspec.json.Decoder(Message).decode
_page = msgspec.json.Decoder(Page).decode
_reservation = msgspec.json.Decoder(Reservation).decode
_channels = msgspec.json.Decoder(list[Channels]).decode
_templates = msgspec.json.Decoder(list[WireTemplate]).decode
_error = msgspec.json.Decoder(_Error).decode
read_handed = msgspec.json.Decoder(Handed).decode
read_file = msgspec.json.Decoder(File).decode


def read_page(raw: bytes) -> Page:
    """A page; an empty body is an empty one."""
    return _page(raw) if raw else Page()


def read_messages(page: Page) -> list[Message | None]:
    """The messages of a page; None for one that is not as we know it."""
    return [_try_message(raw) for raw in page.messages or ()]


def _try_message(raw: msgspec.Raw) -> Message | None:
    try:
        return _message(raw)
    except UNREADABLE:
        return None


def read_detail(raw: bytes) -> Message | None:
    """One message: SMS wraps it in a list, Alimtalk does not. None for an empty body."""
    if not raw:
        return None
    page = _page(raw)
    return _message(page.messages[0] if page.messages else raw)


def read_reservation(raw: bytes) -> Reservation:
    """A reservation; an empty body is none."""
    return _reservation(raw) if raw else Reservation()


def read_channels(raw: bytes) -> list[Channels]:
    """All channels of the service."""
    return _channels(raw) if raw else []


def read_templates(raw: bytes) -> list[WireTemplate]:
    """A page of templates."""
    return _templates(raw) if raw else []


def read_error(raw: bytes) -> tuple[str, str]:
    """Code and text of an error, empty where there is none in a form that we know."""
    try:
        found = _error(raw)
    except UNREADABLE:
        return "", ""
    inner = found.error if isinstance(found.error, _GatewayError) else _GatewayError()
    code = said(inner.error_code) or said(found.error_code)
    texts = [inner.message, found.error_message, found.message, *(found.errors or ())]
    return code, " ".join(text for text in texts if text)


def said(code: Code) -> str:
    """A code as text; some come as numbers."""
    return "" if code is None else str(code)


def moment(text: str | None) -> datetime | None:
    """A time as SENS writes it ("2025-11-25T09:39:40.535", "2025-11-25 09:39:40"), aware."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=KST)
