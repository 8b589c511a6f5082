"""Which column means what, over the headers that offices really write."""

from __future__ import annotations

import pytest

from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster_header import HeaderFinder, HeaderMap
from alimnaru.rules.roster_rows import RosterRefused
from alimnaru.rules.variables import Kind, Variable

NAME = Variable("성명", Kind.PERSON)
DUE = Variable("기한", Kind.DATE_LONG, columns=("반납예정일", "반납일"))
DUE_SHORT = Variable("기한짧", Kind.DATE_SHORT, source="기한")
OFFICE = Variable("전화", Kind.PHONE, columns=("문의전화",), default="02-555-0123")


def _find(*rows: list[Cell], variables: tuple[Variable, ...] = (NAME, DUE)) -> HeaderMap:
    return HeaderFinder(variables).find(list(enumerate(rows, 1)))[0]


def _refused(*rows: list[Cell], variables: tuple[Variable, ...] = (NAME, DUE)) -> RosterRefused:
    with pytest.raises(RosterRefused) as refused:
        _find(*rows, variables=variables)
    return refused.value


@pytest.mark.parametrize(
    "title",
    [
        *(
            "휴대폰",
            "휴대전화",
            "핸드폰",
            "휴대폰번호",
            "휴대폰 번호",
            "휴 대 폰",
            "휴대전화\n번호",
        ),
        *("HP", "H.P", "h p", "ＨＰ", "Mobile", "연락처", "전화번호", "연락처(휴대폰)", "전화"),
        *("휴대폰(필수)", "휴대폰번호 (- 없이 입력)", "[휴대폰]", "＊휴대폰", "수신번호", "Tel."),
        *("이용자 휴대폰", "신청인 연락처", "회원전화번호", "본인 핸드폰", "휴대폰1", "이동전화"),
        "휴대폰",  # as a Mac writes it
    ],
)
def test_headers_of_phones(title: str) -> None:
    assert _find([title, "성명", "반납예정일"]).phone == 0


@pytest.mark.parametrize(
    "title",
    [
        *("전화번호(자택)", "집전화", "회사 연락처", "팩스번호", "보호자 연락처", "비상연락처"),
        *("발신번호", "문의전화", "우편번호", "번호", "휴대폰 기종", ""),
    ],
)
def test_headers_of_something_else(title: str) -> None:
    refused = _refused([title, "성명", "반납예정일"])
    assert refused.code is Refusal.COLUMN_MISSING
    assert refused.facts["columns"] == "휴대폰"


@pytest.mark.parametrize(
    ("titles", "phone"),
    [
        (["연락처", "휴대폰"], 1),
        (["전화번호", "휴대전화"], 1),
        (["전화", "연락처"], 1),
        (["휴대폰", "수신번호"], 1),
        (["연락처2", "연락처1"], 1),
        (["연락처(휴대폰)", "휴대폰"], 1),
        (["이용자 휴대폰", "휴대폰"], 1),
        (["자택 전화번호", "전화번호"], 1),
        (["보호자 휴대폰", "휴대폰"], 1),
    ],
)
def test_the_better_of_two_phone_columns(titles: list[Cell], phone: int) -> None:
    assert _find([*titles, "성명", "반납예정일"]).phone == phone


@pytest.mark.parametrize(
    "titles", [["휴대폰", "핸드폰"], ["연락처", "전화번호"], ["휴대폰", "휴대폰"]]
)
def test_two_phone_columns_of_one_rank_are_a_question(titles: list[Cell]) -> None:
    refused = _refused([*titles, "성명", "반납예정일"])
    assert refused.code is Refusal.COLUMN_TWICE
    assert refused.facts == {"column": ", ".join(dict.fromkeys(map(str, titles))), "count": 2}


def test_two_columns_for_one_variable_are_a_question() -> None:
    refused = _refused(["휴대폰", "성명", "반납예정일", "반납 예정일"])
    assert (refused.code, refused.facts["column"]) == (
        Refusal.COLUMN_TWICE,
        "반납예정일, 반납 예정일",
    )


def test_a_repeated_column_that_nobody_needs_does_no_harm() -> None:
    assert _find(["휴대폰", "성명", "반납예정일", "비고", "비고"]).columns == {"성명": 1, "기한": 2}


@pytest.mark.parametrize(
    ("titles", "column"),
    [
        (["기한", "반납예정일"], 1),  # the name of the variable comes first
        (["반납일", "반납예정일"], 2),  # then its columns, in their order
        (["비고", "반납일"], 2),
    ],
)
def test_the_words_of_a_variable_have_an_order(titles: list[Cell], column: int) -> None:
    assert _find(["휴대폰", *titles, "성명"]).columns["기한"] == column


