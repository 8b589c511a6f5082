"""Templates by protocol and code, from the first draft to the day they are stopped.

The words here are nobody's; each protocol has its own for them (TSC01, PENDING, REG …). A review
lasts `review_delay_ms`: the first half of it `requested`, the second `inspecting`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from sandbox.matching import Template, TemplateSpec

Review = Literal["draft", "requested", "inspecting", "approved", "rejected"]
Make = Callable[[TemplateSpec], Template]


class Comment(msgspec.Struct):
    """What was written about a template, by a reviewer or by who owns it."""

    text: str
    at: float
    reviewer: bool = False


class Entry(msgspec.Struct):
    """A template as one carrier has it. `details` are the protocol's own, plain JSON.

    `approved` is the wording that is sent while a later one (`spec`) waits for its approval.
    """

    protocol: str
    code: str
    spec: TemplateSpec
    review: Review = "draft"
    stopped: bool = False
    dormant: bool = False
    blocked: bool = False
    comments: list[Comment] = []
    created_at: float = 0.0
    updated_at: float = 0.0
    requested_at: float | None = None
    decided_at: float | None = None
    decide_at: float | None = None
    approved: TemplateSpec | None = None
    details: dict[str, Any] = {}

    @property
    def status(self) -> str:
        """One word for all of it."""
        if self.blocked:
            return "blocked"
        if self.dormant:
            return "dormant"
        return "stopped" if self.stopped else self.review


class Templates:
    """What is registered. `sendable` mappings are live: a change shows in them at once."""

    def __init__(self, makers: Mapping[str, Make]) -> None:
        self._makers = makers
        self._entries: dict[tuple[str, str], Entry] = {}
        self._sendable: dict[str, dict[str, Template]] = {name: {} for name in makers}

    def __len__(self) -> int:
        return len({code for _, code in self._entries})

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def get(self, protocol: str, code: str) -> Entry | None:
        """A template, whatever its state."""
        return self._entries.get((protocol, code))

    def of(self, protocol: str) -> list[Entry]:
        """All templates of a protocol, the oldest first."""
        return [entry for entry in self._entries.values() if entry.protocol == protocol]

    def named(self, code: str, protocol: str | None) -> list[Entry]:
        """The templates of a code, in one protocol or in all."""
        found = (self._entries.get((name, code)) for name in self._makers)
        return [e for e in found if e is not None and protocol in {None, e.protocol}]

    def sendable(self, protocol: str) -> Mapping[str, Template]:
        """The templates that may be sent now, by code."""
        return self._sendable[protocol]

    def put(self, entry: Entry) -> None:
        """Take a template, new or changed."""
        self._entries[entry.protocol, entry.code] = entry
        usable = self._sendable[entry.protocol]
        spec = entry.spec if entry.review == "approved" else entry.approved
        if spec is None or entry.blocked or entry.dormant or entry.stopped:
            usable.pop(entry.code, None)
        else:
            usable[entry.code] = self._makers[entry.protocol](spec)

    def drop(self, protocol: str, code: str) -> None:
        """Forget a template."""
        self._entries.pop((protocol, code), None)
        self._sendable[protocol].pop(code, None)
