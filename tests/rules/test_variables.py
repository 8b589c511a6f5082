from __future__ import annotations

import unicodedata
from datetime import date, datetime, time
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.cell import holds_link, is_blank
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.variables import (
    Cell,
    CellError,
    Formatter,
    Kind,
    Variable,
    format_value,
    variable_from_json,
    variable_to_json,
)

TODAY = date(2026, 11, 20)
BRANCHES = {"나루중앙도서관": "중앙", "나루숲 작은도서관": "숲"}


def shown(kind: Kind, cell: Cell, **more: Any) -> str | Refusal:
    return format_value(Variable("값", kind, **more), cell, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.PERSON, "김나루", "김*루"),
        (Kind.PERSON, "NGUYEN VAN ANH", "N***** *** **H"),
        (Kind.DATE_LONG, "2026-11-25", "2026. 11. 25.(수)"),
        (Kind.DATE_LONG, datetime(2026, 11, 25), "2026. 11. 25.(수)"),
        (Kind.DATE_LONG, 46351, "2026. 11. 25.(수)"),
        (Kind.DATE_SHORT, "2026. 11. 25.(수)", "11/25(수)"),
        (Kind.TIME, "오후 2:30", "14:30"),
        (Kind.TIME, time(9, 5), "09:05"),
        (Kind.DATETIME, "2026-11-25 14:30", "2026. 11. 25.(수) 14:30"),
        (
            Kind.DATE_RANGE,
            "2026-11-01~2026-11-30",
            "2026. 11. 1.(일) ~ 2026. 11. 30.(월)",
        ),
        (Kind.INTEGER, 3, "3"),
        (Kind.PHONE, "02)123-4567", "02-123-4567"),
        (Kind.PHONE, 311234567, "031-123-4567"),
        (Kind.TEXT, "신분증", "신분증"),
        (Kind.TEXT, 3.0, "3"),
        (Kind.PLACE, "나루구청 3층\u00a0대강당", "나루구청 3층 대강당"),
        (Kind.DEPARTMENT, "스마트정보과", "스마트정보과"),
        (Kind.STAFF, "박담당", "박담당"),
        (Kind.CODE, "2026-0012", "2026-0012"),
        (Kind.CODE, 20260012.0, "20260012"),
        (Kind.CODE_TAIL, "2026-12345-6789", "6789"),
        (Kind.CODE_TAIL, "20261-23", "6123"),
        (Kind.CODE_TAIL, "12", "12"),
        (Kind.PLATE_TAIL, "12가3456", "3456"),
        (Kind.PLATE_TAIL, "서울 12가 3456", "3456"),
        (Kind.PLATE_TAIL, "１２３가３４５６", "3456"),
        (Kind.PLATE_TAIL, "3456", "3456"),
        (Kind.PLATE_TAIL, 56, "0056"),
    ],
)
def test_values_as_residents_read_them(kind: Kind, cell: Cell, value: str) -> None:
    assert shown(kind, cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (3, "3"),
        (3.0, "3"),
        ("3", "3"),
        ("３", "3"),
        ("3.0", "3"),
        ("3권", "3"),
        ("3 권", "3"),
        ("2년차", "2"),
        ("0", "0"),
        ("007", "7"),
        ("1,234", "1234"),
        ("1,234,567원", "1234567"),
    ],
)
def test_whole_numbers(cell: Cell, value: str) -> None:
    assert shown(Kind.INTEGER, cell) == value


@pytest.mark.parametrize(
    "cell",
    ["세 권", "3.5", 3.5, "-3", -3, "3만", "3천원", "1,23", "1234,567", "3~4", "약 3권", "3권 외"],
)
def test_no_whole_number(cell: Cell) -> None:
    assert shown(Kind.INTEGER, cell) is Refusal.VALUE_NOT_A_NUMBER


