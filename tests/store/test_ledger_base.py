"""Array literals of numbers and of our own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger.base import ints, rows, words


@pytest.mark.django_db
@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_numbers_arrive_as_they_left(values: list[int]) -> None:
    assert rows("SELECT %s::bigint[]", [ints(values)])[0][0] == values


@pytest.mark.django_db
def test_every_code_of_ours_is_a_plain_word() -> None:
    codes = [code.value for code in (*Result, *Refusal)]
    assert rows("SELECT %s::text[]", [words(codes)])[0][0] == codes


@pytest.mark.parametrize("word", ["a b", "a}", "{", '"', "A", "가", "a-b", "NULL", "null"])
def test_anything_else_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="plain words"):
        words([word])
