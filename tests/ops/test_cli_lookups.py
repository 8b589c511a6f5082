"""What people write on the command line: times, days, lanes, and names that are nearly right."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from alimnaru.ops.cli_faults import Refused, near
from alimnaru.ops.cli_lookups import day_called, lanes_named, time_to_send
from alimnaru.rules.channel import Lane
from alimnaru.wording import Fault

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-25 10:00", (2026, 11, 25, 10, 0)),
        ("2026-11-25T10:00", (2026, 11, 25, 10, 0)),
        ("2026.11.25 10:00", (2026, 11, 25, 10, 0)),
        ("2026.11.25. 10:00", (2026, 11, 25, 10, 0)),
        ("2026/11/25 10:00", (2026, 11, 25, 10, 0)),
        ("11-25 9:05", (2026, 11, 25, 9, 5)),
        ("10:00", (2026, 11, 23, 10, 0)),
        ("오늘 10:00", (2026, 11, 23, 10, 0)),
        ("내일 09:00", (2026, 11, 24, 9, 0)),
        ("모레 09:00", (2026, 11, 25, 9, 0)),
        ("  09:31 ", (2026, 11, 23, 9, 31)),
    ],
)
def test_a_time_to_send(text: str, at: tuple[int, int, int, int, int]) -> None:
    assert time_to_send(text, NOW) == datetime(*at, tzinfo=SEOUL)


def test_no_time_is_now() -> None:
    assert time_to_send(None, NOW) is None


@pytest.mark.parametrize(
    "text",
    ["", "내일", "10시", "25:00", "10:60", "2026-02-30 10:00", "11-25", "13-01 10:00", "1000"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        time_to_send(text, NOW)
    assert refused.value.code is Fault.TIME_UNREADABLE


@pytest.mark.parametrize("text", ["09:30", "09:00", "2026-11-22 23:00", "1-2 10:00"])
def test_the_past_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        time_to_send(text, NOW)
    assert refused.value.code is Fault.TIME_PAST


@pytest.mark.parametrize("text", ["2026-11-25", "2026.11.25", "2026/11/25", " 2026-11-25 "])
def test_a_day(text: str) -> None:
    assert day_called(text, NOW.date()) == date(2026, 11, 25)


def test_a_day_that_is_not_named_is_the_other() -> None:
    assert day_called(None, NOW.date()) == NOW.date()


@pytest.mark.parametrize("text", ["어제", "2026-13-01", "25", ""])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        day_called(text, NOW.date())
    assert refused.value.code is Fault.DATE_UNREADABLE


@pytest.mark.parametrize(
    ("text", "lanes"),
    [
        ("urgent", [Lane.URGENT]),
        ("bulk,urgent", [Lane.BULK, Lane.URGENT]),
        (" normal , normal,", [Lane.NORMAL]),
    ],
)
def test_lanes(text: str, lanes: list[Lane]) -> None:
    assert lanes_named(text) == lanes


@pytest.mark.parametrize("text", ["", ",", "fast", "urgent,fast"])
def test_what_is_no_lane_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        lanes_named(text)
    assert refused.value.code is Fault.LANE_UNKNOWN


NOTICES = ["lib.due.soon", "lib.overdue", "lib.request", "tax.due.soon", "반납예정일 안내"]


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("lib.due", "lib.due.soon"),
        ("lib.due.son", "lib.due.soon"),
        ("due.soon", "lib.due.soon"),
        ("반납예정", "반납예정일 안내"),
        ("전혀 다른 것", ""),
        ("", ""),
    ],
)
def test_what_comes_near_is_suggested(written: str, first: str) -> None:
    assert near(written, NOTICES).split(", ")[0] == first


def test_at_most_three_are_suggested() -> None:
    assert len(near("notice", [f"notice{n}" for n in range(9)]).split(", ")) == 3
