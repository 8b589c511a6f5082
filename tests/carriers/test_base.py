"""The contract's own small parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.carriers.base import CarrierError, Outgoing, make_ref, read_ref
from alimnaru.rules.template import Rendered


@given(st.integers(0, 10**18 - 1), st.integers(0, 9_999))
def test_a_reference_comes_back_as_it_went(message_id: int, attempt_no: int) -> None:
    assert read_ref(make_ref(message_id, attempt_no)) == (message_id, attempt_no)


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "-",
        "1",
        "1-",
        "-1",
        "1-2-3",
        "+1-2",
        "1 -2",
        "1_0-2",
        "١-٢",
        "²-1",
        "a-1",
        "chunk-7",
        # More than a bigint or a smallint holds: no row of ours, and no overflow in the database.
        "1" * 19 + "-1",
        "1-" + "1" * 5,
        "9" * 5_000 + "-1",
    ],
    ids=lambda ref: repr(ref[:12]),
)
def test_a_reference_that_is_not_ours(ref: str) -> None:
    assert read_ref(ref) is None


def test_an_error_names_its_code() -> None:
    assert str(CarrierError("NotEnoughBalance")) == "NotEnoughBalance"
    assert str(CarrierError("Http503", "busy")) == "Http503: busy"


def test_a_message_does_not_show_whom_it_is_for() -> None:
    shown = repr(Outgoing("101-1", "01012345678", Rendered("김나루 님, 책을 돌려주십시오.")))
    assert shown == "Outgoing(101-1)"
