"""The stretches of days over which an office counts: months, quarters, years, or from and to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

#: The council's audit (행정사무감사) asks for three years at once.
LONGEST = 3 * 366

_DAY = timedelta(days=1)


class Span(StrEnum):
    """A named stretch, as seen from today; `DAYS` is one from a day to a day."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both included."""

    start: date
    end: date

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def days(self) -> Iterator[date]:
        """Every day of it."""
        return (self.start + n * _DAY for n in range(self.length))

    def months(self) -> Iterator[date]:
        """The first day of every month that it touches."""
        month = self.start.replace(day=1)
        while month <= self.end:
            yield month
            month = after(month, 1)


def after(day: date, months: int) -> date:
    """The first day of the month that lies so many months after a day's own (before, if < 0)."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


#: How many months it has, and how many months before the running one of its kind it lies.
_MONTHS = {
    Span.THIS_MONTH: (1, 0),
    Span.LAST_MONTH: (1, 1),
    Span.THIS_QUARTER: (3, 0),
    Span.LAST_QUARTER: (3, 1),
    Span.THIS_YEAR: (12, 0),
    Span.LAST_YEAR: (12, 1),
}


def period_of(span: Span, today: date) -> Period:
    """The days of a named stretch; one that still runs ends today.

    Raises `KeyError` for `DAYS`, whose ends only a person can say.
    """
    months, ago = _MONTHS[span]
    running = after(today, -((today.month - 1) % months))
    start = after(running, -months * ago)
    return Period(start, min(after(start, months) - _DAY, today))
