"""The one-time code once more, before what a stolen session must not be able to do."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP

from alimnaru.console.signing_in import CODE_AT
from alimnaru.console.urls import urlpatterns
from alimnaru.office.policies import change_policy
from alimnaru.reads.policies import office_policy
from alimnaru.store.models import AuditEntry, Authenticator, Member
from tests.console.conftest import SignIn
from tests.console.doors import DOORS, STEP_UP
from tests.staff import Staff

ADDRESS = "/policies/undo_seconds"


def _stale(browser: Client, *, minutes: float = 11) -> None:
    session = browser.session
    session[CODE_AT] = time.time() - minutes * 60
    session.save()


def _code(member: Member) -> str:
    device = Authenticator.objects.get(user=member)
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


@pytest.fixture
def browser(staff: Staff, sign_in: SignIn) -> Client:
    """한정보's, whose last code is eleven minutes old."""
    found = sign_in(staff.system)
    _stale(found)
    return found


def _hidden(answer: Any) -> dict[str, str]:
    page = answer.content.decode()
    form = page[page.index('action="' + ADDRESS) :]
    form = form[: form.index("</form>")]
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
        if name != "csrfmiddlewaretoken"
    }


def test_the_doors_and_the_table_agree() -> None:
    asking = {str(p.name) for p in urlpatterns if getattr(p.callback, "step_up", False)}
    assert asking == STEP_UP
    assert {name for name in STEP_UP if not DOORS[name].post} == set()


def test_the_form_goes_on_with_what_was_typed(browser: Client, staff: Staff) -> None:
    asked = browser.post(ADDRESS, {"value": "90", "note": '"<b>&'})
    assert asked.status_code == 200
    assert office_policy().undo_seconds == 60
    kept = _hidden(asked)
    assert kept == {"value": "90", "note": '"<b>&'}
    assert 'autocomplete="one-time-code"' in asked.content.decode()
    key = browser.session.session_key
    done = browser.post(ADDRESS, {**kept, "step_up_code": _code(staff.system)})
    assert done.headers["Location"] == "/policies"
    assert office_policy().undo_seconds == 90
    assert browser.session.session_key != key
    assert AuditEntry.objects.filter(act="member.step_up", actor=staff.system).count() == 1
    # For the next ten minutes nothing is asked, whatever an old page sends along.
    browser.post(ADDRESS, {"value": "91", "step_up_code": "000000"})
    assert office_policy().undo_seconds == 91


def test_a_wrong_code_does_nothing_and_keeps_the_form(browser: Client, staff: Staff) -> None:
    answer = browser.post(ADDRESS, {"value": "90", "step_up_code": "12ab"})
    assert "일치하지 않습니다" in answer.content.decode()
    assert _hidden(answer)["value"] == "90"
    assert office_policy().undo_seconds == 60


def test_a_code_is_good_once(browser: Client, staff: Staff) -> None:
    code = _code(staff.system)
    browser.post(ADDRESS, {"value": "90", "step_up_code": code})
    _stale(browser)
    Authenticator.objects.update(throttling_failure_count=0)
    browser.post(ADDRESS, {"value": "120", "step_up_code": code})
    assert office_policy().undo_seconds == 90


def test_five_wrong_codes_shut_out(browser: Client, staff: Staff) -> None:
    for _ in range(5):
        Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        browser.post(ADDRESS, {"value": "90", "step_up_code": "zz"})
    Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    right = browser.post(ADDRESS, {"value": "90", "step_up_code": _code(staff.system)})
    assert "잠겨 있습니다" in right.content.decode()
    assert office_policy().undo_seconds == 60


def test_looking_asks_for_nothing(browser: Client) -> None:
    assert browser.get(ADDRESS).context["row"].name == "undo_seconds"


def test_the_office_says_how_long(browser: Client, staff: Staff) -> None:
    change_policy(actor=staff.system, field="step_up_minutes", value=30)
    browser.post(ADDRESS, {"value": "90"})
    assert office_policy().undo_seconds == 90


def test_a_fragment_gives_way_to_the_question(browser: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/policies?a=1"}
    answer = browser.post(ADDRESS, {"value": "90"}, headers=headers)
    assert answer.headers["HX-Retarget"] == "#main"
    assert 'href="/policies?a=1"' in answer.content.decode()
    elsewhere = {"Referer": "https://evil.example/policies"}
    answer = browser.post(ADDRESS, {"value": "90"}, headers=elsewhere)
    assert "evil" not in answer.content.decode()


def test_who_may_not_is_refused_and_not_asked(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    _stale(browser)
    assert browser.post(ADDRESS, {"value": "90"}).status_code == 403


@pytest.mark.usefixtures("db")
def test_who_is_signed_out_is_not_asked() -> None:
    answer = Client().post(ADDRESS, {"value": "90", "step_up_code": "123456"})
    assert answer.headers["Location"].startswith(reverse("sign-in"))