@pytest.mark.parametrize("title", ["성명", "이름", "성 명", "이용자명", "신청인", "대출자", "Name"])
def test_headers_of_people(title: str) -> None:
    found = _find([title, "휴대폰", "반납예정일"])
    assert (found.name, found.columns["성명"]) == (0, 0)


def test_people_without_a_variable_are_still_named() -> None:
    assert _find(["휴대폰", "신청자", "대상자", "반납일"], variables=(DUE,)).name == 1
    assert _find(["휴대폰", "반납일"], variables=(DUE,)).name is None


@pytest.mark.parametrize(
    ("title", "is_key"),
    [("회원번호", True), ("접수번호", True), ("관리 번호", True), ("번호", False), ("연번", False)],
)
def test_headers_of_the_offices_own_numbers(title: str, is_key: bool) -> None:
    assert _find([title, "휴대폰", "성명", "반납일"]).key == (0 if is_key else None)


def test_the_better_key_of_two() -> None:
    assert _find(["접수번호", "회원번호", "휴대폰", "성명", "반납일"]).key == 1
    assert _find(["접수번호", "관리번호", "휴대폰", "성명", "반납일"]).key == 0


@pytest.mark.parametrize(
    "title",
    ["주민등록번호", "주민번호", "주민등록번호 뒷자리", "외국인등록번호", "여권 번호", "SSN"],
)
def test_forbidden_columns(title: str) -> None:
    refused = _refused(["휴대폰", "성명", "반납예정일", title])
    assert (refused.code, refused.facts) == (
        Refusal.COLUMN_FORBIDDEN,
        {"column": title, "row": 1},
    )


def test_a_forbidden_column_in_the_upper_row_of_a_header() -> None:
    refused = _refused(
        ["성명", "주민등록번호", "연락"], ["성명", None, "휴대폰"], variables=(NAME,)
    )
    assert refused.code is Refusal.COLUMN_FORBIDDEN


@pytest.mark.parametrize(
    "title", ["주민등록번호를 적지 마십시오", "주민", "동 주민센터", "등록번호"]
)
def test_words_near_to_forbidden_ones(title: str) -> None:
    assert _find(["휴대폰", "성명", "반납예정일", title]).phone == 0


# ---- where the header stands -----------------------------------------------------------------


def test_titles_above_the_header() -> None:
    found, used = HeaderFinder((NAME, DUE)).find(
        [(1, ["반납예정 대출자 명단"]), (2, []), (4, ["연락처 확인 후 사용"]),
         (7, ["휴대폰", "성명", "반납예정일"]), (8, ["010-1234-5678", "김나루", "11/25"])]
    )  # fmt: skip
    assert (found.first, found.last, used) == (7, 7, 4)


def test_a_header_of_two_rows() -> None:
    found, used = HeaderFinder((NAME, DUE)).find(
        [(1, ["명단"]), (2, ["연번", "이용자", "", "대출", ""]),
         (3, [None, "성명", "휴대폰", "도서", "반납예정일", "비고"]),
         (4, [1, "김나루", "010-1234-5678", "책", "11/25"])]
    )  # fmt: skip
    assert (found.first, found.last, used) == (3, 3, 3)
    assert found.headers[2] == "휴대폰"


def test_a_header_whose_halves_stand_in_two_rows() -> None:
    found, used = HeaderFinder((NAME, DUE)).find(
        [(1, ["연번", "성명", "반납예정일", "연락"]), (2, [None, None, None, "휴대폰", "자택"]),
         (3, [1, "김나루", "11/25", "010-1234-5678"])]
    )  # fmt: skip
    assert (found.first, found.last, used) == (1, 2, 2)
    assert found.headers == ("연번", "성명", "반납예정일", "휴대폰", "자택")
    assert (found.phone, found.columns) == (3, {"성명": 1, "기한": 2})


def test_people_without_numbers_are_no_second_half() -> None:
    """The first row of people could pass for words: what is above already says everything."""
    found = _find(["성명", "휴대폰", "반납예정일"], ["김나루", "", ""])
    assert found.last == 1


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["김나루", "010-1234-5678", "2026-11-25"]],
        [["성명"], ["김나루"]],
        [[None, 5, 1.5]] * 30,
        [["머리말"]] * 20 + [["성명", "휴대폰", "반납예정일"]],
    ],
)
def test_no_header(rows: list[list[Cell]]) -> None:
    refused = _refused(*rows)
    assert refused.code is Refusal.HEADER_NOT_FOUND
    assert refused.facts == {"rows": min(len(rows), 20)}


