"""A leak of residents' data: what the law asks for, and until when (법 34조, 영 39·40조)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

#: 영 제39조 ①, 제40조 ①: within 72 hours of learning of it.
HOURS: Final = timedelta(hours=72)
#: 영 제40조 ①1호.
MANY: Final = 1_000


class Step(StrEnum):
    """What is done about it, in the order in which it is usually done."""

    FOUND = "step_found"
    STOPPED = "step_stopped"
    SCOPED = "step_scoped"
    NOTIFIED = "step_notified"
    REPORTED = "step_reported"
    PUBLISHED = "step_published"
    PREVENTED = "step_prevented"
    OTHER = "step_other"
    CLOSED = "step_closed"


class Why(StrEnum):
    """Why the Commission (or KISA) has to be told."""

    MANY = "report_many"
    SENSITIVE = "report_sensitive"
    UNIQUE_ID = "report_unique_id"
    ILLEGAL = "report_illegal"


@dataclass(frozen=True, slots=True)
class Case:
    """What is known. `possible`: it may have leaked, nobody is sure (제34조 ②, since 2026-09-11):
    the people are told all the same. `recovered`: got back, and no harm can come of it."""

    known_at: datetime
    people: int
    possible: bool = False
    sensitive: bool = False
    unique_id: bool = False
    illegal_access: bool = False
    recovered: bool = False


def deadline(case: Case) -> datetime:
    """Until when people are told and the Commission has its report."""
    return case.known_at + HOURS


def reasons(case: Case) -> list[Why]:
    """Why it is to be reported; empty: it need not be."""
    if case.recovered:
        return []
    found = {
        Why.MANY: case.people >= MANY,
        Why.SENSITIVE: case.sensitive,
        Why.UNIQUE_ID: case.unique_id,
        Why.ILLEGAL: case.illegal_access,
    }
    return [why for why, so in found.items() if so]


@dataclass(frozen=True, slots=True)
class Duty:
    """A line of the checklist. `needed` False: this case does not ask for it."""

    step: Step
    needed: bool
    due: datetime | None
    done_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Whether it was done after its time, or still waits then."""
        return self.needed and self.due is not None and (self.done_at or now) > self.due


#: The steps that must be there before an incident is closed, beside what the case asks for.
_ALWAYS: Final = (Step.FOUND, Step.STOPPED, Step.SCOPED, Step.NOTIFIED, Step.PREVENTED)


def checklist(case: Case, done: Mapping[Step, datetime]) -> list[Duty]:
    """What is to be done, with when it was."""
    until = deadline(case)
    due: Mapping[Step, datetime | None] = {Step.NOTIFIED: until, Step.REPORTED: until}
    needed = set(_ALWAYS) | ({Step.REPORTED} if reasons(case) else set())
    order = [s for s in Step if s not in {Step.OTHER, Step.CLOSED, Step.PUBLISHED}]
    return [Duty(step, step in needed, due.get(step), done.get(step)) for step in order]


class BreachFault(StrEnum):
    """Why something is not possible."""

    CLOSED = "incident_closed"
    STEPS_MISSING = "incident_steps_missing"
    REASON_MISSING = "incident_reason_missing"
    TEXT_PERSONAL = "incident_text_personal"
    IN_FUTURE = "incident_in_future"
    NOBODY = "incident_nobody"
    ALL_TOLD = "incident_all_told"
    NO_BATCH = "incident_no_batch"
    NOT_ALLOWED = "incident_not_allowed"
    NOTHING_SAID = "incident_nothing_said"


def may_close(duties: Sequence[Duty], reason: str, *, least: int = 10) -> BreachFault | None:
    """Whether it may be closed with these words. A duty that was left out has its reason there."""
    missing = [duty for duty in duties if duty.needed and duty.done_at is None]
    if missing and len(reason) < 2 * least:
        return BreachFault.STEPS_MISSING
    return BreachFault.REASON_MISSING if len(reason) < least else None


#: 제34조 ①1~6호: what the notice must say. The last is new since 2026-09-11.
CONTENTS: Final[Sequence[str]] = (
    "items", "when_and_how", "what_to_do", "measures", "contact", "rights",
)  # fmt: skip


def unsaid(said: Mapping[str, str], asked: Collection[str] = CONTENTS) -> list[str]:
    """The contents that nobody has written yet."""
    return [name for name in asked if not said.get(name, "").strip()]
