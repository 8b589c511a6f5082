"""No page shows somebody's data without saying so in the access log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from alimnaru.store.models import AccessEntry
from tests.console.doors import DOORS
from tests.console.test_every_url import undone
from tests.e2e.world import State, World, build
from tests.staff import browser_of

pytestmark = pytest.mark.django_db

#: A number as every screen shows it. The office's own numbers are shown in full.
MASKED = re.compile(r"01[0-9]-\*{3,4}-[0-9]{4}")
#: Shown there: one's own number, or what one has typed oneself.
OWN = frozenset({"account", "account-mobile"})


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield build(State.FULL)


def _read(answer: HttpResponse) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


@dataclass(slots=True)
class Walk:
    """Each page once as each of the staff, whatever test asks for it first."""

    world: World
    browsers: list[Client]
    _seen: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def shows(self, name: str) -> tuple[bool, bool]:
        """Whether somebody's number stands on the page for anybody, and is always said to."""
        if name not in self._seen:
            door = DOORS[name]
            address = reverse(name, kwargs=door.kwargs(self.world)) + door.query
            found = [self._ask(browser, address) for browser in self.browsers]
            self._seen[name] = (any(s for s, _ in found), all(said for s, said in found if s))
        return self._seen[name]

    @staticmethod
    def _ask(browser: Client, address: str) -> tuple[bool, bool]:
        with undone():
            before = AccessEntry.objects.count()
            shown = bool(MASKED.search(_read(browser.get(address))))  # type: ignore[arg-type]
            return shown, AccessEntry.objects.count() > before


@pytest.fixture(scope="module")
def walk(world: World) -> Walk:
    staff = world.staff
    people = [staff.writer, staff.manager, staff.approver, staff.system, staff.auditor]
    return Walk(world, [browser_of(person) for person in people])


PAGES = [name for name, door in DOORS.items() if door.get and not door.public]


@pytest.mark.parametrize("name", PAGES)
def test_who_shows_somebody_says_so(walk: Walk, name: str) -> None:
    shown, said = walk.shows(name)
    assert said or not shown or name in OWN


def test_pages_with_people_are_among_them(walk: Walk) -> None:
    """Else the test above would see nothing, and pass."""
    seen = {name for name in PAGES if walk.shows(name)[0]}
    assert seen >= {"batch", "message", "unknown-batch", "approval", "check-list", "list-errors"}
