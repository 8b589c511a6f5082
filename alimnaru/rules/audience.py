"""Who a notice is for, and whether this list may get it.

In 2023 a city sent an obituary meant for its staff to more than a thousand residents (a group
picked by mistake on a weekend), and condolences to parents who had registered a birth (results
typed by hand). So a notice says who it is for, a saved list says who is in it, and the two must be
the same word. A list from a file says nothing; there the staff directory tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


class Audience(StrEnum):
    """Who a notice is for, and who is in a saved list."""

    RESIDENTS = "residents"
    MEMBERS = "members"
    STAFF = "staff"


class Origin(StrEnum):
    """Where the people of a batch come from."""

    LIST = "list"
    ONE = "one"
    SAVED = "saved"
    CORRECTION = "correction"
    API = "api"
    RULE = "rule"
    CLI = "cli"
    AGENT = "agent"
    GUARDIAN = "guardian"
    RESIDENT = "resident"
    CANARY = "canary"


class AudienceFault(StrEnum):
    """Why this list may not get this notice."""

    NOT_BY_HAND = "not_by_hand"
    LIST_AUDIENCE_DIFFERS = "list_audience_differs"
    STAFF_AMONG_RESIDENTS = "staff_among_residents"
    RESIDENTS_AMONG_STAFF = "residents_among_staff"


class AudienceProblem(NamedTuple):
    """A fault, and whom it is about: `people` of `rows` (0 where it is about the whole)."""

    fault: AudienceFault
    people: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceFacts:
    """A notice and the list chosen for it.

    `hand_typed`: people may choose who gets the notice; not so for births, deaths and family
    events, which come from the civil record. `saved` is the saved list's own audience. `staff` of
    the `rows` have a phone of the staff directory; None if the office has no directory.
    """

    audience: Audience
    hand_typed: bool = True
    origin: Origin
    saved: Audience | None = None
    rows: int
    staff: int | None = None


#: A person chose the people.
BY_HAND: Final = frozenset({Origin.LIST, Origin.ONE, Origin.SAVED, Origin.CLI})

# An officer may live in the district, borrow books there and stand in any list. Five of them and
# a fifth of a list is no chance: an office of 1,500 in a district of 470,000 is 0.3 % of it.
_STAFF_LEAST: Final = 5
_STAFF_PERCENT: Final = 20


def check_audience(facts: AudienceFacts) -> list[AudienceProblem]:
    """All that stands against it. A correction goes to whoever got the mistake: nothing does."""
    if facts.origin is Origin.CORRECTION:
        return []
    found = []
    if not facts.hand_typed and facts.origin in BY_HAND:
        found.append(AudienceProblem(AudienceFault.NOT_BY_HAND, 0, facts.rows))
    if facts.saved is not None and facts.saved is not facts.audience:
        found.append(AudienceProblem(AudienceFault.LIST_AUDIENCE_DIFFERS, 0, facts.rows))
    if facts.staff is not None:
        found += _by_directory(facts, facts.staff)
    return found


def _by_directory(facts: AudienceFacts, staff: int) -> list[AudienceProblem]:
    if facts.audience is Audience.STAFF:
        strangers = facts.rows - staff
        fault = AudienceFault.RESIDENTS_AMONG_STAFF
        return [AudienceProblem(fault, strangers, facts.rows)] if strangers > 0 else []
    if staff >= _STAFF_LEAST and staff * 100 >= facts.rows * _STAFF_PERCENT:
        return [AudienceProblem(AudienceFault.STAFF_AMONG_RESIDENTS, staff, facts.rows)]
    return []
