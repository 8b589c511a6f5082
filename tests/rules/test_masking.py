"""Values of a message on a screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.masking import mask_value
from alimnaru.rules.text import sms_bytes
from alimnaru.rules.variables import Kind, Variable


@pytest.mark.parametrize(
    ("kind", "value", "sensitivity", "shown"),
    [
        (Kind.PERSON, "김*루", 1, "김*루"),
        (Kind.PERSON, "김*루", 3, "김*루"),
        (Kind.DATE_LONG, "2026. 11. 25.(수)", 1, "2***. **. **.(○)"),
        (Kind.TITLE, "나루의 봄 2", 0, "나○○ ○ *"),
        (Kind.CODE, "A", 1, "*"),
        (Kind.TEXT, "", 1, ""),
        (Kind.ENUM, "정상", 1, "정상"),
        (Kind.ENUM, "정상", 2, "정○"),
        (Kind.DEPARTMENT, "건강증진과", 1, "건강증진과"),
        (Kind.DEPARTMENT, "정신건강팀", 3, "정○○○○"),
    ],
)
def test_a_value(kind: Kind, value: str, sensitivity: int, shown: str) -> None:
    assert mask_value(Variable("값", kind), value, sensitivity=sensitivity) == shown


def test_the_office_s_own_default_is_no_secret() -> None:
    variable = Variable("도서관", Kind.TEXT, default="나루중앙도서관")
    assert mask_value(variable, "나루중앙도서관", sensitivity=3) == "나루중앙도서관"


@given(st.text(alphabet="가나다라 -.()0123456789abcXYZ"))
def test_the_weight_of_a_text_stays(value: str) -> None:
    shown = mask_value(Variable("값", Kind.TEXT), value, sensitivity=1)
    assert sms_bytes(shown) == sms_bytes(value)
