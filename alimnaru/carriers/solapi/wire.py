"""SOLAPI's JSON: what we write, and what we read of what it answers.

Names on the wire are SOLAPI's (camelCase); only the fields that we use are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, Raw, UnsetType

from alimnaru.carriers.base import Outgoing, Shipment
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Button, Highlight, Item, Rendered
from alimnaru.rules.text import SUBJECT_BYTES, cut_bytes

COUNTRY = "82"

TYPES = {Channel.ALIMTALK: "ATA", Channel.SMS: "SMS", Channel.LMS: "LMS", Channel.MMS: "MMS"}

_encoder = msgspec.json.Encoder()


# ---- out -------------------------------------------------------------------------------------


class Ref(msgspec.Struct, gc=False):
    """Our reference, as SOLAPI carries it for us: keys ≤ 30, values ≤ 100 characters."""

    ref: str | None = None


class NewGroup(msgspec.Struct, rename="camel"):
    """`POST groups`."""

    custom_fields: Ref
    allow_duplicates: bool = False
    # A syllable outside KS X 1001 (똠) arrives as '?'. Strict, the whole message would be refused
    # and its resident left in silence.
    strict: bool = False


class WireButton(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """A button of an Alimtalk."""

    button_type: str
    button_name: str
    link_mo: str | None = None
    link_pc: str | None = None
    link_and: str | None = None
    link_ios: str | None = None
    chat_extra: str | None = None
    target_out: bool = False


class WireQuickReply(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """A quick reply, which SOLAPI spells unlike a button."""

    link_type: str
    name: str
    link_mo: str | None = None
    link_pc: str | None = None
    link_and: str | None = None
    link_ios: str | None = None
    chat_extra: str | None = None
    target_out: bool = False


class WireItem(msgspec.Struct, gc=False):
    """A row of an item list, its summary or its highlight."""

    title: str
    description: str


class WireItems(msgspec.Struct, omit_defaults=True):
    """The item list."""

    list: Sequence[WireItem]
    summary: WireItem | None = None


class KakaoOptions(msgspec.Struct, rename="camel", omit_defaults=True):
    """What makes a message an Alimtalk. `disable_sms` has no default, so it always travels."""

    pf_id: str
    template_id: str
    disable_sms: bool
    buttons: list[WireButton] | UnsetType = UNSET
    quick_replies: list[WireQuickReply] | UnsetType = UNSET
    title: str | None = None
    header: str | None = None
    highlight: WireItem | None = None
    item: WireItems | None = None
    image_id: str | None = None


class WireMessage(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """One message. What has no default always travels."""

    to: str
    from_: str = msgspec.field(name="from")
    text: str
    type: str
    custom_fields: Ref
    country: str
    # Told the type, SOLAPI must not turn an SMS that is too long into an LMS at twice the price.
    auto_type_detect: bool
    subject: str | None = None
    kakao_options: Raw | UnsetType = UNSET
    image_id: str | None = None


class File(msgspec.Struct):
    """`POST /storage/v1/files`; `file` is base64."""

    file: str
    type: str
    name: str


class Schedule(msgspec.Struct, rename="camel"):
    """`POST groups/{id}/schedule`."""

    scheduled_date: datetime


def encode_file(content: str, kind: str, name: str) -> bytes:
    """The body that stores a file."""
    return _encoder.encode(File(content, kind, name))


def encode_schedule(at: datetime) -> bytes:
    """The body that has a group sent later."""
    return _encoder.encode(Schedule(at.astimezone(UTC)))


def encode_group(reference: str) -> bytes:
    """The body that creates a group."""
    return _encoder.encode(NewGroup(custom_fields=Ref(reference)))


def encode_messages(shipment: Shipment) -> bytes:
    """The body that adds a shipment to its group."""
    type_ = TYPES[shipment.channel]
    sender = shipment.sender_number.replace("-", "")
    if shipment.channel is Channel.ALIMTALK:
        options = _Options(shipment.profile or "", shipment.template_code or "", shipment.image)
        messages = [
            WireMessage(
                one.to,
                sender,
                one.rendered.text,
                type_,
                Ref(one.ref),
                COUNTRY,
                False,
                None,
                options.encode(one.rendered),
            )
            for one in shipment.messages
        ]
    else:
        image = shipment.image if shipment.channel is Channel.MMS else None
        messages = [_phone_message(one, sender, type_, image) for one in shipment.messages]
    return _encoder.encode({"messages": messages})


def _phone_message(one: Outgoing, sender: str, type_: str, image: str | None) -> WireMessage:
    rendered = one.rendered
    # SOLAPI 1013: an SMS with a subject is refused; 1014: so is a subject over 40 bytes.
    subject = cut_bytes(rendered.subject, SUBJECT_BYTES) if rendered.subject else None
    return WireMessage(
        one.to,
        sender,
        rendered.text,
        type_,
        Ref(one.ref),
        COUNTRY,
        False,
        None if type_ == "SMS" else subject,
        UNSET,
        image,
    )


class _Options:
    """Encodes the Kakao options of a shipment; what two messages share is encoded once.

    Rendering hands out the same objects for parts without variables, so identity tells.
    """

    def __init__(self, profile: str, template: str, image: str | None) -> None:
        self._profile = profile
        self._template = template
        self._image = image
        self._last: Rendered | None = None
        self._raw = Raw()

    def encode(self, rendered: Rendered) -> Raw:
        last = self._last
        if (
            last is None
            or rendered.title is not last.title
            or rendered.buttons is not last.buttons
            or rendered.header is not last.header
            or rendered.highlight is not last.highlight
            or rendered.items is not last.items
            or rendered.summary is not last.summary
            or rendered.quick_replies is not last.quick_replies
            or rendered.image is not last.image
        ):
            self._raw = Raw(_encoder.encode(self._options(rendered)))
            self._last = rendered
        return self._raw

    def _options(self, rendered: Rendered) -> KakaoOptions:
        return KakaoOptions(
            pf_id=self._profile,
            template_id=self._template,
            # Ours is the only fallback: with SOLAPI's as well, people would be told twice.
            disable_sms=True,
            buttons=_buttons(rendered.buttons),
            quick_replies=_quick_replies(rendered.quick_replies),
            title=rendered.title,
            header=rendered.header,
            highlight=item(rendered.highlight),
            item=items(rendered.items, rendered.summary),
            # The type stays ATA: SOLAPI tells an image Alimtalk by its picture and its template.
            image_id=self._image if rendered.image else None,
        )


def raw_buttons(buttons: tuple[Button, ...]) -> Raw | UnsetType:
    """Buttons as JSON, of a message or of a template."""
    return Raw(_encoder.encode(_buttons(buttons))) if buttons else UNSET


def _buttons(buttons: tuple[Button, ...]) -> list[WireButton] | UnsetType:
    return [WireButton(*_spell(button)) for button in buttons] if buttons else UNSET


def raw_quick_replies(buttons: tuple[Button, ...]) -> Raw | UnsetType:
    """Quick replies as JSON, of a message or of a template."""
    return Raw(_encoder.encode(_quick_replies(buttons))) if buttons else UNSET


def _quick_replies(buttons: tuple[Button, ...]) -> list[WireQuickReply] | UnsetType:
    return [WireQuickReply(*_spell(button)) for button in buttons] if buttons else UNSET


def _spell(
    button: Button,
) -> tuple[str, str, str | None, str | None, str | None, str | None, str | None, bool]:
    return (
        button.kind.value,
        button.name,
        button.link_mobile,
        button.link_pc,
        button.scheme_android,
        button.scheme_ios,
        button.chat_extra,
        button.outside,
    )


def item(part: Item | Highlight | None) -> WireItem | None:
    """A row of an item list, its summary or its highlight."""
    return None if part is None else WireItem(part.title, part.description)


def items(rows: Sequence[Item], summary: Item | None) -> WireItems | None:
    """An item list, if there is one."""
    if not rows:
        return None
    return WireItems([WireItem(row.title, row.description) for row in rows], item(summary))


# ---- in --------------------------------------------------------------------------------------


class Added(msgspec.Struct, rename="camel", gc=False):
    """The verdict on one message of an add call."""

    message_id: str | None = None
    status_code: str | None = None
    to: str | None = None
    custom_fields: Ref | None = None


class AddReply(msgspec.Struct, rename="camel"):
    """All messages of an add call are in `result_list`, the refused ones too."""

    result_list: list[Added]


class Count(msgspec.Struct, rename="camel"):
    """Messages of a group. `total` may lag behind the two it is made of."""

    total: int = 0
    registered_success: int = 0
    registered_failed: int = 0

    @property
    def registered(self) -> int:
        return max(self.total, self.registered_success + self.registered_failed)


class Group(msgspec.Struct, rename="camel"):
    """A group. Status: PENDING SENDING SCHEDULED COMPLETE FAILED DELETED."""

    group_id: str
    status: str
    count: Count = msgspec.field(default_factory=Count)
    date_sent: str | None = None


class Listed(msgspec.Struct, rename="camel", gc=False):
    """A message of a list."""

    status_code: str | None = None
    custom_fields: Ref | None = None
    group_id: str | None = None


class Page(msgspec.Struct, rename="camel"):
    """A page of messages by their ids. `next_key` is absent or null on the last one."""

    message_list: dict[str, Listed]
    next_key: str | None = None


class PageEnd(msgspec.Struct, rename="camel"):
    """A page of which only the way on is of interest."""

    next_key: str | None = None


class Stored(msgspec.Struct, rename="camel"):
    """A file in the storage."""

    file_id: str


class Balance(msgspec.Struct):
    """Won: paid in, and given by SOLAPI as points. Both are spent."""

    balance: float = 0
    point: float = 0


class Error(msgspec.Struct, rename="camel"):
    """The body of an answer that is an error."""

    error_code: str = ""
    error_message: str = ""


def aware(at: datetime | None) -> datetime | None:
    """A moment without an offset is UTC."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


#: What the readers below raise. Its text may quote the body, which names people: what is raised
#: instead is raised `from None`.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

read_added = msgspec.json.Decoder(AddReply).decode
read_group = msgspec.json.Decoder(Group).decode
read_page = msgspec.json.Decoder(Page).decode
read_page_end = msgspec.json.Decoder(PageEnd).decode
read_file = msgspec.json.Decoder(Stored).decode
read_balance = msgspec.json.Decoder(Balance).decode
read_error = msgspec.json.Decoder(Error).decode
