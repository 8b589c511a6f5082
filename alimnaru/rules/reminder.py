"""When a reminder is due, for which dates, and how long it is still worth sending.

A rule counts `offsets` of days from a date in the record (the anchor): -2 is two days before the
book is due, 7 a week after. Days are calendar or working days (Korean public holidays). Where the
notice may only go on working days, a reminder that falls on another day goes on the working day
before if it looks ahead (offset ≤ 0: afterwards it would be too late), else on the one after.
Korea knows no daylight saving: a day of the office is 24 hours, and 10:00 comes once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from alimnaru.rules.workdays import korean_holidays

SEOUL = ZoneInfo("Asia/Seoul")
#: A year ahead or behind: what lies further off is a mistake in a form.
FURTHEST = 400
#: Days that a missed moment is looked for: who was not told is shown for as long.
LOOK_BACK = 7
_DAY = timedelta(days=1)
#: Saturday, Sunday and the longest row of holidays: nine days in a row were the most so far.
_REST = 14


class Days(StrEnum):
    """What an offset counts."""

    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Timing:
    """When a rule's messages are due. `working_days_only`: the notice goes on no other day."""

    offsets: tuple[int, ...]
    at: time
    days: Days = Days.CALENDAR
    catch_up: timedelta = timedelta(hours=4)
    working_days_only: bool = False


def is_working(day: date) -> bool:
    """Whether the office works on that day."""
    return day.weekday() < 5 and day not in korean_holidays(day.year)


def due_day(anchor: date, offset: int, timing: Timing) -> date:
    """The day on which a record with this anchor is due."""
    step = -_DAY if offset < 0 else _DAY
    if timing.days is Days.WORKING:
        day = anchor
        for _ in range(abs(offset)):
            day = _working(day + step, step)
        # Only day 0 may be no working day by now: then it looks ahead too.
        return _working(day, -_DAY)
    day = anchor + offset * _DAY
    if not timing.working_days_only:
        return day
    return _working(day, -_DAY if offset <= 0 else _DAY)


def _working(day: date, step: timedelta) -> date:
    while not is_working(day):
        day += step
    return day


@lru_cache(maxsize=64)
def anchors_on(day: date, timing: Timing) -> Mapping[date, int]:
    """The anchors whose records are due on a day, each with its offset.

    Several may fall on one day (what is due on Saturday and on Sunday is told on Friday). Of two
    offsets that meet for one anchor the nearer one counts: it is one message.
    """
    found: dict[date, int] = {}
    for offset in sorted(timing.offsets, key=abs, reverse=True):
        # Five working days are seven, and a row of holidays comes on top.
        reach = _REST + abs(offset)
        middle = day - offset * _DAY
        for distance in range(-reach, reach + 1):
            anchor = middle + distance * _DAY
            if due_day(anchor, offset, timing) == day:
                found[anchor] = offset
    return dict(sorted(found.items()))


def due_moment(day: date, timing: Timing) -> datetime:
    """The aware moment at which what is due on a day goes."""
    return datetime.combine(day, timing.at, tzinfo=SEOUL)


def moments(after: datetime, until: datetime, timing: Timing) -> list[datetime]:
    """The moments in (after, until], at most a week of them, the oldest first."""
    today = until.astimezone(SEOUL).date()
    days = (today - back * _DAY for back in range(LOOK_BACK, -1, -1))
    found = (due_moment(day, timing) for day in days)
    return [moment for moment in found if after < moment <= until]


def next_moment(now: datetime, timing: Timing) -> datetime:
    """The moment after `now` at which a rule looks next."""
    today = now.astimezone(SEOUL).date()
    moment = due_moment(today, timing)
    return moment if moment > now else due_moment(today + _DAY, timing)


def useful_until(due: datetime, anchor: date | datetime, offset: int, timing: Timing) -> datetime:
    """Until when a missed moment is caught up: `catch_up` at most, never into the next day, and
    what looks ahead never beyond the thing itself (a bare date lasts until its end)."""
    local = due.astimezone(SEOUL)
    ends = [due + timing.catch_up, datetime.combine(local.date() + _DAY, time(), tzinfo=SEOUL)]
    if offset <= 0:
        ends.append(over_at(anchor))
    return min(ends)


def over_at(anchor: date | datetime) -> datetime:
    """When the thing that a record is about has come: an appointment's moment, a date's end."""
    if isinstance(anchor, datetime):
        return anchor if anchor.tzinfo else anchor.replace(tzinfo=SEOUL)
    return datetime.combine(anchor + _DAY, time(), tzinfo=SEOUL)


def rule_hash(said: Mapping[str, object]) -> str:
    """What an approval of a rule pins: everything that decides who gets what, and when.

    `said` holds nothing but JSON; the order of its keys does not matter.
    """
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
