"""Why a person may see residents' data in the clear, and what may be written down about it.

Names and phones are masked on every screen. Whoever needs one in the clear, or takes a file out of
the system, says why; the audit keeps the reason for years, so it must not hold what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alimnaru.rules.cell import holds_resident_number, narrow, tidy
from alimnaru.rules.rights import Right

#: Of a reason in one's own words: shorter ones ('확인', '필요') say nothing a year later.
NOTE_LEAST: Final = 5
NOTE_MOST: Final = 200
#: A Korean number without its area code has seven digits; batch numbers have fewer.
_DIGITS: Final = 7

# A day of this century is no number of anybody's. '2026. 11. 25.' has eight digits.
_DAY = re.compile(r"(?<![0-9])20[0-9]{2}\s*[-./년]\s*[0-9]{1,2}\s*[-./월]\s*[0-9]{1,2}(?![0-9])")
# What people put between the groups of a number. A comma parts two facts: '3명, 2026년'.
_RUN = re.compile(r"[0-9](?:[\s\-‐‑‒–—―−.·ㆍ・_()*]*[0-9])*")


class Disclosed(StrEnum):
    """What is shown in the clear or taken out: the act of the audit entry."""

    PERSON = "person.unmask"
    FIND = "person.find"
    UNREACHED = "download.unreached"
    ERRORS = "download.errors"
    LIST = "download.list"
    STATISTICS = "download.statistics"
    AUDIT = "download.audit"
    REPORT = "download.report"
    OFFICERS = "download.officers"
    PROOF = "download.proof"
    #: A proof from what a legal hold keeps apart.
    HELD = "download.held"
    ACCESS = "download.access"
    GRANTS = "download.grants"
    AFFECTED = "incident.affected"


class Reason(StrEnum):
    """Why."""

    CALL_RESIDENT = "call_resident"
    CORRECT_LIST = "correct_list"
    COMPLAINT = "complaint"
    AUDIT = "for_audit"
    OTHER = "other_reason"


class DisclosureFault(StrEnum):
    """Why a reason does not do."""

    REASON_MISSING = "reason_missing"
    NOTE_MISSING = "note_missing"
    NOTE_TOO_LONG = "note_too_long"
    NOTE_PERSONAL = "note_personal"
    NOT_THEIRS = "disclosure_not_theirs"


_CLEAR: Final = frozenset({Right.SEND, Right.AUDIT})
#: One of these rights is asked for, in the department that the data belongs to. Who only looks on,
#: and who runs the machine, works with masked names.
RIGHTS: Final[Mapping[Disclosed, frozenset[Right]]] = {
    Disclosed.PERSON: _CLEAR,
    Disclosed.FIND: _CLEAR,
    Disclosed.UNREACHED: _CLEAR,
    Disclosed.ERRORS: frozenset({Right.SEND}),
    Disclosed.LIST: frozenset({Right.SEND}),
    Disclosed.STATISTICS: frozenset({Right.SEE}),
    Disclosed.AUDIT: frozenset({Right.AUDIT}),
    Disclosed.REPORT: frozenset({Right.SEE}),
    # Names of officers, for whoever looks after them: an auditor, the department's manager.
    Disclosed.OFFICERS: frozenset({Right.AUDIT}),
    Disclosed.PROOF: _CLEAR,
    # Stored and managed apart (법 제21조 ③): not for everybody who sends.
    Disclosed.HELD: frozenset({Right.PRIVACY}),
    Disclosed.ACCESS: frozenset({Right.AUDIT}),
    Disclosed.GRANTS: frozenset({Right.AUDIT}),
    Disclosed.AFFECTED: frozenset({Right.PRIVACY}),
}


@dataclass(frozen=True, slots=True)
class Purpose:
    """A reason as it was given: `note` is what was written beside it, tidied, '' for nothing."""

    reason: Reason
    note: str = ""


def purpose_of(reason: str, note: str = "") -> Purpose | DisclosureFault:
    """What a form says, or why it does not do."""
    text = " ".join(tidy(note).split())
    if reason not in set(Reason):
        return DisclosureFault.REASON_MISSING
    fault = fault_in(Reason(reason), text)
    return fault or Purpose(Reason(reason), text)


def fault_in(reason: Reason, note: str) -> DisclosureFault | None:
    """Why these words may not stand in the audit, or None."""
    if reason is Reason.OTHER and len(note) < NOTE_LEAST:
        return DisclosureFault.NOTE_MISSING
    if len(note) > NOTE_MOST:
        return DisclosureFault.NOTE_TOO_LONG
    return DisclosureFault.NOTE_PERSONAL if holds_number(note) else None


def holds_number(text: str) -> bool:
    """Whether a phone or registration number, or something as long, stands in the text.

    Half-hidden ones count ('010-****-5678' has seven digits): the rest is soon found.
    """
    text = narrow(text)
    if holds_resident_number(text):
        return True
    runs = _RUN.findall(_DAY.sub(" / ", text))
    return any(sum(map(str.isdigit, run)) >= _DIGITS for run in runs)
