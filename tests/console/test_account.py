"""The own account: password, authenticator, recovery codes, mobile, screen."""

from __future__ import annotations

import pytest
from django.test import Client
from django_otp.oath import TOTP

from alimnaru.office.own_account import mobile_of
from alimnaru.office.second_factor import recovery_codes_left
from alimnaru.store.models import Authenticator, Member
from tests.console.conftest import SignIn
from tests.staff import PASSWORD, Staff, session_of

NEW = "강 건너는 배 두 척 8"


@pytest.fixture
def viewer(staff: Staff) -> Member:
    staff.viewer.set_password(PASSWORD)
    staff.viewer.save()
    return staff.viewer


@pytest.fixture
def desk(viewer: Member, sign_in: SignIn) -> Client:
    return sign_in(viewer)


def code_of(member: Member, *, confirmed: bool = True) -> str:
    device = Authenticator.objects.get(user=member, confirmed=confirmed)
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def said(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_it_works(desk: Client) -> None:
    page = said(desk.get("/account"))
    for word in ("박열람", "나루중앙도서관", "조회자", "쓸 수 있는 코드가 없습니다"):
        assert word in page
    assert "<c-" not in page


def test_who_has_no_role_has_an_account_all_the_same(viewer: Member, desk: Client) -> None:
    viewer.memberships.all().delete()
    assert "맡은 역할이 없습니다" in said(desk.get("/account"))


def test_a_new_password_ends_the_other_sessions(viewer: Member, desk: Client) -> None:
    other = Client()
    other.cookies["sessionid"] = session_of(viewer)
    assert other.get("/account").status_code == 200
    key = desk.session.session_key
    form = {"present": PASSWORD, "first": NEW, "second": NEW}
    assert desk.post("/account/password", form).headers["Location"] == "/account"
    assert "비밀번호를 바꾸었습니다" in said(desk.get("/account"))
    assert desk.session.session_key != key
    assert other.get("/account").status_code == 302
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"present": "wrong", "first": NEW, "second": NEW}, "일치하지 않습니다"),
        ({"present": PASSWORD, "first": "20261127223311", "second": "20261127223311"}, "숫자"),
        ({"present": PASSWORD, "first": NEW, "second": NEW + "x"}, "서로 다릅니다"),
        ({"present": PASSWORD, "first": PASSWORD, "second": PASSWORD}, "같습니다"),
    ],
)
def test_a_password_that_is_not_changed(
    viewer: Member, desk: Client, form: dict[str, str], why: str
) -> None:
    page = said(desk.post("/account/password", form))
    assert why in page
    assert NEW not in page
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)


def test_the_own_mobile(viewer: Member, desk: Client) -> None:
    desk.post("/account/mobile", {"mobile": "010 1234 5678"})
    viewer.refresh_from_db()
    assert mobile_of(viewer) == "01012345678"
    assert "010-1234-5678" in said(desk.get("/account"))
    assert "고칠 곳이" in said(desk.post("/account/mobile", {"mobile": "02-555-0101"}))
    desk.post("/account/mobile", {"mobile": ""})
    viewer.refresh_from_db()
    assert mobile_of(viewer) == ""


def test_new_recovery_codes_for_a_code(viewer: Member, desk: Client) -> None:
    assert "일치하지 않습니다" in said(desk.post("/account/recovery", {"code": "000000"}))
    Authenticator.objects.update(throttling_failure_count=0)
    answer = desk.post("/account/recovery", {"code": code_of(viewer)}, follow=True)
    assert said(answer).count("<li><code>") == 10
    assert recovery_codes_left(viewer) == 10
    assert "한 번만 보여" in said(desk.get("/account/recovery-codes"))


def test_another_phone(viewer: Member, desk: Client) -> None:
    assert "data:image/svg" not in said(desk.get("/account/authenticator"))
    desk.post("/account/authenticator", {"code": code_of(viewer)})
    assert "data:image/svg" in said(desk.get("/account/authenticator"))
    assert "일치하지 않습니다" in said(desk.post("/account/authenticator", {"code": "000000"}))
    Authenticator.objects.update(throttling_failure_count=0)
    answer = desk.post("/account/authenticator", {"code": code_of(viewer, confirmed=False)})
    assert answer.headers["Location"] == "/account"
    assert Authenticator.objects.count() == 1
    assert desk.get("/account").status_code == 200


def test_wrong_codes_lock_the_own_account_too(viewer: Member, desk: Client) -> None:
    for _ in range(5):
        Authenticator.objects.update(throttling_failure_count=0)
        answer = desk.post("/account/recovery", {"code": "000000"})
    assert answer.status_code == 429
    assert "잠겨" in said(desk.post("/account/recovery", {"code": code_of(viewer)}))


def test_codes_that_come_too_fast(desk: Client) -> None:
    desk.post("/account/recovery", {"code": "000000"})
    assert "초 뒤에" in said(desk.post("/account/recovery", {"code": "000000"}))


@pytest.mark.parametrize(
    ("path", "form", "chosen"),
    [
        ("/contrast", {}, {"contrast": "high"}),
        ("/language", {"language": "en"}, {"language": "en"}),
        ("/language", {"language": "xx"}, {}),
    ],
)
def test_the_screen(
    viewer: Member, desk: Client, path: str, form: dict[str, str], chosen: dict[str, str]
) -> None:
    answer = desk.post(path, {**form, "next": "/help"})
    assert answer.headers["Location"] == "/help"
    viewer.refresh_from_db()
    assert viewer.screen == chosen


def test_the_contrast_goes_back(desk: Client) -> None:
    desk.post("/contrast")
    assert 'data-krds-mode="high-contrast"' in said(desk.get("/account"))
    desk.post("/contrast")
    assert 'data-krds-mode="light"' in said(desk.get("/account"))


def test_help_and_accessibility(desk: Client) -> None:
    page = said(desk.get("/help"))
    assert "최관장" in page
    assert "한정보" in page
    assert "문보건" not in page
    for client in (desk, Client()):
        assert "접근성 안내" in said(client.get("/accessibility"))


def test_a_page_that_is_not_there_says_so_in_korean(desk: Client) -> None:
    answer = desk.get("/nowhere")
    assert answer.status_code == 404
    assert "화면을 찾을 수 없습니다" in said(answer)
