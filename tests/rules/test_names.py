from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.names import mask_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("김나루", "김*루"),
        ("김루", "김*"),
        ("김", "김*"),
        ("남궁민수", "남**수"),
        ("김 나루", "김*루"),
        ("김  루", "김*"),
        ("김\u00a0나루", "김*루"),
        ("김나루 님", "김*루"),
        ("김나루님", "김*루"),
        ("김별님", "김*님"),
        ("김나루 귀하", "김*루"),
        ("김나루(모)", "김*루"),
        ("김나루 (1990)", "김*루"),
        ("김나루 외 2명", "김*루"),
        ("김나루 외2", "김*루"),
        ("김*루", "김*루"),
        ("김○루", "김*루"),
        ("김OO", "김**"),
        ("김나루A", "김**A"),
        ("NGUYEN VAN ANH", "N***** *** **H"),
        ("Li", "L*"),
        ("王小明", "王*明"),
    ],
)
def test_masked_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize("name", ["", "123", "010-1234-5678", "***", "○○○", "-", "2026-11-25"])
def test_what_holds_no_letter_is_no_name(name: str) -> None:
    assert mask_name(name) == ""


@given(st.text("가나다루김박이", min_size=1, max_size=8))
def test_a_korean_name_shows_no_more_than_its_ends(name: str) -> None:
    masked = mask_name(name)
    assert masked[0] == name[0]
    assert set(masked[1:-1]) <= {"*"}
    assert len(masked) == max(len(name), 2)
    assert mask_name(masked) == masked
