"""`make shots`: a picture of every page, to be looked at by a person. Written to `out/shots/`.

All of the table at the width of a desk, the pages that clerks open most on a phone too, some in
high contrast and in English.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Sites
from tests.e2e.look import Look
from tests.e2e.pages import LOOKS
from tests.e2e.site import Manner
from tests.e2e.world import State

OUT = Path(__file__).parents[2] / "out" / "shots"
PHONE = Manner(width=390)
CONTRAST = Manner(contrast=True)
ENGLISH = Manner(language="en")
#: Looks that are taken in another manner as well: those of a full office by name.
ALSO = (
    *((name, PHONE) for name in (
        "sign-in", "dashboard", "choose-notice", "send-one", "check-list", "batches", "batch-done",
        "batch-sending", "message", "unreached", "approvals", "approval", "scheduled",
        "stop-and-correct", "templates", "template-editor", "saved-lists", "opt-outs", "guardians",
        "statistics", "budgets", "audit", "account", "help", "connections", "key-new", "key-waits",
        "key-shown", "webhook", "system", "rules", "rule", "rule-change",
    )),
    *((name, PHONE) for name in (
        "resident", "resident-disowned", "resident-choices", "resident-saved", "resident-history",
        "resident-not-mine", "resident-not-mine-said", "check-code", "service-status",
        "public-kinds", "tasks",
    )),
    *((name, PHONE) for name in (
        "access-log", "access-review", "incident", "resident-request", "destructions", "seals",
        "hold", "hold-new", "holds", "months", "month", "month-work", "month-disputes",
    )),
    *((name, CONTRAST) for name in ("dashboard", "check-list", "stop-and-correct-stopped")),
    *((name, ENGLISH) for name in ("dashboard", "batch-done", "resident", "resident-choices")),
)  # fmt: skip


def _cases() -> list[object]:
    plain = [(state, look, Manner()) for state in State for look in LOOKS if state in look.states]
    full = {look.name: look for look in LOOKS if State.FULL in look.states}
    also = [(State.FULL, full[name], manner) for name, manner in ALSO]
    found = sorted([*plain, *also], key=lambda case: list(State).index(case[0]))
    return [pytest.param(*case, id=f"{case[0]}-{case[1].name}-{case[2]}") for case in found]


@pytest.mark.django_db
def test_the_database_is_there() -> None:
    """The worlds need the run's database, which this asks for."""


@pytest.mark.parametrize(("state", "look", "manner"), _cases())
def test_take(sites: Sites, state: State, look: Look, manner: Manner) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    page = sites(state).look(look, manner)
    # What sticks to the window's edge belongs at the page's end.
    height: int = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": manner.width, "height": height})
    page.screenshot(path=OUT / f"{look.name}-{state}-{manner}.png", full_page=True)
