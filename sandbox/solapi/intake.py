"""SOLAPI's requests on their way into a chunk: read fast, checked message by message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.admission import (
    BAD_NUMBER,
    FOREIGN,
    MISMATCH,
    TEMPLATE_MISMATCH,
    Resolved,
    Shape,
    check_number,
    check_phone_text,
)
from sandbox.intake import Intake, keep_custom
from sandbox.solapi.desk import Desk
from sandbox.solapi.wire import Message
from sandbox.statuses import INDEX
from sandbox.store import Group

_DUPLICATE = INDEX["duplicate"]
_BAD_FIELD = INDEX["bad_custom"]
# SOLAPI: field names of 30 characters, values of 100, strings only.
_MAX_KEY, _MAX_VALUE = 30, 100


def _custom_fits(fields: dict[str, Any]) -> bool:
    return all(
        len(key) <= _MAX_KEY and isinstance(value, str) and len(value) <= _MAX_VALUE
        for key, value in fields.items()
    )


class SolapiIntake(Intake):
    """Collects one request, a slice at a time, so that a large one does not hold the loop."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._quick: dict[tuple[object, ...], int] = {}
        self._resolved: list[Resolved] = []
        self._new: set[str] = set()

    def met(self, shape: Shape) -> None:
        """Check what a shape alone decides."""
        self._resolved.append(self._desk.resolve(shape))

    def reread(self, messages: Sequence[Message]) -> None:
        """Read a whole request without judging it: what a journal holds was judged before."""
        for place, message in enumerate(messages):
            shape = self._shape_number(message)
            kept = keep_custom(message.custom_fields)
            for to in self._recipients(message.to):
                self.put(place, to, shape, kept)

    def judge(self, first: int, messages: Sequence[Message], group: Group) -> None:
        """Read a slice and check every message of it."""
        seen = group.seen
        strict = bool(group.facts["strict"])
        for place, message in enumerate(messages, first):
            number = self._shape_number(message)
            resolved = self._resolved[number]
            code, forced = resolved.code, resolved.forced
            if code == 0 and forced < 0:
                code = self._content(message, number, strict=strict)
            if code == MISMATCH:
                code, forced = 0, TEMPLATE_MISMATCH
            kept = keep_custom(message.custom_fields)
            if isinstance(kept, dict) and not _custom_fits(kept):
                kept, code = None, code or _BAD_FIELD
            for to in self._recipients(message.to):
                self.codes.append(self._enter(to, code, forced, seen))
                self.put(place, to, number, kept)

    def _content(self, message: Message, number: int, *, strict: bool) -> int:
        template, kakao = self._resolved[number].template, message.kakao_options
        if template is None or kakao is None:
            return check_phone_text(
                message.text,
                message.subject,
                self._shapes[number].type,
                image=self._desk.has_picture(message.image_id, "MMS"),
                strict=strict,
            )
        return self._desk.judge(message, template, kakao)

    def _enter(self, to: str, code: int, forced: int, seen: set[str] | None) -> int:
        wrong = check_number(to)
        if wrong == FOREIGN:
            forced = BAD_NUMBER if forced < 0 else forced
        elif wrong:
            return wrong
        if code:
            return code
        if seen is not None:
            if to in seen or to in self._new:
                return _DUPLICATE
            self._new.add(to)
        if forced >= 0:
            self.forced[len(self.to)] = forced
        return 0

    def _shape_number(self, message: Message) -> int:
        kakao = message.kakao_options
        if kakao is None or message.type is None:
            return self.number_of(self._desk.shape(message))
        # Messages of a request nearly always differ in nothing of this.
        key = (
            message.type,
            message.sender,
            kakao.template_id,
            kakao.pf_id,
            kakao.disable_sms,
            message.country,
        )
        number = self._quick.get(key)
        if number is None:
            number = self._quick[key] = self.number_of(self._desk.shape(message))
        return number

    def _recipients(self, to: str | list[str]) -> Sequence[str]:
        if isinstance(to, str):
            return (to.replace("-", ""),)
        self._spread = True
        return [number.replace("-", "") for number in to]
