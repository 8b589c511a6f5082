"""What of a row may be shown, and which rows are nobody's."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.cell import Cell, CellError
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster_rows import (
    BadRow,
    GoodRow,
    RosterRefused,
    SourceRow,
    as_text,
    left_out_as,
    shown,
    squeeze,
)


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("휴대폰 번호", "휴대폰번호"),
        ("휴대폰\n번호", "휴대폰번호"),
        ("Ｈ．Ｐ", "hp"),
        ("*성명*", "성명"),
        ("①번호", "1번호"),
    ],
)
def test_squeezed(text: str, squeezed: str) -> None:
    assert squeeze(text) == squeezed


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  김  나루\n", "김 나루"),
        (3, "3"),
        (3.0, "3"),
        (3.5, "3.5"),
        (True, "True"),
        (CellError("#REF!"), "#REF!"),
        (date(2026, 11, 25), "2026-11-25"),
        (datetime(2026, 11, 25, 9, 30), "2026-11-25 09:30:00"),
        (time(9, 30), "09:30:00"),
    ],
)
def test_a_cell_on_one_line(cell: Cell, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("02-385-1234", "02-3**-**34"),
        ("0101234567", "010*****67"),
        ("０１０－１２３４－５６７", "010-****-*67"),
        (1087654321, "108*****21"),
        ("900101-1234567", "******-*******"),
        ("김나루 900101-1234567", "김나루 ******-*******"),
        ("010-1234-5678 / 010-8765-4321", "010-****-**78 / 010-****-**21"),
        ("2026-13-45", "2026-13-45"),
        ("20261345", "20261345"),
        ("010-1234", "010-1234"),
        ("11/35", "11/35"),
        ("강변도서관", "강변도서관"),
        ("가" * 41, "가" * 39 + "…"),
        (None, ""),
    ],
)
def test_what_stood_in_a_cell(cell: Cell, seen: str) -> None:
    assert shown(cell) == seen


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("010-1234", "01*-**34"),
        ("010-1234-5678", "010-****-**78"),
        ("0101", "0101"),
        ("없음", "없음"),
    ],
)
def test_what_stood_in_a_cell_for_a_phone(cell: Cell, seen: str) -> None:
    assert shown(cell, phone=True) == seen


@pytest.mark.parametrize(("cell", "seen"), [("김나루", "김*루"), ("12345", "12345"), ("", "")])
def test_what_stood_in_a_cell_for_a_person(cell: Cell, seen: str) -> None:
    assert shown(cell, person=True) == seen


@given(st.text())
def test_what_is_shown_is_short_and_tells_no_number(text: str) -> None:
    seen = shown(text)
    assert len(seen) <= 40
    assert "01012345678" not in shown(f"{text} 01012345678")


HEADERS = ("연번", "성명", "휴대폰", "권수")
MAPPED = {1, 2, 3}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([], "blank"),
        (["", None, "  ", "\u200b"], "blank"),
        ([12, "", None, ""], "blank"),  # a form numbered in advance
        (["12", "", "", ""], "blank"),
        ([12, "", "", "", "주소"], None),
        (["", "", "", 5], None),
        (["합계", "", "", 320], "total"),
        (["총 계", "", "1,000명", ""], "total"),
        (["소계:", "", "", 3], "total"),
        (["", "계", "", 3], "total"),
        (["합계(명)", "", "", 3], "total"),
        (["총 235명", "", "", ""], "total"),
        (["[합계]", "", "", 3], "total"),
        (["TOTAL", "", "", 3], "total"),
        (["- 이하 여백 -"], "total"),
        (["끝."], "total"),
        (["계수나무", "", "", ""], None),
        (["1", "합계동", "", ""], None),
        (["연번", "성명", "휴대폰", "권수"], "header"),
        (["", "성명", "휴대폰", ""], "header"),
        (["", "성명", "", ""], None),
        (["연번", "성명", "휴대폰", "권수", "비고"], None),
        (["※ 개인정보이므로 쓰고 나서 지워 주십시오."], "note"),
        (["", "* 기준일 이후 반납 제외"], "note"),
        (["※ 확인", "김나루", "", ""], None),
        (["1", "김나루", "없음", 3], None),
    ],
)
def test_rows_that_are_nobodys(cells: list[Cell], kind: str | None) -> None:
    assert left_out_as(cells, MAPPED, HEADERS) == kind


@pytest.mark.parametrize(
    "row",
    [
        SourceRow(7, ["김나루", "010-1234-5678"]),
        GoodRow(7, b"k" * 16, "01012345678", "김나루", ("김*루",)),
        BadRow(7, "휴대폰", Refusal.PHONE_TWO, "01012345678", "김나루", "010-****"),
    ],
)
def test_a_row_in_a_log_tells_nobody(row: object) -> None:
    told = f"{row!r} {row} {[row]}"
    assert "7" in told
    assert "나루" not in told
    assert "1234" not in told


def test_a_refused_list_has_its_code_and_facts() -> None:
    refused = RosterRefused(Refusal.HEADER_ONLY, row=3)
    assert (str(refused), refused.code, refused.facts) == (
        "header_only",
        Refusal.HEADER_ONLY,
        {"row": 3},
    )
