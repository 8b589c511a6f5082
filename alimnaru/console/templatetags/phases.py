"""How phases and message states are coloured; the words say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django import template

from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.phase import Phase

register = template.Library()

_P, _M = Phase, MessageState
TONES: Final[Mapping[str, str]] = {
    _P.REQUESTED: "warn",
    _P.RETURNED: "warn",
    _P.UNDO: "info",
    _P.SCHEDULED: "info",
    _P.FIRST_SLICE: "run",
    _P.SENDING: "run",
    _P.RESULTS: "run",
    _P.HELD: "bad",
    _P.STOPPED: "bad",
    _P.DONE: "good",
    _P.DONE_WITH_FAILURES: "warn",
    _M.DELIVERED: "good",
    _M.FAILED: "bad",
    _M.UNKNOWN: "warn",
    _M.PENDING: "run",
}


@register.filter
def tone(code: str) -> str:
    """The badge's tone for a phase or a message state."""
    return TONES.get(code, "gray")
