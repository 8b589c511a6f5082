"""Lines of statements, the day of closing, and the figures around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from alimnaru.rules.statement import (
    PRESETS,
    Columns,
    LineReader,
    StatementFault,
    StatementRefused,
    closes_on,
    missing,
    vat_of,
    within_tolerance,
)

PLAIN = Columns(("a", "b"), "c", "d", "w", channels={"톡": "alimtalk"})
HEAD = ["d", "w", "phone", "b", "a", "c"]


def test_nhn_names_are_joined_and_numbers_of_excel_are_read() -> None:
    line = LineReader(HEAD, PLAIN).line(7, ["20261031235959", 5.0, "-", 12.0, "R", "톡"])
    assert line is not None
    assert (line.line_no, line.ref, line.channel) == (7, "R:12", "alimtalk")
    assert (line.day, line.won) == (date(2026, 10, 31), Decimal(5))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-31 23:59:59", "2026-10-31"),
        ("2026-09-30T15:00:00.000Z", "2026-10-01"),
        ("2026-09-30T14:59:59Z", "2026-09-30"),
        ("2026-10-31T23:59:59+09:00", "2026-10-31"),
        ("2026-10-31T15:00:00-00:00", "2026-11-01"),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-10-31 soon, Z", None),
    ],
)
def test_a_moment_is_of_the_day_that_it_is_in_seoul(text: str, day: str | None) -> None:
    reader = LineReader(HEAD, PLAIN)
    if day is None:
        with pytest.raises(StatementRefused):
            reader.line(2, [text, 5, "", 1, "R", "톡"])
        return
    line = reader.line(2, [text, 5, "", 1, "R", "톡"])
    assert line is not None
    assert line.day.isoformat() == day


@pytest.mark.parametrize(("text", "won"), [("8.8693", "8.063"), ("1,100원", "1000"), ("0", "0")])
def test_vat_is_taken_off(text: str, won: str) -> None:
    reader = LineReader(
        [*PRESETS["bizgo"].ref, "서비스", "리포트일시", "금액", "과금"], PRESETS["bizgo"]
    )
    line = reader.line(2, ["K", "SMS", "2026-10-01", text, "Y"])
    assert line is not None
    assert line.won == Decimal(won)
    assert reader.line(3, ["K", "SMS", "2026-10-01", text, "N"]) is None


@pytest.mark.parametrize(("cells", "code"), [
    (["2026-10-01", "5", "", "1", "x" * 101, "톡"], StatementFault.REF_BAD),
    (["2026-10-01", "5", "", "1", "x\ty", "톡"], StatementFault.REF_BAD),
    (["2026-10-01", "오원", "", "1", "x", "톡"], StatementFault.PRICE_BAD),
    (["2026-10-01", "5"], StatementFault.REF_BAD),
])  # fmt: skip
def test_bad_cells(cells: list[object], code: StatementFault) -> None:
    with pytest.raises(StatementRefused) as refused:
        LineReader(HEAD, PLAIN).line(2, cells)
    assert refused.value.code is code


@pytest.mark.parametrize(("title", "ref", "refused"), [
    ("a", "010-1234-5678", True),
    ("a", "01012345678", True),
    ("a", "+82 10-1234-5678", True),
    ("a", "1012345678", False),
    ("수신번호", "1012345678", True),
    ("a", "M01012345678", False),
])  # fmt: skip
def test_nobody_s_number_is_kept_as_a_reference(title: str, ref: str, refused: bool) -> None:
    columns = replace(PLAIN, ref=("b", title))
    reader = LineReader([*HEAD[:4], title, "c"], columns)
    cells = ["2026-10-01", "5", "", "1", ref, "톡"]
    if not refused:
        assert reader.line(2, cells) is not None
        return
    with pytest.raises(StatementRefused) as told:
        reader.line(2, cells)
    assert told.value.facts == {"row": 2, "column": title}


def test_what_looks_like_a_number_far_below_is_a_reference() -> None:
    reader = LineReader(HEAD, replace(PLAIN, ref=("a",)))
    for number in range(50):
        reader.line(number, ["2026-10-01", "5", "", "", f"M{number}", "톡"])
    assert reader.line(51, ["2026-10-01", "5", "", "", "01012345678", "톡"]) is not None


def test_a_column_named_twice_is_nobodys_guess() -> None:
    with pytest.raises(StatementRefused) as refused:
        LineReader([*HEAD, "w"], PLAIN)
    assert refused.value.code is StatementFault.COLUMN_TWICE
    with pytest.raises(StatementRefused):
        LineReader(HEAD[1:], PLAIN)
    assert missing(HEAD[1:], PLAIN) == ["d"]


def test_kept_and_read_back() -> None:
    for columns in PRESETS.values():
        assert Columns.of_json(columns.as_json()) == columns


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (date(2026, 10, 1), date(2026, 11, 6)),
        # 5 and 6 October 2026: a substitute for the 3rd (Saturday), then working days to the 8th;
        # the 9th is 한글날.
        (date(2026, 9, 1), date(2026, 10, 8)),
        (date(2026, 12, 1), date(2027, 1, 8)),
    ],
)
def test_the_fifth_working_day(month: date, day: date) -> None:
    assert closes_on(month) == day


def test_tolerance_and_vat() -> None:
    assert within_tolerance(Decimal(1000), Decimal(1001))
    assert not within_tolerance(Decimal(1000), Decimal("1001.001"))
    assert vat_of([Decimal("8.063"), Decimal("26.763")]) == Decimal(3)


def test_a_word_that_nobody_knows_matters_where_something_is_billed() -> None:
    columns = Columns(("a",), "c", "d", "w", "r", channels={"톡": "alimtalk"}, billed=("4000",))
    reader = LineReader(["a", "c", "d", "w", "r"], columns)
    assert reader.line(2, ["M", "톡", "2026-10-01", 0.0, "3104"]) is None
    with pytest.raises(StatementRefused) as refused:
        reader.line(3, ["M", "톡", "2026-10-01", "8", "3104"])
    assert refused.value.code is StatementFault.RESULT_UNKNOWN


def test_a_number_makes_a_second_reference_and_is_not_kept() -> None:
    columns = Columns(("a", "b"), "c", "d", "w", channels={"톡": "alimtalk"}, number="phone")
    reader = LineReader(HEAD, columns, lambda request, number: f"{request}:~{number[-2:]}")
    line = reader.line(2, ["2026-10-01", "5", "01000000099", "1", "R", "톡"])
    assert line is not None
    assert (line.ref, line.alias) == ("R:1", "R:~99")
    long = reader.line(2, ["2026-10-01", "5", "01000000099", "", "R" * 98, "톡"])
    assert long is not None
    assert long.alias == ""
    without = LineReader(["d", "w", "b", "a", "c"], columns, lambda *_: "x")
    line = without.line(2, ["2026-10-01", "5", "1", "R", "톡"])
    assert line is not None
    assert line.alias == ""
