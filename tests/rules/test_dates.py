from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alimnaru.rules.cell import Cell, CellError
from alimnaru.rules.dates import (
    KST,
    WEEKDAYS,
    clock,
    long_date,
    read_date,
    read_moment,
    read_range,
    read_time,
    short_date,
)
from alimnaru.rules.refusals import Refusal

TODAY = date(2026, 11, 20)
THE_25TH = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    "cell",
    [
        THE_25TH,
        datetime(2026, 11, 25),
        datetime(2026, 11, 25, 14, 30),
        datetime(2026, 11, 24, 20, 0, tzinfo=UTC),
        46351,
        46351.0,
        46351.604166,
        20261125,
        "46351",
        "20261125",
        "2026-11-25",
        "2026.11.25",
        "2026.11.25.",
        "2026. 11. 25.",
        "2026. 11. 25",
        "2026/11/25",
        "2026 - 11 - 25",
        "26.11.25",
        "26-11-25",
        "'26.11.25",
        "2026년 11월 25일",
        "2026년11월25일",
        "26년 11월 25일",
        "11월 25일",
        "11월25일",
        "11/25",
        "11-25",
        "11. 25.",
        "11.25.",
        "11. 25",
        "２０２６．１１．２５",
        "2026년\u00a011월\u00a025일",
        "  2026-11-25\n",
    ],
)
def test_days_as_people_write_them(cell: Cell) -> None:
    assert read_date(cell, TODAY) == THE_25TH


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-25(수)",
        "2026. 11. 25.(수)",
        "2026. 11. 25. (수요일)",
        "2026년 11월 25일 수요일",
        "11/25(수)",
        "11월 25일(수)까지",
        "2026. 11. 25.까지",
        "2026-11-25 14:30",
        "2026-11-25 00:00:00",
        "2026-11-25T14:30:00",
        "2026-11-25T14:30:00+09:00",
        "2026-11-25T05:30:00Z",
        "2026-11-24T15:00:00Z",
        "2026-11-25 14:30:00+09",
        "2026. 11. 25.(수) 오후 2시 30분",
        "2026-11-25 2:30",
    ],
)
def test_days_with_a_weekday_or_a_time(cell: Cell) -> None:
    assert read_date(cell, TODAY) == THE_25TH


@pytest.mark.parametrize(
    "cell",
    [
        "11.3",  # Excel's remainder of 11.30?
        "11.25",
        11.25,
        "11/25/2026",
        "25/11/2026",
        "2026-11-25(화)",
        "11/25 목요일",
        "2026-02-30",
        "2026-13-01",
        "2026. 11-25",
        "2026-11",
        "2026",
        2026,
        "261125",
        "202611250",
        "0206-11-25",
        "2226-11-25",
        20261301,
        "99999999",
        "12345",
        19999,
        80001,
        -46351,
        0,
        0.5,
        1e12,
        float("nan"),
        float("inf"),
        date(1900, 1, 1),
        datetime(1899, 12, 31, 14, 30),
        time(14, 30),
        timedelta(hours=14),
        True,
        None,
        "",
        "곧",
        "추후 안내",
        "2026-11-25 모름",
        "2026-11-25 2026-11-26",
        "14:30",
        "2026-13-45T10:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "2/30",
        "13월 1일",
    ],
)
def test_no_day_or_more_than_one(cell: Cell) -> None:
    assert read_date(cell, TODAY) is Refusal.VALUE_NOT_A_DATE


