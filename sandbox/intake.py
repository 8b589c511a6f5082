"""From the messages of a request to a chunk: numbers, references, shapes, statuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sandbox.admission import Shape, shape_of
from sandbox.message import Message
from sandbox.packed import Packed, pack
from sandbox.store import Chunk, Custom, Group

# A reference that needs no escaping in JSON is stored bare.
_BARE = re.compile(r"[A-Za-z0-9_.:/+-]{1,100}").fullmatch


def keep_custom(fields: dict[str, Any] | None) -> Custom:
    """Custom fields in the smallest form that holds them."""
    if not fields:
        return None
    if len(fields) == 1:
        ref = fields.get("ref")
        if type(ref) is str and _BARE(ref):
            return ref
    return fields


def _pack_custom(customs: list[Custom]) -> Sequence[Custom]:
    bare = [custom for custom in customs if type(custom) is str]
    return Packed(bare) if len(bare) == len(customs) else customs


class Intake:
    """Collects one request, in any number of slices."""

    def __init__(self) -> None:
        self.to: list[str] = []
        self.custom: list[Custom] = []
        self.codes = bytearray()
        self.forced: dict[int, int] = {}
        self._shapes: list[Shape] = []
        self._numbers: dict[Shape, int] = {}
        self._shape: list[int] = []
        self._source: list[int] = []
        self._spread = False

    def take(self, messages: Sequence[Message]) -> None:
        """Read messages without judging them; `codes` are the caller's to set."""
        for place, message in enumerate(messages, len(self._source)):
            number = self.number_of(shape_of(message))
            custom = keep_custom({"ref": message.custom}) if message.custom else None
            self.put(place, message.to, number, custom)

    def number_of(self, shape: Shape) -> int:
        """The number of a shape among those of the request."""
        number = self._numbers.get(shape)
        if number is None:
            number = self._numbers[shape] = len(self._shapes)
            self._shapes.append(shape)
            self.met(shape)
        return number

    def met(self, shape: Shape) -> None:
        """A shape came for the first time."""

    def put(self, place: int, to: str, shape: int, custom: Custom) -> None:
        """Add one recipient of the message at `place`."""
        self.to.append(to)
        self.custom.append(custom)
        self._shape.append(shape)
        self._source.append(place)

    def chunk(self, group: Group, base: int, at: float, form: str = "") -> Chunk:
        """The finished chunk; its body has no place in the journal yet."""
        few = len(self._shapes) < 256
        return Chunk(
            group=group,
            base=base,
            at=at,
            form=form,
            body=(0, 0),
            to=pack(self.to),
            custom=_pack_custom(self.custom),
            shapes=self._shapes,
            shape=bytes(self._shape) if few else self._shape,
            code=self.codes,
            source=self._source if self._spread else None,
            forced=self.forced,
        )
