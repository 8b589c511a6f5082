"""One visit, everything that can be examined in it: both widths, both contrasts, the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e import checks
from tests.e2e.axe import COLOURS, EVERYTHING, LAYOUT, violations
from tests.e2e.look import Look
from tests.e2e.pages import LOOKS
from tests.e2e.site import HEIGHTS, Site
from tests.e2e.world import State

#: One look at each address: its others have the same controls in the same order.
_FIRST = list({look.url: look for look in reversed(LOOKS)}.values())
_CONTRAST = "mode => { document.documentElement.dataset.krdsMode = mode; }"


def cases(*states: State) -> list[object]:
    """The table's looks in these states, a state after the other."""
    return [
        pytest.param(state, look, id=f"{state}-{look.name}")
        for state in states
        for look in LOOKS
        if state in look.states
    ]


def examine(site: Site, look: Look) -> list[str]:
    """What is wrong with a page; empty if nothing is."""
    page = site.look(look)
    # Colours that are still on their way from one set to the other would be measured so.
    page.add_style_tag(content="*, ::before, ::after { transition: none !important; }")
    full = site.world.state is State.FULL
    return [*_found(page, walks=full and look in _FIRST, full=full), *site.wrong]


def _found(page: Page, *, walks: bool, full: bool) -> Iterator[str]:
    for problem in (*violations(page), *checks.problems(page)):
        yield f"1440: {problem}"
    page.evaluate(_CONTRAST, "high-contrast")
    for problem in violations(page, COLOURS):
        yield f"high contrast: {problem}"
    page.evaluate(_CONTRAST, "light")
    if walks:
        yield from checks.walk(page)
    page.set_viewport_size({"width": 390, "height": HEIGHTS[390]})
    # The frame's own parts for phones are the same in every state: a full office shows them all.
    for problem in (*violations(page, EVERYTHING if full else LAYOUT), *checks.problems(page)):
        yield f"390: {problem}"
    yield from checks.overflow(page)
