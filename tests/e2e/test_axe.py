"""Every page in every state, at both widths: axe finds nothing, and neither do our own checks."""

from __future__ import annotations

import pytest

from tests.e2e import checks
from tests.e2e.axe import violations
from tests.e2e.browsing import WIDTHS
from tests.e2e.conftest import Sites
from tests.e2e.pages import LOOKS, Look
from tests.e2e.world import State, build

#: (state, look, width, high contrast)
CASES = [
    pytest.param(state, look, width, contrast, id="-".join(words))
    for state in State
    for look in LOOKS
    if state in look.states
    for width in WIDTHS
    for contrast in ((False, True) if state is State.FULL else (False,))
    for words in [[state, look.name, str(width), *(["contrast"] if contrast else [])]]
]
WALKS = [
    pytest.param(state, look, id=f"{state}-{look.name}")
    for state in State
    for look in LOOKS
    if state in look.states
]


@pytest.mark.django_db
@pytest.mark.parametrize("state", State)
def test_every_look_has_an_address_of_its_own(state: State) -> None:
    world = build(state)
    names = [look.name for look in LOOKS if state in look.states]
    assert len(names) == len(set(names))
    assert all(look.address(world).startswith("/") for look in LOOKS if state in look.states)


@pytest.mark.parametrize(("state", "look", "width", "contrast"), CASES)
def test_axe_finds_nothing(
    sites: Sites, state: State, look: Look, width: int, contrast: bool
) -> None:
    site = sites(state)
    page = site.look(look, width, contrast=contrast)
    assert violations(page) + checks.problems(page) + site.wrong == []


@pytest.mark.parametrize(("state", "look"), WALKS)
def test_the_keyboard_reaches_everything_and_it_fits_a_narrow_window(
    sites: Sites, state: State, look: Look
) -> None:
    site = sites(state)
    page = site.look(look, 1440, measured=False)
    assert checks.walk(page) + checks.overflow(page) + site.wrong == []