# ---- what may be missing ---------------------------------------------------------------------


def test_missing_columns_are_named_beside_those_that_are_there() -> None:
    refused = _refused(
        ["", "이름", "전화", None, "비고"], variables=(NAME, DUE, Variable("관", Kind.TEXT))
    )
    assert refused.code is Refusal.COLUMN_MISSING
    assert refused.facts == {
        "columns": "반납예정일, 관",
        "present": "이름, 전화, 비고",
        "row": 1,
    }


@pytest.mark.parametrize(
    "variable",
    [
        Variable("관", Kind.TEXT, default="중앙"),
        Variable("관", Kind.TEXT, required=False),
        Variable("관", Kind.TEXT, source="성명"),
        Variable("관", Kind.TEXT, source="부서"),
    ],
    ids=["default", "optional", "fed", "fed by the default of another"],
)
def test_variables_that_need_no_column(variable: Variable) -> None:
    department = Variable("부서", Kind.TEXT, default="도서관과")
    found = _find(["성명", "휴대폰"], variables=(NAME, department, variable))
    assert found.columns == {"성명": 0}


def test_a_source_that_is_no_variable_is_a_column() -> None:
    found = _find(["휴대폰", "기한"], variables=(DUE_SHORT,))
    assert found.columns == {"기한": 1}
    assert _refused(["휴대폰", "성명"], variables=(DUE_SHORT,)).facts["columns"] == "기한"


def test_the_offices_number_is_never_read_from_the_residents_column() -> None:
    assert _find(["성명", "휴대폰", "전화"], variables=(NAME, OFFICE)).columns == {"성명": 0}
    assert _find(["성명", "전화"], variables=(NAME, OFFICE)).phone == 1
    found = _find(["성명", "전화", "문의전화"], variables=(NAME, OFFICE))
    assert found.columns == {"성명": 0, "전화": 2}


def test_an_office_number_without_default_needs_a_column_of_its_own() -> None:
    bare = Variable("전화", Kind.PHONE)
    assert _refused(["성명", "전화"], variables=(NAME, bare)).facts["columns"] == "전화"
    assert _find(["성명", "휴대폰", "전화"], variables=(NAME, bare)).columns["전화"] == 2


def test_what_the_map_tells() -> None:
    found = _find(["번호", "회원번호", "이용자 명", "핸드폰", "반납일"])
    assert found.mapped == {1, 2, 3, 4}
    assert found.titles == {"휴대폰": "핸드폰", "성명": "이용자 명", "기한": "반납일"}


# ---- chosen by a person --------------------------------------------------------------------------

_LIST: list[Cell] = ["연락처", "보호자연락처", "대출자", "성명", "반납예정일", "연장 후 반납일"]


def _chosen(titles: list[Cell], **chosen: str) -> HeaderMap:
    return HeaderFinder((NAME, DUE), chosen).find([(1, titles)])[0]


def test_what_a_person_chose_is_read() -> None:
    header = _chosen(_LIST, phone="보호자연락처", 성명="대출자", 기한="연장 후 반납일")
    assert (header.phone, header.name, header.columns) == (1, 2, {"성명": 2, "기한": 5})


def test_a_choice_out_of_another_list_counts_for_nothing() -> None:
    assert _chosen(_LIST, phone="휴대폰", 기한="마감") == _find(_LIST)


def test_two_columns_of_the_chosen_name_are_still_a_question() -> None:
    with pytest.raises(RosterRefused) as refused:
        _chosen([*_LIST, "연락처"], phone="연락처")
    assert refused.value.code is Refusal.COLUMN_TWICE
    assert refused.value.titles[-1] == "연락처"


def test_no_column_may_be_chosen_for_what_has_a_default() -> None:
    finder = HeaderFinder((NAME, DUE, OFFICE), {"전화": ""})
    assert "전화" not in finder.find([(1, [*_LIST, "문의전화"])])[0].columns


def test_no_column_at_all_for_what_is_needed_is_refused_with_what_there_is() -> None:
    with pytest.raises(RosterRefused) as refused:
        _chosen(_LIST, 기한="")
    assert refused.value.code is Refusal.COLUMN_MISSING
    assert refused.value.titles == tuple(_LIST)


def test_the_name_may_come_from_a_chosen_column() -> None:
    header = HeaderFinder((DUE,), {"name": "대출자"}).find([(1, _LIST)])[0]
    assert header.name == 2
