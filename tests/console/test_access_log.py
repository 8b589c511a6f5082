"""No page shows somebody's data without saying so in the access log."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from alimnaru.store.models import AccessEntry
from tests.console.doors import DOORS, Door
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


def _who(door: Door, world: World) -> list[Client]:
    staff = world.staff
    people = [staff.writer, staff.manager, staff.approver, staff.system, staff.auditor]
    return [browser_of(person) for person in people]


@pytest.mark.parametrize("name", [n for n, d in DOORS.items() if d.get and not d.public])
def test_who_shows_somebody_says_so(world: World, name: str) -> None:
    door = DOORS[name]
    address = reverse(name, kwargs=door.kwargs(world)) + door.query
    silent = []
    for browser in _who(door, world):
        with undone():
            before = AccessEntry.objects.count()
            shown = MASKED.findall(_read(browser.get(address)))  # type: ignore[arg-type]
            if shown and name not in OWN and AccessEntry.objects.count() == before:
                silent.append(name)
    assert silent == []


def test_pages_with_people_are_among_them(world: World) -> None:
    """Else the test above would see nothing, and pass."""
    seen = set()
    for name, door in DOORS.items():
        if door.get and not door.public:
            with undone():
                address = reverse(name, kwargs=door.kwargs(world)) + door.query
                for browser in _who(door, world)[:3]:
                    if MASKED.search(_read(browser.get(address))):  # type: ignore[arg-type]
                        seen.add(name)
    assert seen >= {"batch", "message", "unknown-batch", "approval", "check-list", "list-errors"}
