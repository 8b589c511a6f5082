"""Bizgo's JSON: what we write, and what we read of what it answers.

Names on the wire are Bizgo's (camelCase); only the fields that we use are named.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, Raw, UnsetType

from alimnaru.rules.template import Button, Highlight, Item, Link, Rendered

encode = msgspec.json.Encoder().encode


# ---- out -------------------------------------------------------------------------------------


class Destination(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """A recipient. `ref` is ours and comes back in every report."""

    to: str
    ref: str
    replace_words: dict[str, str] | UnsetType = UNSET


class WireButton(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """A button or a quick reply."""

    type: str
    name: str
    url_mobile: str | None = None
    url_pc: str | None = None
    scheme_android: str | None = None
    scheme_ios: str | None = None
    tel_number: str | None = None
    chat_extra: str | None = None
    chat_event: str | None = None
    plugin_id: str | None = None
    biz_form_id: str | None = None
    target: str | None = None


class WireItem(msgspec.Struct, gc=False):
    """A row of an item list, its summary or its highlight."""

    title: str
    description: str


class WireItems(msgspec.Struct, omit_defaults=True):
    """The item list."""

    list: Sequence[WireItem] | UnsetType = UNSET
    summary: WireItem | None = None


class WireLink(msgspec.Struct, rename="camel", omit_defaults=True):
    """Where a tap on the message leads. Both addresses are required."""

    url_pc: str
    url_mobile: str
    scheme_android: str | None = None
    scheme_ios: str | None = None


class Attachment(msgspec.Struct, rename="camel", omit_defaults=True):
    """What hangs below an Alimtalk."""

    button: Sequence[WireButton] | UnsetType = UNSET
    item: WireItems | UnsetType = UNSET
    item_highlight: WireItem | None = None


class Supplement(msgspec.Struct, rename="camel"):
    """The quick replies."""

    quick_reply: Sequence[WireButton]


class Alimtalk(msgspec.Struct, rename="camel", omit_defaults=True):
    """An Alimtalk in full text."""

    msg_type: str
    sender_key: str
    template_code: str
    text: str
    #: Has no default, so it always travels. By `push` Kakao answers for whom it can reach now and
    #: refuses the others for certain; by `polling` whoever is slow to acknowledge is uncertain
    #: (6ME09), and no SMS may follow.
    response_method: str
    title: str | None = None
    header: str | None = None
    link: WireLink | None = None
    attachment: Attachment | UnsetType = UNSET
    supplement: Supplement | UnsetType = UNSET


class Sms(msgspec.Struct, gc=False):
    """An SMS."""

    from_: str = msgspec.field(name="from")
    text: str


class Mms(msgspec.Struct, rename="camel", omit_defaults=True):
    """An LMS, or with pictures an MMS."""

    from_: str = msgspec.field(name="from")
    text: str
    title: str | None = None
    file_key: Sequence[str] | UnsetType = UNSET


class Step(msgspec.Struct, omit_defaults=True):
    """One channel of the flow: just one of these is set."""

    alimtalk: Alimtalk | UnsetType = UNSET
    sms: Sms | UnsetType = UNSET
    mms: Mms | UnsetType = UNSET


class Omni(msgspec.Struct, rename="camel"):
    """`POST send/omni`.

    A flow of one step is how Bizgo's own fallback stays off: with a second one people would be told
    twice. Bizgo refuses a key without its time to live (A309).
    """

    destinations: Sequence[Destination]
    message_flow: tuple[Step]
    idempotency_key: str
    idempotency_ttl: int
    group_key: str


class NewReservation(msgspec.Struct, rename="camel"):
    """`POST reservation`. It knows neither an idempotency key nor a group: the name is ours."""

    destinations: Sequence[Destination]
    message_flow: tuple[Step]
    resv_send_time: str
    resv_name: str


def attachment_of(parts: Rendered) -> Attachment | UnsetType:
    """Buttons, items and highlight, if there are any."""
    if not (parts.buttons or parts.items or parts.highlight):
        return UNSET
    return Attachment(
        button=[spell_button(one) for one in parts.buttons] if parts.buttons else UNSET,
        item=items_of(parts.items, parts.summary),
        item_highlight=item_of(parts.highlight),
    )


def supplement_of(replies: Sequence[Button]) -> Supplement | UnsetType:
    """The quick replies, if there are any."""
    return Supplement([spell_button(one) for one in replies]) if replies else UNSET


def spell_button(button: Button) -> WireButton:
    """A button in Bizgo's words."""
    return WireButton(
        type=button.kind.value,
        name=button.name,
        url_mobile=button.link_mobile,
        url_pc=button.link_pc,
        scheme_android=button.scheme_android,
        scheme_ios=button.scheme_ios,
        tel_number=button.tel,
        chat_extra=button.chat_extra,
        chat_event=button.chat_event,
        plugin_id=button.plugin_id,
        biz_form_id=button.biz_form_id,
        target="out" if button.outside else None,
    )


