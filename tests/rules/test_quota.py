"""What a contract allows: turns that keep a rate, lines in which nobody waits twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.quota import (
    AHEAD,
    EARLY,
    MADE_UP,
    STRETCH,
    TURNS,
    Turn,
    left_today,
    missed,
    parts_of,
    seconds_for,
    stand_in_line,
    stretch_size,
    take_turn,
    turn_size,
    wake_up_times,
)

RATES = st.integers(1, 5_000)


def test_it_works() -> None:
    assert take_turn(-3.0, 97, 100) == Turn(0.0, 1.0)
    assert take_turn(0.25, 97, 100) == Turn(0.25, 1.25)
    assert take_turn(AHEAD, 1, 100) is not None
    assert take_turn(AHEAD + 0.001, 1, 100) is None


@pytest.mark.parametrize(
    ("rate", "size"), [(1, 1), (19, 1), (20, 1), (39, 1), (100, 5), (1000, 50)]
)
def test_the_size_of_a_turn(rate: int, size: int) -> None:
    assert turn_size(rate) == size


def sent(rate: int, asks: list[tuple[float, int, bool]]) -> list[tuple[float, int]]:
    """(moment, messages) of every turn that was used: workers ask so many seconds after each
    other, and some of them come too late for the turn that they were given."""
    free_at, now, behind, turns = 0.0, 0.0, 0.0, []
    for pause, wanted, late in asks:
        now += pause
        messages = min(wanted, turn_size(rate))
        turn = take_turn(free_at - now, messages, rate, behind)
        if turn is None:
            continue
        assert turn.wait <= AHEAD
        assert 0 <= turn.behind <= behind
        free_at, behind = now + turn.ahead, turn.behind
        if late:
            behind = missed(behind, messages, rate)
        else:
            turns.append((now + turn.wait, messages))
    return turns


ASKS = st.lists(
    st.tuples(st.floats(0, 0.3), st.integers(1, 300), st.booleans()), min_size=1, max_size=300
)


@given(RATES, ASKS)
def test_no_second_holds_more_than_a_twentieth_too_many(
    rate: int, asks: list[tuple[float, int, bool]]
) -> None:
    turns = sent(rate, asks)
    most = max(rate * (1 + 1 / TURNS), 1)
    for first, _ in turns:
        within = sum(n for at, n in turns if first <= at < first + 1 - 1e-9)
        assert within <= most


@given(RATES, ASKS)
def test_the_whole_run_keeps_the_rate(rate: int, asks: list[tuple[float, int, bool]]) -> None:
    turns = sent(rate, asks)
    if turns:
        took = turns[-1][0] - turns[0][0] + turns[-1][1] / rate
        assert sum(n for _, n in turns) <= rate * took + 1e-6 * rate


@given(st.integers(20, 5_000))
def test_who_always_asks_gets_the_whole_rate(rate: int) -> None:
    turns = sent(rate, [(0.01, turn_size(rate), False)] * 500)
    assert sum(n for _, n in turns) >= 0.95 * rate * (turns[-1][0] - turns[0][0])


def test_missed_turns_are_made_up_for() -> None:
    """Two in a hundred come too late, and the rate is kept all the same."""
    turns = sent(100, [(0.04, 5, n % 50 == 7) for n in range(2_000)])
    assert sum(n for _, n in turns) >= 0.965 * 100 * (turns[-1][0] - turns[0][0])


def test_not_for_ever() -> None:
    assert missed(0.5, 97, 100) == MADE_UP
    assert missed(0.0, 5, 100) == pytest.approx(seconds_for(5, 100))


def test_a_line_is_stood_in_once() -> None:
    """Each who comes is woken when those before it have gone."""
    first = stand_in_line(-9.0, 2.0, 97, 100)
    assert first == Turn(2.0 - EARLY, 3.0)
    second = stand_in_line(first.ahead, 2.0, 970, 100)
    assert (second.wait, second.ahead) == (pytest.approx(3.0 - EARLY), pytest.approx(13.0))
    assert stand_in_line(-1.0, -1.0, 1, 100).wait == 0.0


@pytest.mark.parametrize(("ahead", "place"), [(0.5, 300.0), (-1.0, 300.0), (-1.1, 0.0)])
def test_a_line_is_over_when_nobody_takes_turns(ahead: float, place: float) -> None:
    turn = stand_in_line(300.0, ahead, 97, 100)
    assert turn == Turn(max(place - EARLY, 0.0), place + 1.0)


def test_parts_wake_one_after_the_other() -> None:
    assert wake_up_times(1.0, [97, 97, 50], 100) == pytest.approx([1 - EARLY, 2 - EARLY, 3 - EARLY])
    assert wake_up_times(-5.0, [97, 97], 100) == pytest.approx([0.0, 1 - EARLY])


@given(st.integers(0, 10_000), st.integers(1, 3_000))
def test_parts_are_whole(messages: int, size: int) -> None:
    parts = parts_of(messages, size)
    assert sum(parts) == messages
    assert all(0 < part <= size for part in parts)
    assert len(parts) == -(-messages // size)


@pytest.mark.parametrize(
    ("per_day", "used", "left"), [(None, 5, None), (10, 4, 6), (10, 10, 0), (10, 12, 0)]
)
def test_what_is_left_of_a_day(per_day: int | None, used: int, left: int | None) -> None:
    assert left_today(per_day, used) == left


def test_a_waiting_chunk_is_some_seconds_long() -> None:
    assert stretch_size(100) == 100 * STRETCH
