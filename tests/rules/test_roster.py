"""A list read for one notice: who goes, who does not, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.cell import Cell, CellError
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import BadRow, GoodRow, Roster, RosterRefused, RosterSpec, SourceRow
from alimnaru.rules.shifted import Displaced, Slide
from alimnaru.rules.template import Emphasis, MessageType, Template
from alimnaru.rules.template_render import CompiledTemplate, CompiledText
from alimnaru.rules.variables import Kind, Variable

LIBRARIES = ("나루중앙도서관", "물빛도서관")
SHORT = {"나루중앙도서관": "중앙", "물빛도서관": "물빛"}
VARIABLES = (
    Variable("도서관", Kind.ENUM, values=LIBRARIES),
    Variable("성명", Kind.PERSON),
    Variable("책", Kind.TITLE, max_length=20, columns=("대표도서",)),
    Variable("권수", Kind.INTEGER, columns=("대출권수",)),
    Variable("기한", Kind.DATE_LONG, columns=("반납예정일",)),
    Variable("관", Kind.ENUM_SHORT, short=SHORT, source="도서관"),
    Variable("전화", Kind.PHONE, columns=("문의전화",), default="02-555-0123"),
)  # fmt: skip
ORDER = [variable.name for variable in VARIABLES]
BODY = "[#{도서관}] #{성명}님, #{책} 등 #{권수}권 #{기한} #{전화}"
SPEC = RosterSpec(
    variables=VARIABLES,
    today=date(2026, 11, 23),
    alimtalk=CompiledTemplate(Template(MessageType.BA, Emphasis.NONE, BODY), ORDER),
    sms=CompiledText("[#{관}] #{권수}권", ORDER),
    secret=b"s" * 32,
)
HEADER: list[Cell] = [
    "연번",
    "회원번호",
    "이용자명",
    "휴대폰",
    "도서관",
    "대표도서",
    "대출권수",
    "반납예정일",
]
GOOD: list[Cell] = [
    1,
    "N1",
    "김나루",
    "010-1234-5678",
    "물빛도서관",
    "물길을 따라",
    3,
    date(2026, 11, 25),
]


def _row(at: int = 1, /, **changes: Cell) -> list[Cell]:
    """A good row of the at-th person, with some columns changed."""
    row = [at, f"N{at}", "김나루", f"010-1234-{5677 + at}", *GOOD[4:]]
    for name, cell in changes.items():
        row[HEADER.index(name)] = cell
    return row


def _read(
    *rows: list[Cell], header: list[Cell] = HEADER, spec: RosterSpec = SPEC
) -> tuple[Roster, list[GoodRow | BadRow]]:
    roster = Roster(spec)
    source = (SourceRow(at, cells) for at, cells in enumerate([header, *rows], 1))
    return roster, list(roster.read(source))


def _bad(*rows: list[Cell], spec: RosterSpec = SPEC) -> tuple[str, Refusal, str]:
    """Column, code and what is shown of the one refused row."""
    (bad,) = [row for row in _read(*rows, spec=spec)[1] if isinstance(row, BadRow)]
    return bad.column, bad.code, bad.shown


def test_a_good_row() -> None:
    _, (row,) = _read(GOOD)
    assert isinstance(row, GoodRow)
    assert (row.number, row.phone, row.name, len(row.key)) == (2, "01012345678", "김나루", 16)
    assert row.values == (
        *("물빛도서관", "김*루", "물길을 따라", "3", "2026. 11. 25.(수)", "물빛", "02-555-0123"),
    )


def test_the_values_fit_the_wordings_as_they_are() -> None:
    _, (row,) = _read(GOOD)
    assert isinstance(row, GoodRow)
    assert SPEC.alimtalk is not None
    assert SPEC.alimtalk.render(row.values).text == (
        "[물빛도서관] 김*루님, 물길을 따라 등 3권 2026. 11. 25.(수) 02-555-0123"
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"휴대폰": "02-555-0123"}, ("휴대폰", Refusal.PHONE_LANDLINE, "02-5**-**23")),
        ({"휴대폰": ""}, ("휴대폰", Refusal.PHONE_EMPTY, "")),
        ({"휴대폰": None}, ("휴대폰", Refusal.PHONE_EMPTY, "")),
        ({"휴대폰": CellError("#N/A")}, ("휴대폰", Refusal.VALUE_FORMULA_ERROR, "#N/A")),
        ({"휴대폰": "=A1"}, ("휴대폰", Refusal.VALUE_FORMULA, "=A1")),
        ({"휴대폰": "+cmd|x"}, ("휴대폰", Refusal.VALUE_FORMULA, "+cmd|x")),
        ({"도서관": "강변도서관"}, ("도서관", Refusal.VALUE_NOT_IN_LIST, "강변도서관")),
        ({"이용자명": ""}, ("이용자명", Refusal.VALUE_EMPTY, "")),
        ({"이용자명": "=SUM(A1)"}, ("이용자명", Refusal.VALUE_FORMULA, "=**M")),
        ({"대표도서": "@SUM(1+1)"}, ("대표도서", Refusal.VALUE_FORMULA, "@SUM(1+1)")),
        ({"대표도서": "www.example.com"}, ("대표도서", Refusal.VALUE_HAS_LINK, "www.example.com")),
        ({"대표도서": CellError("#REF!")}, ("대표도서", Refusal.VALUE_FORMULA_ERROR, "#REF!")),
        (
            {"대표도서": "900101-1234567"},
            ("대표도서", Refusal.VALUE_RESIDENT_NUMBER, "******-*******"),
        ),
        ({"대출권수": "두 권"}, ("대출권수", Refusal.VALUE_NOT_A_NUMBER, "두 권")),
        ({"반납예정일": "미정"}, ("반납예정일", Refusal.VALUE_NOT_A_DATE, "미정")),
    ],
)  # fmt: skip
def test_a_bad_row(changes: dict[str, Cell], told: tuple[str, Refusal, str]) -> None:
    assert _bad(_row(**changes), _row(2)) == told


@pytest.mark.parametrize(
    "changes",
    [
        {"휴대폰": 1012345678},
        {"휴대폰": 1012345678.0},
        {"휴대폰": "+82 10-1234-5678"},
        {"휴대폰": "０１０－１２３４－５６７８"},
        {"대표도서": "@home 집에서"},
        {"대표도서": "+1이 되는 습관"},
        {"대표도서": "고양이 🐱"},  # Kakao shows it, and the SMS does not speak of the book
        {"대출권수": "3권"},
        {"반납예정일": 46351},
        {"반납예정일": "11/25"},
    ],
)
def test_a_row_that_may_look_odd_and_is_good(changes: dict[str, Cell]) -> None:
    _, (row,) = _read(_row(**changes))
    assert isinstance(row, GoodRow)
    assert row.phone == "01012345678"
    assert row.values[4] == "2026. 11. 25.(수)"


def test_only_the_first_fault_of_a_row_is_told() -> None:
    assert _bad(_row(휴대폰="", 도서관="강변도서관"))[1] is Refusal.PHONE_EMPTY


def test_a_refused_row_keeps_what_is_good_of_it() -> None:
    _, (row,) = _read(_row(도서관="강변도서관"))
    assert isinstance(row, BadRow)
    assert (row.number, row.phone, row.name) == (2, "01012345678", "김나루")
    _, (row,) = _read(_row(휴대폰="010-1234"))
    assert isinstance(row, BadRow)
    assert (row.phone, row.name) == ("", "김나루")


def test_a_short_row_ends_in_blanks() -> None:
    assert _bad(_row()[:7]) == ("반납예정일", Refusal.VALUE_EMPTY, "")
    assert _bad(_row()[:3])[1] is Refusal.PHONE_EMPTY


def test_a_list_without_names() -> None:
    spec = replace(SPEC, variables=VARIABLES[:1], alimtalk=None, sms=None)
    _, rows = _read(
        ["010-1234-5678", "물빛도서관"], ["", "물빛도서관"], header=["휴대폰", "도서관"], spec=spec
    )
    assert [(type(row), row.name) for row in rows] == [(GoodRow, ""), (BadRow, "")]


def test_a_default_that_is_wrong_names_its_variable() -> None:
    office = Variable("전화", Kind.PHONE, default="국번없음")
    spec = replace(SPEC, variables=(*VARIABLES[:6], office))
    column, code, seen = _bad(_row(), spec=spec)
    assert (column, seen) == ("전화", "")
    assert code is Refusal.PHONE_NOT_A_NUMBER


# ---- texts -----------------------------------------------------------------------------------


def test_a_text_too_long_for_alimtalk_points_to_the_longest_value() -> None:
    fits = replace(SPEC, alimtalk_limit=54)
    assert isinstance(_read(_row(), spec=fits)[1][0], GoodRow)
    assert _bad(_row(), spec=replace(SPEC, alimtalk_limit=53)) == (
        "반납예정일",
        Refusal.TEXT_TOO_LONG,
        "54/53",
    )


def test_a_text_too_long_for_an_sms() -> None:
    fits = replace(SPEC, sms=CompiledText("가" * 43 + "#{관}", ORDER))
    assert isinstance(_read(_row(), spec=fits)[1][0], GoodRow)
    longer = replace(SPEC, sms=CompiledText("가" * 44 + "#{관}", ORDER))
    assert _bad(_row(), spec=longer) == ("도서관", Refusal.SMS_TOO_LONG, "92/90")


def test_a_wording_that_is_too_long_by_itself_points_nowhere() -> None:
    spec = replace(SPEC, sms=CompiledText("가" * 46, ORDER))
    assert _bad(_row(), spec=spec) == ("", Refusal.SMS_TOO_LONG, "92/90")


def test_a_text_too_long_by_the_offices_own_number() -> None:
    spec = replace(SPEC, sms=CompiledText("가" * 40 + "#{전화}", ORDER))
    assert _bad(_row(), spec=spec) == ("전화", Refusal.SMS_TOO_LONG, "91/90")


def test_characters_that_no_sms_carries() -> None:
    spec = replace(SPEC, sms=CompiledText("#{책}", ORDER))
    assert _bad(_row(대표도서="고양이 🐱"), spec=spec) == (
        "대표도서",
        Refusal.SMS_UNPRINTABLE,
        "🐱",
    )


# ---- duplicates ------------------------------------------------------------------------------


def test_the_same_member_twice() -> None:
    assert _bad(_row(1), _row(2), _row(3, 회원번호="N1")) == (
        "회원번호",
        Refusal.ROW_DUPLICATE,
        "2행",
    )


@pytest.mark.parametrize(
    ("first", "second", "is_twice"),
    [
        ({}, {}, True),
        ({"휴대폰": "010-1234-5678"}, {"휴대폰": 1012345678}, True),
        ({"이용자명": "김나루"}, {"이용자명": "김나루 "}, True),
        ({"이용자명": "김나루"}, {"이용자명": "이나루"}, False),  # a family with one phone
        ({"휴대폰": "010-1234-5678"}, {"휴대폰": "010-1234-5679"}, False),
    ],
)
@pytest.mark.parametrize("member", ["", None])
def test_without_a_number_of_the_office_a_person_is_phone_and_name(
    first: dict[str, Cell], second: dict[str, Cell], is_twice: bool, member: Cell
) -> None:
    _, rows = _read(_row(회원번호=member, **first), _row(회원번호=member, **second))
    assert isinstance(rows[1], BadRow) is is_twice


def test_a_list_without_any_key_column_tells_twice_by_the_phone() -> None:
    _, rows = _read(GOOD[2:], GOOD[2:], header=HEADER[2:])
    assert rows[1][1:3] == ("휴대폰", Refusal.ROW_DUPLICATE)


def test_numbers_are_the_same_key_however_excel_keeps_them() -> None:
    assert _bad(_row(회원번호=1234), _row(2, 회원번호=1234.0))[1] is Refusal.ROW_DUPLICATE
    assert _bad(_row(회원번호=1234), _row(2, 회원번호="1234"))[1] is Refusal.ROW_DUPLICATE


def test_a_refused_row_does_not_make_the_next_one_a_duplicate() -> None:
    _, rows = _read(_row(도서관="강변도서관"), _row())
    assert isinstance(rows[1], GoodRow)


def _key(*row: Cell, spec: RosterSpec = SPEC) -> bytes:
    _, (good,) = _read(list(row), spec=spec)
    assert isinstance(good, GoodRow)
    return good.key


def test_a_key_is_the_same_in_every_reading_and_another_with_another_secret() -> None:
    assert _key(*GOOD) == _key(*GOOD)
    assert _key(*GOOD) != _key(*GOOD, spec=replace(SPEC, secret=b"t" * 32))


def test_a_member_called_like_a_phone_and_a_name_is_another_person() -> None:
    assert _key(*_row(회원번호="01012345678 김나루")) != _key(*_row(회원번호=""))


def test_the_secret_is_not_shown() -> None:
    assert "ssss" not in repr(SPEC)


# ---- what is left out ------------------------------------------------------------------------


def test_what_is_nobodys_is_counted_and_not_yielded() -> None:
    roster = Roster(SPEC)
    rows: list[list[Cell]] = [
        ["반납예정 명단"], [""], HEADER, _row(1), ["", ""], HEADER, _row(2),
        ["합계", "", "2명"], ["※ 참고"],
    ]  # fmt: skip
    found = list(roster.read(SourceRow(at, cells) for at, cells in enumerate(rows, 1)))
    assert [row.number for row in found] == [4, 7]
    assert roster.left_out == {"title": 1, "blank": 1, "header": 1, "total": 1, "note": 1}
    assert roster.header is not None
    assert roster.header.last == 3


def test_a_person_with_a_phone_is_never_left_out() -> None:
    roster, rows = _read(_row(이용자명="합계"), _row(2, 연번="소계"))
    assert len(rows) == 2
    assert not roster.left_out


def test_only_a_header() -> None:
    for rows in ([], [["합계", "", "0명"]]):
        with pytest.raises(RosterRefused) as refused:
            _read(*rows)
        assert (refused.value.code, refused.value.facts) == (Refusal.HEADER_ONLY, {"row": 1})


def test_the_header_is_refused_before_the_first_row_is_asked_for() -> None:
    with pytest.raises(RosterRefused):
        Roster(SPEC).read(iter([SourceRow(1, ["휴대폰", "성명"])]))


def test_rows_are_read_as_they_are_asked_for() -> None:
    def endless() -> Iterable[SourceRow]:
        yield SourceRow(1, HEADER)
        at = 1
        while True:
            at += 1
            yield SourceRow(at, _row(at))

    rows = iter(Roster(SPEC).read(endless()))
    assert [next(rows).number for _ in range(100)] == list(range(2, 102))


_ANY = st.one_of(
    st.none(), st.text(max_size=15), st.integers(), st.floats(), st.booleans(), st.dates(),
    st.datetimes(), st.times(), st.timedeltas(), st.just(CellError("#REF!")),
    st.sampled_from(["010-1234-5678", "물빛도서관", "김나루", "합계", "=A1", "2026-11-25"]),
)  # fmt: skip


@given(st.lists(st.lists(_ANY, max_size=9), min_size=1, max_size=8))
def test_every_row_is_told_or_left_out(rows: list[list[Cell]]) -> None:
    roster, told = _read(*rows, _row(9))
    assert len(told) + roster.left_out.total() == len(rows) + 1
    assert len({row.key for row in told if isinstance(row, GoodRow)}) == sum(
        isinstance(row, GoodRow) for row in told
    )


# ---- the list as a whole -------------------------------------------------------------------------


PASTED = replace(
    SPEC,
    variables=(*VARIABLES, Variable("안내", Kind.TEXT, required=False)),
    alimtalk=None,
    sms=None,
)


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("김나루, 이나빈, 박나솔", ("안내", Refusal.VALUE_NAME_LIST, "")),
        (
            "010-1234-0001 010-1234-0002",
            ("안내", Refusal.VALUE_TWO_PHONES, "010-****-**** ***-****-**02"),
        ),
    ],
)
def test_a_list_pasted_into_a_cell(pasted: str, told: tuple[str, Refusal, str]) -> None:
    _, (bad,) = _read([*_row(), pasted], header=[*HEADER, "안내"], spec=PASTED)
    assert isinstance(bad, BadRow)
    assert (bad.column, bad.code, bad.shown) == told


def test_a_column_that_was_moved_is_seen() -> None:
    names: list[Cell] = [None, *["김나루"] * 8]
    rows = [_row(at, 이용자명=name) for at, name in enumerate(names, 1)]
    last: list[Cell] = [None, None, "김나루", *[None] * 5]
    roster, read = _read(*rows, last)
    assert roster.edges.verdict() == Displaced(Slide.DOWN, (2,), 1)
    assert [type(row) for row in read] == [BadRow, *[GoodRow] * 8, BadRow]


def test_totals_are_no_edge_of_a_list() -> None:
    rows = [_row(at) for at in range(1, 9)]
    roster, _ = _read(*rows, ["합계", None, None, None, None, None, 24, None])
    assert roster.left_out == {"total": 1}
    assert roster.edges.verdict() is None
