"""Whether a list may get a notice: whose list it is, and who stands in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.audience import (
    BY_HAND,
    Audience,
    AudienceFacts,
    AudienceFault,
    Origin,
    check_audience,
)

RESIDENTS, MEMBERS, STAFF = Audience.RESIDENTS, Audience.MEMBERS, Audience.STAFF
NOT_BY_HAND = (AudienceFault.NOT_BY_HAND, 0, 100)
DIFFERS = (AudienceFault.LIST_AUDIENCE_DIFFERS, 0, 100)
STAFF_AMONG = AudienceFault.STAFF_AMONG_RESIDENTS
RESIDENTS_AMONG = AudienceFault.RESIDENTS_AMONG_STAFF

TABLE: list[tuple[dict[str, Any], list[Any]]] = [
    ({}, []),
    # What people may not choose.
    ({"hand_typed": False}, [NOT_BY_HAND]),
    ({"hand_typed": False, "origin": Origin.ONE}, [NOT_BY_HAND]),
    ({"hand_typed": False, "origin": Origin.SAVED}, [NOT_BY_HAND]),
    ({"hand_typed": False, "origin": Origin.CLI}, [NOT_BY_HAND]),
    ({"hand_typed": False, "origin": Origin.API}, []),
    ({"hand_typed": False, "origin": Origin.RULE}, []),
    # Saved lists.
    ({"origin": Origin.SAVED, "saved": RESIDENTS}, []),
    ({"origin": Origin.SAVED, "saved": STAFF}, [DIFFERS]),
    ({"origin": Origin.SAVED, "saved": MEMBERS}, [DIFFERS]),
    ({"origin": Origin.SAVED, "saved": RESIDENTS, "audience": STAFF}, [DIFFERS]),
    # The directory.
    ({"staff": 0}, []),
    ({"staff": 19}, []),
    ({"staff": 20}, [(STAFF_AMONG, 20, 100)]),
    ({"staff": 20, "audience": MEMBERS}, [(STAFF_AMONG, 20, 100)]),
    ({"staff": 4, "rows": 4}, []),
    ({"staff": 5, "rows": 5}, [(STAFF_AMONG, 5, 5)]),
    ({"staff": 5, "rows": 25}, [(STAFF_AMONG, 5, 25)]),
    ({"staff": 5, "rows": 26}, []),
    ({"audience": STAFF}, []),
    ({"audience": STAFF, "staff": 100}, []),
    ({"audience": STAFF, "staff": 99}, [(RESIDENTS_AMONG, 1, 100)]),
    ({"audience": STAFF, "staff": 0}, [(RESIDENTS_AMONG, 100, 100)]),
    # All at once.
    (
        {"audience": STAFF, "origin": Origin.SAVED, "saved": RESIDENTS, "staff": 2}
        | {"hand_typed": False},
        [NOT_BY_HAND, DIFFERS, (RESIDENTS_AMONG, 98, 100)],
    ),
]


@pytest.mark.parametrize(("changed", "found"), TABLE)
def test_who_may_get_what(changed: dict[str, Any], found: list[Any]) -> None:
    facts: dict[str, Any] = {"audience": RESIDENTS, "origin": Origin.LIST, "rows": 100} | changed
    assert check_audience(AudienceFacts(**facts)) == found


@given(
    st.sampled_from(Audience),
    st.booleans(),
    st.none() | st.sampled_from(Audience),
    st.integers(0, 50),
)
def test_a_correction_goes_to_whoever_got_the_mistake(
    audience: Audience, hand_typed: bool, saved: Audience | None, staff: int
) -> None:
    facts = AudienceFacts(
        audience=audience,
        hand_typed=hand_typed,
        origin=Origin.CORRECTION,
        saved=saved,
        rows=50,
        staff=staff,
    )
    assert check_audience(facts) == []


def test_every_origin_is_by_hand_or_not() -> None:
    machines = {Origin.API, Origin.RULE, Origin.AGENT, Origin.CANARY}
    follows = {Origin.CORRECTION, Origin.GUARDIAN, Origin.RESIDENT}
    assert set(Origin) - BY_HAND == machines | follows
