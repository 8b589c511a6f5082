"""Stretches of days: where they begin and end, around every turn of month, quarter and year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.periods import Period, Span, after, period_of

NAMED = [span for span in Span if span is not Span.DAYS]


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        (Span.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 22)),
        (Span.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Span.THIS_QUARTER, date(2026, 10, 1), date(2026, 11, 22)),
        (Span.LAST_QUARTER, date(2026, 7, 1), date(2026, 9, 30)),
        (Span.THIS_YEAR, date(2026, 1, 1), date(2026, 11, 22)),
        (Span.LAST_YEAR, date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_named_stretch(span: Span, start: date, end: date) -> None:
    assert period_of(span, date(2026, 11, 22)) == Period(start, end)


def test_in_january_last_month_and_last_quarter_lie_in_the_year_before() -> None:
    today = date(2027, 1, 1)
    assert period_of(Span.LAST_MONTH, today) == Period(date(2026, 12, 1), date(2026, 12, 31))
    assert period_of(Span.LAST_QUARTER, today) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert period_of(Span.THIS_MONTH, today) == Period(today, today)


@given(st.sampled_from(NAMED), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_stretch_begins_a_month_and_ends_by_today(span: Span, today: date) -> None:
    period = period_of(span, today)
    assert period.start.day == 1
    assert period.start <= period.end <= today
    if span.value.startswith("this"):
        assert period.end == today
    else:
        assert (period.end + timedelta(days=1)).day == 1


def test_days_alone_do_not_say_when() -> None:
    with pytest.raises(KeyError):
        period_of(Span.DAYS, date(2026, 11, 22))


def test_its_days_and_months() -> None:
    period = Period(date(2026, 12, 30), date(2027, 1, 2))
    assert period.length == 4
    assert [day.day for day in period.days()] == [30, 31, 1, 2]
    assert list(period.months()) == [date(2026, 12, 1), date(2027, 1, 1)]


@pytest.mark.parametrize(
    ("months", "then"),
    [
        (0, date(2026, 1, 1)),
        (-1, date(2025, 12, 1)),
        (11, date(2026, 12, 1)),
        (12, date(2027, 1, 1)),
    ],
)
def test_months_after(months: int, then: date) -> None:
    assert after(date(2026, 1, 31), months) == then
