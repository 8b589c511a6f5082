from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.cell import CellError
from alimnaru.rules.phone import display, is_landline, mask, read_office_number, read_phone
from alimnaru.rules.refusals import Refusal

MOBILE = "01012345678"


@pytest.mark.parametrize(
    "cell",
    [
        "010-1234-5678",
        "01012345678",
        "010 1234 5678",
        "010.1234.5678",
        "010. 1234. 5678.",
        "010ㆍ1234ㆍ5678",
        "010_1234_5678",
        "010 - 1234 - 5678",
        "(010)1234-5678",
        "(010) 1234 5678",
        "010)1234-5678",
        "010/1234/5678",
        "010,1234,5678",
        "010-12345678",
        "  010-1234-5678\n",
        "'010-1234-5678",
        '"010-1234-5678"',
    ],
)
def test_ordinary_spellings(cell: str) -> None:
    assert read_phone(cell) == MOBILE


@pytest.mark.parametrize(
    "cell",
    [
        "０１０－１２３４－５６７８",
        "010–1234–5678",
        "010—1234—5678",
        "010ㅡ1234ㅡ5678",
        "010\u00a01234\u00a05678",
        "010\u30001234\u30005678",
        "\ufeff010-1234-5678",
        "\u202d010-1234-5678\u202c",
        "010\u200b12345678",
    ],
    ids=ascii,
)
def test_signs_that_look_like_others(cell: str) -> None:
    assert read_phone(cell) == MOBILE


@pytest.mark.parametrize(
    "cell",
    [
        "+82-10-1234-5678",
        "+82 10 1234 5678",
        "+82 (0)10-1234-5678",
        "(+82)10-1234-5678",
        "＋８２ 10 1234 5678",
        "+821012345678",
        "821012345678",
        "82-010-1234-5678",
        "0082-10-1234-5678",
        "00821012345678",
        821012345678,
    ],
)
def test_country_code_of_korea(cell: object) -> None:
    assert read_phone(cell) == MOBILE


@pytest.mark.parametrize(
    "cell",
    [
        1012345678,
        1012345678.0,
        "1012345678",
        "10-1234-5678",
        "1012345678.0",
        "1012345678.00",
        '="01012345678"',
        '="010-1234-5678"',
    ],
)
def test_what_excel_makes_of_it(cell: object) -> None:
    assert read_phone(cell) == MOBILE


@pytest.mark.parametrize(
    "cell",
    [
        "HP: 010-1234-5678",
        "H.P. 010-1234-5678",
        "휴대폰 010-1234-5678",
        "핸드폰010-1234-5678",
        "연락처 : +82-10-1234-5678",
        "☎ 010-1234-5678",
        "m 010-1234-5678",
        "010-1234-5678 (모)",
        "010-1234-5678(본인)",
        "010-1234-5678 보호자",
        "010-1234-5678 [배우자]",
        "HP 010-1234-5678 (자녀)",
    ],
)
def test_labels_and_notes_that_say_whose_phone_it_is(cell: str) -> None:
    assert read_phone(cell) == MOBILE


@pytest.mark.parametrize(
    "cell",
    [
        "010-1234-5678 (사망)",
        "010-1234-5678 (결번)",
        "010-1234-5678 (구)",
        "010-1234-5678 연락금지",
        "010-1234-5678 김나루",
        "010-1234-5678, 김나루",
        "김나루",
        "O1O-1234-5678",
        "010-1234-567B",
        "010-1234-5678*",
        "010-****-5678",
        "٠١٠١٢٣٤٥٦٧٨",
        "1.01E+09",
        "1.01234568E+09",
        "1E9",
        "010-1234-5678" + " " * 100 + "(모)",
        "12345678901",
        "01312345678",
        "02123456789",
        1012345678.5,
        float("nan"),
        float("inf"),
        -1012345678,
        True,
        date(2026, 11, 25),
        object(),
        b"01012345678",
    ],
)
def test_not_a_number(cell: object) -> None:
    assert read_phone(cell) is Refusal.PHONE_NOT_A_NUMBER


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0", "-", "+", "()", "없음", "X", "N/A"])
def test_nothing_there(cell: object) -> None:
    assert read_phone(cell) is Refusal.PHONE_EMPTY


