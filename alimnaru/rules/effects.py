"""Which notice reminds of what, and which one comes to those who did not do it in time.

What can be counted is who was told and what came after. That the one made the other is more than
any of these figures shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from alimnaru.rules.periods import after


@dataclass(frozen=True, slots=True)
class Pair:
    """Notices by their codes. Whoever got `reminder` and within `days` after it `follow`, was
    reminded in vain."""

    reminder: str
    follow: str
    days: int


#: Loans: reminded two days and one day before, overdue from the first day after. Taxes: some weeks
#: between the due date and the notice of arrears. Parking: minutes, but fines are written by post
#: or electronically within weeks.
PAIRS: Final[Sequence[Pair]] = (
    Pair("lib.due.soon", "lib.overdue", 14),
    Pair("tax.due", "tax.arrears.edoc", 60),
    Pair("park.pre", "park.fine.edoc", 60),
)

_BY_REMINDER: Final = {pair.reminder: pair for pair in PAIRS}
#: Results of a message may come so long after its month.
_LATE: Final = timedelta(days=4)


def pair_of(reminder: str) -> Pair | None:
    """What follows a notice."""
    return _BY_REMINDER.get(reminder)


def is_final(month: date, today: date) -> bool:
    """Whether nothing can be added any more to what is counted of a month (its first day)."""
    return today > after(month, 1) + _LATE + timedelta(days=max(pair.days for pair in PAIRS))


def is_whole(month: date, today: date, pair: Pair) -> bool:
    """Whether the days that a pair looks ahead have passed for a whole month."""
    return today >= after(month, 1) + timedelta(days=pair.days)
