"""Who gets a page, and what the others get."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from alimnaru.store import audit
from alimnaru.store.models import Verification
from tests.console.conftest import SignIn
from tests.staff import Staff


def test_signed_out_goes_to_the_sign_in_page(db: None) -> None:
    answer = Client().get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=/")


def test_a_password_alone_opens_nothing(staff: Staff) -> None:
    client = Client()
    client.force_login(staff.viewer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 302


def test_a_signed_out_fragment_sends_the_browser_and_not_the_fragment(db: None) -> None:
    answer = Client().get(
        "/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/batches?page=2"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/sign-in?next=/batches%3Fpage%3D2"


@pytest.mark.parametrize("who", ["viewer", "writer", "system", "neighbour"])
def test_staff_see_the_dashboard(who: str, staff: Staff, sign_in: SignIn) -> None:
    answer = sign_in(staff.by_name()[who]).get("/")
    assert answer.status_code == 200
    assert "<c-" not in answer.content.decode()
    assert "'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_the_dashboard_tells_what_a_night_has_found(staff: Staff, sign_in: SignIn) -> None:
    now = timezone.now()
    Verification.objects.create(
        asked_by=audit.own_member(), asked_at=now, ended_at=now, state="done", wrong=3
    )
    told = "봉인과 다른 곳이 3곳"
    for who, sees, link in ((staff.auditor, True, True), (staff.system, True, False),
                            (staff.writer, False, False)):  # fmt: skip
        page = sign_in(who).get("/").content.decode()
        assert ((told in page), ("봉인과 검증 보기" in page)) == (sees, link)


def test_a_shut_account_is_signed_out(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.viewer)
    staff.viewer.is_active = False
    staff.viewer.save()
    assert browser.get("/").status_code == 302