@pytest.mark.parametrize(
    ("kind", "cell", "refusal"),
    [
        (Kind.DATE_LONG, "곧", Refusal.VALUE_NOT_A_DATE),
        (Kind.DATE_SHORT, "2026-02-30", Refusal.VALUE_NOT_A_DATE),
        (Kind.TIME, "2:30", Refusal.VALUE_NOT_A_TIME),
        (Kind.DATETIME, "2026-11-25", Refusal.VALUE_NOT_A_TIME),
        (Kind.DATE_RANGE, "2026-11-25", Refusal.VALUE_NOT_A_DATE),
        (Kind.PERSON, "010-1234-5678", Refusal.VALUE_NOT_A_NAME),
        (Kind.PERSON, datetime(2026, 11, 25), Refusal.VALUE_NOT_TEXT),
        (Kind.PHONE, "010-1234-5678", Refusal.PHONE_NOT_OFFICE),
        (Kind.PHONE, "123-4567", Refusal.PHONE_TOO_SHORT),
        (Kind.PLACE, datetime(2026, 3, 1), Refusal.VALUE_NOT_TEXT),
        (Kind.TEXT, True, Refusal.VALUE_NOT_TEXT),
        (Kind.INTEGER, True, Refusal.VALUE_NOT_TEXT),
        (Kind.CODE_TAIL, "--", Refusal.VALUE_EMPTY),
        (Kind.PLATE_TAIL, "외제차", Refusal.VALUE_NOT_A_NUMBER),
        (Kind.PLATE_TAIL, "12가34567", Refusal.VALUE_NOT_A_NUMBER),
    ],
)
def test_values_that_may_not_go(kind: Kind, cell: Cell, refusal: Refusal) -> None:
    assert shown(kind, cell) is refusal


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    ("cell", "refusal"),
    [
        (None, Refusal.VALUE_EMPTY),
        ("", Refusal.VALUE_EMPTY),
        (" \u00a0", Refusal.VALUE_EMPTY),
        (CellError("#REF!"), Refusal.VALUE_FORMULA_ERROR),
        ("#N/A", Refusal.VALUE_FORMULA_ERROR),
        ("=VLOOKUP(A1,B:C,2)", Refusal.VALUE_FORMULA),
        ("김나루\n이루나", Refusal.VALUE_CONTROL_CHARACTER),
        ("900101-1234567", Refusal.VALUE_RESIDENT_NUMBER),
        ("#{성명}", Refusal.VALUE_HAS_MARK),
        ("https://example.com", Refusal.VALUE_HAS_LINK),
    ],
    ids=ascii,
)
def test_what_no_kind_lets_pass(kind: Kind, cell: Cell, refusal: Refusal) -> None:
    assert shown(kind, cell) is refusal


HOSTILE = [
    "가" + " " * 32_000 + "나",
    "1" + " " * 32_000 + "1",
    "2026" + "-" * 32_000,
    "(" * 32_000,
    "a" * 32_000 + ".",
    "a+" * 16_000 + ".",
    "900101 " * 4_600,
    ("~" + " " * 90) * 350,
    "님" * 32_000,
    "0" * 32_000,
]


@pytest.mark.parametrize("cell", [*HOSTILE, *[text[:950] for text in HOSTILE]], ids=range(20))
def test_a_hostile_cell_costs_no_time(cell: str) -> None:
    began = process_time()
    for kind in Kind:
        assert shown(kind, cell, max_length=20)
    read_phone(cell)
    mask_name(cell)
    holds_link(cell)
    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("kind", "cell", "limit", "value"),
    [
        (Kind.TEXT, "가" * 20, 20, "가" * 20),
        (Kind.TEXT, "가" * 21, 20, Refusal.VALUE_TOO_LONG),
        (Kind.PLACE, "가" * 26, 25, Refusal.VALUE_TOO_LONG),
        (Kind.ENUM, "가" * 13, 12, Refusal.VALUE_TOO_LONG),
        (Kind.INTEGER, 1234, 3, Refusal.VALUE_TOO_LONG),
        (Kind.TITLE, "가" * 20, 20, "가" * 20),
        (Kind.TITLE, "가" * 21, 20, "가" * 19 + "…"),
        (Kind.TITLE, "가" * 18 + " 나다라", 20, "가" * 18 + "…"),
        (Kind.TITLE, "가" * 100, None, "가" * 100),
        (Kind.TEXT, "가" * 1000, None, "가" * 1000),
        (Kind.TEXT, "가" * 1001, None, Refusal.VALUE_TOO_LONG),
        (Kind.PERSON, "가" * 101, None, Refusal.VALUE_NOT_A_NAME),
    ],
)
def test_lengths(kind: Kind, cell: str, limit: int | None, value: str) -> None:
    assert shown(kind, cell, max_length=limit) == value


