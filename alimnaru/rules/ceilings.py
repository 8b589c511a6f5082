"""Ceilings on spending: of departments and of budget lines, for a day and for a month.

Won, VAT excluded. A ceiling stops what can wait; an emergency goes on, and what it costs counts.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alimnaru.rules.channel import Lane


class Whose(StrEnum):
    """What has a ceiling."""

    DEPARTMENT = "department"
    PROJECT = "project"


class Span(StrEnum):
    """For how long what was spent counts; then it begins anew."""

    DAY = "day"
    MONTH = "month"


#: Percent of a ceiling at which its department hears of it: while something can still be done, and
#: when nothing goes any more.
WARN_AT: Final = (80, 100)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """So much may be spent in a span by a department (with all below it) or from a budget line."""

    whose: Whose
    key: int
    span: Span
    won: Decimal


@dataclass(frozen=True, slots=True)
class Stand:
    """A ceiling, what was spent under it, and what carriers will bill for what they have."""

    ceiling: Ceiling
    spent: Decimal
    coming: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        """What may still be spent; never below 0."""
        return max(self.ceiling.won - self.spent - self.coming, Decimal(0))

    def fits(self, cost: Decimal) -> bool:
        """Whether so much may be spent besides. What costs nothing fits until it is overspent."""
        return self.spent + self.coming + cost <= self.ceiling.won


def in_the_way(stands: Iterable[Stand], cost: Decimal) -> Stand | None:
    """The ceiling with the least left among those under which so much does not fit."""
    return min(
        (stand for stand in stands if not stand.fits(cost)), key=lambda s: s.left, default=None
    )


def may_stop(*, priority: str, lane: str) -> bool:
    """Whether a ceiling stops it: never an emergency, nor what goes in the urgent lane."""
    return priority != "P0" and lane != Lane.URGENT


def warning(ceiling: Ceiling, spent: Decimal) -> int | None:
    """The highest of `WARN_AT` that was reached; a ceiling of 0 won is reached from the start."""
    reached = [percent for percent in WARN_AT if spent * 100 >= ceiling.won * percent]
    return max(reached, default=None)


def month_end(spent: Decimal, today: date, more: Decimal = Decimal(0)) -> Decimal:
    """Won that will be spent by the end of the month: `spent` so far, `more` that is sure, and for
    each day to come what an average day of this month up to today has cost."""
    days = monthrange(today.year, today.month)[1]
    return spent + more + spent * (days - today.day) / today.day


def subject(ceiling: Ceiling, day: date, percent: int) -> str:
    """By which a warning is known, so that it is given once a span: at most 60 characters.

    `budget:department:12:month:2026-11:80`.
    """
    period = f"{day:%Y-%m}" if ceiling.span is Span.MONTH else f"{day:%Y-%m-%d}"
    return f"budget:{ceiling.whose}:{ceiling.key}:{ceiling.span}:{period}:{percent}"
