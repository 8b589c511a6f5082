"""Which channel comes first, and what follows a try that ended badly."""

from __future__ import annotations

import pytest

from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Action, Result, action_for
from alimnaru.rules.plan import RETRY_AFTER, Move, Policy, Settle, Wait, after_silence, next_step

USUAL = Policy()
URGENT = Policy(urgent=True)
NO_SMS = Policy(fallback=None)
LONG = Policy(fallback=Channel.LMS)
KAKAO, SMS = Channel.ALIMTALK, Channel.SMS
FAILED, UNKNOWN, DELIVERED = (
    Settle(MessageState.FAILED),
    Settle(MessageState.UNKNOWN),
    Settle(MessageState.DELIVERED),
)


@pytest.mark.parametrize(
    ("policy", "channel", "try_no", "result", "step"),
    [
        (USUAL, KAKAO, 1, Result.IN_TRANSIT, Wait()),
        (USUAL, KAKAO, 1, Result.DELIVERED, DELIVERED),
        (USUAL, KAKAO, 1, Result.NOT_A_USER, Move(SMS)),
        (USUAL, KAKAO, 1, Result.BLOCKED, Move(SMS)),
        (LONG, KAKAO, 1, Result.NOT_A_USER, Move(Channel.LMS)),
        (NO_SMS, KAKAO, 1, Result.NOT_A_USER, FAILED),
        (USUAL, SMS, 1, Result.NOT_A_USER, FAILED),
        (USUAL, KAKAO, 1, Result.NUMBER_WRONG, FAILED),
        (USUAL, SMS, 1, Result.REFUSED_BY_RESIDENT, FAILED),
        (USUAL, KAKAO, 1, Result.CARRIER_DOWN, Move(KAKAO, 30, 2)),
        (USUAL, KAKAO, 2, Result.CARRIER_DOWN, Move(SMS)),
        (NO_SMS, KAKAO, 2, Result.CARRIER_DOWN, FAILED),
        (USUAL, SMS, 1, Result.NO_ROUTE, Move(SMS, 60, 2)),
        (USUAL, SMS, 2, Result.NO_ROUTE, Move(SMS, 300, 3)),
        (USUAL, SMS, 3, Result.NO_ROUTE, FAILED),
        (USUAL, KAKAO, 1, Result.TEMPLATE_MISMATCH, FAILED),
        (URGENT, KAKAO, 1, Result.TEMPLATE_MISMATCH, Move(SMS)),
        (USUAL, KAKAO, 1, Result.MAY_ARRIVE_LATER, UNKNOWN),
        (USUAL, SMS, 1, Result.TIMED_OUT, UNKNOWN),
        (USUAL, KAKAO, 1, Result.UNRECOGNISED, UNKNOWN),
    ],
)
def test_what_follows(
    policy: Policy, channel: Channel, try_no: int, result: Result, step: object
) -> None:
    assert next_step(policy, channel, try_no, result) == step


@pytest.mark.parametrize("result", list(Result))
@pytest.mark.parametrize("channel", list(Channel))
def test_every_result_leads_somewhere_and_tries_come_to_an_end(
    result: Result, channel: Channel
) -> None:
    taken, at, try_no = 0, channel, 1
    while isinstance(step := next_step(USUAL, at, try_no, result), Move):
        at, try_no = step.channel, step.try_no
        taken += 1
    assert taken <= sum(map(len, RETRY_AFTER.values())) + 1


@pytest.mark.parametrize("result", [r for r in Result if action_for(r) is Action.UNCERTAIN])
def test_what_may_still_arrive_is_never_followed_by_a_second_message(result: Result) -> None:
    assert next_step(URGENT, KAKAO, 1, result) == UNKNOWN


@pytest.mark.parametrize(
    ("policy", "channel", "step"),
    [(USUAL, KAKAO, Move(SMS)), (NO_SMS, KAKAO, Wait()), (USUAL, SMS, Wait())],
)
def test_silence(policy: Policy, channel: Channel, step: object) -> None:
    assert after_silence(policy, channel) == step