@pytest.mark.parametrize(
    ("values", "cell", "value"),
    [
        ((), "아무 글", "아무 글"),
        (("처리완료", "보완필요"), "처리완료", "처리완료"),
        (("처리완료", "보완필요"), "처리 완료", "처리완료"),
        (("QR", "방문"), "qr", "QR"),
        (("처리완료", "보완필요"), "처리", Refusal.VALUE_NOT_IN_LIST),
        (("당첨", "예비 n번"), "예비 3번", "예비 3번"),
        (("당첨", "예비 n번"), "예비12번", "예비 12번"),
        (("당첨", "예비 n번"), "예비 번", Refusal.VALUE_NOT_IN_LIST),
        (("1차", "2차"), 1, Refusal.VALUE_NOT_IN_LIST),
        (("1", "2"), 1.0, "1"),
        (("online",), "o3line", Refusal.VALUE_NOT_IN_LIST),
    ],
)
def test_choices(values: tuple[str, ...], cell: Cell, value: str) -> None:
    assert shown(Kind.ENUM, cell, values=values) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("나루중앙도서관", "중앙"),
        ("나루 중앙 도서관", "중앙"),
        ("나루숲작은도서관", "숲"),
        ("중앙", "중앙"),
        ("먼 도서관", Refusal.VALUE_NOT_IN_LIST),
    ],
)
def test_short_forms(cell: str, value: str) -> None:
    assert shown(Kind.ENUM_SHORT, cell, short=BRANCHES) == value


def test_without_short_forms_the_text_itself_must_be_short() -> None:
    assert shown(Kind.ENUM_SHORT, "중앙", max_length=6) == "중앙"
    assert shown(Kind.ENUM_SHORT, "나루중앙도서관", max_length=6) is Refusal.VALUE_TOO_LONG


def test_a_blank_cell_is_the_default_or_nothing_or_an_error() -> None:
    assert shown(Kind.PHONE, "", default="021234567") == "02-123-4567"
    assert shown(Kind.PHONE, None, default="02-123-4567", required=False) == "02-123-4567"
    assert shown(Kind.TEXT, None, required=False) == ""
    assert shown(Kind.TEXT, None, default=" ") is Refusal.VALUE_EMPTY
    assert shown(Kind.PHONE, "", default="문의처") is Refusal.PHONE_NOT_A_NUMBER


LOAN = (
    Variable("도서관", Kind.ENUM, max_length=12, default="나루중앙도서관"),
    Variable("관", Kind.ENUM_SHORT, max_length=6, short=BRANCHES, source="도서관"),
    Variable("성명", Kind.PERSON),
    Variable("대표도서", Kind.TITLE, max_length=20),
    Variable("권수", Kind.INTEGER),
    Variable("기한", Kind.DATE_LONG),
    Variable("기한짧", Kind.DATE_SHORT, source="기한"),
)
ROW: dict[str, Cell] = {
    "도서관": "나루숲 작은도서관",
    "성명": "김나루",
    "대표도서": "바람이 머무는 나루터",
    "권수": "3",
    "기한": "2026-11-25",
}


