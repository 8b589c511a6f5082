"""A desk that is left alone is signed out, and says so before and after."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from alimnaru.console.idle import SEEN
from alimnaru.office.policies import change_policy
from tests.console.conftest import SignIn
from tests.staff import Staff


def unused(client: Client, seconds: float) -> None:
    session = client.session
    session[SEEN] = time.time() - seconds
    session.save()


@pytest.fixture
def desk(staff: Staff, sign_in: SignIn) -> Client:
    return sign_in(staff.viewer)


def test_it_works(desk: Client) -> None:
    unused(desk, 31 * 60)
    assert desk.get("/help").headers["Location"] == "/sign-in?next=/help"
    page = desk.get("/sign-in?next=/help").content.decode()
    assert "30분 동안 쓰지 않아" in page
    assert "30분 동안" not in desk.get("/sign-in").content.decode()


def test_the_office_decides_how_long(staff: Staff, desk: Client) -> None:
    change_policy(actor=staff.system, field="idle_minutes", value=10)
    page = desk.get("/help").content.decode()
    assert 'data-idle="600"' in page
    assert 'data-warning="180"' in page
    unused(desk, 11 * 60)
    assert desk.get("/help").status_code == 302


def test_a_click_counts_and_a_poll_does_not(desk: Client) -> None:
    unused(desk, 20 * 60)
    before = desk.session[SEEN]
    assert desk.get("/help", headers={"X-Alimnaru-Poll": "1"}).status_code == 200
    assert desk.session[SEEN] == before
    assert desk.post("/extend").status_code == 204
    assert time.time() - desk.session[SEEN] < 60


def test_a_session_that_is_over_cannot_be_extended(desk: Client) -> None:
    unused(desk, 31 * 60)
    answer = desk.post("/extend", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_the_browser_may_say_that_nobody_was_there(desk: Client) -> None:
    unused(desk, 30 * 60 - 5)
    answer = desk.post("/sign-out", {"idle": "1", "next": "/help"})
    assert answer.headers["Location"] == "/sign-in?next=%2Fhelp"
    assert "30분 동안 쓰지 않아" in desk.get("/sign-in").content.decode()


def test_another_tab_was_used(desk: Client) -> None:
    """The tab that was forgotten asks to leave; somebody works in the other one."""
    desk.get("/help")
    answer = desk.post("/sign-out", {"idle": "1", "next": "/help"})
    assert answer.headers["Location"] == "/help"
    assert desk.get("/help").status_code == 200


def test_pages_are_not_kept_by_the_browser(desk: Client) -> None:
    assert desk.get("/help").headers["Cache-Control"] == "no-store"
