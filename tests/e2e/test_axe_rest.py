"""The same pages with nothing on them yet, and with whatever can go wrong."""

from __future__ import annotations

import pytest

from alimnaru.console.menu import MENU
from tests.console.doors import DOORS
from tests.e2e.conftest import Sites
from tests.e2e.examination import cases, examine
from tests.e2e.look import Look
from tests.e2e.pages import LOOKS, PARTS
from tests.e2e.world import State


@pytest.mark.django_db
def test_every_menu_page_is_looked_at_in_every_state() -> None:
    """`django_db`: the worlds below need the run's database, which this asks for."""
    in_menu = {entry.url for group in MENU for entry in group.entries}
    for state in State:
        assert in_menu - {look.url for look in LOOKS if state in look.states} == set()


def test_every_address_that_shows_something_is_looked_at() -> None:
    shown = {name for name, door in DOORS.items() if door.get}
    assert shown - {look.url for look in LOOKS} == PARTS


@pytest.mark.parametrize(("state", "look"), cases(State.EMPTY, State.ERROR))
def test_nothing_is_in_anybodys_way(sites: Sites, state: State, look: Look) -> None:
    found = examine(sites(state), look)
    assert not found, "\n".join(found)
