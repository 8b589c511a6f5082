"""What a canary says, by how long it took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alimnaru.rules.canary import GIVEN_UP, LATE, Song, is_overdue, song
from alimnaru.rules.channel import Lane
from alimnaru.rules.lifecycle import MessageState

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("lane", Lane)
@pytest.mark.parametrize(
    ("state", "took", "fared"),
    [
        (MessageState.DELIVERED, timedelta(0), Song.ARRIVED),
        (MessageState.DELIVERED, None, Song.ARRIVED),
        (MessageState.FAILED, SECOND, Song.FAILED),
        (MessageState.EXPIRED, SECOND, Song.FAILED),
        (MessageState.UNKNOWN, SECOND, Song.FAILED),
        (MessageState.CANCELLED, SECOND, Song.FAILED),
        (MessageState.SUPPRESSED, SECOND, Song.FAILED),
    ],
)
def test_an_end(lane: Lane, state: MessageState, took: timedelta | None, fared: Song) -> None:
    done = NOW + (LATE[lane] if took is None else took)
    assert song(lane, NOW, state, done, done) is fared


@pytest.mark.parametrize("lane", Lane)
def test_late_is_more_than_its_lane_may_take(lane: Lane) -> None:
    done = NOW + LATE[lane] + SECOND
    assert song(lane, NOW, MessageState.DELIVERED, done, done) is Song.LATE


def test_what_is_on_its_way_waits_until_nobody_waits_any_more() -> None:
    assert song(Lane.BULK, NOW, MessageState.PENDING, None, NOW + GIVEN_UP) is Song.WAITING
    late = NOW + GIVEN_UP + SECOND
    assert song(Lane.BULK, NOW, MessageState.PENDING, None, late) is Song.FAILED
    # A row that says delivered and not when says nothing.
    assert song(Lane.BULK, NOW, MessageState.DELIVERED, None, NOW) is Song.FAILED


def test_overdue() -> None:
    assert not is_overdue(Lane.URGENT, NOW, NOW + LATE[Lane.URGENT])
    assert is_overdue(Lane.URGENT, NOW, NOW + LATE[Lane.URGENT] + SECOND)
