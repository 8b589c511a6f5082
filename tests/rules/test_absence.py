"""How long a phone is spared another try on Kakao."""

from __future__ import annotations

from datetime import timedelta

from alimnaru.rules.absence import ABSENT_FOR
from alimnaru.rules.outcomes import Action, action_for


def test_for_one_to_three_months() -> None:
    assert all(timedelta(days=30) <= time <= timedelta(days=90) for time in ABSENT_FOR.values())


def test_only_results_that_another_channel_follows() -> None:
    """A result that is retried, or that is our own mistake, says nothing about the phone."""
    assert {action_for(result) for result in ABSENT_FOR} == {Action.NEXT_CHANNEL}
