"""An office's own numbers: their ranges, and those that do not go together."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.policy import (
    FIELDS,
    OfficePolicy,
    PolicyFault,
    Unit,
    changes,
    from_json,
    problems,
    to_json,
)

DEFAULT = OfficePolicy()


def values(name: str) -> st.SearchStrategy[Any]:
    _, low, high = FIELDS[name]
    if FIELDS[name].unit is Unit.SHARE:
        return st.floats(low, high)
    return st.integers(int(low), int(high))


POLICIES = st.builds(OfficePolicy, **{name: values(name) for name in FIELDS})


def test_it_works() -> None:
    assert problems(DEFAULT) == []
    assert from_json({}) == DEFAULT
    assert DEFAULT.first_approval_from == 100
    assert DEFAULT.undo_seconds == 60


def test_every_field_has_a_range() -> None:
    assert [field.name for field in fields(OfficePolicy)] == list(FIELDS)
    assert all(low < high for _, low, high in FIELDS.values())


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_out_of_its_range(name: str) -> None:
    _, low, high = FIELDS[name]
    step = 0.0001 if FIELDS[name].unit is Unit.SHARE else 1
    for value in (low - step, high + step):
        odd: Any = {name: value}
        first = problems(replace(DEFAULT, **odd))[0]
        assert first == (PolicyFault.OUT_OF_RANGE, name, low, high)
    for value in (low, high):
        odd = {name: value}
        assert PolicyFault.OUT_OF_RANGE not in [p.fault for p in problems(replace(DEFAULT, **odd))]


def test_no_number_is_out_of_range() -> None:
    (problem,) = problems(replace(DEFAULT, slice_share=float("nan")))
    assert problem.field == "slice_share"


@pytest.mark.parametrize(
    ("odd", "fault", "field"),
    [
        (
            {"first_approval_from": 1_001},
            PolicyFault.SECOND_BEFORE_FIRST,
            "second_approval_from",
        ),
        ({"undo_seconds": 601}, PolicyFault.LONG_UNDO_SHORTER, "long_undo_seconds"),
        ({"slice_least": 200}, PolicyFault.SLICE_IS_ALL, "slice_least"),
        (
            {"idle_minutes": 5, "idle_warning_minutes": 5},
            PolicyFault.WARNING_TOO_EARLY,
            "idle_warning_minutes",
        ),
    ],
)
def test_fields_that_do_not_go_together(
    odd: dict[str, Any], fault: PolicyFault, field: str
) -> None:
    (problem,) = problems(replace(DEFAULT, **odd))
    assert (problem.fault, problem.field) == (fault, field)


def test_fields_that_just_go_together() -> None:
    just = replace(
        DEFAULT, first_approval_from=1_000, undo_seconds=600, slice_least=199, idle_minutes=5
    )
    assert problems(replace(just, idle_warning_minutes=4)) == []


@given(POLICIES)
def test_a_policy_survives_json(policy: OfficePolicy) -> None:
    assert from_json(to_json(policy)) == policy


@given(POLICIES)
def test_ranges_and_conflicts_are_told_apart(policy: OfficePolicy) -> None:
    assert PolicyFault.OUT_OF_RANGE not in [problem.fault for problem in problems(policy)]


def test_a_missing_field_is_at_its_default() -> None:
    assert from_json({"undo_seconds": 30}) == replace(DEFAULT, undo_seconds=30)
    assert from_json({"slice_share": 0.5}).slice_share == 0.5


@pytest.mark.parametrize(
    "data",
    [
        {"undo_minutes": 1},
        {"undo_seconds": "60"},
        {"undo_seconds": 60.5},
        {"undo_seconds": True},
        {"slice_share": True},
        {"slice_share": None},
    ],
)
def test_what_is_no_policy(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(data))):
        from_json(data)


def test_what_has_changed() -> None:
    after = replace(DEFAULT, undo_seconds=30, slice_share=0.02)
    assert changes(DEFAULT, after) == {"undo_seconds": (60, 30), "slice_share": (0.01, 0.02)}
    assert changes(DEFAULT, DEFAULT) == {}
