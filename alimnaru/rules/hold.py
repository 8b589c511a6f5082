"""What another law or a court makes the office keep beyond its term, stored apart (법 제21조 ③)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from alimnaru.rules.disclosure import NOTE_LEAST, holds_number

#: Of a basis and of a reason, in signs.
TEXT_MOST: Final = 300
#: Longer than any term that a law on messages names; whoever needs more asks again before its end.
MOST_YEARS: Final = 10
#: Rows of a list that are named one by one; beyond that the whole list is meant.
ROWS_MOST: Final = 1000
#: A certificate's class, beside `retention.RetentionClass` and `retention.Record`.
RETENTION: Final = "PH"

_PART = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_DASH = re.compile(r"\s*[-~–]\s*")


class HoldState(StrEnum):
    """Of a hold."""

    ASKED = "hold_asked"
    REFUSED = "hold_refused"
    #: Its messages are being put apart; until that is done their batch is not destroyed.
    COPYING = "hold_copying"
    KEPT = "hold_kept"
    #: Its key is destroyed, what it opened is being blanked.
    ENDING = "hold_ending"
    ENDED = "hold_ended"


class HoldFault(StrEnum):
    """Why it cannot be asked for, agreed to or ended."""

    NOT_THERE = "hold_not_there"
    NOT_THROUGH = "hold_not_through"
    GONE = "hold_gone"
    WAITING = "hold_waiting"
    BASIS_WRONG = "hold_basis_wrong"
    REASON_WRONG = "hold_reason_wrong"
    DATE_WRONG = "hold_date_wrong"
    ROWS_WRONG = "hold_rows_wrong"
    DECIDED = "hold_decided"
    SAME_PERSON = "hold_same_person"
    NOT_KEPT = "hold_not_kept"


#: In which somebody may end it: also one whose copying has come to a stand.
LIVE: Final = frozenset({HoldState.COPYING, HoldState.KEPT})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the law or order that it rests on, the last day, why these messages."""

    basis: str
    reason: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is known of the batch: `through`: every result is there; `gone`: its key was destroyed;
    `waiting`: somebody asked already, and nobody has decided."""

    through: bool
    gone: bool
    waiting: bool


def may_ask(batch: Batch, wanted: Wanted, today: date) -> HoldFault | None:
    """What stands against asking, None where nothing does."""
    if not batch.through:
        return HoldFault.NOT_THROUGH
    if batch.gone:
        return HoldFault.GONE
    if batch.waiting:
        return HoldFault.WAITING
    if not is_told(wanted.basis):
        return HoldFault.BASIS_WRONG
    if not is_told(wanted.reason):
        return HoldFault.REASON_WRONG
    return None if is_day(wanted.until, today) else HoldFault.DATE_WRONG


def is_told(text: str) -> bool:
    """Whether a basis or reason says something, and nobody's number."""
    return NOTE_LEAST <= len(text) <= TEXT_MOST and not holds_number(text)


def is_day(until: date | None, today: date) -> bool:
    """Whether a hold may last until the end of that day."""
    return until is not None and today < until <= _years_on(today)


def _years_on(today: date) -> date:
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date(today.year + MOST_YEARS, today.month, day)


def may_decide(*, waits: bool, own: bool, agrees: bool) -> HoldFault | None:
    """What stands against a second person's word. `own`: who decides is who asked. Whoever asked
    may take it back."""
    if not waits:
        return HoldFault.DECIDED
    return HoldFault.SAME_PERSON if agrees and own else None


def may_end(state: str, *, waits: bool, reason: str) -> HoldFault | None:
    """What stands against asking that it ends before its day."""
    if state not in LIVE:
        return HoldFault.NOT_KEPT
    if waits:
        return HoldFault.WAITING
    return None if is_told(reason) else HoldFault.REASON_WRONG


def rows_of(text: str) -> frozenset[int] | None:
    """Rows of a list as they are written down ('3, 7-12'); empty for the whole list, None for what
    cannot be read or names too many."""
    rows: set[int] = set()
    for part in _DASH.sub("-", text.strip()).replace(",", " ").split():
        found = _PART.fullmatch(part)
        if found is None:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        if not 0 < first <= last or last - first >= ROWS_MOST:
            return None
        rows |= set(range(first, last + 1))
    return frozenset(rows) if len(rows) <= ROWS_MOST else None
