"""Signing in for the first time and after, and a desk that is left alone, in a browser."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from alimnaru.console.idle import SEEN
from alimnaru.office.members import reset_second_factor
from alimnaru.store.models import Authenticator, Member
from tests.e2e.conftest import Open
from tests.staff import PASSWORD, Staff


def code_of(member: Member) -> str:
    device = Authenticator.objects.get(user=member)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    # The code of this half minute may be spent; the next one is taken as well.
    step = 1 if totp.t() <= device.last_t else 0
    totp.drift = step
    return f"{totp.token():06d}"


def give(page: Page, login: str, password: str) -> None:
    page.get_by_label("아이디").fill(login)
    page.get_by_label("비밀번호").fill(password)
    page.keyboard.press("Enter")


def test_the_first_time_and_the_next(open_page: Open, staff: Staff) -> None:
    initial = reset_second_factor(staff.viewer, actor=staff.manager)
    page = open_page()
    page.goto("/help")
    give(page, "viewer", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("로그인하지 못했습니다")
    expect(page.get_by_role("alert")).to_be_focused()
    give(page, "viewer", initial)
    page.get_by_label("새 비밀번호 (필수)").fill(PASSWORD)
    page.get_by_label("새 비밀번호 한 번 더").fill(PASSWORD)
    page.get_by_role("button", name="비밀번호 저장").click()
    expect(page.get_by_role("img", name="QR")).to_be_visible()
    secret = page.locator(".g-secret code").inner_text().replace(" ", "")
    assert len(secret) == 32
    page.get_by_label("인증번호").fill(code_of(staff.viewer))
    page.get_by_role("button", name="등록하고 로그인").click()
    expect(page.locator(".g-codes li")).to_have_count(10)
    recovery = page.locator(".g-codes code").first.inner_text()
    page.get_by_role("link", name="보관했습니다").click()
    expect(page).to_have_url(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/help")
    page.locator("summary.c-user").click()
    page.get_by_role("button", name="로그아웃").first.click()
    page.wait_for_url("**/sign-in")
    give(page, "viewer", PASSWORD)
    page.get_by_label("인증번호").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".c-field-error")).to_contain_text("일치하지 않습니다")
    page.get_by_role("link", name="복구 코드로 로그인").click()
    page.get_by_label("복구 코드").fill(recovery)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    expect(page.locator(".c-notice")).to_contain_text("틀린 시도가 1번")


def test_the_warning_is_answered_by_keyboard(open_page: Open, staff: Staff) -> None:
    page = open_page(staff.writer)
    page.clock.install()
    page.goto("/help")
    expect(page.locator("[data-left]").first).to_have_text("30:00")
    dialog = page.get_by_role("alertdialog", name="곧 로그아웃합니다")
    page.clock.fast_forward("26:00")
    expect(dialog).not_to_be_visible()
    page.clock.fast_forward("01:01")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="계속 사용")).to_be_focused()
    said = dialog.get_by_role("status")
    expect(said).to_have_text("")
    page.clock.fast_forward("02:00")
    expect(said).to_have_text("1분 뒤 로그아웃합니다.")
    with page.expect_response("**/extend") as extended:
        page.keyboard.press("Enter")
    assert extended.value.status == 204
    expect(dialog).not_to_be_visible()
    expect(page.locator("[data-left]").first).to_have_text("30:00")
    page.clock.fast_forward("27:01")
    expect(dialog).to_be_visible()
    with page.expect_response("**/extend"):
        page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


def test_a_key_says_that_somebody_is_there(open_page: Open, staff: Staff) -> None:
    page = open_page(staff.writer)
    page.clock.install()
    page.goto("/help")
    page.clock.fast_forward("10:00")
    expect(page.locator("[data-left]").first).to_have_text("20:00")
    with page.expect_response("**/extend"):
        page.keyboard.press("Tab")
    expect(page.locator("[data-left]").first).to_have_text("30:00")


def test_nobody_was_there(open_page: Open, staff: Staff) -> None:
    page = open_page(staff.writer)
    page.clock.install()
    page.goto("/help")
    (cookie,) = [c for c in page.context.cookies() if c.get("name") == settings.SESSION_COOKIE_NAME]
    session = SessionStore(cookie.get("value"))
    session[SEEN] = time.time() - 31 * 60
    session.save()
    page.clock.fast_forward("31:00")
    page.wait_for_url("**/sign-in?next=%2Fhelp")
    expect(page.locator(".c-notice")).to_contain_text("30분 동안 쓰지 않아")
