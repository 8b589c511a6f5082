"""What counts towards a resident's day, and until when the rest is put off."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from alimnaru.rules.caps import is_counted, put_off_until
from alimnaru.rules.consent import Window
from alimnaru.rules.workdays import holidays_around

SEOUL = ZoneInfo("Asia/Seoul")
USUAL, ALWAYS = Window(), Window(time(0), time(0))
WORKDAYS = Window(time(9), time(18), working_days_only=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("priority", "why", "counted"),
    [
        ("P2", {}, True),
        ("P3", {}, True),
        ("P0", {}, False),
        ("P1", {}, False),
        ("P2", {"statutory": True}, False),
        ("P2", {"test": True}, False),
        ("P2", {"correction": True}, False),
    ],
)
def test_duty_urgency_and_our_own_mistakes_do_not_count(
    priority: str, why: dict[str, bool], *, counted: bool
) -> None:
    assert is_counted(priority, **{"statutory": False, **why}) is counted


@pytest.mark.parametrize(
    ("window", "now", "until"),
    [
        (USUAL, "2026-11-24 10:00", "2026-11-25 08:00"),
        (USUAL, "2026-11-24 00:00", "2026-11-25 08:00"),
        (USUAL, "2026-12-31 23:59", "2027-01-01 08:00"),
        (ALWAYS, "2026-11-24 03:00", "2026-11-25 08:00"),
        # A Friday: nobody rings on a Saturday who keeps to working days.
        (WORKDAYS, "2026-11-27 10:00", "2026-11-30 09:00"),
    ],
)
def test_the_next_day_begins_when_it_opens(window: Window, now: str, until: str) -> None:
    never = at("2099-01-01 00:00")
    assert put_off_until(window, at(now), never, holidays_around(at(now).date())) == at(until)


def test_what_is_worthless_by_then_is_not_put_off() -> None:
    now, opening = at("2026-11-24 10:00"), at("2026-11-25 08:00")
    assert put_off_until(USUAL, now, opening) is None
    assert put_off_until(USUAL, now, at("2026-11-25 08:01")) == opening
