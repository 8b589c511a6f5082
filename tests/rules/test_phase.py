"""Where a batch stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.phase import ENDED, MOVING, STOPPABLE, Phase, PhaseFacts, percent, phase_of

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
SOON, AGO = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("facts", "phase"),
    [
        ({"stage": "draft", "pending": 3}, Phase.DRAFT),
        ({"stage": "requested", "pending": 3, "held": 3}, Phase.REQUESTED),
        ({"stage": "returned", "pending": 3}, Phase.RETURNED),
        ({"stage": "discarded"}, Phase.DISCARDED),
        ({}, Phase.DONE),
        ({"missed": 1}, Phase.DONE_WITH_FAILURES),
        ({"stopped": True}, Phase.DONE),
        ({"stopped": True, "pending": 2, "held": 2}, Phase.STOPPED),
        ({"stopped": True, "cancelled": True, "missed": 2}, Phase.CANCELLED),
        ({"stopped": True, "cancelled": True, "pending": 2}, Phase.RESULTS),
        ({"undo_until": SOON, "pending": 2, "unsent": 2}, Phase.UNDO),
        ({"undo_until": NOW, "pending": 2, "unsent": 2}, Phase.SENDING),
        ({"not_before": SOON, "pending": 2, "unsent": 2}, Phase.SCHEDULED),
        ({"not_before": SOON, "pending": 2, "unsent": 1, "held": 1}, Phase.SCHEDULED),
        ({"not_before": SOON, "pending": 2, "unsent": 1}, Phase.SENDING),
        ({"slice_watched": True, "pending": 9, "held": 8}, Phase.FIRST_SLICE),
        ({"slice_watched": True, "pending": 9, "held": 9, "behind_slice": 9}, Phase.FIRST_SLICE),
        ({"slice_watched": True, "pending": 9, "held": 9, "behind_slice": 8}, Phase.HELD),
        ({"slice_watched": True, "pending": 9, "held": 8, "behind_slice": 7}, Phase.FIRST_SLICE),
        ({"pending": 2, "held": 2}, Phase.HELD),
        ({"pending": 2, "held": 1, "unsent": 1}, Phase.SENDING),
        ({"pending": 2, "unsent": 1}, Phase.SENDING),
        ({"pending": 2}, Phase.RESULTS),
        ({"pending": 2, "held": 1}, Phase.RESULTS),
    ],
)
def test_a_phase(facts: dict[str, Any], phase: Phase) -> None:
    given = {"stage": "released", "not_before": AGO} | facts
    assert phase_of(PhaseFacts(**given), NOW) is phase


def test_what_moves_can_be_stopped_and_has_not_ended() -> None:
    assert MOVING < STOPPABLE
    assert not STOPPABLE & ENDED


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [(0, 10, 0), (1, 3, 33), (9_999, 10_000, 99), (10, 10, 100), (0, 0, 100)],
)
def test_percent(done: int, total: int, shown: int) -> None:
    assert percent(done, total) == shown


@given(st.integers(1, 10**6), st.data())
def test_a_hundred_percent_means_all(total: int, data: st.DataObject) -> None:
    done = data.draw(st.integers(0, total))
    assert (percent(done, total) == 100) is (done == total)
