"""How much a resident is told in a day, and what becomes of what is beyond that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final

from alimnaru.rules.consent import Window

#: Neither counted nor kept back: what cannot wait until tomorrow.
URGENT: Final = frozenset({"P0", "P1"})
#: What is open all night rings nobody at midnight because it was put off.
MORNING: Final = time(8)


def is_counted(
    priority: str, *, statutory: bool, test: bool = False, correction: bool = False
) -> bool:
    """Whether a message counts towards its resident's day. What the law makes the office say, what
    puts a mistake right and what a clerk sends to their own phone does not."""
    return not (priority in URGENT or statutory or test or correction)


def put_off_until(
    window: Window, now: datetime, expires_at: datetime, holidays: Iterable[object] = ()
) -> datetime | None:
    """When what is too much for today goes: at the next day's opening, in the time zone of `now`.
    None: it would be worthless by then, and is not sent."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
    opening = window.next_opening(tomorrow, holidays)
    if opening is None:
        opening = datetime.combine(tomorrow.date(), MORNING, tzinfo=now.tzinfo)
    return opening if opening < expires_at else None
