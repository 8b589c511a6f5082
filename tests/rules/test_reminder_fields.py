"""What a message says, made of one record or of several."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from alimnaru.rules.cell import Cell
from alimnaru.rules.reminder_fields import (
    Made,
    Merge,
    cell_of,
    day_of,
    fields_of,
    made_from_json,
    values_of,
)

TODAY = date(2026, 11, 28)
BOOKS = [
    {"title": "나루의 역사", "due": date(2026, 11, 25), "until": "2026-12-01"},
    {"title": "강", "due": date(2026, 11, 26), "until": "2026-12-02"},
    {"title": "강", "due": date(2026, 11, 24), "until": "2026-12-03"},
]


@pytest.mark.parametrize(
    ("said", "count", "cell"),
    [
        ("title", 3, "나루의 역사"),
        ({"field": "title"}, 3, "나루의 역사"),
        ({"field": "title", "merge": "first_and_more", "unit": "권"}, 3, "『나루의 역사』 외 2권"),
        ({"field": "title", "merge": "first_and_more"}, 1, "나루의 역사"),
        ({"field": "missing", "merge": "first_and_more"}, 2, None),
        ({"field": "title", "merge": "join"}, 3, "나루의 역사, 강"),
        ({"field": "missing", "merge": "join"}, 3, ""),
        ({"field": "due", "merge": "earliest"}, 3, date(2026, 11, 24)),
        ({"field": "due", "merge": "latest"}, 3, date(2026, 11, 26)),
        ({"field": "title", "merge": "latest"}, 3, "나루의 역사"),
        ({"merge": "count"}, 3, 3),
        ({"days_since": "due"}, 3, 4),
        ({"days_since": "title"}, 1, None),
        ({"range": ["due", "until"]}, 1, "2026-11-25 ~ 2026-12-01"),
        ({"range": ["due", "title"]}, 1, None),
        ({"text": "나루중앙도서관"}, 3, "나루중앙도서관"),
    ],
)
def test_values(said: object, count: int, cell: Cell) -> None:
    made = {"값": made_from_json(said)}
    assert values_of(made, BOOKS[:count], TODAY) == {"값": cell}


def test_no_records_no_date() -> None:
    assert values_of({"값": Made(Merge.EARLIEST, ("due",))}, [], TODAY) == {"값": None}


@pytest.mark.parametrize(
    ("room", "text"),
    [(13, "『나루의 역사』 외 1권"), (11, "『나루의…』 외 1권"), (3, "『…』 외 1권")],
)
def test_a_long_title_gives_way(room: int, text: str) -> None:
    made = {"값": Made(Merge.FIRST_AND_MORE, ("title",), unit="권")}
    assert values_of(made, BOOKS[:2], TODAY, {"값": room}) == {"값": text}


@pytest.mark.parametrize(
    "said",
    [
        "",
        3,
        None,
        {"merge": "sideways"},
        {"merge": "join"},
        {"field": 3},
        {"text": ""},
        {"days_since": None, "merge": "earliest"},
        {"range": ["due"]},
        {"range": "due"},
        {"field": "title", "unit": ""},
    ],
)
def test_what_cannot_be_read(said: object) -> None:
    with pytest.raises(ValueError, match=r"field|range|way|variable"):
        made_from_json(said)


def test_fields_each_once() -> None:
    made = {
        "a": made_from_json("title"),
        "b": made_from_json({"range": ["due", "until"]}),
        "c": made_from_json({"days_since": "due"}),
    }
    assert fields_of(made) == ["title", "due", "until"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("3.0"), 3),
        (Decimal("3.5"), "3.5"),
        (" A1   ", "A1"),
        (None, None),
        (7, 7),
        (time(9), time(9)),
        (timedelta(hours=9), timedelta(hours=9)),
        (datetime(2026, 11, 28, 9), datetime(2026, 11, 28, 9)),
        (b"x", "b'x'"),
    ],
)
def test_cells(value: object, cell: Cell) -> None:
    assert cell_of(value) == cell


def test_days() -> None:
    assert day_of("2026-11-28", TODAY) == TODAY
    assert day_of("책", TODAY) is None
