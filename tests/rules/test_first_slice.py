"""How many go first, and when the others follow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.first_slice import (
    LEAST_FAILURES,
    SliceCounts,
    SliceReason,
    SliceVerdict,
    judge,
    slice_size,
)
from alimnaru.rules.policy import OfficePolicy

POLICY = OfficePolicy()
LATE = POLICY.slice_patience_seconds


@pytest.mark.parametrize(
    ("count", "size"),
    [
        (0, 0),
        (1, 0),
        (199, 0),
        (200, 20),
        (2_000, 20),
        (2_001, 21),
        (10_000, 100),
        (470_000, 4_700),
    ],
)
def test_the_size_of_a_slice(count: int, size: int) -> None:
    assert slice_size(count, POLICY) == size
    assert slice_size(count, POLICY, urgent=True) == 0


def test_a_slice_of_everybody_is_none() -> None:
    assert slice_size(200, replace(POLICY, slice_least=200)) == 0


# reached, failed, unknown, pending; waited; verdict, reason
TABLE = [
    ((0, 0, 0, 20), 0, SliceVerdict.WAIT, SliceReason.PENDING),
    ((15, 0, 0, 5), 0, SliceVerdict.WAIT, SliceReason.PENDING),
    ((16, 0, 0, 4), 0, SliceVerdict.GO_ON, SliceReason.REACHED),
    ((16, 4, 0, 0), 0, SliceVerdict.GO_ON, SliceReason.REACHED),
    ((20, 0, 0, 0), LATE, SliceVerdict.GO_ON, SliceReason.REACHED),
    # Too many have failed, whoever is still out and however early it is.
    ((0, 4, 0, 16), 0, SliceVerdict.WAIT, SliceReason.PENDING),
    ((0, 5, 0, 15), 0, SliceVerdict.STOP, SliceReason.FAILED),
    ((15, 5, 0, 0), 0, SliceVerdict.STOP, SliceReason.FAILED),
    ((0, 20, 0, 0), LATE, SliceVerdict.STOP, SliceReason.FAILED),
    # Unknown is neither good nor bad.
    ((12, 0, 8, 0), 0, SliceVerdict.WAIT, SliceReason.PENDING),
    ((12, 0, 8, 0), LATE - 1, SliceVerdict.WAIT, SliceReason.PENDING),
    ((12, 0, 8, 0), LATE, SliceVerdict.GO_ON, SliceReason.HALF_REACHED),
    ((0, 0, 20, 0), LATE, SliceVerdict.STOP, SliceReason.SILENT),
    # Patience is over.
    ((10, 0, 0, 10), LATE, SliceVerdict.GO_ON, SliceReason.HALF_REACHED),
    ((9, 0, 0, 11), LATE, SliceVerdict.STOP, SliceReason.SILENT),
    ((0, 0, 0, 20), LATE, SliceVerdict.STOP, SliceReason.SILENT),
    ((7, 3, 0, 10), LATE, SliceVerdict.GO_ON, SliceReason.HALF_REACHED),
    ((6, 4, 0, 10), LATE, SliceVerdict.STOP, SliceReason.FAILED),
]


@pytest.mark.parametrize(("counts", "waited", "verdict", "reason"), TABLE)
def test_the_judgement(
    counts: tuple[int, int, int, int], waited: float, verdict: SliceVerdict, reason: SliceReason
) -> None:
    assert judge(SliceCounts(sum(counts), *counts), waited, POLICY) == (verdict, reason)


def test_a_larger_slice_bears_its_share() -> None:
    assert judge(SliceCounts(100, 60, 20, 0, 20), LATE, POLICY).verdict is SliceVerdict.STOP
    assert judge(SliceCounts(100, 65, 16, 0, 19), LATE, POLICY).verdict is SliceVerdict.GO_ON


def test_a_few_people_of_whom_nobody_was_reached_are_no_chance() -> None:
    assert judge(SliceCounts(3, 0, 3, 0, 0), LATE, POLICY).verdict is SliceVerdict.STOP


ENDS = st.tuples(*[st.integers(0, 300)] * 4)


@given(ENDS, st.floats(0, 2 * LATE))
def test_too_many_failures_always_stop(ends: tuple[int, int, int, int], waited: float) -> None:
    counts = SliceCounts(sum(ends), *ends)
    too_many = counts.failed >= LEAST_FAILURES and counts.failed > 0.2 * counts.size
    judged = judge(counts, waited, POLICY)
    if too_many:
        assert judged == (SliceVerdict.STOP, SliceReason.FAILED)
    elif waited < LATE:
        assert judged.verdict is not SliceVerdict.STOP


@given(ENDS)
def test_nobody_waits_for_ever(ends: tuple[int, int, int, int]) -> None:
    assert judge(SliceCounts(sum(ends), *ends), LATE, POLICY).verdict is not SliceVerdict.WAIT


@given(ENDS, st.floats(0, 2 * LATE))
def test_the_rest_goes_only_when_most_is_known_and_well(
    ends: tuple[int, int, int, int], waited: float
) -> None:
    counts = SliceCounts(sum(ends), *ends)
    if counts.size and judge(counts, waited, POLICY).verdict is SliceVerdict.GO_ON:
        assert counts.reached > counts.failed
        assert (counts.reached + counts.failed) * 2 >= counts.size
