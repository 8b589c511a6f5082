"""What is done with residents' data, as the access log names it (안전성 확보조치 기준 8조).

An act that the audit records is logged by `OF_ACT`, so that no caller can forget it; a mere look is
logged by the page that shows it. What residents do on their own pages is not logged: 제8조 leaves
the data subject out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

#: 제8조 ①: two years where 50,000 people or sensitive data are handled, as by every district.
KEPT_YEARS: Final = 2


class Access(StrEnum):
    """What was done."""

    MESSAGE = "see.message"
    ROWS = "see.rows"
    DRAFT = "see.draft"
    WISHES = "see.wishes"
    GUARDIANS = "see.guardians"
    INCIDENT = "see.incident"
    FIND = "find.phone"
    EXPORT = "take.file"
    SEND = "send.batch"
    #: By a program or a system: one entry a batch, whatever number of calls it came in.
    PROGRAM = "send.program"
    ENTER = "enter.data"
    REQUEST = "take.request"


#: By `AuditEntry.act`.
OF_ACT: Final[Mapping[str, Access]] = {
    "person.unmask": Access.MESSAGE,
    "person.find": Access.FIND,
    "download.unreached": Access.EXPORT,
    "download.errors": Access.EXPORT,
    "download.list": Access.EXPORT,
    "unreached.export": Access.EXPORT,
    "batch.send": Access.SEND,
    "batch.request": Access.SEND,
    "batch.test": Access.SEND,
    "batch.correct": Access.SEND,
    "list.upload": Access.ENTER,
    "list.read_again": Access.ENTER,
    "saved_list.save": Access.ENTER,
    "saved_list.delete": Access.ENTER,
    "download.proof": Access.EXPORT,
    "download.held": Access.EXPORT,
    "consent.record": Access.ENTER,
    "consent.withdraw": Access.ENTER,
    "preference.set": Access.ENTER,
    "preference.end": Access.ENTER,
    "preference.import": Access.ENTER,
    "suspension.set": Access.ENTER,
    "suspension.end": Access.ENTER,
    "guardian.set": Access.ENTER,
    "guardian.end": Access.ENTER,
    "privacy.answer": Access.REQUEST,
    "incident.affected": Access.EXPORT,
}
#: What shows names, phones or values as they are.
CLEAR: Final = frozenset({Access.EXPORT, Access.REQUEST})
_CLEAR_ACTS: Final = frozenset({"person.unmask"})
#: The facts of an act that say of how many people it was.
_COUNTED: Final = ("people", "rows", "found", "new")


def people_of(facts: Mapping[str, Any]) -> int:
    """How many people an act was about; 1 where its facts count nobody."""
    counts = (facts.get(name) for name in _COUNTED)
    return next((n for n in counts if isinstance(n, int) and n >= 0), 1)


def is_clear(act: str) -> bool:
    """Whether an act of the audit shows somebody's data as they are."""
    return act in _CLEAR_ACTS or OF_ACT.get(act) in CLEAR