@pytest.mark.parametrize(
    "cell",
    [
        "010-1111-2222 / 010-3333-4444",
        "010-1111-2222/02-333-4444",
        "010-1111-2222, 010-3333-4444",
        "010-1111-2222\n010-3333-4444",
        "010-1111-2222 또는 010-3333-4444",
        "010-1111-2222 010-3333-4444",
        "01011112222 01033334444",
        "0101111222201033334444",
        "010-1111-2222(모) 010-3333-4444(부)",
        "02)333-4444 010-1111-2222",
        "+82 10 1111 2222 +82 10 3333 4444",
        "010-1111-2222~3",
        "010-1111-2222,3",
        "010-1111-2222 / 010-1111-2222",
    ],
)
def test_two_numbers_in_one_cell(cell: str) -> None:
    assert read_phone(cell) is Refusal.PHONE_TWO


@pytest.mark.parametrize(
    "cell",
    [
        "011-234-5678",
        "011-9234-5678",
        "016-234-5678",
        "017-234-5678",
        "018-234-5678",
        "019-234-5678",
        "0112345678",
        112345678,
        1192345678,
        "+82-11-234-5678",
    ],
)
def test_dead_prefixes(cell: object) -> None:
    assert read_phone(cell) is Refusal.PHONE_DEAD_PREFIX


@pytest.mark.parametrize(
    "cell",
    [
        "02-123-4567",
        "02-1234-5678",
        "02)123-4567",
        "031-123-4567",
        "042-1234-5678",
        "064-123-4567",
        "070-1234-5678",
        "080-123-4567",
        "060-123-4567",
        "0505-123-4567",
        "0507-1234-5678",
        "0303-1234-5678",
        "1588-1234",
        "1800-1234",
        "+82-2-123-4567",
        212345678,
        311234567,
        7012345678,
        15881234,
    ],
)
def test_landlines(cell: object) -> None:
    assert read_phone(cell) is Refusal.PHONE_LANDLINE


@pytest.mark.parametrize(
    ("cell", "refusal"),
    [
        ("010", Refusal.PHONE_TOO_SHORT),
        ("010-", Refusal.PHONE_TOO_SHORT),
        ("010-123-4567", Refusal.PHONE_TOO_SHORT),
        ("1234-5678", Refusal.PHONE_TOO_SHORT),
        ("2123-4567", Refusal.PHONE_TOO_SHORT),
        ("011-1234", Refusal.PHONE_TOO_SHORT),
        ("02-123", Refusal.PHONE_TOO_SHORT),
        ("+8210", Refusal.PHONE_TOO_SHORT),
        (101234567, Refusal.PHONE_TOO_SHORT),
        ("010-1234-56789", Refusal.PHONE_TOO_LONG),
        ("0010-1234-5678", Refusal.PHONE_TOO_LONG),
        ("011-1234-56789", Refusal.PHONE_TOO_LONG),
        (10**40, Refusal.PHONE_TOO_LONG),
    ],
)
def test_a_digit_too_few_or_too_many(cell: object, refusal: Refusal) -> None:
    assert read_phone(cell) is refusal


@pytest.mark.parametrize(
    "cell",
    ["010-0000-0000", "01000000000", 1000000000, "+82-10-0000-0000", "000-0000-0000", "0", 0, 0.0],
)
def test_placeholders(cell: object) -> None:
    assert read_phone(cell) is Refusal.PHONE_PLACEHOLDER


@pytest.mark.parametrize("cell", ["010-1111-1111", "010-9999-9999", "010-1234-1234"])
def test_memorable_numbers_belong_to_somebody(cell: str) -> None:
    assert read_phone(cell) == cell.replace("-", "")


@pytest.mark.parametrize(
    "cell", ["+1-213-555-0123", "+86 138 0013 8000", "001-213-555-0123", "+44 20 7946 0123"]
)
def test_foreign_numbers(cell: str) -> None:
    assert read_phone(cell) is Refusal.PHONE_FOREIGN


