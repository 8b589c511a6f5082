"""Registration: is this message fit to be sent?

Called once per message, so it answers in bytes: the index of a status, 0 being accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sandbox.matching import Template
from sandbox.message import AnyButton, Message
from sandbox.outcomes import NUMBER
from sandbox.statuses import INDEX
from sandbox.wire import COUNTRY

SMS_BYTES = 90
LMS_BYTES = 2000
SUBJECT_BYTES = 40

has_control = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]").search
_MOBILE = re.compile(r"01[016789]\d{7,8}", re.ASCII).fullmatch
_DIGITS = re.compile(r"\d{3,20}", re.ASCII).fullmatch
# 8–11 digits with an area code, 15xx and 16xx alone with 8, 030 up to 12.
fits_sender = re.compile(
    r"02\d{7,8}|0[3-8]\d{8,9}|030\d{8,9}|01[016789]\d{7,8}|1[568]\d{6}", re.ASCII
).fullmatch

TEMPLATE_MISMATCH = NUMBER["template_mismatch"]
TEMPLATE_MISSING = NUMBER["template_missing"]
BAD_NUMBER = NUMBER["bad_number"]

# Bytes that are no status: accepted now, and bound to fail.
FOREIGN = 254
MISMATCH = 253


class Shape(NamedTuple):
    """What the messages of a request mostly share; stored once.

    `alone`: the carrier's own fallback is switched off.
    """

    type: str
    sender: str
    profile: str | None
    template: str | None
    alone: bool
    country: str = COUNTRY


class Resolved(NamedTuple):
    """What a shape alone decides. `forced` is an ending it has earned already, or -1."""

    code: int
    forced: int = -1
    template: Template | None = None


def shape_of(message: Message) -> Shape:
    """What a message shares with others."""
    kakao = message.kind == "ATA"
    return Shape(
        message.kind,
        message.sender,
        message.profile if kakao else None,
        message.template if kakao else None,
        kakao and not message.own_fallback,
        message.country,
    )


def check_number(to: str) -> int:
    """Whether `to` is a mobile number: 0, FOREIGN if it is another, or a status."""
    if _MOBILE(to):
        return 0
    if _DIGITS(to):
        return FOREIGN
    return INDEX["bad_format" if to else "missing_field"]


def check_sender(sender: str, registered: frozenset[str] | None) -> int:
    """Whether a text may come from `sender` (digits). 0 or a status."""
    if not sender:
        return INDEX["missing_field"]
    if not fits_sender(sender) or (registered is not None and sender not in registered):
        return INDEX["bad_sender"]
    return 0


def check_alimtalk(
    template: Template,
    *,
    text: str | None,
    variables: Mapping[str, Any] | None,
    title: str | None,
    buttons: Sequence[AnyButton] | None,
    limit: int,
) -> tuple[int, bool]:
    """Check the content of an Alimtalk: a status, and whether it is one of not matching."""
    if text:
        code = template.check_text(text, title) or template.check_buttons(buttons)
    else:
        text = template.body.render(variables or {})
        code = 0 if text is not None else INDEX["mismatch"]
        if buttons:
            code = code or template.check_buttons(buttons)
    if code:
        return code, True
    if text is None or len(text) + template.extra_length > limit:
        return INDEX["too_long"], False
    return (INDEX["control_character"] if has_control(text) else 0), False


def check_phone_text(
    text: str | None, subject: str | None, kind: str, *, image: bool, strict: bool
) -> int:
    """Check the content of an SMS, LMS or MMS. 0 or a status."""
    if not text:
        return INDEX["missing_field"]
    if kind == "MMS" and not image:
        return INDEX["no_image"]
    if has_control(text):
        return INDEX["control_character"]
    code = _check_subject(subject, kind, strict=strict) if subject else 0
    if code:
        return code
    size = _carried_bytes(text, strict=strict)
    if size < 0:
        return INDEX["foreign_character"]
    return INDEX["too_long"] if size > (SMS_BYTES if kind == "SMS" else LMS_BYTES) else 0


def _check_subject(subject: str, kind: str, *, strict: bool) -> int:
    if kind == "SMS":
        return INDEX["subject_of_sms"]
    size = _carried_bytes(subject, strict=strict)
    if size < 0:
        return INDEX["foreign_character"]
    return INDEX["subject_too_long"] if size > SUBJECT_BYTES else 0


def _carried_bytes(text: str, *, strict: bool) -> int:
    """Bytes on the phone network, or -1 where the network has no such character.

    The `euc_kr` codec composes a syllable outside KS X 1001 from 8 bytes instead of refusing it:
    a length that differs from CP949 gives those away. `strict` false lets them through, and they
    arrive as question marks.
    """
    try:
        size = len(text.encode("cp949"))
        return size if not strict or len(text.encode("euc_kr")) == size else -1
    except UnicodeEncodeError:
        return -1


def as_carried(text: str) -> str:
    """`text` as a phone shows it: what KS X 1001 lacks is a question mark."""
    return "".join(
        char if len(char.encode("euc_kr", "replace")) <= 2 else "?"
        for char in text.encode("cp949", "replace").decode("cp949")
    )


def fallback_type(text: str) -> str:
    """The type that a carrier's own fallback would take for `text`."""
    return "SMS" if len(text.encode("cp949", "replace")) <= SMS_BYTES else "LMS"
