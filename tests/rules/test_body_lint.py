"""Texts that hold more than one person's own. All names and numbers are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.ops.example_words import LIBRARIES, SURNAMES, SYLLABLES, TITLES
from alimnaru.rules.body_lint import LintFault, RowLint, lint_body
from alimnaru.rules.names import mask_name
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.variables import Kind

KINDS = (Kind.PERSON, Kind.TEXT, Kind.TEXT, Kind.TITLE, Kind.STAFF, Kind.PHONE)
LINT = RowLint(KINDS)
TWO_PHONES, NAMES = Refusal.VALUE_TWO_PHONES, Refusal.VALUE_NAME_LIST


def row(*values: str) -> list[str]:
    return ["김*루", *values, *[""] * (4 - len(values)), "02-555-0123"]


@pytest.mark.parametrize(
    "values",
    [
        ("물빛도서관", "신분증, 도시락, 필기구"),
        ("010-1234-5678",),
        ("010-1234-5678", "01012345678"),
        ("010-1234-5678, 010.1234.5678", "+82 10-1234-5678"),
        ("02-555-0123, 02-555-0124",),
        ("1588-0000 또는 02-555-0123",),
        ("20101234567890101234568",),
        ("접수번호 2026-010-1234-5678-9",),
        ("김나루, 이나빈",),
        ("김*루, 이*빈",),
        ("", "", "김나루, 이나빈, 박나솔 소설집"),
        ("", "", "김나루, 이나빈, 박나솔"),
        ("", "", "", "김나루, 이나빈, 박나솔"),
        ("장식장, 정수기, 신발장, 이어폰",),
        ("국어, 수학, 영어, 과학",),
        ("정릉동, 이태원, 신사동, 한남동",),
        ("월*수*금 오전 10시 ~ 12시",),
        ("강, 숲, 그리고 집, 바람, 언덕",),
    ],
)
def test_a_text_of_ones_own(values: tuple[str, ...]) -> None:
    assert LINT.fault(row(*values)) is None


@pytest.mark.parametrize(
    ("values", "code", "at"),
    [
        (("010-1234-5678, 010-1234-5679",), TWO_PHONES, 1),
        (("01012345678", "010-1234-5679"), TWO_PHONES, 2),
        (("01012345678", "", "010 1234 5679의 기억"), TWO_PHONES, 3),
        (("０１０－１２３４－５６７８ 010-1234-5679",), TWO_PHONES, 1),
        (("+82 10-1234-5678 / +82(0)10-1234-5679",), TWO_PHONES, 1),
        (("010-****-5678 011-****-5678",), TWO_PHONES, 1),
        (("김나루, 이나빈, 박나솔",), NAMES, 1),
        (("김나루,이나빈,박나솔,남궁나은 님",), NAMES, 1),
        (("", "대상: 김*루, 이*빈, 박*솔"), NAMES, 2),
        (("김○루 이○빈 박○솔",), NAMES, 1),
        (("남**수/김*/이*빈",), NAMES, 1),
        (("김나루 010-1234-5678, 이나빈 010-1234-5679",), TWO_PHONES, 1),
    ],
)
def test_a_list_pasted_into_a_text(values: tuple[str, ...], code: Refusal, at: int) -> None:
    assert LINT.fault(row(*values)) == (code, at)


NUMBERS = st.integers(0, 99_999_999).map("010{:08}".format)
GAPS = st.sampled_from(["", "-", " ", ".", " -"])


@given(NUMBERS, NUMBERS, GAPS)
def test_two_numbers_are_two_however_they_are_written(one: str, other: str, gap: str) -> None:
    spaced = gap.join([other[:3], other[3:7], other[7:]])
    fault = LINT.fault(row(one, f"또는 {spaced}"))
    assert (fault == (TWO_PHONES, 2)) is (one != other)


PEOPLE = st.tuples(
    st.sampled_from(SURNAMES[:20]), st.sampled_from(SYLLABLES), st.sampled_from(SYLLABLES)
).map("".join)


@given(st.lists(PEOPLE, min_size=3, max_size=20))
def test_masked_names_are_always_a_list(people: list[str]) -> None:
    assert LINT.fault(row(", ".join(map(mask_name, people)))) == (NAMES, 1)


@given(st.sampled_from(TITLES), st.sampled_from(LIBRARIES), PEOPLE)
def test_books_libraries_and_one_person_are_no_list(book: str, library: str, person: str) -> None:
    assert LINT.fault(row(library, person, book)) is None


def test_only_what_somebody_typed_is_looked_at() -> None:
    lint = RowLint([Kind.PERSON, Kind.PHONE, Kind.DATE_RANGE])
    assert lint.fault(["010-1234-5678 010-1234-5679"] * 3) is None


# ---- the finished message ------------------------------------------------------------------------


def test_a_registration_number_put_together() -> None:
    kinds = (Kind.CODE, Kind.CODE)
    fault = LintFault(Refusal.VALUE_RESIDENT_NUMBER, None)
    assert lint_body("등록 900101-1234567 안내", ("900101", "1234567"), kinds) == [fault]
    assert lint_body("등록 ９００１０１－５２３４５６７", ("", ""), kinds) == [fault]
    assert lint_body("등록 900101, 1234567 안내", ("900101", "1234567"), kinds) == []
    assert lint_body("등록 901301-1234567 안내", ("901301", "1234567"), kinds) == []


def test_a_registration_number_within_a_value() -> None:
    values = ("물빛", "900101-7******")
    assert lint_body("물빛 900101-7******", values, (Kind.TEXT, Kind.TEXT)) == [
        LintFault(Refusal.VALUE_RESIDENT_NUMBER, 1)
    ]


def test_all_faults_of_a_message_are_told() -> None:
    values = ("김나루, 이나빈, 박나솔", "900101 1234567")
    assert lint_body(" ".join(values), values, (Kind.TEXT, Kind.TEXT)) == [
        LintFault(NAMES, 0),
        LintFault(Refusal.VALUE_RESIDENT_NUMBER, 1),
    ]


def test_a_message_without_fault() -> None:
    assert lint_body("물빛도서관입니다.", ("물빛도서관",), (Kind.PLACE,)) == []
