"""Kakao's own codes, as NHN and SENS relay them."""

from __future__ import annotations

import pytest

from alimnaru.carriers.kakao_codes import RESULTS
from alimnaru.rules.outcomes import Action, Result, action_for


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("3018", Action.NEXT_CHANNEL),
        ("3019", Action.NEXT_CHANNEL),
        ("3020", Action.NEXT_CHANNEL),
        ("3021", Action.NEXT_CHANNEL),
        ("3008", Action.BAD_NUMBER),
        ("3016", Action.OUR_MISTAKE),
        ("1021", Action.OUR_MISTAKE),
        ("9999", Action.RETRY),
        ("3012", Action.RETRY),
    ],
)
def test_a_code_asks_for_the_action_that_suits_it(code: str, action: Action) -> None:
    assert action_for(RESULTS[code]) is action


@pytest.mark.parametrize("code", ["3005", "3011", "4000", "4001", "4122", "4161", "4131"])
def test_no_second_message_goes_where_the_first_may_still_arrive(code: str) -> None:
    assert action_for(RESULTS[code]) is Action.UNCERTAIN


def test_every_code_is_four_digits_and_none_says_delivered() -> None:
    assert all(len(code) == 4 and code.isdecimal() for code in RESULTS)
    # Success is spelt 0000 or 1000: the carrier that relays it knows which.
    assert Result.DELIVERED not in RESULTS.values()
