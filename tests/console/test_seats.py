"""Where somebody is signed in: seen, ended, and ended by what happens to the account."""

from __future__ import annotations

import pytest
from django.test import Client
from django_otp.oath import TOTP

from alimnaru.console.idle import SEAT
from alimnaru.office.members import give_role
from alimnaru.store.models import AuditEntry, Authenticator, Member, Role, Seat
from tests.console.conftest import SignIn
from tests.staff import PASSWORD, Staff


def _is_in(browser: Client) -> bool:
    return browser.get("/account").status_code == 200


@pytest.fixture
def two(staff: Staff, sign_in: SignIn) -> tuple[Client, Client]:
    """박열람's two browsers, both in use."""
    browsers = sign_in(staff.viewer), sign_in(staff.viewer)
    agents = "Firefox/133.0 (Windows NT 10.0)", "(X11; Linux) Chrome/131"
    for browser, agent, address in zip(browsers, agents, ("10.0.0.1", "10.0.0.2"), strict=True):
        _from_before(browser)
        assert browser.get("/", headers={"User-Agent": agent}, REMOTE_ADDR=address)
    return browsers


def _from_before(browser: Client) -> None:
    """A session that was begun before there were seats: it gets one at its next use."""
    Seat.objects.filter(pk=browser.session[SEAT]).delete()
    session = browser.session
    del session[SEAT]
    session.save()


def test_one_ends_the_other(two: tuple[Client, Client], staff: Staff) -> None:
    here, there = two
    page = here.get("/account").content.decode()
    assert "Firefox, Windows" in page
    assert "Chrome, Linux" in page
    other = Seat.objects.get(address="10.0.0.2")
    here.post(f"/account/seats/{other.pk}/end")
    assert not _is_in(there)
    assert _is_in(here)
    assert AuditEntry.objects.filter(act="member.seat.end", actor=staff.viewer).count() == 1


def test_nobody_ends_a_colleagues(
    two: tuple[Client, Client], staff: Staff, sign_in: SignIn
) -> None:
    stranger = sign_in(staff.system)
    for seat in Seat.objects.filter(member=staff.viewer):
        stranger.post(f"/account/seats/{seat.pk}/end")
    assert all(map(_is_in, two))


def test_another_role_ends_all(two: tuple[Client, Client], staff: Staff) -> None:
    place = staff.viewer.memberships.get().department
    give_role(staff.viewer, actor=staff.system, department=place, role=Role.WRITER)
    assert not any(map(_is_in, two))


def test_another_password_ends_the_others(two: tuple[Client, Client], staff: Staff) -> None:
    here, there = two
    staff.viewer.set_password(PASSWORD)
    staff.viewer.save()
    Seat.objects.all().delete()
    browser = _signed_in(staff.viewer, "10.0.0.1")
    new = "강 건너 마을의 배 9척"
    form = {"present": PASSWORD, "first": new, "second": new}
    assert browser.post("/account/password", form).status_code == 302
    assert _is_in(browser)
    assert not _is_in(here)
    assert not _is_in(there)


def _signed_in(member: Member, address: str) -> Client:
    browser = Client(REMOTE_ADDR=address)
    browser.post("/sign-in", {"username": member.login, "password": PASSWORD})
    device = Authenticator.objects.get(user=member)
    Authenticator.objects.update(last_t=-1, throttling_failure_count=0)
    code = TOTP(device.bin_key, device.step, device.t0, device.digits).token()
    browser.post("/sign-in/code", {"code": f"{code:06d}"})
    return browser


def test_two_places_at_once_are_told(staff: Staff, sign_in: SignIn) -> None:
    staff.viewer.set_password(PASSWORD)
    staff.viewer.save()
    there = sign_in(staff.viewer)
    _from_before(there)
    there.get("/", REMOTE_ADDR="10.0.0.1")
    browser = _signed_in(staff.viewer, "10.9.9.9")
    assert "10.0.0.1" in browser.get("/account").content.decode()
    entry = AuditEntry.objects.get(act="member.sign_in")
    assert entry.facts["elsewhere"] == "10.0.0.1"


def test_signing_out_leaves_the_seat(two: tuple[Client, Client]) -> None:
    two[0].post("/sign-out")
    assert Seat.objects.filter(ended_at=None).count() == 1