@pytest.mark.parametrize(
    ("today", "written", "day"),
    [
        (date(2026, 11, 20), "12/1", date(2026, 12, 1)),
        (date(2026, 11, 20), "1/5", date(2027, 1, 5)),
        (date(2026, 1, 5), "12/30", date(2025, 12, 30)),
        (date(2026, 7, 1), "7/1", date(2026, 7, 1)),
        # Nobody means a 29 February more than a year away.
        (date(2026, 11, 20), "2/29", Refusal.VALUE_NOT_A_DATE),
        (date(2027, 11, 20), "2/29", date(2028, 2, 29)),
        (date(2026, 11, 20), "97. 1. 2.", date(1997, 1, 2)),
        (date(2026, 11, 20), "59. 1. 2.", date(2059, 1, 2)),
    ],
)
def test_a_day_without_its_century_or_year(today: date, written: str, day: object) -> None:
    assert read_date(written, today) == day


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("14:30", 870),
        ("14:30:00", 870),
        ("14:30:00.000", 870),
        ("09:05", 545),
        ("9:05", 545),
        ("02:30", 150),
        ("0:30", 30),
        ("00:00", 0),
        ("24:00", 1440),
        ("14시 30분", 870),
        ("14시30분", 870),
        ("14시", 840),
        ("2시 반", None),
        ("오후 2시 반", 870),
        ("오후 2:30", 870),
        ("오후2시30분", 870),
        ("오후 14:30", 870),
        ("낮 12시", 720),
        ("오후 12:30", 750),
        ("오후 0:30", 750),
        ("오전 12:30", 30),
        ("오전 9시", 540),
        ("새벽 5시", 300),
        ("저녁 7시", 1140),
        ("2:30 PM", 870),
        ("2:30pm", 870),
        ("PM 2:30", 870),
        ("a.m. 9:00", 540),
        ("9:00 a.m.", 540),
        ("１４：３０", 870),
        ("1430", 870),
        ("0930", 570),
        ("930", 570),
        ("0230", 150),
        (1430, 870),
        (930, 570),
        (1430.0, 870),
        (0.604166666666667, 870),
        (0.5, 720),
        (46351.604166666667, 870),
        (time(14, 30), 870),
        (timedelta(hours=14, minutes=30), 870),
        (datetime(2026, 11, 25, 14, 30), 870),
        (datetime(1899, 12, 31, 14, 30), 870),
        (datetime(2026, 11, 25, 5, 30, tzinfo=UTC), 870),
        ("2026-11-25 14:30", 870),
        ("2026. 11. 25.(수) 14:30", 870),
        ("11/25(수) 오후 2시 30분", 870),
    ],
)
def test_times_as_people_write_them(cell: Cell, minutes: int | None) -> None:
    assert read_time(cell, TODAY) == (Refusal.VALUE_NOT_A_TIME if minutes is None else minutes)


@pytest.mark.parametrize(
    "cell",
    [
        "2:30",  # in the night or in the afternoon?
        "6시",
        230,
        "230",
        "25:00",
        "24:01",
        "14:60",
        "14:5",
        "오전 14:30",
        "오후 24:00",
        "14:30~16:00",
        "자정",
        "14",
        14,
        1460,
        0,
        0.0,
        -0.5,
        0.9999999,
        1.5,
        46351,
        "2026-11-25",
        "2026-11-25 00:00:00",
        "00:00:00",
        datetime(2026, 11, 25),
        date(2026, 11, 25),
        time(0, 0),
        timedelta(0),
        timedelta(hours=24),
        timedelta(hours=-1),
        False,
        None,
        "",
    ],
)
def test_no_time_of_day(cell: Cell) -> None:
    assert read_time(cell, TODAY) is Refusal.VALUE_NOT_A_TIME


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("2026-11-25 14:30", (THE_25TH, 870)),
        ("2026-11-25 00:00", (THE_25TH, 0)),
        ("2026-11-25 24:00", (THE_25TH, 1440)),
        ("11/25 오후 2시 30분", (THE_25TH, 870)),
        (46351.604166666667, (THE_25TH, 870)),
        (datetime(2026, 11, 25, 14, 30), (THE_25TH, 870)),
        ("2026-11-25", Refusal.VALUE_NOT_A_TIME),
        (datetime(2026, 11, 25), Refusal.VALUE_NOT_A_TIME),
        (46351.9999999, Refusal.VALUE_NOT_A_TIME),
        ("14:30", Refusal.VALUE_NOT_A_DATE),
        ("2026-11-25 2:30", Refusal.VALUE_NOT_A_TIME),
        ("미정", Refusal.VALUE_NOT_A_DATE),
        (CellError("#N/A"), Refusal.VALUE_FORMULA_ERROR),
        ("#N/A", Refusal.VALUE_FORMULA_ERROR),
    ],
)
def test_moments(cell: Cell, answer: object) -> None:
    assert read_moment(cell, TODAY) == answer


@pytest.mark.parametrize("read", [read_date, read_time, read_moment, read_range])
def test_a_failed_formula_says_so(read: object) -> None:
    assert callable(read)
    assert read(CellError("#REF!"), TODAY) is Refusal.VALUE_FORMULA_ERROR


@pytest.mark.parametrize("read", [read_date, read_time])
def test_a_failed_formula_as_text_says_so(read: object) -> None:
    assert callable(read)
    assert read("#REF!", TODAY) is Refusal.VALUE_FORMULA_ERROR


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-01 ~ 2026-11-30",
        "2026. 11. 1.(일) ~ 2026. 11. 30.(월)",
        "2026.11.1~2026.11.30",
        "2026. 11. 1. ∼ 11. 30.",
        "2026. 11. 1. ～ 30.",
        "2026. 11. 1. ~ 30.(월)",
        "2026. 11. 1. ~ 30",
        "11/1~11/30",
        "11월 1일부터 11월 30일까지",
        "11월 1일 ~ 30일",
        "2026-11-01 – 2026-11-30",
        "2026-11-01 - 2026-11-30",
        "20261101~20261130",
        "11. 1. ~ 2026. 11. 30.",
    ],
)
def test_ranges_as_people_write_them(cell: str) -> None:
    assert read_range(cell, TODAY) == (date(2026, 11, 1), date(2026, 11, 30))


