"""Guardian copies: who may be told beside a resident, of what, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from alimnaru.rules.variables import Kind


class Relation(StrEnum):
    """What a guardian is to the resident."""

    PARENT = "parent"
    CHILD = "child"
    SPOUSE = "spouse"
    LEGAL = "legal"  # appointed by a court, or by the law
    CARER = "carer"  # asked for by the resident: a neighbour, a social worker
    OTHER = "other"


class GuardianFault(StrEnum):
    """Why somebody is not entered as a guardian."""

    SAME_PHONE = "guardian_same_phone"
    ALREADY = "guardian_already"
    NO_EVIDENCE = "guardian_no_evidence"
    ENDS_TOO_EARLY = "guardian_ends_too_early"
    ENDS_TOO_LATE = "guardian_ends_too_late"
    NOT_COPIED = "guardian_not_copied"


#: Years. A consent that nobody looks at again outlives what it was given for.
LONGEST: Final = 3
#: Health and welfare: copied only where the consent names the notice.
TELLING: Final = 3
#: What starts a legal period is told to the person whom it binds, and to nobody else beside.
PERSONAL: Final = "service"
#: A copy names nobody: whoever holds the guardian's phone learns no name from it.
CALLED: Final = "가족"


def may_be_copied(*, sensitivity: int, legal_effect: str, named: bool) -> bool:
    """Whether a notice is copied for a guardian; `named`: the consent is for this very notice."""
    return legal_effect != PERSONAL and (named or sensitivity < TELLING)


def fault_of(*, same_phone: bool, evidence: str, until: date, today: date) -> GuardianFault | None:
    """What is wrong with an entry that ends at the end of `until`."""
    if same_phone:
        return GuardianFault.SAME_PHONE
    if not evidence.strip():
        return GuardianFault.NO_EVIDENCE
    if until < today:
        return GuardianFault.ENDS_TOO_EARLY
    return GuardianFault.ENDS_TOO_LATE if until > latest_end(today) else None


def latest_end(today: date) -> date:
    """The last day for which a guardian may be entered."""
    try:
        return today.replace(year=today.year + LONGEST)
    except ValueError:  # 29 February
        return today.replace(year=today.year + LONGEST, day=28)


def copied_values(values: Sequence[str], kinds: Iterable[Kind]) -> list[str]:
    """The values of a message as its copy has them, `kinds` in the same order: no name of a
    resident."""
    pairs = zip(values, kinds, strict=True)
    return [CALLED if kind is Kind.PERSON and value else value for value, kind in pairs]
