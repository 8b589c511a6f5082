"""Whether the finished texts of a row fit their channels, asked of 470,000 rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Final, NamedTuple, Protocol

from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.template import Rendered
from alimnaru.rules.template_match import Approved
from alimnaru.rules.template_render import CompiledTemplate, CompiledText
from alimnaru.rules.text import LMS_BYTES, SMS_BYTES, SUBJECT_BYTES, sms_bytes, unprintable

# Other programs run what stands in a cell: '=cmd|…' (DDE), '@SUM(…)', '+HYPERLINK(…)'. A book may
# be called '@home' or '+1', and a phone begins with '+82'.
_INJECTED: Final = re.compile(r"\s*[=+\-@][^가-힣]*?(?:[A-Z][A-Z0-9.]+\(|[A-Za-z]+\|)", re.ASCII)

# Libraries × dates × counts: what an SMS says repeats down a list, what it says of a name rarely.
_REMEMBERED: Final = 4_096


def looks_injected(cell: Cell) -> bool:
    """Whether a cell holds something that a spreadsheet would run instead of show."""
    return isinstance(cell, str) and _INJECTED.match(cell) is not None


class TextFault(NamedTuple):
    """`at` is the value to look at first; `shown` is '103/90' or the characters at fault."""

    code: Refusal
    at: int | None
    shown: str


class TextCheck(Protocol):
    """One wording and its limit."""

    def fault(self, values: Sequence[str]) -> TextFault | None:
        """What is wrong with the wording filled with these values, or None."""


def text_checks(
    width: int,
    *,
    alimtalk: CompiledTemplate | None,
    sms: CompiledText | None,
    lms: CompiledText | None,
    alimtalk_limit: int,
) -> list[TextCheck]:
    """The checks of a notice; `width` is how many values a row has."""
    checks: list[TextCheck] = []
    if alimtalk is not None:
        checks.append(_Characters(alimtalk, width, alimtalk.template.room(alimtalk_limit)))
        if _has_filled_parts(alimtalk):
            checks.append(_Parts(alimtalk, alimtalk_limit))
    if sms is not None:
        checks.append(_Bytes(sms, width, SMS_BYTES))
    if lms is not None:
        checks.append(_Bytes(lms, width, LMS_BYTES))
    return checks


def _weights(wording: CompiledTemplate | CompiledText, width: int) -> tuple[int, list[int]]:
    """Characters of the wording itself, and how often each value stands in its text or subject."""

    def length(values: Sequence[str]) -> int:
        rendered = wording.render(values)
        return len(rendered.text) + len(rendered.subject or "")

    blank = [""] * width
    alone = length(blank)
    return alone, [length([*blank[:at], "x", *blank[at + 1 :]]) - alone for at in range(width)]


class _Characters:
    """An Alimtalk text: Kakao counts characters."""

    def __init__(self, wording: CompiledTemplate, width: int, room: int) -> None:
        self._wording = wording
        self._room = room
        alone, self._weights = _weights(wording, width)
        # Nine lists in ten fit with room to spare: then one sum says so, and nothing is rendered.
        self._spare = (room - alone) // max(1, *self._weights, 1)

    def fault(self, values: Sequence[str]) -> TextFault | None:
        if sum(map(len, values)) <= self._spare:
            return None
        length = len(self._wording.render(values).text)
        if length <= self._room:
            return None
        return TextFault(
            Refusal.TEXT_TOO_LONG, _longest(values, self._weights), f"{length}/{self._room}"
        )


def _has_filled_parts(wording: CompiledTemplate) -> bool:
    """Whether a variable stands anywhere but in the body: in a title, a header, an item."""
    bare = replace(wording.template, body="", buttons=(), quick_replies=())
    return bool(bare.variables)


class _Parts:
    """The small parts of an Alimtalk, each with its own limit: title 50, header 16, item 23."""

    def __init__(self, wording: CompiledTemplate, limit: int) -> None:
        self._wording = wording
        self._approved = Approved(wording.template, limit=limit)

    def fault(self, values: Sequence[str]) -> TextFault | None:
        mismatch = self._approved.oversize(self._wording.render(values))
        if mismatch is None:
            return None
        return TextFault(Refusal.TEXT_TOO_LONG, None, mismatch.where)


class _Bytes:
    """An SMS or LMS: the network counts bytes of CP949, and carries nothing else."""

    def __init__(self, wording: CompiledText, width: int, room: int) -> None:
        self._wording = wording
        self._room = room
        _, self._weights = _weights(wording, width)
        used = [at for at, weight in enumerate(self._weights) if weight]
        self._pick = itemgetter(*used) if used else None
        self._known: dict[object, TextFault | None] = {}

    def fault(self, values: Sequence[str]) -> TextFault | None:
        picked = None if self._pick is None else self._pick(values)
        try:
            return self._known[picked]
        except KeyError:
            pass
        fault = self._work_out(values)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[picked] = fault
        return fault

    def _work_out(self, values: Sequence[str]) -> TextFault | None:
        rendered = self._wording.render(values)
        if lost := unprintable(rendered.text + (rendered.subject or "")):
            return TextFault(Refusal.SMS_UNPRINTABLE, self._holder(values, lost), "".join(lost))
        return self._too_long(rendered, values)

    def _too_long(self, rendered: Rendered, values: Sequence[str]) -> TextFault | None:
        for text, room in ((rendered.text, self._room), (rendered.subject or "", SUBJECT_BYTES)):
            size = sms_bytes(text)
            if size > room:
                at = _longest(values, self._weights)
                return TextFault(Refusal.SMS_TOO_LONG, at, f"{size}/{room}")
        return None

    def _holder(self, values: Sequence[str], lost: Sequence[str]) -> int | None:
        for at, value in enumerate(values):
            if self._weights[at] and any(char in value for char in lost):
                return at
        return None


def _longest(values: Sequence[str], weights: Sequence[int]) -> int | None:
    used = [at for at, weight in enumerate(weights) if weight]
    return max(used, key=lambda at: len(values[at]) * weights[at], default=None)
