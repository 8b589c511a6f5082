"""Pages with people in them say so in the access log.

That no other page shows anybody is asked of every address in test_every_url.py; here is what it
looks for, on the pages that must have it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.console.doors import DOORS
from tests.console.test_every_url import MASKED, _ask, undone
from tests.e2e.world import State, World, build
from tests.staff import browser_of

pytestmark = pytest.mark.django_db

#: A page with people, and who looks at it.
PAGES = [
    *(("batch", "writer"), ("message", "writer"), ("unknown-batch", "manager")),
    *(("approval", "approver"), ("check-list", "writer"), ("list-errors", "writer")),
]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield build(State.FULL)


@pytest.mark.parametrize(("name", "who"), PAGES)
def test_who_shows_somebody_says_so(world: World, name: str, who: str) -> None:
    door = DOORS[name]
    address = reverse(name, kwargs=door.kwargs(world)) + door.query
    noted: list[bool] = []
    answer = _ask(browser_of(getattr(world.staff, who)), "GET", address, noted=noted)
    body = (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")
    assert MASKED.search(body)
    assert noted == [True]
