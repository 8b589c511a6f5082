"""NHN Cloud's JSON on the way out.

Names on the wire are NHN's (camelCase); fields that we never use are not named. A picture of an
image Alimtalk is NHN's part: it adds what was approved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Raw, UnsetType

from alimnaru.carriers.base import Outgoing, Shipment
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Button, Highlight, Item, Link, Rendered
from alimnaru.rules.text import SUBJECT_BYTES, cut_bytes

#: NHN writes and reads moments without an offset, in Korean time.
SEOUL = ZoneInfo("Asia/Seoul")

#: What encloses a name in an SMS body for which NHN puts in a value.
MARK = "##"

_encoder = msgspec.json.Encoder()

_P = TypeVar("_P")


def encode(body: object) -> bytes:
    """Any body that is made once in a while."""
    return _encoder.encode(body)


def minute_of(moment: datetime) -> str:
    """The minute at which NHN shall send: the next one, because it must not be too early."""
    local = moment.astimezone(SEOUL)
    whole = local.replace(second=0, microsecond=0)
    return (whole if whole == local else whole + timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M")


# ---- Alimtalk --------------------------------------------------------------------------------


class WireButton(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """A button or a quick reply, which NHN spells alike."""

    ordering: int
    type: str
    name: str
    link_mo: str | None = None
    link_pc: str | None = None
    scheme_ios: str | None = None
    scheme_android: str | None = None
    chat_extra: str | None = None
    chat_event: str | None = None
    biz_form_id: int | str | None = None
    plugin_id: str | None = None
    target: str | None = None
    tel_number: str | None = None


class WireItem(msgspec.Struct, gc=False):
    """A row of an item list, its summary or its highlight."""

    title: str
    description: str


class WireItems(msgspec.Struct, omit_defaults=True):
    """The item list."""

    list: Sequence[WireItem]
    summary: WireItem | None = None


class WireLink(msgspec.Struct, rename="camel", omit_defaults=True):
    """The representative link."""

    link_mo: str | None
    link_pc: str | None = None
    scheme_ios: str | None = None
    scheme_android: str | None = None


class KakaoMessage(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """One Alimtalk of `raw-messages`. What has no default always travels."""

    recipient_no: str
    content: str
    resend_parameter: Raw
    recipient_grouping_key: str
    template_title: str | None = None
    template_header: str | None = None
    template_item: Raw | UnsetType = UNSET
    template_item_highlight: Raw | UnsetType = UNSET
    template_represent_link: Raw | UnsetType = UNSET
    buttons: Raw | UnsetType = UNSET
    quick_replies: Raw | UnsetType = UNSET


class KakaoRequest(msgspec.Struct, rename="camel", omit_defaults=True):
    """`POST raw-messages`: at most 1,000 recipients."""

    sender_key: str
    template_code: str
    sender_grouping_key: str
    recipient_list: Sequence[KakaoMessage]
    request_date: str | None = None


#: Ours is the only fallback: with NHN's as well, which a console setting can switch on for a whole
#: profile, people would be told twice.
_NO_RESEND = Raw(b'{"isResend":false}')


def encode_kakao(token: str, shipment: Shipment) -> bytes:
    """The body that hands Alimtalks over, in their finished words."""
    parts = _Parts()
    messages = []
    for one in shipment.messages:
        rendered = one.rendered
        parts.follow(rendered)
        messages.append(
            KakaoMessage(
                one.to,
                rendered.text,
                _NO_RESEND,
                one.ref,
                rendered.title,
                rendered.header,
                parts.items,
                parts.highlight,
                parts.link,
                parts.buttons,
                parts.quick_replies,
            )
        )
    return _encoder.encode(
        KakaoRequest(
            shipment.profile or "",
            shipment.template_code or "",
            token,
            messages,
            minute_of(shipment.at) if shipment.at else None,
        )
    )


class _Parts:
    """What stands around a text, encoded; what two messages share is encoded once.

    Rendering hands out the same objects for parts without variables, so identity tells.
    """

    def __init__(self) -> None:
        self._last = Rendered("")
        self.items: Raw | UnsetType = UNSET
        self.highlight: Raw | UnsetType = UNSET
        self.link: Raw | UnsetType = UNSET
        self.buttons: Raw | UnsetType = UNSET
        self.quick_replies: Raw | UnsetType = UNSET

    def follow(self, rendered: Rendered) -> None:
        """Hold the parts of `rendered`."""
        last = self._last
        if rendered.buttons is not last.buttons:
            self.buttons = _raw(spell_buttons(rendered.buttons))
        if rendered.quick_replies is not last.quick_replies:
            self.quick_replies = _raw(spell_buttons(rendered.quick_replies))
        if rendered.highlight is not last.highlight:
            self.highlight = _raw(spell_item(rendered.highlight))
        if rendered.items is not last.items or rendered.summary is not last.summary:
            self.items = _raw(spell_items(rendered.items, rendered.summary))
        if rendered.represent_link is not last.represent_link:
            self.link = _raw(spell_link(rendered.represent_link))
        self._last = rendered


def _raw(part: object) -> Raw | UnsetType:
    return Raw(_encoder.encode(part)) if part else UNSET


def spell_buttons(buttons: Sequence[Button]) -> list[WireButton]:
    """Buttons or quick replies in NHN's words, numbered from 1."""
    return [
        WireButton(
            place,
            button.kind.value,
            button.name,
            button.link_mobile,
            button.link_pc,
            button.scheme_ios,
            button.scheme_android,
            button.chat_extra,
            button.chat_event,
            _number(button.biz_form_id),
            button.plugin_id,
            "out" if button.outside else None,
            button.tel,
        )
        for place, button in enumerate(buttons, start=1)
    ]


