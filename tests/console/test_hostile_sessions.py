"""A thief of a session, a borrowed password, a desk left open: what they do not get."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.test import Client
from django_otp.oath import TOTP

from alimnaru.console.idle import SINCE
from alimnaru.office.second_factor import begin_enrolment, check_code
from alimnaru.store.models import Authenticator, Member, Role
from tests.console.conftest import SignIn
from tests.staff import PASSWORD, Staff


def code_of(device: Authenticator) -> str:
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def with_password(member: Member) -> Member:
    member.set_password(PASSWORD)
    member.save()
    return member


def test_a_head_request_does_nothing(staff: Staff, sign_in: SignIn) -> None:
    """It passes without a token of the form."""
    browser = sign_in(staff.manager)
    answer = browser.head(f"/people/{staff.writer.pk}/shut")
    staff.writer.refresh_from_db()
    assert (answer.status_code, staff.writer.is_active) == (405, True)
    assert browser.head("/people").status_code == 200


def test_a_session_ends_after_a_working_day_however_busy_it_is(
    staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.viewer)
    assert browser.get("/help").status_code == 200
    session = browser.session
    session[SINCE] = time.time() - settings.SESSION_COOKIE_AGE - 1
    session.save()
    assert browser.get("/help").headers["Location"] == "/sign-in?next=/help"
    assert browser.get("/help").status_code == 302


def test_a_sign_in_begins_the_day(staff: Staff) -> None:
    member, browser = with_password(staff.viewer), Client()
    device = Authenticator.objects.create(user=member, confirmed=True)
    browser.post("/sign-in", {"username": member.login, "password": PASSWORD})
    browser.post("/sign-in/code", {"code": code_of(device)})
    assert time.time() - browser.session[SINCE] < 60


def test_passwords_cannot_be_tried_at_an_open_desk(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(with_password(staff.viewer))
    for n in range(settings.AXES_FAILURE_LIMIT):
        browser.post("/account/password", {"present": f"guess {n}", "first": "x", "second": "x"})
    chosen = "새로 정한 비밀번호 9"
    given = {"present": PASSWORD, "first": chosen, "second": chosen}
    answer = browser.post("/account/password", given)
    staff.viewer.refresh_from_db()
    assert not staff.viewer.check_password(chosen)
    assert answer.status_code in {302, 429}


def test_a_mistake_in_the_new_password_is_no_guess(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(with_password(staff.viewer))
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        given = {"present": PASSWORD, "first": "short", "second": "short"}
        assert browser.post("/account/password", given).status_code == 200


def test_who_saw_a_secret_does_not_hold_it_for_the_next(staff: Staff) -> None:
    """A secret shown to whoever borrowed the password is not the one that its owner confirms."""
    member = with_password(staff.viewer)
    thief, owner = Client(), Client()
    for browser in (thief, owner):
        browser.post("/sign-in", {"username": member.login, "password": PASSWORD})
        browser.get("/sign-in/enrol")
        if browser is thief:
            seen = Authenticator.objects.get(user=member).key
    mine = Authenticator.objects.get(user=member)
    assert mine.key != seen
    owner.get("/sign-in/enrol")
    assert Authenticator.objects.get(user=member).key == mine.key
    owner.post("/sign-in/enrol", {"code": code_of(mine)})
    assert Authenticator.objects.get(user=member, confirmed=True).key == mine.key


def test_a_code_opens_the_change_of_the_authenticator_for_minutes(
    staff: Staff, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(staff.viewer)
    device = Authenticator.objects.get(user=staff.viewer)
    browser.post("/account/authenticator", {"code": code_of(device)})
    assert "qr" in browser.get("/account/authenticator").context
    session = browser.session
    session["may_renew"] = session["may_renew"] - 16 * 60
    session.save()
    assert "qr" not in browser.get("/account/authenticator").context
    other = begin_enrolment(staff.viewer)
    browser.post("/account/authenticator", {"code": code_of(other)})
    assert check_code(staff.viewer, code_of(other)).device is None
    assert Authenticator.objects.filter(user=staff.viewer, confirmed=True).get() == device


def test_a_role_that_is_taken_away_is_gone_at_the_next_click(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.manager)
    address = f"/people/{staff.writer.pk}"
    assert browser.get(address).status_code == 200
    staff.manager.memberships.update(role=Role.VIEWER)
    assert browser.get(address).status_code == 403
    assert browser.post(f"{address}/shut").status_code == 403


def test_a_new_password_by_a_manager_ends_the_open_session(staff: Staff, sign_in: SignIn) -> None:
    theirs, manager = sign_in(staff.writer), sign_in(staff.manager)
    assert theirs.get("/help").status_code == 200
    manager.post(f"/people/{staff.writer.pk}/password")
    assert theirs.get("/help").status_code == 302


def test_who_must_choose_a_password_gets_no_page_before(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.viewer)
    staff.viewer.must_change_password = True
    staff.viewer.save()
    assert browser.get("/help").status_code == 302


def test_a_host_that_is_not_ours_is_refused(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.viewer)
    for address in ("/help", "/sign-in", "/send?q=1"):
        answer = browser.get(address, headers={"host": "elsewhere.example"})
        assert answer.status_code == 400