def test_a_range_over_the_new_year() -> None:
    expected = (date(2026, 12, 20), date(2027, 1, 10))
    assert read_range("12/20~1/10", TODAY) == expected
    assert read_range("2026. 12. 20. ~ 1. 10.", TODAY) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-25",
        "2026-11-30 ~ 2026-11-01",
        "2026-11-01 ~ 2026-11-10 ~ 2026-11-30",
        "2026-11-01 ~",
        "~ 2026-11-30",
        "2026-11-01 ~ 31",
        "2026-11-10 ~ 9",
        "2026-11-01 ~ 30(화)",
        "2026-11-01 ~ 30 무렵",
        "2026-11-01 ~ 2/30",
        THE_25TH,
        46351,
        None,
        "",
    ],
)
def test_no_range(cell: Cell) -> None:
    assert read_range(cell, TODAY) is Refusal.VALUE_NOT_A_DATE


def test_how_days_and_times_are_shown() -> None:
    assert long_date(THE_25TH) == "2026. 11. 25.(수)"
    assert long_date(date(2026, 1, 5)) == "2026. 1. 5.(월)"
    assert short_date(THE_25TH) == "11/25(수)"
    assert [clock(minutes) for minutes in (0, 545, 870, 1440)] == [
        "00:00",
        "09:05",
        "14:30",
        "24:00",
    ]


days = st.dates(date(1960, 1, 1), date(2059, 12, 31))
minutes_of_day = st.integers(1, 1439)


@given(days, days)
def test_a_day_survives_every_way_to_write_it(day: date, today: date) -> None:
    weekday = WEEKDAYS[day.weekday()]
    spellings: list[Cell] = [
        day,
        datetime(day.year, day.month, day.day),
        (day - date(1899, 12, 30)).days,
        int(f"{day:%Y%m%d}"),
        day.isoformat(),
        f"{day:%Y.%m.%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%y.%m.%d}",
        f"{day:%Y%m%d}",
        long_date(day),
        f"{day.year}년 {day.month}월 {day.day}일 {weekday}요일",
    ]
    assert {read_date(spelling, today) for spelling in spellings} == {day}


@given(days, st.integers(-170, 170))
def test_a_near_day_needs_no_year(today: date, distance: int) -> None:
    day = today + timedelta(days=distance)
    for written in (short_date(day), f"{day.month}월 {day.day}일", f"{day:%m-%d}"):
        assert read_date(written, today) == day


@given(days, minutes_of_day)
def test_a_moment_survives_every_way_to_write_it(day: date, minutes: int) -> None:
    at = time(minutes // 60, minutes % 60)
    local = datetime.combine(day, at)
    aware = local.replace(tzinfo=KST)
    half = "오전" if at.hour < 12 else "오후"
    spellings: list[Cell] = [
        local,
        aware,
        aware.astimezone(UTC),
        (day - date(1899, 12, 30)).days + minutes / 1440,
        local.isoformat(),
        aware.isoformat(),
        local.isoformat(" "),
        f"{long_date(day)} {clock(minutes)}",
        f"{long_date(day)} {half} {at.hour % 12 or 12}시 {at.minute}분",
        f"{day} {local:%I:%M %p}",
    ]
    assert {read_moment(spelling, day) for spelling in spellings} == {(day, minutes)}


@given(days, days)
def test_a_range_as_shown_reads_back(first: date, last: date) -> None:
    assume(first <= last)
    shown = f"{long_date(first)} ~ {long_date(last)}"
    assert read_range(shown, date(2026, 1, 1)) == (first, last)


anything = st.one_of(
    st.text(),
    st.text("0123456789-./: 년월일시분오전후~(수)"),
    st.integers(),
    st.floats(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
    st.none(),
    st.booleans(),
)


@given(anything, days)
def test_whatever_stands_in_the_cell_there_is_an_answer(cell: Cell, today: date) -> None:
    day = read_date(cell, today)
    assert isinstance(day, Refusal) or 1901 <= day.year < 2200
    minutes = read_time(cell, today)
    assert isinstance(minutes, Refusal) or 0 <= minutes <= 1440
    span = read_range(cell, today)
    assert isinstance(span, Refusal) or span[0] <= span[1]
    moment = read_moment(cell, today)
    assert isinstance(moment, Refusal) or moment == (day, minutes)
