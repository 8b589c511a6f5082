"""When people may decide that something is destroyed before its time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alimnaru.rules.destruction import REASON_MOST, Batch, DestroyFault, may_ask, may_decide
from alimnaru.rules.retention import RetentionClass

F = DestroyFault
BATCH = Batch(RetentionClass.ORDINARY, gone=False, waiting=False)
REASON = "잘못 보낸 명단이라 바로 파기"


@pytest.mark.parametrize(
    ("batch", "reason", "fault"),
    [
        (BATCH, REASON, None),
        (replace(BATCH, kept=None), REASON, F.NOT_THROUGH),
        (replace(BATCH, gone=True), REASON, F.GONE),
        (replace(BATCH, kept=RetentionClass.EVIDENCE), REASON, F.EVIDENCE),
        (replace(BATCH, waiting=True), REASON, F.WAITING),
        (BATCH, "삭제", F.REASON_WRONG),
        (BATCH, "가" * REASON_MOST, None),
        (BATCH, "가" * (REASON_MOST + 1), F.REASON_WRONG),
        (BATCH, "010-5555-0100 님의 요구", F.REASON_WRONG),
    ],
)
def test_asking(batch: Batch, reason: str, fault: F | None) -> None:
    assert may_ask(batch, reason) is fault


@pytest.mark.parametrize(
    ("asked", "own", "gone", "agrees", "fault"),
    [
        (True, False, False, True, None),
        (True, True, False, True, F.SAME_PERSON),
        (True, False, True, True, F.GONE),
        (True, True, False, False, None),
        (True, False, True, False, None),
        (False, False, False, True, F.DECIDED),
        (False, False, False, False, F.DECIDED),
    ],
)
def test_deciding(*, asked: bool, own: bool, gone: bool, agrees: bool, fault: F | None) -> None:
    assert may_decide(asked=asked, own=own, gone=gone, agrees=agrees) is fault
