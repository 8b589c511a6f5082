"""Several of one resident become one: what is merged how, and what is left alone."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.cell import Cell, CellError
from alimnaru.rules.merging import (
    Merge,
    MergeSpec,
    NotMergeable,
    alike,
    merge_cells,
    specs_from_json,
)
from alimnaru.rules.variables import Kind, Variable

TODAY = date(2026, 11, 24)
TITLE = Variable("도서", Kind.TITLE, 20)
DUE = Variable("기한", Kind.DATE_LONG)


def merged(spec: MergeSpec, *cells: Cell) -> Cell:
    rows = [{"도서": cell} for cell in cells]
    return merge_cells({"도서": spec}, rows, today=TODAY)["도서"]


@pytest.mark.parametrize(
    ("how", "cells", "becomes"),
    [
        (Merge.FIRST, ("한국사", "세계사"), "한국사"),
        (Merge.FIRST, (" ", "세계사"), "세계사"),
        (Merge.FIRST_AND_MORE, ("한국사",), "한국사"),
        (Merge.FIRST_AND_MORE, ("한국사", "세계사", "미술사"), "한국사 외 2권"),
        (Merge.FIRST_AND_MORE, (None, "세계사"), "세계사 외 1권"),
        (Merge.COUNT, (None,), 1),
        (Merge.COUNT, (None, "", None), 3),
        (Merge.COUNT, ("2권", None, 3), 6),
        (Merge.SUM, ("1,200원", 300), 1_500),
        (Merge.MOST, ("3일째", 12, "7"), 12),
        (Merge.EARLIEST, ("12/1", "2026-11-30", date(2027, 1, 2)), "2026-11-30"),
        (Merge.LATEST, ("12/1", "2026-11-30", date(2027, 1, 2)), date(2027, 1, 2)),
        (
            Merge.EARLIEST,
            (datetime(2026, 12, 1, 14), "2026-12-01 09:30"),
            "2026-12-01 09:30",
        ),
        (Merge.JOIN, ("한국사", "세계사", " 한국사"), "한국사, 세계사"),
    ],
)
def test_each_way_to_merge(how: Merge, cells: tuple[Cell, ...], becomes: Cell) -> None:
    assert merged(MergeSpec(how, "권"), *cells) == becomes


@pytest.mark.parametrize(
    ("how", "cells"),
    [
        (Merge.FIRST_AND_MORE, (date(2026, 3, 1), "세계사")),
        (Merge.COUNT, ("여럿", None)),
        (Merge.SUM, ("3천원", "1")),
        (Merge.MOST, ("3반", "1")),
        (Merge.EARLIEST, ("다음 주", "12/1")),
        (Merge.LATEST, (CellError("#N/A"), "12/1")),
        (Merge.JOIN, (CellError("#N/A"), "한국사")),
    ],
)
def test_what_cannot_be_read_is_not_merged(how: Merge, cells: tuple[Cell, ...]) -> None:
    with pytest.raises(NotMergeable):
        merged(MergeSpec(how, "권"), *cells)


def test_the_title_is_cut_and_the_count_stays() -> None:
    spec = MergeSpec(Merge.FIRST_AND_MORE, "권", room=12)
    assert merged(spec, "아주 긴 제목의 책 이야기", "둘", "셋") == "아주 긴 제… 외 2권"
    with pytest.raises(NotMergeable, match="room"):
        merged(MergeSpec(Merge.FIRST_AND_MORE, "권", room=5), "아주 긴 제목", "둘")


def test_nothing_said_leaves_nothing_but_a_count() -> None:
    specs = {"도서": MergeSpec(Merge.FIRST), "권수": MergeSpec(Merge.COUNT)}
    assert merge_cells(specs, [{}, {}], today=TODAY) == {"권수": 2}


def test_another_library_is_another_message() -> None:
    specs = {"도서": MergeSpec(Merge.FIRST)}
    rows: list[dict[str, Cell]] = [
        {"도서관": "응암", "도서": "한국사"},
        {"도서관": "구산", "도서": "세계사"},
        {"도서": "미술사", "도서관": " 응암"},
        {"도서관": "응암", "도서": "철학", "비고": None},
        {"도서관": "응암", "도서": "철학", "비고": date(2026, 1, 1)},
    ]
    assert alike(specs, rows) == [[0, 2, 3], [1], [4]]
    with pytest.raises(NotMergeable, match="differ"):
        merge_cells(specs, rows, today=TODAY)


def test_specs_are_read_with_the_room_of_their_variable() -> None:
    given_ = {"도서": {"how": "first_and_more", "unit": "권"}, "기한": {"how": "earliest"}}
    assert specs_from_json(given_, [TITLE, DUE]) == {
        "도서": MergeSpec(Merge.FIRST_AND_MORE, "권", 20),
        "기한": MergeSpec(Merge.EARLIEST),
    }


@pytest.mark.parametrize(
    "data",
    [
        {"없음": {"how": "first"}},
        {"도서": "first"},
        {"도서": {"how": "first", "more": 1}},
        {"도서": {"how": "middle"}},
        {"도서": {"how": "first", "unit": 3}},
        {"도서": {}},
    ],
)
def test_a_spec_that_says_nothing_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="merging"):
        specs_from_json(data, [TITLE])


@given(st.lists(st.tuples(st.sampled_from("가나다"), st.text(max_size=5)), min_size=1))
def test_each_row_stands_in_one_group_of_its_like(rows: list[tuple[str, str]]) -> None:
    specs = {"도서": MergeSpec(Merge.JOIN)}
    cells: list[dict[str, Cell]] = [{"도서관": where, "도서": title} for where, title in rows]
    groups = alike(specs, cells)
    assert sorted(at for group in groups for at in group) == list(range(len(rows)))
    assert all(len({rows[at][0] for at in group}) == 1 for group in groups)
    assert len(groups) == len({where for where, _ in rows})


@given(st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), min_size=1))
def test_the_earliest_is_no_later_than_any(days: list[date]) -> None:
    assert merged(MergeSpec(Merge.EARLIEST), *days) == min(days)
    assert merged(MergeSpec(Merge.LATEST), *days) == max(days)
