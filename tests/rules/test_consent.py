"""Hours, working days, and what residents asked for."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.consent import Choice, Window, may_receive
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.workdays import holidays_around, korean_holidays

SEOUL = ZoneInfo("Asia/Seoul")
DAY = Window()
CAMPAIGN = Window(time(10), time(18), working_days_only=True)
ALWAYS = Window(time(0), time(0))


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("window", "now", "opening"),
    [
        (DAY, "2026-11-23 08:00", None),
        (DAY, "2026-11-23 19:59", None),
        (DAY, "2026-11-23 20:00", "2026-11-24 08:00"),
        (DAY, "2026-11-23 03:10", "2026-11-23 08:00"),
        (DAY, "2026-11-28 12:00", None),  # Saturday
        (CAMPAIGN, "2026-11-23 10:00", None),  # Monday
        (CAMPAIGN, "2026-11-27 18:00", "2026-11-30 10:00"),  # Friday evening
        (CAMPAIGN, "2026-11-28 12:00", "2026-11-30 10:00"),
        (CAMPAIGN, "2026-12-25 11:00", "2026-12-28 10:00"),  # Christmas, then the weekend
        (ALWAYS, "2026-11-23 03:10", None),
        (Window(time(0), time(0), working_days_only=True), "2026-11-28 03:10", "2026-11-30 00:00"),
    ],
)
def test_the_next_opening(window: Window, now: str, opening: str | None) -> None:
    moment = at(now)
    expected = at(opening) if opening else None
    assert window.next_opening(moment, holidays_around(moment.date())) == expected


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)))
def test_an_opening_is_open_and_never_in_the_past(moment: datetime) -> None:
    now = moment.replace(tzinfo=SEOUL)
    holidays = holidays_around(now.date())
    opening = CAMPAIGN.next_opening(now, holidays)
    if opening is not None:
        assert opening > now
        assert CAMPAIGN.next_opening(opening, holidays) is None


def test_substitute_holidays_are_known() -> None:
    assert date(2026, 3, 2) in korean_holidays(2026)  # 삼일절 fell on a Sunday
    assert date(2027, 1, 1) in holidays_around(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("choices", "statutory", "suspended", "answer"),
    [
        ([], False, False, Choice.KAKAO),
        ([Choice.SMS], False, False, Choice.SMS),
        ([Choice.STOP], False, False, Refusal.OPTED_OUT),
        # What is said of this very notice stands before what is said of all.
        ([Choice.KAKAO, Choice.STOP], False, False, Choice.KAKAO),
        ([Choice.STOP, Choice.SMS], False, False, Refusal.OPTED_OUT),
        # The law's notices go on, by the channel that was asked for otherwise.
        ([Choice.STOP], True, False, Choice.KAKAO),
        ([Choice.STOP, Choice.SMS], True, False, Choice.SMS),
        # A wrong person's number stays silent whatever the law says of the notice.
        ([], True, True, Refusal.NUMBER_SUSPENDED),
        ([Choice.SMS], False, True, Refusal.NUMBER_SUSPENDED),
    ],
)
def test_what_a_resident_gets(
    choices: list[Choice], statutory: bool, suspended: bool, answer: object
) -> None:
    assert may_receive(choices, statutory=statutory, suspended=suspended) == answer


@pytest.mark.parametrize(
    ("choices", "statutory", "answer"),
    [
        ([], False, Choice.SMS),
        # Who asked for Kakao knows better than what we saw weeks ago.
        ([Choice.KAKAO], False, Choice.KAKAO),
        ([Choice.SMS], False, Choice.SMS),
        ([Choice.STOP], False, Refusal.OPTED_OUT),
        ([Choice.STOP], True, Choice.SMS),
        ([Choice.STOP, Choice.KAKAO], True, Choice.KAKAO),
    ],
)
def test_who_was_missed_on_kakao_lately(
    choices: list[Choice], statutory: bool, answer: object
) -> None:
    found = may_receive(choices, statutory=statutory, suspended=False, absent=True)
    assert found == answer
