"""Signing in: password, code, and what becomes of wrong ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP

from alimnaru.office.second_factor import new_recovery_codes
from alimnaru.store.models import AuditEntry, Authenticator, Member
from tests.console.conftest import SignIn
from tests.staff import PASSWORD, Staff


@pytest.fixture
def viewer(staff: Staff) -> Member:
    """박열람 with password and authenticator."""
    staff.viewer.set_password(PASSWORD)
    staff.viewer.save()
    Authenticator.objects.create(user=staff.viewer, confirmed=True)
    return staff.viewer


def code_of(member: Member, **which: Any) -> str:
    device = Authenticator.objects.get(user=member, **which)
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def give_password(client: Client, login: str = "viewer", password: str = PASSWORD) -> Any:
    return client.post("/sign-in?next=/help", {"username": login, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/help").status_code == 200


# ---- the way in ------------------------------------------------------------------------------


def test_it_works(viewer: Member) -> None:
    client = Client()
    page = client.get("/sign-in?next=/help").content.decode()
    for word in ("username", "current-password"):
        assert f'autocomplete="{word}"' in page
    assert "onpaste" not in page
    assert give_password(client).headers["Location"] == "/sign-in/code?next=%2Fhelp"
    assert not is_in(client)
    key = client.session.session_key
    assert 'autocomplete="one-time-code"' in client.get("/sign-in/code").content.decode()
    answer = client.post("/sign-in/code", {"code": code_of(viewer), "next": "/help"})
    assert answer.headers["Location"] == "/help"
    assert is_in(client)
    assert client.session.session_key != key
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.facts) == (
        "member.sign_in",
        viewer,
        {"with": "authenticator"},
    )
    assert client.get("/sign-in").headers["Location"] == "/"


def test_the_password_changes_the_key_of_the_session_too(viewer: Member) -> None:
    client = Client()
    client.post("/contrast")
    before = client.session.session_key
    give_password(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "x:y"])
def test_next_leads_nowhere_else(viewer: Member, wanted: str) -> None:
    client = Client()
    answer = client.post("/sign-in", {"username": "viewer", "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/sign-in/code"
    answer = client.post("/sign-in/code", {"code": code_of(viewer), "next": wanted})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("login", "password"), [("viewer", "wrong"), ("nobody", PASSWORD), ("", ""), ("viewer", "")]
)
def test_a_wrong_password(viewer: Member, login: str, password: str) -> None:
    client = Client()
    answer = give_password(client, login, password)
    assert answer.status_code == 200
    assert "로그인하지 못했습니다" in answer.content.decode()
    assert password == "" or password not in answer.content.decode()
    assert client.get("/sign-in/code").status_code == 302


def test_a_program_never_signs_in(viewer: Member) -> None:
    viewer.is_program = True
    viewer.save()
    assert "일치하지 않습니다" in give_password(Client()).content.decode()


def test_a_program_with_a_session_gets_no_page(staff: Staff, sign_in: SignIn) -> None:
    staff.viewer.is_program = True
    staff.viewer.save()
    assert sign_in(staff.viewer).get("/").status_code == 302


def test_a_shut_account_is_told_what_everybody_is_told(viewer: Member) -> None:
    viewer.is_active = False
    viewer.save()
    assert "일치하지 않습니다" in give_password(Client()).content.decode()


def test_an_account_shut_between_password_and_code(viewer: Member) -> None:
    client = Client()
    give_password(client)
    viewer.is_active = False
    viewer.save()
    answer = client.post("/sign-in/code", {"code": code_of(viewer)})
    assert answer.headers["Location"] == "/sign-in"
    assert not is_in(client)


@pytest.mark.parametrize("step", ["code", "enrol", "password"])
def test_without_a_password_there_is_no_second_step(viewer: Member, step: str) -> None:
    assert Client().get(f"/sign-in/{step}").headers["Location"] == "/sign-in"


def test_a_password_given_long_ago_counts_no_longer(viewer: Member) -> None:
    client = Client()
    give_password(client)
    session = client.session
    session["signing_in"] = {**session["signing_in"], "at": session["signing_in"]["at"] - 1000}
    session.save()
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"


# ---- codes -----------------------------------------------------------------------------------


def test_a_wrong_code(viewer: Member) -> None:
    client = Client()
    give_password(client)
    said = client.post("/sign-in/code", {"code": "000000"}).content.decode()
    assert "인증번호가 일치하지 않습니다" in said
    said = client.post("/sign-in/code", {"code": code_of(viewer)}).content.decode()
    assert "초 뒤에 다시 적을 수 있습니다" in said
    assert not is_in(client)


def test_the_code_of_the_last_time_is_refused(viewer: Member) -> None:
    code = code_of(viewer)
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client)
        client.post("/sign-in/code", {"code": code})
    assert is_in(first)
    assert not is_in(second)


def test_a_recovery_code(viewer: Member) -> None:
    code = new_recovery_codes(viewer)[0]
    client = Client()
    give_password(client)
    assert "복구 코드 적기" in client.get("/sign-in/code?recovery=1").content.decode()
    client.post("/sign-in/code?recovery=1", {"code": code})
    assert is_in(client)
    assert AuditEntry.objects.filter(act="member.sign_in").get().facts == {"with": "staticdevice"}


def test_five_wrong_ones_shut_out(viewer: Member) -> None:
    viewer.memberships.get().department.parent.__class__.objects.filter(parent=None).update(
        phone="02-555-0100"
    )
    client = Client()
    for number in range(5):
        answer = give_password(client, password=f"wrong {number}")
    assert answer.status_code == 429
    said = answer.content.decode()
    assert "15분 뒤" in said
    assert "02-555-0100" in said
    assert give_password(client).status_code == 429
    # A colleague at the same computer is not shut out with them.
    assert give_password(client, "approver", "wrong").status_code == 200


def test_wrong_codes_count_as_well(viewer: Member) -> None:
    client = Client()
    give_password(client)
    for _ in range(4):
        give_password(client, password="wrong")
    give_password(client)
    assert client.post("/sign-in/code", {"code": "000000"}).status_code == 429
    assert client.get("/sign-in/code").status_code == 429


def test_no_code_or_password_is_kept(viewer: Member) -> None:
    from axes.models import AccessAttempt

    client = Client()
    give_password(client, password="wrong one")
    give_password(client)
    client.post("/sign-in/code", {"code": "000000"})
    kept = " ".join(AccessAttempt.objects.values_list("post_data", flat=True))
    assert "wrong one" not in kept
    assert "000000" not in kept


# ---- the first time --------------------------------------------------------------------------


def test_the_first_time(staff: Staff) -> None:
    new = staff.viewer
    new.set_password("처음의 비밀번호 9")
    new.must_change_password = True
    new.save()
    client = Client()
    answer = client.post(
        "/sign-in", {"username": "viewer", "password": "처음의 비밀번호 9"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/sign-in/password"
    assert client.get("/sign-in/enrol").status_code == 302
    page = client.post(
        "/sign-in/password", {"first": PASSWORD, "second": PASSWORD}, follow=True
    ).content.decode()
    assert "인증 앱 등록" in page
    assert 'src="data:image/svg+xml' in page
    wrong = client.post("/sign-in/enrol", {"code": "000000"}).content.decode()
    assert "일치하지 않습니다" in wrong
    Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    answer = client.post("/sign-in/enrol", {"code": code_of(new)}, follow=True)
    shown = answer.content.decode()
    assert shown.count("<li><code>") == 10
    assert "<li><code>" not in client.get("/account/recovery-codes").content.decode()
    assert is_in(client)
    new.refresh_from_db()
    assert not new.must_change_password
    assert client.get("/sign-in/password").status_code == 302


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("짧다", "짧다", "비밀번호"),
        (PASSWORD, "another one 77", "서로 다릅니다"),
        ("처음의 비밀번호 9", "처음의 비밀번호 9", "지금 쓰는 비밀번호와 같습니다"),
    ],
)
def test_a_password_that_is_not_taken(staff: Staff, first: str, second: str, said: str) -> None:
    staff.viewer.set_password("처음의 비밀번호 9")
    staff.viewer.must_change_password = True
    staff.viewer.save()
    client = Client()
    give_password(client, password="처음의 비밀번호 9")
    answer = client.post("/sign-in/password", {"first": first, "second": second})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    staff.viewer.refresh_from_db()
    assert staff.viewer.must_change_password


# ---- afterwards ------------------------------------------------------------------------------


def test_the_last_time_is_told_once(viewer: Member) -> None:
    Member.objects.filter(pk=viewer.pk).update(last_login=timezone.now() - timedelta(days=1))
    client = Client()
    give_password(client, password="wrong")
    give_password(client)
    client.post("/sign-in/code", {"code": code_of(viewer)})
    said = client.get("/").content.decode()
    assert "지난 로그인은 어제" in said
    assert "틀린 시도가 1번" in said
    assert "지난 로그인" not in client.get("/").content.decode()


def test_leaving(staff: Staff, sign_in: SignIn) -> None:
    client = sign_in(staff.viewer)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert not is_in(client)


def test_choices_made_before_the_sign_in_survive_it(viewer: Member) -> None:
    client = Client()
    client.post("/contrast", {"next": "/sign-in"})
    assert 'data-krds-mode="high-contrast"' in client.get("/sign-in").content.decode()
    give_password(client)
    client.post("/sign-in/code", {"code": code_of(viewer)})
    viewer.refresh_from_db()
    assert viewer.screen == {"contrast": "high"}
    assert 'data-krds-mode="high-contrast"' in client.get("/").content.decode()


def test_choices_of_the_account_come_along_and_those_of_others_do_not(viewer: Member) -> None:
    viewer.screen = {"language": "ko"}
    viewer.save()
    client = Client()
    client.cookies["contrast"] = "high"
    client.cookies["django_language"] = "en"
    give_password(client)
    client.post("/sign-in/code", {"code": code_of(viewer)})
    assert client.cookies["django_language"].value == "ko"
    assert client.cookies["contrast"].value == ""


def test_a_form_that_is_too_old_is_told_so(viewer: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in", {"username": "viewer", "password": PASSWORD})
    assert answer.status_code == 403
    assert "오래되어" in answer.content.decode()