def _number(text: str | None) -> int | str | None:
    """NHN wants the id of a business form as a number; ours is text."""
    return int(text) if text and text.isdecimal() else text


def spell_item(part: Item | Highlight | None) -> WireItem | None:
    """A row, a summary or a highlight in NHN's words."""
    return None if part is None else WireItem(part.title, part.description)


def spell_items(items: Sequence[Item], summary: Item | None) -> WireItems | None:
    """An item list in NHN's words."""
    if not items:
        return None
    return WireItems([WireItem(one.title, one.description) for one in items], spell_item(summary))


def spell_link(link: Link | None) -> WireLink | None:
    """A representative link in NHN's words."""
    if link is None:
        return None
    return WireLink(link.link_mobile, link.link_pc, link.scheme_ios, link.scheme_android)


# ---- SMS, LMS, MMS ---------------------------------------------------------------------------


class Values(msgspec.Struct, omit_defaults=True, gc=False):
    """What NHN puts in the places of `##text##` and `##title##`."""

    text: str | None = None
    title: str | None = None


class PhoneMessage(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """One recipient of `sender/sms` or `sender/mms`."""

    recipient_no: str
    recipient_grouping_key: str
    template_parameter: Values | None = None


class PhoneRequest(msgspec.Struct, rename="camel", omit_defaults=True):
    """`POST sender/sms` and `POST sender/mms`: one body and one title for everybody."""

    body: str
    send_no: str
    sender_grouping_key: str
    recipient_list: Sequence[PhoneMessage]
    title: str | None = None
    attach_file_id_list: Sequence[int] | None = None
    request_date: str | None = None
    template_id: str | None = None


def encode_phone(token: str, shipment: Shipment, template: str | None) -> bytes:
    """The body that hands texts over.

    A request has one body, so texts that differ travel as values: the body is `##text##` and each
    recipient brings their own, which is what lets a thousand different ones go in one request. The
    guide names limits for the body (90 bytes an SMS, 2,000 an LMS) and none for a value, and ours
    are cut to those before they come here. Texts that are all alike are the body themselves, and
    nothing is put in at all.

    `template` is the id of a template at NHN whose body is `##text##`. The guide describes values
    only beside such an id, although its examples show them without one: with it we stand on what
    is written.
    """
    texts = [one.rendered.text for one in shipment.messages]
    short = shipment.channel is Channel.SMS
    titles = None if short else [title_of(one.rendered) for one in shipment.messages]
    body, own_texts = _shared(texts, f"{MARK}text{MARK}")
    title, own_titles = _shared(titles, f"{MARK}title{MARK}") if titles else (None, None)
    recipients = [
        PhoneMessage(one.to, one.ref, _values(own_texts, own_titles, at))
        for at, one in enumerate(shipment.messages)
    ]
    return _encoder.encode(
        PhoneRequest(
            body,
            shipment.sender_number.replace("-", ""),
            token,
            recipients,
            title,
            [int(shipment.image)] if shipment.image else None,
            minute_of(shipment.at) if shipment.at else None,
            template if own_texts else None,
        )
    )


def _values(texts: Sequence[str] | None, titles: Sequence[str] | None, at: int) -> Values | None:
    """What one recipient brings along, if anything."""
    if not texts and not titles:
        return None
    return Values(texts[at] if texts else None, titles[at] if titles else None)


def _shared(texts: Sequence[str], mark: str) -> tuple[str, Sequence[str] | None]:
    """What stands in a request for all its recipients, and what each brings along."""
    first = texts[0]
    return (first, None) if all(text == first for text in texts) else (mark, texts)


def title_of(rendered: Rendered) -> str:
    """The title of an LMS, which NHN demands (-2014): ours, or the beginning of the text."""
    return cut_bytes(rendered.subject or rendered.text.strip().split("\n", 1)[0], SUBJECT_BYTES)


def has_mark(one: Outgoing) -> bool:
    """Whether NHN could take a piece of this text for the place of a value.

    It does not say what becomes of `##` inside a value or where no value is given. A resident
    would read the difference, so such a text does not travel.
    """
    rendered = one.rendered
    return MARK in rendered.text or (rendered.subject is not None and MARK in rendered.subject)