def test_a_row() -> None:
    assert Formatter(LOAN, TODAY).format_row(ROW) == [
        "나루숲 작은도서관",
        "숲",
        "김*루",
        "바람이 머무는 나루터",
        "3",
        "2026. 11. 25.(수)",
        "11/25(수)",
    ]


@pytest.mark.parametrize(
    ("change", "at", "value"),
    [
        ({"기한짧": "11/26"}, 6, "11/26(목)"),  # its own cell goes before its source
        ({"기한짧": ""}, 6, "11/25(수)"),
        ({"기한짧": "  "}, 6, "11/25(수)"),
        ({"기한": None}, 5, Refusal.VALUE_EMPTY),
        ({"기한": None}, 6, Refusal.VALUE_EMPTY),
        ({"도서관": None}, 0, "나루중앙도서관"),
        ({"도서관": None}, 1, "중앙"),
        ({"도서관": ""}, 1, "중앙"),
        ({"도서관": "먼 도서관"}, 1, Refusal.VALUE_NOT_IN_LIST),
        ({"기한": datetime(2026, 11, 26)}, 6, "11/26(목)"),
        ({"기한": CellError("#REF!")}, 6, Refusal.VALUE_FORMULA_ERROR),
        ({"성명": ""}, 2, Refusal.VALUE_EMPTY),
        ({"권수": 3.0}, 4, "3"),
    ],
)
def test_sources_and_defaults(change: dict[str, Cell], at: int, value: str) -> None:
    formatter = Formatter(LOAN, TODAY)
    for _ in range(2):  # the second row meets what the first has left in memory
        assert formatter.format_row(ROW | change)[at] == value


def test_an_own_default_goes_before_that_of_the_source() -> None:
    variables = (
        Variable("도서관", Kind.TEXT, default="나루중앙도서관"),
        Variable("관", Kind.TEXT, source="도서관", default="본관"),
    )
    assert Formatter(variables, TODAY).format_row({}) == ["나루중앙도서관", "본관"]


def test_a_source_that_is_not_among_the_variables_is_read_all_the_same() -> None:
    formatter = Formatter([Variable("기한짧", Kind.DATE_SHORT, source="기한")], TODAY)
    assert formatter.format_row({"기한": "2026-11-25"}) == ["11/25(수)"]
    assert formatter.format_row({}) == [Refusal.VALUE_EMPTY]


def test_equal_cells_of_different_types_stay_apart() -> None:
    formatter = Formatter([Variable("권수", Kind.INTEGER)], TODAY)
    cells: list[Cell] = ["1", 1, 1.0, True, "1", True]
    answers = [formatter.format_row({"권수": cell})[0] for cell in cells]
    assert answers == ["1", "1", "1", Refusal.VALUE_NOT_TEXT, "1", Refusal.VALUE_NOT_TEXT]


def test_memory_stays_bounded_over_a_long_list() -> None:
    formatter = Formatter([Variable("권수", Kind.INTEGER)], TODAY)
    for number in range(10_000):
        assert formatter.format_row({"권수": f"{number}권"}) == [str(number)]
    remembered = formatter._columns[0].known
    assert 0 < len(remembered) <= 4_096


def test_codes_are_not_remembered() -> None:
    formatter = Formatter([Variable("접수번호", Kind.CODE)], TODAY)
    assert formatter.format_row({"접수번호": "2026-0012"}) == ["2026-0012"]
    assert formatter._columns[0].known == {}


cells = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["", " ", "2026-11-25", "11/25", "14:30", "3권", "김나루", "#REF!", "=A1"]),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.just(CellError("#REF!")),
)


@given(st.lists(st.dictionaries(st.sampled_from([kind.value for kind in Kind]), cells)))
def test_a_formatter_agrees_with_formatting_one_by_one(rows: list[dict[str, Cell]]) -> None:
    variables = [Variable(kind.value, kind, max_length=30) for kind in Kind]
    formatter = Formatter(variables, TODAY)
    for row in rows:
        assert formatter.format_row(row) == [
            format_value(variable, row.get(variable.name), today=TODAY) for variable in variables
        ]


