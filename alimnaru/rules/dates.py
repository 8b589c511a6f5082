"""Dates and times as people and Excel write them, and as a notice shows them.

What could be read in two ways is refused, never guessed:
`11.3` (Excel makes it of 11.30), `11/25/2026` (which is the month?), `2:30` (which half of the
day?), a date whose weekday is wrong, midnight in a date cell (a date typed without its time).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from alimnaru.rules.cell import Cell, CellError, formula_fault, narrow, tidy
from alimnaru.rules.refusals import Refusal

KST = timezone(timedelta(hours=9))
WEEKDAYS = "월화수목금토일"
# From 1901: Excel keeps a bare time as an hour of its day 0, which readers show as 1899 or 1900.
YEARS = range(1901, 2200)

# Excel's 1900 system: day 60 is a 29 February that never was, hence an epoch one day early.
_EPOCH = date(1899, 12, 30)
_SERIALS = range(20_000, 80_001)  # 1954 to 2119; smaller numbers are counts, larger ones codes
_DAY_SECONDS = 86_400

_YMD = re.compile(r"(\d{4}|'?\d{2})\s*([-./])\s*(\d{1,2})\s*\2\s*(\d{1,2})(?!\d)\s*\.?", re.ASCII)
_KOREAN = re.compile(r"(?:(\d{4}|'?\d{2})\s*년\s*)?(\d{1,2})\s*월\s*(\d{1,2})\s*일", re.ASCII)
_MD = re.compile(
    r"(\d{1,2})(?:\s*[-/]\s*|\.\s+|\.(?=\d{1,2}\.))(\d{1,2})(?![\d/-])\s*\.?", re.ASCII
)
_DAY_ONLY = re.compile(r"(\d{1,2})\s*[.일]?", re.ASCII)
_WEEKDAY = re.compile(r"\s*(?:\(\s*([월화수목금토일])(?:요일)?\s*\)|([월화수목금토일])요일)")
_UNTIL = re.compile(r"\s*(?:까지|한)$")
_BETWEEN = re.compile(r"\s*(?:부터|[~∼〜–—]|\s-\s)\s*")
_ZONED = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d(?::?\d\d)?)", re.ASCII
)
_CLOCK = re.compile(
    r"(?:(오전|아침|새벽|오후|낮|저녁|[ap]\.?m\.?)\s*)?"
    r"(\d{1,2})\s*(?::\s*(\d{2})(?::(\d{2})(?:\.\d+)?)?|시\s*(?:(\d{1,2})\s*분|(반))?)"
    r"(?:\s*([ap]\.?m\.?))?",
    re.ASCII | re.IGNORECASE,
)
_MORNING = frozenset({"오전", "아침", "새벽", "am"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says of a moment. `minutes` since midnight, up to 1440 for '24:00'."""

    day: date | None = None
    minutes: int | None = None


_NOTHING = Reading()
_PickYear = Callable[[int, int], date | None]


def read_date(cell: Cell, today: date) -> date | Refusal:
    """The day in the cell; one written without a year is the nearest to today."""
    reading = _read(cell, today)
    if isinstance(reading, Refusal):
        return reading
    return reading.day or Refusal.VALUE_NOT_A_DATE


def read_time(cell: Cell, today: date) -> int | Refusal:
    """The time of day in the cell as minutes since midnight, 0 to 1440."""
    reading = _read(cell, today)
    if isinstance(reading, Refusal):
        return reading
    return Refusal.VALUE_NOT_A_TIME if reading.minutes is None else reading.minutes


def read_moment(cell: Cell, today: date) -> tuple[date, int] | Refusal:
    """The day and the time in the cell."""
    reading = _read(cell, today)
    if isinstance(reading, Refusal):
        return reading
    if reading.day is None:
        return Refusal.VALUE_NOT_A_DATE
    if reading.minutes is None:
        return Refusal.VALUE_NOT_A_TIME
    return reading.day, reading.minutes


def read_range(cell: Cell, today: date) -> tuple[date, date] | Refusal:
    """First and last day of 'A ~ B'; B may leave out the year and the month that it shares."""
    if isinstance(cell, CellError):
        return Refusal.VALUE_FORMULA_ERROR
    parts = _BETWEEN.split(_prepare(cell)) if isinstance(cell, str) else []
    if len(parts) != 2:
        return Refusal.VALUE_NOT_A_DATE
    first = _read_text(parts[0], lambda month, day: _nearest(month, day, today)).day
    if first is None:
        return Refusal.VALUE_NOT_A_DATE
    last = _read_last(parts[1], first)
    if last is None or last < first:
        return Refusal.VALUE_NOT_A_DATE
    return first, last


def long_date(day: date) -> str:
    """'2026. 11. 25.(수)'."""
    return f"{day.year}. {day.month}. {day.day}.({WEEKDAYS[day.weekday()]})"


def short_date(day: date) -> str:
    """'11/25(수)'."""
    return f"{day.month}/{day.day}({WEEKDAYS[day.weekday()]})"


