"""What an office has decided about its own safety: numbers that a settings page shows and keeps.

A policy is read from JSON without regard to ranges, so that a page can show what is wrong with
it; `problems` says what that is, and nobody saves a policy that has any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Final, NamedTuple


class Unit(StrEnum):
    """What the number in a field counts."""

    PEOPLE = "people"
    MESSAGES = "messages"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    #: From 0 to 1; people read it as per cent.
    SHARE = "share"
    #: So many times as many as usual.
    TIMES = "times"


class Field(NamedTuple):
    """What may stand in a field of the policy: from `low` to `high`, both included."""

    unit: Unit
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePolicy:
    """Whole numbers, but for the two shares. Units and ranges are in `FIELDS`."""

    #: Lists of so many need the word of one other person, and of so many that of two.
    first_approval_from: int = 100
    second_approval_from: int = 1_000
    #: Between the decision and the first hand-off, so that it can be taken back.
    undo_seconds: int = 60
    long_undo_from: int = 1_000
    long_undo_seconds: int = 600
    #: Lists of so many are tried on a first slice (`first_slice`).
    slice_from: int = 200
    slice_share: float = 0.01
    slice_least: int = 20
    slice_bad_share: float = 0.2
    slice_patience_seconds: int = 600
    #: The same list with the same wording within so many hours asks again.
    repeat_hours: int = 24
    #: Signed out after so long without a key or click, and warned so long before.
    idle_minutes: int = 30
    idle_warning_minutes: int = 3
    #: Approving, taking data out, and what rules over others asks for the code again after so long.
    step_up_minutes: int = 10
    #: How long a saved list that nobody uses is kept.
    saved_list_days: int = 365
    #: How long an uploaded file is kept: a file of people is worth stealing.
    upload_hours: int = 24
    #: A list so many times as long as the notice's usual one is looked at by somebody else.
    surge_factor: int = 5
    #: A resident gets so many messages a day, besides duty and what is urgent (`caps`); 0: no end.
    daily_cap: int = 5


#: Highs keep a policy from switching a protection off by a number that nobody reaches; lows keep
#: it from making work impossible. The warning is at least a minute: WCAG 2.2.1 wants 20 seconds.
#: A slice under 5 could not show the 4 failures that stop it (`first_slice.LEAST_FAILURES`).
FIELDS: Final[Mapping[str, Field]] = {
    "first_approval_from": Field(Unit.PEOPLE, 2, 10_000),
    "second_approval_from": Field(Unit.PEOPLE, 2, 100_000),
    "undo_seconds": Field(Unit.SECONDS, 10, 3_600),
    "long_undo_from": Field(Unit.PEOPLE, 2, 100_000),
    "long_undo_seconds": Field(Unit.SECONDS, 10, 7_200),
    "slice_from": Field(Unit.PEOPLE, 10, 100_000),
    "slice_share": Field(Unit.SHARE, 0.001, 0.5),
    "slice_least": Field(Unit.PEOPLE, 5, 1_000),
    "slice_bad_share": Field(Unit.SHARE, 0.01, 0.9),
    "slice_patience_seconds": Field(Unit.SECONDS, 60, 7_200),
    "repeat_hours": Field(Unit.HOURS, 1, 168),
    "idle_minutes": Field(Unit.MINUTES, 5, 60),
    "idle_warning_minutes": Field(Unit.MINUTES, 1, 10),
    "step_up_minutes": Field(Unit.MINUTES, 1, 60),
    "saved_list_days": Field(Unit.DAYS, 1, 1_095),
    "upload_hours": Field(Unit.HOURS, 1, 24),
    "surge_factor": Field(Unit.TIMES, 2, 100),
    "daily_cap": Field(Unit.MESSAGES, 0, 100),
}


class PolicyFault(StrEnum):
    """What is wrong with a policy."""

    OUT_OF_RANGE = "policy_out_of_range"
    SECOND_BEFORE_FIRST = "policy_second_before_first"
    LONG_UNDO_SHORTER = "policy_long_undo_shorter"
    SLICE_IS_ALL = "policy_slice_is_all"
    WARNING_TOO_EARLY = "policy_warning_too_early"


class PolicyProblem(NamedTuple):
    """A fault and the field to look at. `low` and `high` are the field's own."""

    fault: PolicyFault
    field: str
    low: float
    high: float


_CONFLICTS: Final[tuple[tuple[PolicyFault, str, Callable[[OfficePolicy], bool]], ...]] = (
    (
        PolicyFault.SECOND_BEFORE_FIRST,
        "second_approval_from",
        lambda policy: policy.second_approval_from < policy.first_approval_from,
    ),
    (
        PolicyFault.LONG_UNDO_SHORTER,
        "long_undo_seconds",
        lambda policy: policy.long_undo_seconds < policy.undo_seconds,
    ),
    # A first slice of everybody is no first slice.
    (
        PolicyFault.SLICE_IS_ALL,
        "slice_least",
        lambda policy: policy.slice_least >= policy.slice_from,
    ),
    (
        PolicyFault.WARNING_TOO_EARLY,
        "idle_warning_minutes",
        lambda policy: policy.idle_warning_minutes >= policy.idle_minutes,
    ),
)


def problems(policy: OfficePolicy) -> list[PolicyProblem]:
    """All that is wrong with the policy, in the order of its fields; ranges before conflicts."""
    found = []
    for name, (_, low, high) in FIELDS.items():
        if not low <= getattr(policy, name) <= high:
            found.append(_problem(PolicyFault.OUT_OF_RANGE, name))
    found += [_problem(fault, name) for fault, name, conflicts in _CONFLICTS if conflicts(policy)]
    return found


def from_json(data: Mapping[str, object]) -> OfficePolicy:
    """Read a policy; what is missing is at its default.

    Raises `ValueError` that names the field which nobody knows or which is no number.
    """
    if unknown := data.keys() - FIELDS.keys():
        message = f"unknown fields of a policy: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    numbers: dict[str, Any] = {name: _number(name, value) for name, value in data.items()}
    return OfficePolicy(**numbers)


def to_json(policy: OfficePolicy) -> dict[str, int | float]:
    """Every field, also those at their default: a default of tomorrow changes no office."""
    return asdict(policy)


def changes(before: OfficePolicy, after: OfficePolicy) -> dict[str, tuple[float, float]]:
    """The fields that differ, as (before, after): for the audit."""
    pairs = {f.name: (getattr(before, f.name), getattr(after, f.name)) for f in fields(before)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _problem(fault: PolicyFault, name: str) -> PolicyProblem:
    return PolicyProblem(fault, name, FIELDS[name].low, FIELDS[name].high)


def _number(name: str, value: object) -> int | float:
    share = FIELDS[name].unit is Unit.SHARE
    if isinstance(value, int | float if share else int) and not isinstance(value, bool):
        return value
    message = f"{name} of a policy must be a {'number' if share else 'whole number'}"
    raise ValueError(message)
