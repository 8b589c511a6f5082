"""When an account is given no more work, and how it gets its work back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.health import (
    CALM,
    LONGEST,
    PROBE_LOST,
    SIGNS,
    Breaker,
    BreakerState,
    Reason,
    Sign,
    Signs,
    closed,
    judge,
    opened,
)
from alimnaru.rules.outcomes import Action, Result, action_for

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
PAUSE = 30.0
S = BreakerState


def test_every_result_says_something_or_nothing() -> None:
    assert set(SIGNS) == set(Result)


@pytest.mark.parametrize("result", Result)
def test_a_sign_fits_what_the_flow_does(result: Result) -> None:
    action = action_for(result)
    if action in {Action.DONE, Action.BAD_NUMBER, Action.NEXT_CHANNEL, Action.STOP}:
        assert SIGNS[result] is Sign.GOOD  # it is about the resident
    if action is Action.RETRY:
        assert SIGNS[result] is Sign.BAD
    if action is Action.WAIT:
        assert SIGNS[result] is Sign.NONE


@pytest.mark.parametrize(
    ("signs", "reason"),
    [
        (Signs(), None),
        (Signs(calls=2, cuts=2), None),
        (Signs(calls=3, cuts=3), Reason.CUTS),
        (Signs(calls=6, cuts=3), Reason.CUTS),
        (Signs(calls=7, cuts=3), None),
        (Signs(ok=16, bad=4), None),
        (Signs(ok=15, bad=5), Reason.RESULTS),
        (Signs(ok=0, bad=19), None),
        (Signs(ok=0, bad=20), Reason.RESULTS),
        (Signs(ok_long=4, bad_long=4), None),
        (Signs(ok_long=3, bad_long=5), Reason.RESULTS),
        (Signs(ok_long=0, bad_long=7), None),
        (Signs(silent=19), None),
        (Signs(silent=20), Reason.SILENCE),
        (Signs(calls=3, cuts=3, silent=20), Reason.CUTS),
    ],
)
def test_what_opens(signs: Signs, reason: Reason | None) -> None:
    to = judge(Breaker(), signs, NOW, PAUSE)
    if reason is None:
        assert to is None
    else:
        assert to == Breaker(S.OPEN, NOW, NOW + timedelta(seconds=30), 1, reason)


def half(reason: Reason) -> Breaker:
    return Breaker(S.HALF, NOW - timedelta(seconds=5), NOW, 1, reason, probe_chunk=7)


@pytest.mark.parametrize(
    ("reason", "signs", "state", "why"),
    [
        (Reason.CUTS, Signs(), None, ""),
        (Reason.CUTS, Signs(calls=1), S.CLOSED, ""),
        (Reason.REFUSED, Signs(calls=1), S.CLOSED, ""),
        (Reason.CUTS, Signs(calls=1, cuts=1), S.OPEN, Reason.CUTS),
        (Reason.RESULTS, Signs(calls=1), None, ""),
        (Reason.RESULTS, Signs(calls=1, ok=1, ok_long=1), S.CLOSED, ""),
        (Reason.RESULTS, Signs(calls=1, bad=1, bad_long=1), S.OPEN, Reason.RESULTS),
        (Reason.SILENCE, Signs(calls=1), None, ""),
        (Reason.SILENCE, Signs(calls=1, ok=9, ok_long=9, bad_long=1), S.CLOSED, ""),
        (Reason.SILENCE, Signs(calls=1, silent=1), S.OPEN, Reason.SILENCE),
        (Reason.CUTS, Signs(calls=1, bad_long=1), S.OPEN, Reason.RESULTS),
    ],
)
def test_what_a_try_shows(
    reason: Reason, signs: Signs, state: BreakerState | None, why: str
) -> None:
    to = judge(half(reason), signs, NOW, PAUSE)
    assert (to and (to.state, to.reason)) == (state and (state, why))
    if state is S.OPEN:
        assert to is not None
        assert (to.times, to.probe_at) == (2, NOW + timedelta(seconds=60))


def test_a_try_that_was_never_made_is_made_by_another() -> None:
    breaker = half(Reason.SILENCE)
    assert breaker.since is not None
    late = breaker.since + PROBE_LOST
    assert judge(breaker, Signs(), late - timedelta(seconds=1), PAUSE) is None
    assert judge(breaker, Signs(), late, PAUSE) == Breaker(S.OPEN, late, late, 1, Reason.SILENCE)
    # One that was made is waited for.
    assert judge(breaker, Signs(calls=1), late, PAUSE) is None


def test_an_open_one_is_left_alone() -> None:
    breaker = opened(Breaker(), Reason.CUTS, NOW, PAUSE)
    assert judge(breaker, Signs(calls=9, cuts=9, ok_long=99), NOW + CALM, PAUSE) is None


def test_pauses_double_up_to_ten_minutes() -> None:
    breaker, pauses = Breaker(), []
    for _ in range(8):
        breaker = opened(breaker, Reason.CUTS, NOW, PAUSE)
        assert breaker.probe_at is not None
        pauses.append((breaker.probe_at - NOW).total_seconds())
    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]


@pytest.mark.parametrize(("after", "times"), [(timedelta(minutes=1), 4), (CALM, 1)])
def test_a_calm_while_forgives(after: timedelta, times: int) -> None:
    well = closed(Breaker(S.HALF, NOW, None, 3, Reason.CUTS), NOW)
    assert (well.state, well.probe_at, well.reason) == (S.CLOSED, None, "")
    assert opened(well, Reason.CUTS, NOW + after, PAUSE).times == times


COUNT = st.integers(0, 100)


@given(
    st.builds(Signs, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT),
    st.sampled_from(S),
    st.integers(0, 50),
)
def test_a_breaker_moves_only_along_the_table(
    signs: Signs, state: BreakerState, times: int
) -> None:
    before = Breaker(state, NOW - timedelta(minutes=2), NOW, times, Reason.RESULTS)
    after = judge(before, signs, NOW, PAUSE)
    if after is None:
        return
    assert (before.state, after.state) in {(S.CLOSED, S.OPEN), (S.HALF, S.OPEN), (S.HALF, S.CLOSED)}
    assert after.since == NOW
    if after.probe_at is not None:
        assert after.probe_at <= NOW + timedelta(seconds=PAUSE * LONGEST)
