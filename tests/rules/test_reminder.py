"""When a reminder is due, for which dates, and how long it is worth sending."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.reminder import (
    FURTHEST,
    SEOUL,
    Days,
    Timing,
    anchors_on,
    due_day,
    due_moment,
    is_working,
    moments,
    next_moment,
    over_at,
    rule_hash,
    useful_until,
)

AT = time(10)
#: 5 October 2026 is a substitute holiday, Chuseok was 24 to 26 September.
CALENDAR = Timing((-2,), AT)
WORKING = Timing((-2,), AT, Days.WORKING)
OFFICE_DAYS = Timing((-2,), AT, working_days_only=True)


@pytest.mark.parametrize(
    ("anchor", "offset", "timing", "day"),
    [
        (date(2026, 11, 30), -2, CALENDAR, date(2026, 11, 28)),
        (date(2026, 11, 30), 7, CALENDAR, date(2026, 12, 7)),
        (date(2026, 11, 30), 0, CALENDAR, date(2026, 11, 30)),
        # Two days before a Monday is a Saturday: the Friday before, where only those count.
        (date(2026, 11, 30), -2, OFFICE_DAYS, date(2026, 11, 27)),
        (date(2026, 11, 29), 0, OFFICE_DAYS, date(2026, 11, 27)),
        (date(2026, 11, 27), 1, OFFICE_DAYS, date(2026, 11, 30)),
        (date(2026, 11, 30), -2, WORKING, date(2026, 11, 26)),
        (date(2026, 11, 27), 1, WORKING, date(2026, 11, 30)),
        (date(2026, 11, 28), -1, WORKING, date(2026, 11, 27)),
        (date(2026, 11, 28), 0, WORKING, date(2026, 11, 27)),
        # The day before Chuseok's holidays is a Wednesday.
        (date(2026, 9, 28), -1, WORKING, date(2026, 9, 23)),
        (date(2026, 9, 26), -1, OFFICE_DAYS, date(2026, 9, 23)),
    ],
)
def test_due_day(anchor: date, offset: int, timing: Timing, day: date) -> None:
    assert due_day(anchor, offset, timing) == day


def test_several_anchors_meet_on_a_friday() -> None:
    timing = Timing((-1,), AT, working_days_only=True)
    assert dict(anchors_on(date(2026, 11, 27), timing)) == {
        date(2026, 11, 28): -1,
        date(2026, 11, 29): -1,
        date(2026, 11, 30): -1,
    }
    assert dict(anchors_on(date(2026, 11, 28), timing)) == {}


def test_of_two_offsets_that_meet_the_nearer_counts() -> None:
    timing = Timing((-1, -3, -2), AT, working_days_only=True)
    assert anchors_on(date(2026, 11, 27), timing)[date(2026, 11, 30)] == -1


DATES = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(
    anchor=DATES,
    offset=st.integers(-60, 60),
    days=st.sampled_from(Days),
    only=st.booleans(),
)
def test_whatever_is_due_on_a_day_is_asked_for(
    anchor: date, offset: int, days: Days, only: bool
) -> None:
    timing = Timing((offset,), AT, days, working_days_only=only)
    day = due_day(anchor, offset, timing)
    assert anchors_on(day, timing)[anchor] == offset
    assert all(due_day(found, offset, timing) == day for found in anchors_on(day, timing))
    if only or days is Days.WORKING:
        assert is_working(day)
    elif days is Days.CALENDAR:
        assert day == anchor + timedelta(days=offset)


def test_the_furthest_offset_is_found() -> None:
    timing = Timing((-FURTHEST,), AT, Days.WORKING)
    day = due_day(date(2027, 12, 1), -FURTHEST, timing)
    assert date(2027, 12, 1) in anchors_on(day, timing)


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def test_moments() -> None:
    ten = due_moment(date(2026, 11, 28), CALENDAR)
    assert ten == seoul("2026-11-28 10:00")
    assert moments(seoul("2026-11-28 09:00"), ten, CALENDAR) == [ten]
    assert moments(ten, ten + timedelta(hours=1), CALENDAR) == []
    assert moments(seoul("2026-11-26 12:00"), seoul("2026-11-28 09:59"), CALENDAR) == [
        seoul("2026-11-27 10:00")
    ]
    # Over midnight in UTC: the office's days count.
    assert moments(ten - timedelta(minutes=1), ten.astimezone(UTC), CALENDAR) == [ten]
    assert len(moments(seoul("2026-01-01 00:00"), ten, CALENDAR)) == 8


def test_next_moment() -> None:
    assert next_moment(seoul("2026-11-28 09:59"), CALENDAR) == seoul("2026-11-28 10:00")
    assert next_moment(seoul("2026-11-28 10:00"), CALENDAR) == seoul("2026-11-29 10:00")


@pytest.mark.parametrize(
    ("due", "anchor", "offset", "until"),
    [
        ("2026-11-28 10:00", date(2026, 11, 30), -2, "2026-11-28 14:00"),
        # Never into the next day.
        ("2026-11-28 21:00", date(2026, 11, 30), -2, "2026-11-29 00:00"),
        # An appointment at 11:30 of the same day.
        ("2026-11-28 10:00", seoul("2026-11-28 11:30"), 0, "2026-11-28 11:30"),
        ("2026-11-28 10:00", datetime(2026, 11, 28, 11, 30), 0, "2026-11-28 11:30"),
        # What looks back has no such end.
        ("2026-11-28 10:00", date(2026, 11, 27), 1, "2026-11-28 14:00"),
    ],
)
def test_useful_until(due: str, anchor: date | datetime, offset: int, until: str) -> None:
    assert useful_until(seoul(due), anchor, offset, CALENDAR) == seoul(until)


def test_a_date_lasts_until_its_end() -> None:
    assert over_at(date(2026, 11, 28)) == seoul("2026-11-29 00:00")


def test_hash() -> None:
    one = rule_hash({"a": [1, 2], "b": "가"})
    assert one == rule_hash({"b": "가", "a": [1, 2]})
    assert one != rule_hash({"a": [2, 1], "b": "가"})
    assert len(one) == 64
