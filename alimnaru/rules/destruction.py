"""When people may decide that something is destroyed before its time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alimnaru.rules.disclosure import NOTE_LEAST, holds_number
from alimnaru.rules.retention import RetentionClass

#: Of a reason, in signs.
REASON_MOST = 300


class DestroyFault(StrEnum):
    """Why it cannot be asked for or agreed to."""

    NOT_THERE = "destroy_not_there"
    NOT_THROUGH = "destroy_not_through"
    GONE = "destroy_gone"
    EVIDENCE = "destroy_evidence"
    WAITING = "destroy_waiting"
    REASON_WRONG = "destroy_reason_wrong"
    DECIDED = "destroy_decided"
    SAME_PERSON = "destroy_same_person"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is known of the batch: `kept` its class, None while it is under way; `gone`: its key was
    destroyed; `waiting`: somebody asked already."""

    kept: RetentionClass | None
    gone: bool
    waiting: bool


def may_ask(batch: Batch, reason: str) -> DestroyFault | None:
    """What stands against asking, None where nothing does."""
    if batch.kept is None:
        return DestroyFault.NOT_THROUGH
    if batch.gone:
        return DestroyFault.GONE
    # 지방재정법 82조, 행정절차법 14조: it proves that and when somebody was told.
    if batch.kept is RetentionClass.EVIDENCE:
        return DestroyFault.EVIDENCE
    if batch.waiting:
        return DestroyFault.WAITING
    if not NOTE_LEAST <= len(reason) <= REASON_MOST or holds_number(reason):
        return DestroyFault.REASON_WRONG
    return None


def may_decide(*, asked: bool, own: bool, gone: bool, agrees: bool) -> DestroyFault | None:
    """What stands against a second person's word. `own`: who decides is who asked. Whoever asked
    may take it back."""
    if not asked:
        return DestroyFault.DECIDED
    if agrees and own:
        return DestroyFault.SAME_PERSON
    if agrees and gone:
        return DestroyFault.GONE
    return None
