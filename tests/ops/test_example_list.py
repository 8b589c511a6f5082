"""The example lists hold what they promise, and the ones in the repository are the generator's."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from alimnaru.ops.example_list import write_example_csv, write_example_xlsx
from alimnaru.ops.example_words import LIBRARIES
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import BadRow, GoodRow, Roster, RosterSpec
from alimnaru.rules.variables import Kind, Variable
from alimnaru.sources.upload import open_list

EXAMPLES = Path(__file__).parents[2] / "examples"
SPEC = RosterSpec(
    variables=(
        Variable("성명", Kind.PERSON),
        Variable("도서관", Kind.ENUM, values=LIBRARIES),
        Variable("대표도서", Kind.TITLE, max_length=20),
        Variable("권수", Kind.INTEGER, columns=("대출권수",)),
        Variable("기한", Kind.DATE_LONG, columns=("반납예정일",)),
    ),
    today=date(2026, 11, 23),
)


def _read(path: Path) -> tuple[Roster, list[GoodRow | BadRow]]:
    roster = Roster(SPEC)
    return roster, list(roster.read(open_list(path).rows()))


@pytest.mark.parametrize("rows", [1, 7, 300])
def test_a_list_has_as_many_rows_of_people_as_it_was_asked_for(rows: int, tmp_path: Path) -> None:
    write_example_xlsx(tmp_path / "a.xlsx", rows)
    write_example_csv(tmp_path / "a.csv", rows)
    write_example_csv(tmp_path / "clean.csv", rows, dirt=False)
    assert [len(_read(tmp_path / name)[1]) for name in ("a.xlsx", "a.csv", "clean.csv")] == [
        rows
    ] * 3


def test_without_dirt_every_row_is_good_and_no_phone_comes_twice(tmp_path: Path) -> None:
    write_example_csv(tmp_path / "a.csv", 20_000, dirt=False)
    _, rows = _read(tmp_path / "a.csv")
    assert all(isinstance(row, GoodRow) for row in rows)
    assert len({row.phone for row in rows}) == 20_000
    # The sandbox gives numbers that end like this a fate of their own.
    assert not any(row.phone[-4:-2] == "00" for row in rows)


def test_another_seed_makes_other_people(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_example_csv(tmp_path / f"{seed}.csv", 50, dirt=False, seed=seed)
    assert {row.phone for row in _read(tmp_path / "1.csv")[1]}.isdisjoint(
        row.phone for row in _read(tmp_path / "2.csv")[1]
    )


def test_the_dirt_is_what_libraries_have() -> None:
    roster, rows = _read(EXAMPLES / "loans.xlsx")
    codes = Counter(row.code for row in rows if isinstance(row, BadRow))
    assert set(codes) == {
        *(Refusal.PHONE_LANDLINE, Refusal.PHONE_DEAD_PREFIX, Refusal.PHONE_TWO),
        *(Refusal.PHONE_TOO_SHORT, Refusal.PHONE_EMPTY, Refusal.PHONE_PLACEHOLDER),
        *(Refusal.VALUE_FORMULA_ERROR, Refusal.VALUE_NOT_A_DATE, Refusal.VALUE_NOT_IN_LIST),
        *(Refusal.VALUE_FORMULA, Refusal.VALUE_CONTROL_CHARACTER, Refusal.ROW_DUPLICATE),
    }
    assert 20 < codes.total() < 60
    assert roster.left_out == {"title": 2, "total": 1, "note": 1}
    source = open_list(EXAMPLES / "loans.xlsx")
    assert (source.hidden_rows, source.hidden_sheets) == (1, ("코드",))


def test_the_twin_tells_the_same_people() -> None:
    source = open_list(EXAMPLES / "loans-cp949.csv")
    assert source.encoding == "cp949"
    twins = [
        [(row.phone, row.name) for row in _read(EXAMPLES / name)[1]]
        for name in ("loans.xlsx", "loans-cp949.csv")
    ]
    assert twins[0] == twins[1]


def test_the_files_in_the_repository_are_the_generators(tmp_path: Path) -> None:
    write_example_csv(tmp_path / "loans-cp949.csv", 1_000)
    write_example_xlsx(tmp_path / "loans.xlsx", 1_000)
    twin = tmp_path / "loans-cp949.csv"
    assert twin.read_bytes() == (EXAMPLES / "loans-cp949.csv").read_bytes()
    # Compressed bytes may differ with the version of zlib: the cells may not.
    assert [list(open_list(folder / "loans.xlsx").rows()) for folder in (tmp_path, EXAMPLES)] == [
        list(open_list(EXAMPLES / "loans.xlsx").rows())
    ] * 2
