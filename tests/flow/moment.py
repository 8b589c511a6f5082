"""A clock that stands still until it is told otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(slots=True)
class Moment:
    """`now` is aware. Weekdays of 2026: 24 November is a Tuesday, 28 November a Saturday."""

    now: datetime

    def is_(self, text: str) -> None:
        """Set it to a local time such as '2026-11-24 22:00'."""
        self.now = seoul(text)

    def passes(self, **parts: float) -> None:
        """Let some time go by."""
        self.now += timedelta(**parts)


def seoul(text: str) -> datetime:
    """A local time such as '2026-11-24 22:00'."""
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)
