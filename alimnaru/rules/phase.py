"""Where a batch stands, as one word, and whether watching it is of any use.

The words follow what a clerk can do about it: what waits for people comes before what carriers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Phase(StrEnum):
    """Where a batch stands."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RETURNED = "returned"
    DISCARDED = "discarded"
    UNDO = "undo_window"
    SCHEDULED = "scheduled"
    FIRST_SLICE = "first_slice"
    SENDING = "sending"
    RESULTS = "awaiting_results"
    HELD = "waits_for_person"
    STOPPED = "batch_stopped_by"
    CANCELLED = "batch_cancelled"
    DONE = "done"
    DONE_WITH_FAILURES = "done_with_failures"


#: `store.models.Stage` before a batch is released.
_UNRELEASED: Final = {
    "draft": Phase.DRAFT,
    "requested": Phase.REQUESTED,
    "returned": Phase.RETURNED,
    "discarded": Phase.DISCARDED,
}
#: Something moves by itself: a page that shows it looks again.
MOVING: Final = frozenset(
    {Phase.UNDO, Phase.SCHEDULED, Phase.FIRST_SLICE, Phase.SENDING, Phase.RESULTS}
)
#: People may still stop it.
STOPPABLE: Final = MOVING | {Phase.HELD}
#: Over: nothing more is sent.
ENDED: Final = frozenset({Phase.DISCARDED, Phase.CANCELLED, Phase.DONE, Phase.DONE_WITH_FAILURES})


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseFacts:
    """What is known of a batch. Counts are of messages: `pending` = `held` + `unsent` + in flight.

    `held` wait for a person, of them `behind_slice` to see how the first slice fares; `unsent` for
    their turn; `missed` ended without reaching anybody. `slice_watched`: there is a first slice,
    and nothing is known of it yet.
    """

    stage: str
    not_before: datetime
    undo_until: datetime | None = None
    stopped: bool = False
    cancelled: bool = False
    slice_watched: bool = False
    pending: int = 0
    held: int = 0
    behind_slice: int = 0
    unsent: int = 0
    missed: int = 0


def phase_of(facts: PhaseFacts, now: datetime) -> Phase:
    """Where the batch stands at this moment."""
    if facts.stage in _UNRELEASED:
        return _UNRELEASED[facts.stage]
    if facts.cancelled:
        return Phase.RESULTS if facts.pending else Phase.CANCELLED
    if not facts.pending:
        return Phase.DONE_WITH_FAILURES if facts.missed else Phase.DONE
    if facts.stopped:
        return Phase.STOPPED
    if facts.undo_until is not None and now < facts.undo_until:
        return Phase.UNDO
    return _under_way(facts, now)


def _under_way(facts: PhaseFacts, now: datetime) -> Phase:
    if now < facts.not_before and facts.unsent + facts.held >= facts.pending:
        return Phase.SCHEDULED
    # The slice itself waits for a person: nothing would ever be known of it.
    stuck = facts.held >= facts.pending and facts.held > facts.behind_slice
    if facts.slice_watched and not stuck:
        return Phase.FIRST_SLICE
    if facts.held >= facts.pending:
        return Phase.HELD
    return Phase.SENDING if facts.unsent else Phase.RESULTS


def percent(done: int, total: int) -> int:
    """Whole percent of `total` that is done: 100 only when all of it is."""
    if not total:
        return 100
    return 100 if done >= total else min(99, done * 100 // total)
