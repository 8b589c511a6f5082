"""How many messages a second a protocol takes, where a limit is set."""

from __future__ import annotations

import time


class Rates:
    """A bucket for each protocol that holds a second's worth."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, name: str, count: int, limit: float | None) -> bool:
        """Whether `count` may pass now. A request larger than the limit passes a full bucket."""
        if limit is None:
            return True
        now = time.monotonic()
        left, at = self._left.get(name, (limit, now))
        left = min(limit, left + (now - at) * limit)
        passes = left >= min(count, limit)
        self._left[name] = (left - count if passes else left, now)
        return passes
