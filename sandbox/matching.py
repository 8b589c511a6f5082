"""Registered templates: matching a finished text as Kakao does, and rendering variables.

A text matches if every fixed character stands where the template has it, in order, and only
what a `#{variable}` covers differs. Taking the leftmost place of each fixed part is enough to
decide that, so a match is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from sandbox.message import AnyButton, Button
from sandbox.statuses import INDEX

_MARK = re.compile(r"#\{[^{}]*\}")

# Kakao: 5 buttons, names of 14 characters; links of 500 (NHN; an old SOLAPI page says 100).
MAX_BUTTONS = 5
MAX_BUTTON_NAME = 14
MAX_BUTTON_LINK = 500

_LINKS = ("link_mo", "link_pc", "link_and", "link_ios")


class Pattern:
    """A text with `#{}` marks, ready to be matched and rendered."""

    __slots__ = ("_between", "_head", "_pieces", "_tail", "fixed", "marks")

    def __init__(self, text: str) -> None:
        self._pieces = _MARK.split(text)
        self.marks = tuple(_MARK.findall(text))
        self.fixed = text if not self.marks else None
        self._head, self._tail = self._pieces[0], self._pieces[-1]
        self._between = [piece for piece in self._pieces[1:-1] if piece]

    def matches(self, text: str) -> bool:
        """Whether `text` could have come from this pattern."""
        if self.fixed is not None:
            return text == self.fixed
        head, tail = self._head, self._tail
        at, end = len(head), len(text) - len(tail)
        if at > end or not text.startswith(head) or not text.endswith(tail):
            return False
        for piece in self._between:
            found = text.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    def values(self, text: str) -> dict[str, str]:
        """What stands at the marks of a `text` that matches; empty where it cannot be told."""
        found: dict[str, str] = {}
        at, last = len(self._head), len(self.marks) - 1
        for place, mark in enumerate(self.marks):
            piece = self._pieces[place + 1]
            end = len(text) - len(piece) if place == last else text.find(piece, at)
            found.setdefault(mark, text[at:end])
            at = end + len(piece)
        return found

    def render(self, values: Mapping[str, Any]) -> str | None:
        """Put `values` (by `#{name}`) in place of the marks, or None if one is missing."""
        if self.fixed is not None:
            return self.fixed
        parts = [self._head]
        for mark, piece in zip(self.marks, self._pieces[1:], strict=True):
            value = values.get(mark)
            if value is None:
                return None
            parts.append(str(value))
            parts.append(piece)
        return "".join(parts)


class ButtonSpec(msgspec.Struct):
    """A button as it is registered."""

    type: str
    name: str
    link_mobile: str | None = None
    link_pc: str | None = None
    scheme_android: str | None = None
    scheme_ios: str | None = None


class Item(msgspec.Struct):
    """A row of an item list, its summary, or the highlight above it."""

    title: str
    description: str = ""


class TemplateSpec(msgspec.Struct):
    """A template as the control API takes it. Keys that are not named here are left alone."""

    template_id: str
    body: str
    pf_id: str | None = None
    extra: str | None = None
    title: str | None = None
    subtitle: str | None = None
    header: str | None = None
    highlight: Item | None = None
    items: list[Item] | None = None
    summary: Item | None = None
    buttons: list[ButtonSpec] | None = None
    quick_replies: list[ButtonSpec] | None = None
    channel: str | None = None
    name: str | None = None
    image: str | None = None
    message_type: str | None = None
    emphasis: str | None = None
    category: str | None = None


class _ButtonPattern:
    __slots__ = ("_blanks", "_fixed", "_loose", "_rest", "name", "type", "whole")

    def __init__(self, spec: ButtonSpec, make: Callable[..., AnyButton]) -> None:
        self.type = spec.type
        self.name = spec.name
        registered = (spec.link_mobile, spec.link_pc, spec.scheme_android, spec.scheme_ios)
        links = [
            (field, Pattern(link or "")) for field, link in zip(_LINKS, registered, strict=True)
        ]
        self._loose = [(field, link) for field, link in links if link.fixed is None]
        rest = [(field, link.fixed) for field, link in links if link.fixed is not None]
        self._fixed = tuple(link for _, link in rest)
        self._blanks = tuple(link or None for link in self._fixed)
        # The kind stands in for a second field, so that there always is a tuple to compare.
        self._rest = attrgetter(*(field for field, _ in rest), "type", "name")
        # Most buttons carry nothing that varies: those compare in one step.
        self.whole = None if self._loose else make(spec.type, spec.name, *registered)

    def names(self, sent: AnyButton) -> bool:
        """Whether kind and name are the registered ones."""
        return sent.type == self.type and sent.name == self.name

    def links(self, sent: AnyButton) -> bool:
        """Whether the links could have come from the registered ones."""
        for field, link in self._loose:
            value = getattr(sent, field) or ""
            if len(value) > MAX_BUTTON_LINK or not link.matches(value):
                return False
        rest = self._rest(sent)[:-2]
        return rest == self._blanks or tuple(link or "" for link in rest) == self._fixed


class Template:
    """A registered template. `button` makes buttons as they come off the protocol's wire."""

    def __init__(self, spec: TemplateSpec, button: Callable[..., AnyButton] = Button) -> None:
        self.spec = spec
        self.body = Pattern(spec.body)
        self.title = Pattern(spec.title) if spec.title else None
        self.buttons = [_ButtonPattern(one, button) for one in spec.buttons or ()]
        self.extra_length = len(spec.extra or "")

    def fill(self, text: str | None, values: Mapping[str, Any]) -> str | None:
        """Put values into another part of the template; a mark without a value stays."""
        if text is None:
            return None
        return _MARK.sub(lambda mark: str(values.get(mark[0], mark[0])), text)

    def check_text(self, text: str, title: str | None) -> int:
        """Compare a finished text and title. 0, or the index of the status."""
        if not self.body.matches(text):
            return INDEX["mismatch"]
        if self.title is None:
            return INDEX["mismatch"] if title else 0
        return 0 if title and self.title.matches(title) else INDEX["mismatch"]

    def check_buttons(self, sent: Sequence[AnyButton] | None) -> int:
        """Compare buttons as they came with the message. 0, or the index of the status."""
        registered = self.buttons
        if not sent:
            return INDEX["buttons_missing"] if registered else 0
        if not registered:
            return INDEX["buttons_unregistered"]
        if len(sent) != len(registered):
            return _over_limits(sent) or INDEX["button_differs"]
        for button, pattern in zip(sent, registered, strict=True):
            if button == pattern.whole:
                continue
            if not pattern.names(button):
                return _over_limits(sent) or self._how_names_differ(sent)
            if not pattern.links(button):
                return _over_limits(sent) or INDEX["link_differs"]
        return 0

    def _how_names_differ(self, sent: Sequence[AnyButton]) -> int:
        came = sorted(f"{button.type} {button.name}" for button in sent)
        wanted = sorted(f"{button.type} {button.name}" for button in self.buttons)
        return INDEX["button_order" if came == wanted else "button_differs"]


def _over_limits(sent: Sequence[AnyButton]) -> int:
    if len(sent) > MAX_BUTTONS:
        return INDEX["too_many_buttons"]
    for button in sent:
        if len(button.name or "") > MAX_BUTTON_NAME:
            return INDEX["button_name_too_long"]
        if any(len(getattr(button, field) or "") > MAX_BUTTON_LINK for field in _LINKS):
            return INDEX["link_too_long"]
    return 0
