"""From the messages of a request to a chunk: numbers, references, shapes, registration codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sandbox.admission import (
    BAD_NUMBER,
    FOREIGN,
    MISMATCH,
    TEMPLATE_MISMATCH,
    Desk,
    Resolved,
    Shape,
    check_number,
    check_phone_text,
)
from sandbox.codes import INDEX
from sandbox.packed import Packed, pack
from sandbox.store import Chunk, Custom, Group
from sandbox.wire import Message

# A reference that needs no escaping in JSON is stored bare.
_BARE = re.compile(r"[A-Za-z0-9_.:/+-]{1,100}").fullmatch
_DUPLICATE = INDEX["1026"]
_BAD_FIELD = INDEX["1032"]
# SOLAPI: field names of 30 characters, values of 100, strings only.
_MAX_KEY, _MAX_VALUE = 30, 100


def _keep_custom(fields: dict[str, Any] | None) -> Custom:
    if not fields:
        return None
    if len(fields) == 1:
        ref = fields.get("ref")
        if type(ref) is str and _BARE(ref):
            return ref
    return fields


def _custom_fits(fields: dict[str, Any]) -> bool:
    return all(
        len(key) <= _MAX_KEY and isinstance(value, str) and len(value) <= _MAX_VALUE
        for key, value in fields.items()
    )


def _pack_custom(customs: list[Custom]) -> Sequence[Custom]:
    bare = [custom for custom in customs if type(custom) is str]
    return Packed(bare) if len(bare) == len(customs) else customs


class Intake:
    """Collects one request, a slice at a time, so that a large one does not hold the loop."""

    def __init__(self) -> None:
        self.to: list[str] = []
        self.custom: list[Custom] = []
        self.codes = bytearray()
        self.forced: dict[int, int] = {}
        self._shapes: list[Shape] = []
        self._numbers: dict[Shape, int] = {}
        self._quick: dict[tuple[object, ...], int] = {}
        self._resolved: list[Resolved] = []
        self._shape: list[int] = []
        self._source: list[int] = []
        self._spread = False
        self._new: set[str] = set()

    def take(self, first: int, messages: Sequence[Message], desk: Desk) -> None:
        """Read a slice without judging it: what a journal holds was judged before."""
        for place, message in enumerate(messages, first):
            shape = self._shape_number(message, desk)
            kept = _keep_custom(message.custom_fields)
            for to in self._recipients(message.to):
                self._put(place, to, shape, kept)

    def judge(self, first: int, messages: Sequence[Message], desk: Desk, group: Group) -> None:
        """Read a slice and check every message of it."""
        seen = None if group.allow_duplicates else group.seen
        strict = group.strict
        for place, message in enumerate(messages, first):
            number = self._shape_number(message, desk)
            resolved = self._resolved[number]
            code, forced = resolved.code, resolved.forced
            if code == 0 and forced < 0:
                code = self._content(message, number, desk, strict=strict)
            if code == MISMATCH:
                code, forced = 0, TEMPLATE_MISMATCH
            kept = _keep_custom(message.custom_fields)
            if isinstance(kept, dict) and not _custom_fits(kept):
                kept, code = None, code or _BAD_FIELD
            for to in self._recipients(message.to):
                self.codes.append(self._enter(to, code, forced, seen))
                self._put(place, to, number, kept)

    def _content(self, message: Message, number: int, desk: Desk, *, strict: bool) -> int:
        template, kakao = self._resolved[number].template, message.kakao_options
        if template is None or kakao is None:
            return check_phone_text(message, self._shapes[number].type, strict=strict)
        return desk.judge(message, template, kakao)

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

    def _shape_number(self, message: Message, desk: Desk) -> int:
        kakao = message.kakao_options
        if kakao is None or message.type is None:
            return self._number(desk.shape(message), desk)
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
            number = self._quick[key] = self._number(desk.shape(message), desk)
        return number

    def _number(self, shape: Shape, desk: Desk) -> int:
        number = self._numbers.get(shape)
        if number is None:
            number = self._numbers[shape] = len(self._shapes)
            self._shapes.append(shape)
            self._resolved.append(desk.resolve(shape))
        return number

    def _recipients(self, to: str | list[str]) -> Sequence[str]:
        if isinstance(to, str):
            return (to.replace("-", ""),)
        self._spread = True
        return [number.replace("-", "") for number in to]

    def _put(self, place: int, to: str, shape: int, custom: Custom) -> None:
        self.to.append(to)
        self.custom.append(custom)
        self._shape.append(shape)
        self._source.append(place)

    def chunk(self, group: Group, base: int, at: float) -> Chunk:
        """The finished chunk; its body has no place in the journal yet."""
        few = len(self._shapes) < 256
        return Chunk(
            group=group,
            base=base,
            at=at,
            body=(0, 0),
            to=pack(self.to),
            custom=_pack_custom(self.custom),
            shapes=self._shapes,
            shape=bytes(self._shape) if few else self._shape,
            code=self.codes,
            source=self._source if self._spread else None,
            forced=self.forced,
        )
