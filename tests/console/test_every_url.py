"""Every address as everybody: each role, signed out, and from the department next door."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import DjangoDbBlocker

from alimnaru.console.urls import urlpatterns
from alimnaru.rules.rights import RIGHTS_OF
from alimnaru.store.models import AccessEntry, Member
from tests.console.doors import DOORS, Door
from tests.e2e.world import State, World, build
from tests.staff import browser_of

#: A form that was refused is drawn again (200, 422) or says so (400, 409); a good one leads on.
DONE = frozenset({200, 204, 302, 303, 400, 409, 422})
NEIGHBOUR = "neighbour"
#: What only the library has, and nobody of the health centre may read.
OF_THE_LIBRARY = ("나루중앙도서관", "김사서")

#: A number as every screen shows it. The office's own numbers are shown in full.
MASKED = re.compile(r"01[0-9]-\*{3,4}-[0-9]{4}")
#: Shown there: one's own number, or what one has typed oneself.
OWN_NUMBER = frozenset({"account", "account-mobile"})

pytestmark = pytest.mark.django_db

PATTERNS: dict[str, URLPattern] = {str(p.name): p for p in urlpatterns}
METHODS = [(name, method) for name in DOORS for method in ("GET", "POST")]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One full office for all addresses; every request is undone."""
    with django_db_blocker.unblock(), undone():
        yield build(State.FULL)


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _ask(
    browser: Client,
    method: str,
    address: str,
    data: Mapping[str, int | str] | None = None,
    noted: list[bool] | None = None,
) -> HttpResponse:
    """The answer, with everything undone that the request did: in the tables and in the browser.

    `noted` takes whether the access log says of it.
    """
    cookies = browser.cookies
    browser.cookies = SimpleCookie(cookies.output(header="", sep=";"))
    with undone():
        before = AccessEntry.objects.count() if noted is not None else 0
        sent = browser.get(address) if method == "GET" else browser.post(address, dict(data or {}))
        if noted is not None:
            noted.append(AccessEntry.objects.count() > before)
    browser.cookies = cookies
    return sent  # type: ignore[return-value]  # the test client's own class adds to it


@pytest.fixture(scope="module")
def browsers(world: World) -> dict[str, Client]:
    """Everybody's browser, and one without a session."""
    staff = world.staff.by_name()
    found = {name: browser_of(member, ahead=3600) for name, member in staff.items()}
    return {**found, "": Client()}


def test_the_table_has_every_address() -> None:
    assert set(DOORS) == set(PATTERNS)


@pytest.mark.parametrize(("name", "method"), METHODS)
def test_only_who_may_passes_and_every_answer_has_its_headers(
    world: World, browsers: dict[str, Client], name: str, method: str
) -> None:
    door = DOORS[name]
    address = reverse(name, kwargs=door.kwargs(world)) + door.query
    wrong = {}
    for who, browser in browsers.items():
        noted: list[bool] | None = [] if method == "GET" and not door.public else None
        answer = _ask(browser, method, address, door.form(world), noted)
        member = getattr(world.staff, who) if who else None
        expected = _expected(door, method, member, world)
        if answer.status_code not in expected:
            wrong[who or "signed out"] = (answer.status_code, sorted(expected))
        faults = _faults(answer, personal=bool(who) and name not in CACHED)
        assert (who, faults) == (who, [])
        text = _text(answer) if method == "GET" else ""
        # Cotton's tags reach the browser as they are where its loader does not load a template.
        assert "<c-" not in text
        # No page shows somebody's data without saying so in the access log.
        assert noted != [False] or name in OWN_NUMBER or not MASKED.search(text), who
        if who == NEIGHBOUR and door.about is None and not door.shared and not door.public:
            assert [word for word in OF_THE_LIBRARY if word in text] == []
    assert wrong == {}


def _text(answer: HttpResponse) -> str:
    """What can be read of an answer; in a packed file any three letters come about by chance."""
    if not answer.headers.get("Content-Type", "").startswith(("text/", "application/json")):
        return ""
    return (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")


def _expected(door: Door, method: str, member: Member | None, world: World) -> frozenset[int]:
    if member is None and not door.public:
        return frozenset({302})
    if not (door.get if method == "GET" else door.post):
        return frozenset({405})
    refused = _refused(door, member, world) if member is not None else None
    return refused or _passed(door, method)


def _refused(door: Door, member: Member, world: World) -> frozenset[int] | None:
    if not _has(door, member) or (door.writers and member != world.staff.writer):
        # Some pages are open to all who see, and refuse the act itself.
        return frozenset({403, 404})
    is_stranger = door.about is not None and member == world.staff.neighbour
    return frozenset({404}) if is_stranger else None


def _passed(door: Door, method: str) -> frozenset[int]:
    return DONE if method == "POST" else frozenset({200}) | door.answers


def _has(door: Door, member: Member) -> bool:
    if door.right is None:
        return True
    held = member.memberships.select_related("department")
    return any(
        {door.right, door.also} & RIGHTS_OF[m.role]
        and (not door.office_wide or m.department.parent is None)
        for m in held
    )


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if not door.public])
def test_who_is_signed_out_is_sent_to_sign_in_and_back(world: World, name: str) -> None:
    address = reverse(name, kwargs=DOORS[name].kwargs(world))
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("name", [n for n, d in DOORS.items() if d.post and not d.open_form])
def test_a_form_of_another_site_is_refused(
    world: World, browsers: dict[str, Client], name: str
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = browsers["system"].cookies
    with undone():
        answer = browser.post(reverse(name, kwargs=DOORS[name].kwargs(world)))
    assert answer.status_code == 403


# ---- what every answer says of itself ------------------------------------------------------------

#: Directives that no page may loosen; there is neither a nonce nor `unsafe-inline` anywhere.
_POLICY = {
    *("default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"),
    *("font-src 'self'", "connect-src 'self'", "object-src 'none'", "base-uri 'none'"),
    *("form-action 'self'", "frame-ancestors 'none'"),
}
_SAID = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _faults(answer: HttpResponse, *, personal: bool) -> list[str]:
    said = answer.headers
    wrong = [name for name, value in _SAID.items() if said.get(name) != value]
    policy = {part.strip() for part in said.get("Content-Security-Policy", "").split(";")}
    if policy != _POLICY:
        wrong.append("Content-Security-Policy")
    if "camera=()" not in said.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    if said.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        wrong.append("Referrer-Policy")
    if personal and "no-store" not in said.get("Cache-Control", ""):
        wrong.append("Cache-Control")
    return wrong


#: Pictures of wordings are nobody's data, and named by their content.
CACHED = frozenset({"picture"})


@pytest.mark.parametrize("address", ["/nowhere", "/batches/999999", "/%00", "/static/nothing.css"])
def test_errors_have_them_too(browsers: dict[str, Client], address: str) -> None:
    with undone():
        answer = browsers["system"].get(address)
    assert answer.status_code in {400, 404}
    assert _faults(answer, personal=False) == []


@pytest.mark.parametrize("address", ["/api/v1/me", "/api/none", "/callbacks/none", "/readyz"])
def test_programs_are_answered_nothing_that_runs(world: World, address: str) -> None:
    with undone():
        answer = Client().get(address)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
