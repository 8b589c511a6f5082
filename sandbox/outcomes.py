"""What becomes of an accepted message: by the end of its number, or by a configured mix.

An *ending* is one byte: a final status and when it is told. It is drawn when a group is fired and
kept, so that a restart changes nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate
from zlib import crc32

from sandbox.chance import share
from sandbox.statuses import INDEX


class When(IntEnum):
    """When the result is told after the message was accepted."""

    SOON = 0  # after the report delay
    ANSWER = 1  # after `answer_after_ms`: slow, but within anybody's patience
    LATE = 2  # after `late_after_ms`: longer than a sender waits
    NEVER = 3


@dataclass(frozen=True, slots=True)
class Ending:
    """A name for the configuration, the final status, and when it is told."""

    name: str
    status: int
    when: When = When.SOON


ENDINGS: tuple[Ending, ...] = (
    Ending("delivered", INDEX["delivered"]),
    Ending("slow", INDEX["delivered"], When.ANSWER),
    Ending("late", INDEX["delivered"], When.LATE),
    Ending("never", INDEX["waiting"], When.NEVER),
    *(
        Ending(name, INDEX[name])
        for name in (
            *("not_user", "blocked", "inactive", "bad_number", "template_mismatch"),
            *("template_missing", "channel_refused", "timeout", "carrier_error", "power_off"),
            *("busy", "shadow", "full", "suspended", "not_subscribed", "refused"),
            *("no_sms_service", "queue_full", "spam", "unknown"),
            *("may_arrive", "old_version"),
        )
    ),
)
NUMBER: dict[str, int] = {ending.name: number for number, ending in enumerate(ENDINGS)}
DELIVERED = NUMBER["delivered"]

# A byte that is no ending: the message was not accepted.
NOT_ACCEPTED = 255

# Last four digits: what Alimtalk meets, what SMS and LMS meet.
PATTERNS: dict[str, tuple[str, str]] = {
    "0001": ("not_user", "delivered"),
    "0002": ("blocked", "delivered"),
    "0003": ("inactive", "delivered"),
    "0004": ("bad_number", "bad_number"),
    "0005": ("slow", "delivered"),
    "0006": ("never", "delivered"),
    "0007": ("not_user", "power_off"),
    "0008": ("late", "delivered"),
    "0009": ("timeout", "delivered"),
    "0010": ("carrier_error", "delivered"),
    "0011": ("template_mismatch", "delivered"),
    "0012": ("not_user", "not_subscribed"),
    "0013": ("not_user", "never"),
    "0014": ("not_user", "slow"),
    "0015": ("not_user", "carrier_error"),
}

KAKAO_TYPES = frozenset({"ATA"})
_KAKAO = {tail: NUMBER[names[0]] for tail, names in PATTERNS.items()}
_PHONE = {tail: NUMBER[names[1]] for tail, names in PATTERNS.items()}


@dataclass(slots=True)
class _Draw:
    edges: list[float] = field(default_factory=list)
    endings: list[int] = field(default_factory=list)


def read_mix(mix: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Check a mix: `{"ATA": {"not_user": 0.05}, "SMS": {"power_off": 0.01}}`; the rest arrive.

    Raises `ValueError` for an unknown type or ending, and for probabilities beyond 1.
    """
    for kind, parts in mix.items():
        if kind not in {"ATA", "SMS", "LMS", "MMS"}:
            raise ValueError(f"unknown message type: {kind}")
        for name, part in parts.items():
            if name not in NUMBER:
                raise ValueError(f"unknown ending: {name}")
            if not (math.isfinite(part) and 0 <= part <= 1):
                raise ValueError(f"not a probability: {part}")
        if sum(parts.values()) > 1 + 1e-9:
            raise ValueError(f"probabilities of {kind} exceed 1")
    return {kind: dict(parts) for kind, parts in mix.items()}


class Outcomes:
    """Draws endings. The same seed, number and reference always end alike."""

    def __init__(
        self, mix: Mapping[str, Mapping[str, float]], *, seed: int, patterns: bool
    ) -> None:
        self._seed = crc32(str(seed).encode())
        self._patterns = patterns
        self._draws = {
            kind: _Draw(list(accumulate(parts.values())), [NUMBER[name] for name in parts])
            for kind, parts in mix.items()
            if any(parts.values())
        }

    def draw(self, kind: str, to: str, ref: str) -> int:
        """The ending of one message of type `kind`."""
        if self._patterns:
            found = (_KAKAO if kind in KAKAO_TYPES else _PHONE).get(to[-4:])
            if found is not None:
                return found
        draw = self._draws.get(kind)
        if draw is None:
            return DELIVERED
        place = bisect_right(draw.edges, share(f"{kind}{to}{ref}".encode(), self._seed))
        return draw.endings[place] if place < len(draw.endings) else DELIVERED
