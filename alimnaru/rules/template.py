"""Alimtalk templates as data: the model, its JSON form, marks and Kakao's limits.

A template is what Kakao approved; a `Rendered` is one message made from it. Their parts bear the
same names, so that checking, rendering and matching read the same way. A mark `#{이름}` is the
place of a variable; every other character is fixed and must arrive unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple

from alimnaru.rules.template_reader import Reader

# Kakao took 1,300 in 2025-10, but most carriers still refuse more than 1,000.
BODY_LIMIT: Final = 1000
BODY_LIMIT_WIDE: Final = 1300
ITEM_LIST_BODY_LIMIT: Final = 700
EXTRA_LIMIT: Final = 500
# "채널 추가하고 이 채널의 마케팅 메시지 등을 …" stands under AD and MI; carriers count 36 to 40.
CHANNEL_ADD_COST: Final = 40
TITLE_LIMIT: Final = 50
SUBTITLE_LIMIT: Final = 50
HEADER_LIMIT: Final = 16
ITEMS_LEAST: Final = 2
ITEMS_MOST: Final = 10
ITEM_TITLE_LIMIT: Final = 6
ITEM_DESCRIPTION_LIMIT: Final = 23
SUMMARY_TITLE_LIMIT: Final = 6
SUMMARY_DESCRIPTION_LIMIT: Final = 14
VARIABLES_MOST: Final = 40
# A new sender's value may be this much longer than its mark (Kakao 3025, NHN -1028).
NEW_SENDER_GROWTH: Final = 14
# At the end of a title it strikes the title through; Kakao neither shows nor counts it.
STRIKE: Final = "\\s"


class MessageType(StrEnum):
    """What stands around the body."""

    BA = "BA"  # body alone
    EX = "EX"  # with a fixed extra text
    AD = "AD"  # with an invitation to add the channel
    MI = "MI"  # with both


class Emphasis(StrEnum):
    """What stands above the body."""

    NONE = "NONE"
    TEXT = "TEXT"
    IMAGE = "IMAGE"
    ITEM_LIST = "ITEM_LIST"


class ButtonKind(StrEnum):
    """Kakao's button codes."""

    WL = "WL"  # web link
    AL = "AL"  # app link
    DS = "DS"  # parcel tracking
    BK = "BK"  # keyword to a bot
    MD = "MD"  # message forwarded to an agent
    BC = "BC"  # switch to a human chat
    BT = "BT"  # switch to a bot
    AC = "AC"  # add the channel
    BF = "BF"  # business form
    P1 = "P1"  # plugin: secure image
    P2 = "P2"  # plugin: personal information
    P3 = "P3"  # plugin: one-click payment
    TN = "TN"  # telephone


@dataclass(frozen=True, slots=True)
class Link:
    """Where a tap leads. Web links are http(s); schemes open an app."""

    link_mobile: str | None = None
    link_pc: str | None = None
    scheme_android: str | None = None
    scheme_ios: str | None = None


LINK_FIELDS: Final = tuple(field.name for field in fields(Link))


# These two are tuples and not dataclasses: each of 470,000 messages has its own, and a frozen
# dataclass costs seven times as much to make (1.8 µs a button).


class Button(NamedTuple):
    """A button or a quick reply. Which fields a kind needs is told by `template_check`."""

    kind: ButtonKind
    name: str
    link_mobile: str | None = None
    link_pc: str | None = None
    scheme_android: str | None = None
    scheme_ios: str | None = None
    tel: str | None = None
    chat_extra: str | None = None
    chat_event: str | None = None
    plugin_id: str | None = None
    biz_form_id: str | None = None
    outside: bool = False  # opens in the phone's browser instead of KakaoTalk's (target: out)


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the item list, or its summary."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Highlight:
    """The highlighted lines above an item list; a thumbnail leaves them less room."""

    title: str
    description: str
    thumbnail: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """One wording as Kakao approves it. Absent parts are None or empty tuples."""

    message_type: MessageType
    emphasis: Emphasis
    body: str
    extra: str | None = None
    title: str | None = None
    subtitle: str | None = None
    header: str | None = None
    highlight: Highlight | None = None
    items: tuple[Item, ...] = ()
    summary: Item | None = None
    buttons: tuple[Button, ...] = ()
    quick_replies: tuple[Button, ...] = ()
    image_name: str | None = None
    image_url: str | None = None
    represent_link: Link | None = None
    security: bool = False

    @property
    def variables(self) -> tuple[str, ...]:
        """The names in order of first appearance, wherever Kakao fills them."""
        found = (name for text in _filled_texts(self) for name in marks(text))
        return tuple(dict.fromkeys(found))

    @property
    def is_alike_beside_text(self) -> bool:
        """Whether all its messages share whatever is neither body nor title."""
        return not any(marks(text) for text in islice(_filled_texts(self), 2, None))

    def room(self, limit: int = BODY_LIMIT) -> int:
        """How many characters a filled body may have.

        Kakao counts body, values and extra together. `limit` is the carrier's: 1,000 or 1,300.
        """
        if self.emphasis is Emphasis.ITEM_LIST:
            limit = min(limit, ITEM_LIST_BODY_LIMIT)
        if self.message_type in (MessageType.AD, MessageType.MI):
            limit -= CHANNEL_ADD_COST
        return limit - len(self.extra or "")


