"""The first few of a long list go alone; the others wait to see what became of them.

What is wrong with all of a list (another district's numbers, a column slid by a row, a wording
that Kakao refuses) shows in its first hundredth. `failed` here means that no channel reached the
person: somebody without KakaoTalk who got the SMS was reached.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final, NamedTuple

from alimnaru.rules.policy import OfficePolicy

#: So few failures are chance whatever their share: 2 dead numbers among 5 people prove nothing.
LEAST_FAILURES: Final = 4


class SliceVerdict(StrEnum):
    """What to do with the rest of the list."""

    WAIT = "slice_wait"
    GO_ON = "slice_go_on"
    STOP = "slice_stop"


class SliceReason(StrEnum):
    """Why."""

    PENDING = "slice_pending"
    REACHED = "slice_reached"
    HALF_REACHED = "slice_half_reached"
    FAILED = "slice_failed"
    SILENT = "slice_silent"


class SliceCounts(NamedTuple):
    """People of the first slice: `size` = reached + failed + unknown + pending."""

    size: int
    reached: int
    failed: int
    unknown: int
    pending: int


class SliceJudgement(NamedTuple):
    """What to do, and why."""

    verdict: SliceVerdict
    reason: SliceReason


def slice_size(count: int, policy: OfficePolicy, *, urgent: bool = False) -> int:
    """How many of `count` people go first; 0 for no slice.

    Urgent notices have no time for one: the patience alone is longer than a closing notice has.
    """
    if urgent or count < policy.slice_from:
        return 0
    size = max(policy.slice_least, math.ceil(count * policy.slice_share))
    return size if size < count else 0


def judge(counts: SliceCounts, waited_seconds: float, policy: OfficePolicy) -> SliceJudgement:
    """Whether the others may go, `waited_seconds` after the first slice was handed off.

    An unknown outcome counts neither way: the carrier may have lost its own reports.
    """
    size, reached, failed, _, _ = counts
    bad = policy.slice_bad_share
    if failed >= LEAST_FAILURES and failed > size * bad:
        return SliceJudgement(SliceVerdict.STOP, SliceReason.FAILED)
    # Whatever becomes of those still out, it cannot be bad any more.
    if size - reached <= size * bad:
        return SliceJudgement(SliceVerdict.GO_ON, SliceReason.REACHED)
    if waited_seconds < policy.slice_patience_seconds:
        return SliceJudgement(SliceVerdict.WAIT, SliceReason.PENDING)
    ended = reached + failed
    if ended * 2 < size:
        return SliceJudgement(SliceVerdict.STOP, SliceReason.SILENT)
    chance = failed < LEAST_FAILURES and failed < reached
    if chance or failed <= ended * bad:
        return SliceJudgement(SliceVerdict.GO_ON, SliceReason.HALF_REACHED)
    return SliceJudgement(SliceVerdict.STOP, SliceReason.FAILED)
