"""The most frequent phone of a list is never taken for less than it is."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.crowd import Crowd


def hashed(number: int) -> bytes:
    return blake2b(str(number).encode(), digest_size=16).digest()


@given(st.lists(st.integers(0, 30)))
def test_nobody_is_missed(numbers: list[int]) -> None:
    crowd = Crowd()
    for number in numbers:
        crowd.add(hashed(number))
    true = max(Counter(numbers).values(), default=0)
    assert true <= crowd.most <= true + 1


@pytest.mark.parametrize("length", [1_000, 100_000])
def test_a_long_list_of_different_phones_has_hardly_more_than_one_each(length: int) -> None:
    crowd = Crowd()
    for number in range(length):
        crowd.add(hashed(number))
    assert crowd.most in {1, 2}


def test_one_who_comes_again_far_away_is_found() -> None:
    crowd = Crowd()
    for number in [7, *range(100, 20_000), 7, *range(20_000, 30_000), 7]:
        crowd.add(hashed(number))
    assert crowd.most >= 3