def items_of(rows: Sequence[Item], summary: Item | None) -> WireItems | UnsetType:
    """The item list, if there is one."""
    if not rows:
        return UNSET
    return WireItems([WireItem(row.title, row.description) for row in rows], item_of(summary))


def item_of(part: Item | Highlight | None) -> WireItem | None:
    """A title and what it says."""
    return None if part is None else WireItem(part.title, part.description)


def link_of(link: Link | None) -> WireLink | None:
    """The representative link; where only one address is known, it stands for both."""
    if link is None:
        return None
    return WireLink(
        url_pc=link.link_pc or link.link_mobile or "",
        url_mobile=link.link_mobile or link.link_pc or "",
        scheme_android=link.scheme_android,
        scheme_ios=link.scheme_ios,
    )


# ---- in --------------------------------------------------------------------------------------


class Common(msgspec.Struct, rename="camel"):
    """The gateway's verdict."""

    auth_code: str = "A000"
    auth_result: str = ""


class Service(msgspec.Struct, rename="camel"):
    """The service's verdict, and what was asked for, to be read by who asked."""

    code: str = ""
    result: str = ""
    resv_key: str = ""
    data: Raw = Raw(b"null")


class Envelope(msgspec.Struct):
    """What every answer is wrapped in. The gateway's refusals have no `data`."""

    common: Common = msgspec.field(default_factory=Common)
    data: Service | None = None


class Taken(msgspec.Struct, rename="camel", gc=False):
    """The verdict on one recipient."""

    to: str = ""
    msg_key: str = ""
    code: str = ""


class Handed(msgspec.Struct):
    """The verdicts of a hand-over, in the order of the request."""

    destinations: list[Taken] | None = None


class Held(msgspec.Struct, rename="camel", gc=False):
    """A message as the history shows it. `response_code` is the verdict when it was taken."""

    msg_key: str = ""
    to: str = ""
    ref: str | None = None
    response_code: str | None = None


class Cursor(msgspec.Struct, rename="camel", kw_only=True):
    """A page of any list; `last_seq` leads to the next one."""

    last_seq: int | None = None
    has_next: bool | None = None


class History(Cursor, rename="camel"):
    """A page of the history."""

    messages: list[Held] | None = None


class ReportPage(msgspec.Struct, rename="camel"):
    """A page of reports; without an id there is nothing."""

    report_id: str | None = None


class Reservation(msgspec.Struct, rename="camel"):
    """A reservation: PENDING, PROCESSING, STOPPED, CANCELLED …"""

    resv_key: str = ""
    resv_name: str | None = None
    status: str | None = None


class Reservations(Cursor, rename="camel"):
    """A page of reservations."""

    reservations: list[Reservation] | None = None


class Reserved(msgspec.Struct, rename="camel", gc=False):
    """A recipient of a reservation."""

    msg_key: str = ""
    to: str = ""
    response_code: str | None = None


class ReservedPage(Cursor, rename="camel"):
    """A page of a reservation's recipients."""

    destinations: list[Reserved] | None = None


class Uploaded(msgspec.Struct, rename="camel"):
    """A picture that was taken: an MMS's by key, a template's by address."""

    file_key: str | None = None
    expired: str | None = None
    img_url: str | None = None


#: What reading may raise. Its text may quote the body, which names people: what is raised instead
#: is raised `from None`.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

read_envelope = msgspec.json.Decoder(Envelope).decode
