"""Registration: is this message fit to be sent, and as what?

Called once per message, so it answers in bytes: the index of a status code, 0 being accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from sandbox.auth import PROFILE
from sandbox.codes import INDEX
from sandbox.matching import Template
from sandbox.outcomes import NUMBER
from sandbox.wire import COUNTRY, KakaoOptions, Message

SMS_BYTES = 90
LMS_BYTES = 2000
SUBJECT_BYTES = 40

_TYPES = frozenset({"SMS", "LMS", "MMS", "ATA"})
# Types that exist at SOLAPI and have no route here.
_ELSEWHERE = frozenset({"CTA", "CTI", "NSA", "FAX", "VOICE", "RCS_SMS", "RCS_LMS", "RCS_MMS"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]").search
_MOBILE = re.compile(r"01[016789]\d{7,8}", re.ASCII).fullmatch
_DIGITS = re.compile(r"\d{3,20}", re.ASCII).fullmatch
# 8–11 digits with an area code, 15xx and 16xx alone with 8, 030 up to 12.
_SENDER = re.compile(
    r"02\d{7,8}|0[3-8]\d{8,9}|030\d{8,9}|01[016789]\d{7,8}|1[568]\d{6}", re.ASCII
).fullmatch

TEMPLATE_MISMATCH = NUMBER["template_mismatch"]
TEMPLATE_MISSING = NUMBER["template_missing"]
BAD_NUMBER = NUMBER["bad_number"]

# Bytes that are no status: accepted now, and bound to fail.
FOREIGN = 254
MISMATCH = 253


class Shape(NamedTuple):
    """What the messages of a request mostly share; stored once."""

    type: str
    sender: str
    pf_id: str | None
    template_id: str | None
    disable_sms: bool
    country: str = COUNTRY


class Resolved(NamedTuple):
    """What a shape alone decides. `forced` is an ending it has earned already, or -1."""

    code: int
    forced: int = -1
    template: Template | None = None


def check_number(to: str) -> int:
    """Whether `to` is a mobile number: 0, FOREIGN if it is another, or a status code's index."""
    if _MOBILE(to):
        return 0
    if _DIGITS(to):
        return FOREIGN
    return INDEX["1011" if to else "1010"]


class Desk:
    """The rules of one sandbox: who may send what. Rebuilt when the configuration changes."""

    def __init__(
        self,
        templates: Mapping[str, Template],
        profiles: frozenset[str],
        *,
        senders: frozenset[str] | None,
        mismatch_is_result: bool,
        alimtalk_limit: int,
    ) -> None:
        self._templates = templates
        self._profiles = profiles | {PROFILE}
        self._senders = senders
        self._mismatch_is_result = mismatch_is_result
        self._alimtalk_limit = alimtalk_limit

    def shape(self, message: Message) -> Shape:
        """Type and sender of a message as they will be stored."""
        kakao = message.kakao_options
        kind = message.type.upper() if message.type else self._detect(message)
        sender = (message.sender or "").replace("-", "")
        country = message.country or COUNTRY
        if kakao is None:
            return Shape(kind, sender, None, None, False, country)
        disabled = bool(kakao.disable_sms)
        return Shape(kind, sender, kakao.pf_id, kakao.template_id, disabled, country)

    def _detect(self, message: Message) -> str:
        kakao = message.kakao_options
        if kakao is not None and (kakao.pf_id or kakao.template_id):
            return "ATA" if kakao.template_id else "CTA"
        if message.image_id:
            return "MMS"
        long = len((message.text or "").encode("cp949", "replace")) > SMS_BYTES
        return "LMS" if long or message.subject else "SMS"

    def resolve(self, shape: Shape) -> Resolved:
        """Check type, country, sender, profile and template: once for all messages alike."""
        code = self._check_sender(shape)
        if code or shape.type != "ATA":
            return Resolved(code)
        if not shape.pf_id:
            return Resolved(INDEX["1010"])
        if shape.pf_id not in self._profiles:
            return Resolved(INDEX["1041"])
        template = self._templates.get(shape.template_id or "")
        if template is None or (template.spec.pf_id or PROFILE) != shape.pf_id:
            if self._mismatch_is_result:
                return Resolved(0, TEMPLATE_MISSING)
            return Resolved(INDEX["1042"])
        return Resolved(0, -1, template)

    def _check_sender(self, shape: Shape) -> int:
        kind, sender = shape.type, shape.sender
        if kind not in _TYPES:
            return INDEX["1058" if kind in _ELSEWHERE or kind.startswith("BMS") else "1025"]
        if shape.country != COUNTRY:
            return INDEX["1058"]
        if kind != "ATA" and shape.pf_id is not None:
            return INDEX["1033"]
        if not sender:
            # Only a fallback needs a sender, and there will be none.
            return 0 if kind == "ATA" and shape.disable_sms else INDEX["1010"]
        if not _SENDER(sender) or (self._senders is not None and sender not in self._senders):
            return INDEX["1062"]
        return 0

    def judge(self, message: Message, template: Template, kakao: KakaoOptions) -> int:
        """Check the content of an Alimtalk. 0, MISMATCH, or the index of a status code."""
        text = message.text
        if text:
            code = template.check_text(text, kakao.title) or template.check_buttons(kakao.buttons)
        else:
            text = template.body.render(kakao.variables or {})
            code = 0 if text is not None else INDEX["1043"]
            if kakao.buttons:
                code = code or template.check_buttons(kakao.buttons)
        if code:
            return MISMATCH if self._mismatch_is_result else code
        if text is None or len(text) + template.extra_length > self._alimtalk_limit:
            return INDEX["1031"]
        return INDEX["1028"] if _CONTROL(text) else 0


def check_phone_text(message: Message, kind: str, *, strict: bool) -> int:
    """Check the content of an SMS, LMS or MMS. 0, or the index of a status code."""
    text = message.text
    if not text:
        return INDEX["1010"]
    if kind == "MMS" and not message.image_id:
        return INDEX["1034"]
    if _CONTROL(text):
        return INDEX["1028"]
    code = _check_subject(message.subject, kind, strict=strict) if message.subject else 0
    if code:
        return code
    size = _carried_bytes(text, strict=strict)
    if size < 0:
        return INDEX["1029"]
    return INDEX["1031"] if size > (SMS_BYTES if kind == "SMS" else LMS_BYTES) else 0


def _check_subject(subject: str, kind: str, *, strict: bool) -> int:
    if kind == "SMS":
        return INDEX["1013"]
    size = _carried_bytes(subject, strict=strict)
    if size < 0:
        return INDEX["1029"]
    return INDEX["1014"] if size > SUBJECT_BYTES else 0


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
    """The type that SOLAPI's own fallback would take for `text`."""
    return "SMS" if len(text.encode("cp949", "replace")) <= SMS_BYTES else "LMS"
