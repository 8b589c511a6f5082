"""Every page of a full office: axe finds nothing at any width or contrast, and neither do our own
checks; the keyboard reaches everything."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Sites
from tests.e2e.examination import cases, examine
from tests.e2e.look import Look
from tests.e2e.pages import LOOKS
from tests.e2e.world import State


@pytest.mark.parametrize("state", State)
def test_every_look_has_an_address_and_a_name_of_its_own(sites: Sites, state: State) -> None:
    world = sites(state).world
    looks = [look for look in LOOKS if state in look.states]
    assert len({look.name for look in looks}) == len(looks)
    assert all(look.address(world).startswith("/") for look in looks)


@pytest.mark.parametrize(("state", "look"), cases(State.FULL))
def test_nothing_is_in_anybodys_way(sites: Sites, state: State, look: Look) -> None:
    found = examine(sites(state), look)
    assert not found, "\n".join(found)
