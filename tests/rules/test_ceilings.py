"""Ceilings: what fits, what is in the way, when somebody hears of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.ceilings import (
    Ceiling,
    Span,
    Stand,
    Whose,
    in_the_way,
    may_stop,
    month_end,
    subject,
    warning,
)

WON = st.decimals(0, 10**9, places=3, allow_nan=False)


def stand(won: str, spent: str = "0", coming: str = "0", key: int = 1) -> Stand:
    ceiling = Ceiling(Whose.DEPARTMENT, key, Span.MONTH, Decimal(won))
    return Stand(ceiling, Decimal(spent), Decimal(coming))


@pytest.mark.parametrize(
    ("won", "spent", "coming", "cost", "fits"),
    [
        pytest.param("10", "0", "0", "10", True, id="to the last won"),
        pytest.param("10", "0", "0", "10.001", False, id="and no further"),
        pytest.param("10", "4", "3", "3", True, id="what is under way counts"),
        pytest.param("10", "4", "3", "4", False, id="as if it were spent"),
        pytest.param("0", "0", "0", "0", True, id="nothing for nothing"),
        pytest.param("10", "11", "0", "0", False, id="overspent, even for nothing"),
    ],
)
def test_what_fits(won: str, spent: str, coming: str, cost: str, fits: bool) -> None:
    assert stand(won, spent, coming).fits(Decimal(cost)) is fits


def test_the_narrowest_is_in_the_way() -> None:
    wide, narrow = stand("100", "95"), stand("10", "9", key=2)
    assert in_the_way([wide, narrow], Decimal(6)) == narrow
    assert in_the_way([wide, narrow], Decimal(1)) is None
    assert in_the_way([], Decimal(10**9)) is None


@pytest.mark.parametrize(
    ("spent", "day", "more", "won"),
    [
        ("300", date(2026, 11, 10), "0", "900"),
        ("300", date(2026, 11, 10), "50", "950"),
        ("300", date(2026, 11, 30), "50", "350"),
        ("10", date(2028, 2, 1), "0", "290"),
    ],
)
def test_the_months_end_at_this_pace(spent: str, day: date, more: str, won: str) -> None:
    assert month_end(Decimal(spent), day, Decimal(more)) == Decimal(won)


@given(won=WON, spent=WON, coming=WON, cost=WON)
def test_what_fits_is_left(won: Decimal, spent: Decimal, coming: Decimal, cost: Decimal) -> None:
    found = Stand(Ceiling(Whose.PROJECT, 1, Span.DAY, won), spent, coming)
    assert found.left >= 0
    if found.fits(cost):
        assert cost <= found.left
    else:
        assert cost > found.left or found.left == 0


@pytest.mark.parametrize(
    ("priority", "lane", "stops"),
    [
        ("P0", "normal", False),
        ("P1", "urgent", False),
        ("P1", "normal", True),
        ("P3", "bulk", True),
    ],
)
def test_what_is_urgent_goes_on(priority: str, lane: str, stops: bool) -> None:
    assert may_stop(priority=priority, lane=lane) is stops


@pytest.mark.parametrize(
    ("won", "spent", "percent"),
    [("100", "79.999", None), ("100", "80", 80), ("100", "99.999", 80), ("100", "100", 100),
     ("100", "500", 100), ("0", "0", 100)],
)  # fmt: skip
def test_who_comes_near_hears_of_it(won: str, spent: str, percent: int | None) -> None:
    assert warning(stand(won).ceiling, Decimal(spent)) == percent


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span.MONTH, "budget:project:12:month:2026-11:80"),
        (Span.DAY, "budget:project:12:day:2026-11-28:80"),
    ],
)
def test_a_warning_is_known_by_its_span(span: Span, said: str) -> None:
    ceiling = Ceiling(Whose.PROJECT, 12, span, Decimal(1))
    assert subject(ceiling, date(2026, 11, 28), 80) == said
    longest = Ceiling(Whose.DEPARTMENT, 2**63 - 1, Span.DAY, Decimal(1))
    assert len(subject(longest, date(2026, 11, 28), 100)) <= 60
