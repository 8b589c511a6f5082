"""When a channel is out of order, who goes round it when, and for how much."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from alimnaru.rules.outage import Reason, Weather, affordable, may_move, weather

SMS = Decimal("8.063")


@pytest.mark.parametrize(
    ("breakers", "sky"),
    [
        ([], Weather.FINE),
        (["closed"], Weather.FINE),
        (["open", "closed"], Weather.FINE),
        (["half", "closed"], Weather.FINE),
        (["open", "half"], Weather.CLEARING),
        (["half"], Weather.CLEARING),
        (["open", "open"], Weather.OUT),
    ],
)
def test_the_weather(breakers: list[str], sky: Weather) -> None:
    assert weather(breakers) is sky


@pytest.mark.parametrize(
    ("priority", "reason", "seconds", "may"),
    [
        ("P3", Reason.PERSON, 0, True),
        ("P0", Reason.BREAKER, 0, True),
        ("P1", Reason.BREAKER, 0, True),
        ("P2", Reason.BREAKER, 299, False),
        ("P2", Reason.BREAKER, 300, True),
        ("P3", Reason.BREAKER, 299, False),
    ],
)
def test_a_short_disturbance_costs_nothing(
    priority: str, reason: Reason, seconds: int, may: bool
) -> None:
    lasted, patience = timedelta(seconds=seconds), timedelta(seconds=300)
    assert may_move(priority, reason, lasted, patience) is may


@pytest.mark.parametrize(
    ("messages", "price", "priority", "left", "number"),
    [
        (10, SMS, "P2", None, 10),
        (10, SMS, "P2", Decimal(100), 10),
        (10, SMS, "P2", Decimal("80.63"), 10),
        (10, SMS, "P2", Decimal("80.62"), 9),
        (10, SMS, "P2", Decimal(8), 0),
        (10, SMS, "P2", Decimal(-5), 0),
        (10, SMS, "P0", Decimal(0), 10),
        (10, SMS, "P1", Decimal(0), 0),
        (10, Decimal(0), "P2", Decimal(0), 10),
    ],
)
def test_what_a_ceiling_pays_for(
    messages: int, price: Decimal, priority: str, left: Decimal | None, number: int
) -> None:
    assert affordable(messages, price, priority, left) == number
