"""A text of another system's that goes as it is: by SMS, or by LMS if it is longer."""

from __future__ import annotations

from typing import NamedTuple

from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.text import (
    LMS_BYTES,
    SUBJECT_BYTES,
    channel_for,
    cut_bytes,
    sms_bytes,
    unprintable,
)

# Pasted from web pages and word processors; a phone network knows only the blank.
_BLANKS = str.maketrans({"\u00a0": " ", "\u200b": None, "\ufeff": None, "\r": None})


class PlainText(NamedTuple):
    """What goes, and how."""

    channel: Channel
    subject: str
    text: str


def plain_text(text: str, subject: str = "") -> PlainText | Refusal:
    """The text as phones show it, or why it cannot go.

    What no network carries becomes '?', as it did in the agent's hands: the resident is told
    all the same.
    """
    carried = _carried(text.replace("\r\n", "\n")).rstrip()
    if not carried.strip():
        return Refusal.VALUE_EMPTY
    if sms_bytes(carried) > LMS_BYTES:
        return Refusal.SMS_TOO_LONG
    title = cut_bytes(_carried(subject).replace("\n", " ").strip(), SUBJECT_BYTES)
    return PlainText(channel_for(carried, title), title, carried)


def _carried(text: str) -> str:
    text = text.translate(_BLANKS)
    return text.translate({ord(char): "?" for char in unprintable(text)})
