"""What may be kept apart, for how long, and who decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alimnaru.rules import hold
from alimnaru.rules.hold import Batch, HoldFault, HoldState, Wanted

TODAY = date(2028, 2, 29)
THROUGH = Batch(through=True, gone=False, waiting=False)
WANTED = Wanted("민사소송법 제344조", "소송의 증거", date(2030, 1, 1))
F = HoldFault


@pytest.mark.parametrize(
    ("batch", "wanted", "fault"),
    [
        (THROUGH, WANTED, None),
        (replace(THROUGH, through=False), WANTED, F.NOT_THROUGH),
        (replace(THROUGH, gone=True), WANTED, F.GONE),
        (replace(THROUGH, waiting=True), WANTED, F.WAITING),
        (THROUGH, replace(WANTED, basis="법"), F.BASIS_WRONG),
        (THROUGH, replace(WANTED, basis="010-1234-5678 관련 명령"), F.BASIS_WRONG),
        (THROUGH, replace(WANTED, reason="가" * 301), F.REASON_WRONG),
        (THROUGH, replace(WANTED, until=None), F.DATE_WRONG),
        (THROUGH, replace(WANTED, until=TODAY), F.DATE_WRONG),
        (THROUGH, replace(WANTED, until=date(2028, 3, 1)), None),
        (THROUGH, replace(WANTED, until=date(2038, 2, 28)), None),
        (THROUGH, replace(WANTED, until=date(2038, 3, 1)), F.DATE_WRONG),
    ],
)
def test_asking(batch: Batch, wanted: Wanted, fault: HoldFault | None) -> None:
    assert hold.may_ask(batch, wanted, TODAY) is fault


@pytest.mark.parametrize(
    ("waits", "own", "agrees", "fault"),
    [
        (True, False, True, None),
        (True, True, True, F.SAME_PERSON),
        (True, True, False, None),
        (False, False, True, F.DECIDED),
    ],
)
def test_deciding(waits: bool, own: bool, agrees: bool, fault: HoldFault | None) -> None:
    assert hold.may_decide(waits=waits, own=own, agrees=agrees) is fault


@pytest.mark.parametrize(
    ("state", "waits", "reason", "fault"),
    [
        (HoldState.KEPT, False, "소송이 끝남", None),
        (HoldState.COPYING, False, "소송이 끝남", None),
        (HoldState.KEPT, True, "소송이 끝남", F.WAITING),
        (HoldState.KEPT, False, "끝", F.REASON_WRONG),
        (HoldState.ENDED, False, "소송이 끝남", F.NOT_KEPT),
    ],
)
def test_ending(state: HoldState, waits: bool, reason: str, fault: HoldFault | None) -> None:
    assert hold.may_end(state, waits=waits, reason=reason) is fault


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", frozenset()),
        ("3", {3}),
        (" 3, 7 - 9,9\n12 ", {3, 7, 8, 9, 12}),
        ("3~5", {3, 4, 5}),
        ("1-1000", set(range(1, 1001))),
        ("1-1001", None),
        ("1-600, 700-1200", None),
        ("0", None),
        ("9-7", None),
        ("3,,4", {3, 4}),
        ("셋", None),
        ("3-4-5", None),
    ],
)
def test_rows(text: str, rows: set[int] | None) -> None:
    assert hold.rows_of(text) == rows
