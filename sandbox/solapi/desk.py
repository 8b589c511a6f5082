"""Registration as SOLAPI does it: the type of a message, its sender, its profile and template."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.admission import (
    MISMATCH,
    SMS_BYTES,
    TEMPLATE_MISSING,
    Resolved,
    Shape,
    check_alimtalk,
    check_sender,
)
from sandbox.matching import Template
from sandbox.pictures import Pictures
from sandbox.solapi.auth import PROFILE
from sandbox.solapi.wire import NAME, KakaoOptions, Message
from sandbox.statuses import INDEX
from sandbox.wire import COUNTRY

_TYPES = frozenset({"SMS", "LMS", "MMS", "ATA"})
# Types that exist at SOLAPI and have no route here.
_ELSEWHERE = frozenset({"CTA", "CTI", "NSA", "FAX", "VOICE", "RCS_SMS", "RCS_LMS", "RCS_MMS"})


class Desk:
    """SOLAPI's rules: who may send what. Rebuilt when the configuration changes."""

    def __init__(
        self,
        templates: Mapping[str, Template],
        profiles: frozenset[str],
        *,
        senders: frozenset[str] | None,
        mismatch_is_result: bool,
        alimtalk_limit: int,
        pictures: Pictures,
    ) -> None:
        self._templates = templates
        self._profiles = profiles | {PROFILE}
        self._senders = senders
        self._mismatch_is_result = mismatch_is_result
        self._alimtalk_limit = alimtalk_limit
        self._pictures = pictures

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
        if not shape.profile:
            return Resolved(INDEX["missing_field"])
        if shape.profile not in self._profiles:
            return Resolved(INDEX["no_profile"])
        template = self._templates.get(shape.template or "")
        if template is None or (template.spec.pf_id or PROFILE) != shape.profile:
            if self._mismatch_is_result:
                return Resolved(0, TEMPLATE_MISSING)
            return Resolved(INDEX["no_template"])
        return Resolved(0, -1, template)

    def _check_sender(self, shape: Shape) -> int:
        kind, sender = shape.type, shape.sender
        if kind not in _TYPES:
            elsewhere = kind in _ELSEWHERE or kind.startswith("BMS")
            return INDEX["no_route" if elsewhere else "unknown_type"]
        if shape.country != COUNTRY:
            return INDEX["no_route"]
        if kind != "ATA" and shape.profile is not None:
            return INDEX["not_for_type"]
        if not sender and kind == "ATA" and shape.alone:
            # Only a fallback needs a sender, and there will be none.
            return 0
        return check_sender(sender, self._senders)

    def has_picture(self, image: str | None, kind: str) -> bool:
        """Whether a picture was stored for messages of this type."""
        held = self._pictures.get(NAME, image) if image else None
        return held is not None and held.kind == kind

    def judge(self, message: Message, template: Template, kakao: KakaoOptions) -> int:
        """Check the content of an Alimtalk. 0, MISMATCH, or a status."""
        if kakao.image_id and not self.has_picture(kakao.image_id, "KAKAO"):
            return INDEX["no_image"]
        code, differs = check_alimtalk(
            template,
            text=message.text,
            variables=kakao.variables,
            title=kakao.title,
            buttons=kakao.buttons,
            limit=self._alimtalk_limit,
        )
        return MISMATCH if differs and self._mismatch_is_result else code