@pytest.mark.parametrize(
    ("cell", "refusal"),
    [
        ("900101-1234567", Refusal.VALUE_RESIDENT_NUMBER),
        ("9001011234567", Refusal.VALUE_RESIDENT_NUMBER),
        ("#REF!", Refusal.VALUE_FORMULA_ERROR),
        ("#N/A", Refusal.VALUE_FORMULA_ERROR),
        (CellError("#REF!"), Refusal.VALUE_FORMULA_ERROR),
        ("=A1", Refusal.VALUE_FORMULA),
    ],
)
def test_what_slid_into_the_column(cell: object, refusal: Refusal) -> None:
    assert read_phone(cell) is refusal


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("02-123-4567", "021234567"),
        ("02)1234-5678", "0212345678"),
        ("(02) 123-4567", "021234567"),
        ("031-123-4567", "0311234567"),
        ("070-1234-5678", "07012345678"),
        ("080-123-4567", "0801234567"),
        ("0505-123-4567", "05051234567"),
        ("1588-1234", "15881234"),
        ("+82-2-123-4567", "021234567"),
        ("☎02-123-4567", "021234567"),
        ("120", "120"),
        ("1339", "1339"),
        (212345678, "0212345678"),
        (311234567, "0311234567"),
    ],
)
def test_office_numbers(written: object, digits: str) -> None:
    assert read_office_number(written) == digits


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("010-1234-5678", Refusal.PHONE_NOT_OFFICE),
        (1012345678, Refusal.PHONE_NOT_OFFICE),
        ("011-234-5678", Refusal.PHONE_DEAD_PREFIX),
        ("2123-4567", Refusal.PHONE_TOO_SHORT),
        (21234567, Refusal.PHONE_TOO_SHORT),
        ("123-4567", Refusal.PHONE_TOO_SHORT),
        ("060-123-4567", Refusal.PHONE_NOT_A_NUMBER),
        ("02-123-4567~8", Refusal.PHONE_TWO),
        ("02-123-4567 (내선 12)", Refusal.PHONE_NOT_A_NUMBER),
        ("문의처", Refusal.PHONE_NOT_A_NUMBER),
        ("", Refusal.PHONE_EMPTY),
    ],
)
def test_not_an_office_number(written: object, refusal: Refusal) -> None:
    assert read_office_number(written) is refusal


@pytest.mark.parametrize(
    ("digits", "shown", "masked"),
    [
        ("01012345678", "010-1234-5678", "010-****-5678"),
        ("021234567", "02-123-4567", "02-***-4567"),
        ("0212345678", "02-1234-5678", "02-****-5678"),
        ("0311234567", "031-123-4567", "031-***-4567"),
        ("07012345678", "070-1234-5678", "070-****-5678"),
        ("05051234567", "0505-123-4567", "0505-***-4567"),
        ("050712345678", "0507-1234-5678", "0507-****-5678"),
        ("0801234567", "080-123-4567", "080-***-4567"),
        ("15881234", "1588-1234", "****-1234"),
        ("120", "120", "120"),
        ("0212", "0212", "0212"),
        ("02123456", "0212-3456", "****-3456"),
        ("", "", ""),
    ],
)
def test_how_a_number_is_shown(digits: str, shown: str, masked: str) -> None:
    assert display(digits) == shown
    assert mask(digits) == masked


def test_landlines_are_known() -> None:
    assert is_landline("021234567")
    assert is_landline("15881234")
    assert not is_landline("01012345678")
    assert not is_landline("02123")


numbers = st.integers(1, 99_999_999).map("010{:08d}".format)


@given(numbers)
def test_a_number_survives_every_way_to_write_it(digits: str) -> None:
    a, b, c = digits[:3], digits[3:7], digits[7:]
    wide = digits.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    spellings: list[object] = [
        digits,
        display(digits),
        f"{a} {b} {c}",
        f"({a}){b}.{c}",
        f"+82{a[1:]}-{b}-{c}",
        wide,
        int(digits),
        float(int(digits)),
        f" {display(digits)} (모)",
        f'="{digits}"',
    ]
    assert {read_phone(spelling) for spelling in spellings} == {digits}


@given(numbers, numbers, st.sampled_from(["/", ", ", "\n", " ", ";", " 또는 ", ""]))
def test_two_numbers_are_never_one(first: str, second: str, between: str) -> None:
    assert read_phone(first + between + second) is Refusal.PHONE_TWO


@given(
    st.one_of(
        st.text(),
        st.text("0123456789-+(). /,~E\n"),
        st.integers(),
        st.floats(),
        st.none(),
        st.booleans(),
        st.datetimes(),
    )
)
def test_the_answer_is_a_mobile_number_or_a_refusal(cell: object) -> None:
    answer = read_phone(cell)
    if not isinstance(answer, Refusal):
        assert len(answer) == 11
        assert answer.isascii()
        assert answer.isdigit()
        assert answer.startswith("010")
        assert answer != "01000000000"
        assert read_phone(answer) == answer


@given(st.text("0123456789", max_size=13))
def test_a_mask_hides_and_a_display_keeps(digits: str) -> None:
    assert display(digits).replace("-", "") == digits
    assert len(mask(digits)) == len(display(digits))
    if len(digits) >= 8:
        assert mask(digits).count("*") >= 3
        assert mask(digits)[-4:] == digits[-4:]