@given(st.sampled_from(Kind), cells, st.integers(1, 40))
def test_what_goes_is_safe_and_fits(kind: Kind, cell: Cell, limit: int) -> None:
    value = shown(kind, cell, max_length=limit)
    if not isinstance(value, Refusal):
        assert value
        assert len(value) <= limit
        assert "#{" not in value
        assert not any(unicodedata.category(char) == "Cc" for char in value)


ONE_WAY = {Kind.CODE_TAIL, Kind.PERSON, Kind.DATE_SHORT}


@given(st.sampled_from([kind for kind in Kind if kind not in ONE_WAY]), cells)
def test_a_formatted_value_formats_to_itself(kind: Kind, cell: Cell) -> None:
    value = shown(kind, cell)
    if not isinstance(value, Refusal) and not is_blank(value):
        assert shown(kind, value) == value


@pytest.mark.parametrize(
    ("data", "variable"),
    [
        ({"name": "성명", "kind": "person"}, Variable("성명", Kind.PERSON)),
        (
            {"name": "기한짧", "kind": "date_short", "from": "기한"},
            Variable("기한짧", Kind.DATE_SHORT, source="기한"),
        ),
        (
            {
                "name": "관",
                "kind": "enum_short",
                "max": 6,
                "values": ["중앙"],
                "short": {"나루중앙도서관": "중앙"},
                "from": "도서관",
                "columns": ["도서관명"],
                "default": "중앙",
                "required": False,
            },
            Variable(
                "관",
                Kind.ENUM_SHORT,
                max_length=6,
                values=("중앙",),
                short={"나루중앙도서관": "중앙"},
                source="도서관",
                columns=("도서관명",),
                default="중앙",
                required=False,
            ),
        ),
    ],
)
def test_the_form_in_a_catalogue(data: dict[str, object], variable: Variable) -> None:
    assert variable_from_json(data) == variable
    assert variable_to_json(variable) == data


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"name": "성명", "kind": "person", "limit": 3}, "unknown keys of a variable: limit"),
        ({"kind": "person"}, "without braces"),
        ({"name": "", "kind": "person"}, "without braces"),
        ({"name": "#{성명}", "kind": "person"}, "without braces"),
        ({"name": 3, "kind": "person"}, "name of a variable must be str"),
        ({"name": "성명"}, "unknown kind None"),
        ({"name": "성명", "kind": "name"}, "unknown kind 'name'"),
        ({"name": "성명", "kind": "person", "max": 0}, "max must be"),
        ({"name": "성명", "kind": "person", "max": True}, "max must be"),
        ({"name": "성명", "kind": "person", "max": "3"}, "max of a variable must be int"),
        ({"name": "성명", "kind": "person", "values": "가나"}, "values of a variable must be a"),
        ({"name": "성명", "kind": "person", "columns": [3]}, "columns of a variable must be a"),
        ({"name": "성명", "kind": "person", "short": ["가"]}, "must map texts to texts"),
        ({"name": "성명", "kind": "person", "short": {"가": 3}}, "must map texts to texts"),
        ({"name": "성명", "kind": "person", "required": "no"}, "required of a variable must be"),
    ],
)
def test_faults_in_a_catalogue(data: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        variable_from_json(data)


words = st.text("가나다라abc ", min_size=1, max_size=8)


@given(
    st.builds(
        Variable,
        name=words,
        kind=st.sampled_from(Kind),
        max_length=st.none() | st.integers(1, 100),
        values=st.lists(words).map(tuple),
        short=st.dictionaries(words, words),
        source=st.none() | words,
        columns=st.lists(words).map(tuple),
        default=st.none() | st.text(),
        required=st.booleans(),
    )
)
def test_a_variable_survives_the_catalogue(variable: Variable) -> None:
    assert variable_from_json(variable_to_json(variable)) == variable
    assert hash(variable) == hash(variable_from_json(variable_to_json(variable)))
