from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.cell import (
    Cell,
    CellError,
    holds_link,
    holds_resident_number,
    is_blank,
    narrow,
    objection,
    read_text,
    tidy,
)
from alimnaru.rules.refusals import Refusal


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("나루도서관", "나루도서관"),
        ("  나루도서관\n", "나루도서관"),
        ("나루\u00a0도서관\u3000", "나루 도서관"),
        ("\ufeff나루\u200b도서관", "나루도서관"),
        ("\u202a나루\u202c", "나루"),
        (unicodedata.normalize("NFD", "나루도서관"), "나루도서관"),
        ('="0012"', "0012"),
        ('="a"&"b"', '="a"&"b"'),
        ("나루 도서관", "나루 도서관"),
    ],
    ids=ascii,
)
def test_text_as_a_reader_sees_it(written: str, read: str) -> None:
    assert tidy(written) == read


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("", ""),
        ("글", "글"),
        (3, "3"),
        (3.0, "3"),
        (3.25, "3.25"),
        (1e20, "100000000000000000000"),
        (float("nan"), Refusal.VALUE_FORMULA_ERROR),
        (CellError("#REF!"), Refusal.VALUE_FORMULA_ERROR),
        (True, Refusal.VALUE_NOT_TEXT),
        (date(2026, 3, 1), Refusal.VALUE_NOT_TEXT),
        (datetime(2026, 3, 1, 9, 0), Refusal.VALUE_NOT_TEXT),
        (time(9, 0), Refusal.VALUE_NOT_TEXT),
        (timedelta(hours=1), Refusal.VALUE_NOT_TEXT),
        (9001011234567, Refusal.VALUE_RESIDENT_NUMBER),
    ],
)
def test_cells_as_text(cell: Cell, text: str) -> None:
    assert read_text(cell) == text


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("두 줄\n글", Refusal.VALUE_CONTROL_CHARACTER),
        ("탭\t글", Refusal.VALUE_CONTROL_CHARACTER),
        ("널\x00", Refusal.VALUE_CONTROL_CHARACTER),
        ("줄\u2028글", Refusal.VALUE_CONTROL_CHARACTER),
        ("#REF!", Refusal.VALUE_FORMULA_ERROR),
        ("#N/A", Refusal.VALUE_FORMULA_ERROR),
        ("#DIV/0!", Refusal.VALUE_FORMULA_ERROR),
        ("#NAME?", Refusal.VALUE_FORMULA_ERROR),
        ("=A1", Refusal.VALUE_FORMULA),
        ("=$B$2", Refusal.VALUE_FORMULA),
        ("=SUM(A1:A3)", Refusal.VALUE_FORMULA),
        ('=HYPERLINK("x")', Refusal.VALUE_FORMULA),
        ("=vlookup(a,b)", Refusal.VALUE_FORMULA),
        ("=Sheet1!A1", Refusal.VALUE_FORMULA),
        ("=명단!A1", Refusal.VALUE_FORMULA),
        ("=1+2", Refusal.VALUE_FORMULA),
        ('="a"&"b"', Refusal.VALUE_FORMULA),
        ("#{성명}", Refusal.VALUE_HAS_MARK),
        ("김#{나루}", Refusal.VALUE_HAS_MARK),
    ],
    ids=ascii,
)
def test_what_no_value_may_be(text: str, refusal: Refusal) -> None:
    assert objection(text) is refusal


@pytest.mark.parametrize(
    "text",
    [
        "나루도서관 3층",
        "02-123-4567",
        "2026. 11. 25.(수) 14:30",
        "=사랑이란",
        "= 마음",
        "#1 강의실",
        "C# 프로그래밍",
        "접수 202611-1234567",
        "1/2 분기",
    ],
)
def test_what_a_value_may_be(text: str) -> None:
    assert objection(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "900101-1234567",
        "9001011234567",
        "900101 - 1234567",
        "900101-1******",
        "900101-7●●●●●●",
        "김나루(900101-2234567)",
        "010203-4234567",
        "990909-8234567",
        "９００１０１－１２３４５６７",
        "900101–1234567",
    ],
)
def test_resident_numbers(text: str) -> None:
    assert holds_resident_number(text)
    assert objection(text) is Refusal.VALUE_RESIDENT_NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "901301-1234567",  # no 13th month
        "900132-1234567",  # no 32nd day
        "900101-9234567",  # born before 1900
        "900101-123456",
        "1900101-1234567",
        "900101-12345678",
        "202611-1234567",
        "9788936434267",  # the ISBN of a book
        "010-1234-5678",
    ],
)
def test_numbers_that_only_resemble_one(text: str) -> None:
    assert not holds_resident_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com",
        "https://나루.한국/길",
        "HTTPS://EXAMPLE.COM",
        "kakaotalk://open",
        "www.example.org",
        "example.go.kr",
        "example.com에서 확인",
        "naru.kr.",
        "bit.ly/abc",
        "EXAMPLE.COM/a",
        "나루.한국",
        "누리집 naru.or.kr 참조",
        "help@example.com",
        "ｗｗｗ.example.com",
    ],
)
def test_links(text: str) -> None:
    assert holds_link(text)
    assert objection(text) is Refusal.VALUE_HAS_LINK


@pytest.mark.parametrize(
    "text",
    [
        "Node.js 교과서",
        "ASP.NET 프로그래밍",
        "3.한국사",
        "제1부.한국인",
        "2026.11.25",
        "Dr. Kim",
        "a.b.c",
        "v1.2/3",
        "10:30~11:30",
        "수학의 정석: 상",
    ],
)
def test_book_titles_are_no_links(text: str) -> None:
    assert not holds_link(text)
    assert objection(text) is None


@pytest.mark.parametrize(
    ("cell", "blank"),
    [(None, True), ("", True), (" \u00a0\u200b", True), ("0", False), (0, False), (False, False)],
)
def test_blank_to_the_eye(cell: Cell, blank: bool) -> None:
    assert is_blank(cell) is blank


def test_full_width_signs() -> None:
    assert narrow("ＡＢ１２（）～　가") == "AB12()~ 가"
    assert narrow("plain") == "plain"


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = tidy(text)
    if not once.startswith('="'):
        assert tidy(once) == once


@given(st.text(), st.dates(date(1950, 1, 1), date(2026, 1, 1)), st.integers(1000000, 8999999))
def test_a_resident_number_is_found_wherever_it_stands(text: str, born: date, rest: int) -> None:
    around = f"{text} {born:%y%m%d}-{rest} {text}"
    assert holds_resident_number(around)
    assert objection(around) is not None