def clock(minutes: int) -> str:
    """'14:30'."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _read(cell: Cell, today: date) -> Reading | Refusal:
    if isinstance(cell, str):
        text = _prepare(cell)
        return formula_fault(text) or _read_text(
            text, lambda month, day: _nearest(month, day, today)
        )
    if isinstance(cell, CellError):
        return Refusal.VALUE_FORMULA_ERROR
    if isinstance(cell, bool) or cell is None:
        return _NOTHING
    if isinstance(cell, int | float):
        return _read_number(cell)
    return _read_typed(cell)


def _read_typed(cell: datetime | date | time | timedelta) -> Reading:
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            cell = cell.astimezone(KST)
        return Reading(_known(cell.date()), cell.hour * 60 + cell.minute or None)
    if isinstance(cell, date):
        return Reading(_known(cell))
    if isinstance(cell, time):
        return Reading(None, cell.hour * 60 + cell.minute or None)
    seconds = cell.days * _DAY_SECONDS + cell.seconds
    return Reading(None, seconds // 60 or None) if 0 < seconds < _DAY_SECONDS else _NOTHING


def _read_number(number: float) -> Reading:
    """An Excel serial, a part of a day, 20261125 or 1430."""
    if 0 <= number < 1e9 and number == int(number):
        return _read_digits(str(int(number)))
    if 0 < number < 1:
        seconds = round(number * _DAY_SECONDS)
        return Reading(None, seconds // 60 or None) if seconds < _DAY_SECONDS else _NOTHING
    if _SERIALS.start < number < _SERIALS.stop:
        days, seconds = divmod(round(number * _DAY_SECONDS), _DAY_SECONDS)
        return Reading(_EPOCH + timedelta(days=days), seconds // 60 or None)
    return _NOTHING


def _read_digits(digits: str) -> Reading:
    if len(digits) == 8:
        return Reading(_day(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
    if len(digits) == 5 and int(digits) in _SERIALS:
        return Reading(_EPOCH + timedelta(days=int(digits)))
    if len(digits) in {3, 4}:
        return Reading(None, _minutes("", digits[:-2], int(digits[-2:])))
    return _NOTHING


def _prepare(text: str) -> str:
    return _UNTIL.sub("", narrow(tidy(text)))


def _read_text(text: str, pick_year: _PickYear) -> Reading:
    if text.isascii() and text.isdigit():
        return _read_digits(text)
    if _ZONED.fullmatch(text):
        return _read_zoned(text)
    day, rest = None, text
    if found := _find_day(text, pick_year):
        day, end = found
        if weekday := _WEEKDAY.match(text, end):
            if not _is_weekday(day, weekday):
                return _NOTHING
            end = weekday.end()
        rest = text[end:].removeprefix("T").strip()
        if not rest:
            return Reading(day)
    at = _CLOCK.fullmatch(rest)
    return Reading(day, _read_clock(at)) if at else _NOTHING


def _read_zoned(text: str) -> Reading:
    try:
        return _read_typed(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return _NOTHING


def _is_weekday(day: date, found: re.Match[str]) -> bool:
    return WEEKDAYS[day.weekday()] == (found[1] or found[2])


def _find_day(text: str, pick_year: _PickYear) -> tuple[date, int] | None:
    """The day that the text begins with, and where what follows it begins."""
    if found := _YMD.match(text):
        year, month, date_ = found[1], int(found[3]), int(found[4])
    elif found := _KOREAN.match(text):
        year, month, date_ = found[1], int(found[2]), int(found[3])
    elif found := _MD.match(text):
        year, month, date_ = None, int(found[1]), int(found[2])
    else:
        return None
    day = pick_year(month, date_) if year is None else _day(_full_year(year), month, date_)
    return (day, found.end()) if day else None


def _read_last(text: str, first: date) -> date | None:
    """The end of a range: its first occurrence on or after the start, as far as it is open."""

    def on_or_after(month: int, day: int) -> date | None:
        same = _day(first.year, month, day)
        return same if same and same >= first else _day(first.year + 1, month, day)

    if found := _DAY_ONLY.match(text):
        day = _day(first.year, first.month, int(found[1]))
        rest = text[found.end() :]
        weekday = _WEEKDAY.fullmatch(rest)
        if day and (not rest or (weekday and _is_weekday(day, weekday))):
            return day
    return _read_text(text, on_or_after).day


def _read_clock(found: re.Match[str]) -> int | None:
    half = (found[1] or found[7] or "").lower().replace(".", "")
    if found[4] and found[2] + found[3] + found[4] == "000000":
        return None  # a database's way to write a date that has no time
    minute = 30 if found[6] else int(found[3] or found[5] or 0)
    return _minutes(half, found[2], minute)


def _minutes(half: str, hours: str, minute: int) -> int | None:
    """Minutes since midnight, or None for no time of day, or one that may be either half's."""
    hour = int(hours)
    if half in _MORNING:
        if hour > 12:
            return None
        hour %= 12
    elif half:
        if hour > 23:
            return None
        hour = hour % 12 + 12
    elif len(hours) == 1 and 1 <= hour <= 6:
        return None
    total = hour * 60 + minute
    return total if minute < 60 and total <= 1440 else None


def _full_year(written: str) -> int:
    """Two digits mean this century up to 2059, the last one from 60 on."""
    year = int(written.removeprefix("'"))
    if len(written) == 4:
        return year
    return 2000 + year if year < 60 else 1900 + year


def _nearest(month: int, day: int, today: date) -> date | None:
    years = (today.year + 1, today.year, today.year - 1)
    days = [found for year in years if (found := _day(year, month, day))]
    return min(days, key=lambda found: abs(found - today), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return _known(date(year, month, day))
    except ValueError:
        return None


def _known(day: date) -> date | None:
    return day if day.year in YEARS else None
