"""What a result asks of the flow."""

from __future__ import annotations

import pytest

from alimnaru.rules.outcomes import ACTIONS, Action, Result, action_for


def test_every_result_asks_for_something() -> None:
    assert set(ACTIONS) == set(Result)


def test_every_action_is_asked_for() -> None:
    assert set(ACTIONS.values()) == set(Action)


@pytest.mark.parametrize(
    ("result", "action"),
    [
        (Result.ACCEPTED, Action.WAIT),
        (Result.IN_TRANSIT, Action.WAIT),
        (Result.DELIVERED, Action.DONE),
        # Kakao will not reach them; SMS may.
        (Result.NOT_A_USER, Action.NEXT_CHANNEL),
        (Result.BLOCKED, Action.NEXT_CHANNEL),
        (Result.UNREACHABLE_ON_KAKAO, Action.NEXT_CHANNEL),
        # The telco rang for a day before it said so: ringing again a minute later changes nothing.
        (Result.HANDSET_OFF, Action.NEXT_CHANNEL),
        (Result.HANDSET_CANNOT, Action.NEXT_CHANNEL),
        (Result.CARRIER_DOWN, Action.RETRY),
        (Result.NO_ROUTE, Action.RETRY),
        (Result.NUMBER_WRONG, Action.BAD_NUMBER),
        # Sending on repeats the mistake.
        (Result.TEMPLATE_MISMATCH, Action.OUR_MISTAKE),
        (Result.ACCOUNT_REFUSED, Action.OUR_MISTAKE),
        (Result.BALANCE_EMPTY, Action.OUR_MISTAKE),
        (Result.REFUSED_BY_RESIDENT, Action.STOP),
    ],
)
def test_what_a_result_asks_for(result: Result, action: Action) -> None:
    assert action_for(result) is action


@pytest.mark.parametrize(
    "result",
    [Result.DUPLICATE, Result.TIMED_OUT, Result.MAY_ARRIVE_LATER, Result.UNRECOGNISED],
)
def test_nobody_is_told_again_on_a_guess(result: Result) -> None:
    assert action_for(result) is Action.UNCERTAIN