class Rendered(NamedTuple):
    """One finished message. Parts that Kakao adds itself (extra, subtitle, image) are not here."""

    text: str
    title: str | None = None
    header: str | None = None
    highlight: Highlight | None = None
    items: tuple[Item, ...] = ()
    summary: Item | None = None
    buttons: tuple[Button, ...] = ()
    quick_replies: tuple[Button, ...] = ()
    subject: str | None = None  # title of an LMS
    represent_link: Link | None = None
    image: bool = False  # travels as image Alimtalk (AI), not as text (AT)

    def __repr__(self) -> str:
        # A finished message names a resident: it must not reach a log by way of its repr.
        return f"Rendered(<{len(self.text)} characters>)"


# ---- marks -----------------------------------------------------------------------------------

MARK: Final = re.compile(r"#\{([^#{}\r\n]+)\}")


def split_text(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fixed pieces of a text and the names between them: always one piece more than names."""
    parts = MARK.split(text)
    return tuple(parts[::2]), tuple(parts[1::2])


def marks(text: str | None) -> tuple[str, ...]:
    """The variable names of a text, in order, repeated ones included."""
    return tuple(MARK.findall(text)) if text else ()


def _filled_texts(template: Template) -> Iterator[str | None]:
    # These two come first: see `is_alike_beside_text`.
    yield template.title
    yield template.body
    yield template.header
    if template.highlight:
        yield template.highlight.title
        yield template.highlight.description
    for item in template.items:
        yield item.description
    if template.summary:
        yield template.summary.description
    for button in (*template.buttons, *template.quick_replies):
        yield from link_texts(button)
    if template.represent_link:
        yield from link_texts(template.represent_link)


def highlight_limits(highlight: Highlight) -> tuple[int, int]:
    """The longest title and description."""
    return (21, 13) if highlight.thumbnail else (30, 19)


def link_texts(link: Button | Link) -> tuple[str | None, ...]:
    """The four addresses in the order of `LINK_FIELDS`."""
    return link.link_mobile, link.link_pc, link.scheme_android, link.scheme_ios


# ---- summary ---------------------------------------------------------------------------------

_CURRENCY_CODES: Final = (
    "KRW|USD|EUR|JPY|CNY|GBP|AUD|CAD|CHF|HKD|TWD|SGD|NZD|THB|VND|PHP|IDR|MYR|INR|MNT|RUB|UZS|KZT"
)
_CURRENCY_SIGNS: Final = "$¢£¤¥฿₠-₿＄￠￡￥￦"
_NUMBER: Final = r"[0-9][0-9,]*+(?:\.[0-9]{1,2})?(?![0-9])"
_AMOUNT: Final = re.compile(rf"(?: |{_CURRENCY_CODES}|[{_CURRENCY_SIGNS}]|{_NUMBER})+")


def is_amount(text: str) -> bool:
    """Whether Kakao takes it as a summary: currency signs or ISO codes, digits, `,`, `.00`, blanks.

    '원' is not among them (Kakao 3040 names signs and codes only).
    """
    return _AMOUNT.fullmatch(text) is not None


# ---- JSON ------------------------------------------------------------------------------------


def parse_template(data: Mapping[str, object]) -> Template:
    """Read our JSON form. Raises `TemplateUnreadable`; whether Kakao takes it is another question.

    Keys: message_type (BA), emphasis (NONE), body, extra, title, subtitle, header,
    highlight {title, description, thumbnail}, items [{title, description}], summary,
    buttons and quick_replies [{type, name, link_mobile, …}], image {name, url},
    represent_link {link_mobile, …}, security.
    """
    top = Reader(data, "")
    image_name, image_url = _read_image(top.raw("image"))
    template = Template(
        message_type=top.choice("message_type", MessageType, MessageType.BA),
        emphasis=top.choice("emphasis", Emphasis, Emphasis.NONE),
        body=top.text("body") or "",
        extra=top.text("extra"),
        title=top.text("title"),
        subtitle=top.text("subtitle"),
        header=top.text("header"),
        highlight=_read_highlight(top.raw("highlight")),
        items=tuple(_read_item(each, where) for each, where in top.many("items")),
        summary=_read_summary(top.raw("summary")),
        buttons=tuple(_read_button(each, where) for each, where in top.many("buttons")),
        quick_replies=tuple(_read_button(each, where) for each, where in top.many("quick_replies")),
        image_name=image_name,
        image_url=image_url,
        represent_link=_read_link(top.raw("represent_link")),
        security=top.flag("security"),
    )
    top.close()
    return template


def _read_image(data: object) -> tuple[str | None, str | None]:
    if not data:
        return None, None
    reader = Reader(data, "image")
    found = reader.text("name"), reader.text("url")
    reader.close()
    return found


def _read_highlight(data: object) -> Highlight | None:
    if not data:
        return None
    reader = Reader(data, "highlight")
    found = Highlight(
        reader.text("title") or "", reader.text("description") or "", reader.flag("thumbnail")
    )
    reader.close()
    return None if found == Highlight("", "") else found


def _read_summary(data: object) -> Item | None:
    found = _read_item(data, "summary") if data else _NOTHING
    return None if found == _NOTHING else found


_NOTHING: Final = Item("", "")


def _read_item(data: object, where: str) -> Item:
    reader = Reader(data, where)
    found = Item(reader.text("title") or "", reader.text("description") or "")
    reader.close()
    return found


def _read_link(data: object) -> Link | None:
    if not data:
        return None
    reader = Reader(data, "represent_link")
    found = Link(*(reader.text(key) for key in LINK_FIELDS))
    reader.close()
    return None if found == Link() else found


def _read_button(data: object, where: str) -> Button:
    reader = Reader(data, where)
    found = Button(
        kind=reader.choice("type", ButtonKind),
        name=reader.text("name") or "",
        link_mobile=reader.text("link_mobile"),
        link_pc=reader.text("link_pc"),
        scheme_android=reader.text("scheme_android"),
        scheme_ios=reader.text("scheme_ios"),
        tel=reader.text("tel"),
        chat_extra=reader.text("chat_extra"),
        chat_event=reader.text("chat_event"),
        plugin_id=reader.text("plugin_id"),
        biz_form_id=reader.text("biz_form_id"),
        outside=reader.flag("outside"),
    )
    reader.close()
    return found


def template_to_json(template: Template) -> dict[str, object]:
    """Return the form that `parse_template` reads. Absent parts are left out, so hashes last."""
    body = template.body
    found: dict[str, object] = {
        "message_type": template.message_type.value,
        "emphasis": template.emphasis.value,
        "body": body,
        "extra": template.extra,
        "title": template.title,
        "subtitle": template.subtitle,
        "header": template.header,
        "highlight": _present(template.highlight),
        "items": [_present(item) for item in template.items],
        "summary": _present(template.summary),
        "buttons": [_present(button) for button in template.buttons],
        "quick_replies": [_present(button) for button in template.quick_replies],
        "image": _drop_absent({"name": template.image_name, "url": template.image_url}),
        "represent_link": _present(template.represent_link),
        "security": template.security,
    }
    return {**_drop_absent(found), "body": body}


def _present(part: Highlight | Item | Button | Link | None) -> dict[str, object]:
    if part is None:
        return {}
    if isinstance(part, Button):
        pairs = part._asdict()
        return _drop_absent({"type": pairs.pop("kind").value, **pairs})
    return _drop_absent({field.name: getattr(part, field.name) for field in fields(part)})


def _drop_absent(pairs: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in pairs.items() if value}
