"""What a resident would read, on every channel that a wording speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ninja import Schema

from alimnaru.flow.wordings import Wording
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Highlight, Item, Rendered
from alimnaru.rules.text import sms_bytes


class ButtonOut(Schema):
    """A button below an Alimtalk."""

    name: str
    type: str
    link: str | None = None


class ItemOut(Schema):
    """A line of an item list, or of its highlight or summary."""

    title: str
    description: str


class AlimtalkOut(Schema):
    """As KakaoTalk shows it. `length` counts the characters of `text`."""

    title: str | None = None
    header: str | None = None
    highlight: ItemOut | None = None
    items: Sequence[ItemOut] = ()
    summary: ItemOut | None = None
    text: str
    length: int
    buttons: Sequence[ButtonOut] = ()


class SmsOut(Schema):
    """`bytes` as Korean networks count: one for ASCII, two for everything else."""

    text: str
    bytes: int


class LmsOut(SmsOut):
    """A long text message."""

    subject: str | None = None


class TextsOut(Schema):
    """Null where the wording has no text for a channel."""

    alimtalk: AlimtalkOut | None = None
    sms: SmsOut | None = None
    lms: LmsOut | None = None


def texts_of(words: Wording, values: Sequence[str]) -> dict[str, Any]:
    """As `TextsOut` describes it."""
    told: dict[str, Any] = {"alimtalk": None, "sms": None, "lms": None}
    told["alimtalk"] = _alimtalk(words.render(Channel.ALIMTALK, values))
    if words.speaks(Channel.SMS):
        text = words.render(Channel.SMS, values).text
        told["sms"] = {"text": text, "bytes": sms_bytes(text)}
    if words.speaks(Channel.LMS):
        lms = words.render(Channel.LMS, values)
        told["lms"] = {"subject": lms.subject, "text": lms.text, "bytes": sms_bytes(lms.text)}
    return told


def _alimtalk(rendered: Rendered) -> dict[str, Any]:
    return {
        "title": rendered.title,
        "header": rendered.header,
        "highlight": _item(rendered.highlight),
        "items": [_item(item) for item in rendered.items],
        "summary": _item(rendered.summary),
        "text": rendered.text,
        "length": len(rendered.text),
        "buttons": [
            {"name": b.name, "type": b.kind.value, "link": b.link_mobile or b.scheme_android}
            for b in (*rendered.buttons, *rendered.quick_replies)
        ],
    }


def _item(item: Item | Highlight | None) -> dict[str, str] | None:
    return None if item is None else {"title": item.title, "description": item.description}
