"""A batch that is watched in a browser: it moves by itself, rests unseen, and comes to an end."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from alimnaru.rules.outcomes import Result
from alimnaru.store.models import AuditEntry
from tests.cast import Cast
from tests.console.deliveries import finished, message_of
from tests.console.locked import opened
from tests.e2e.conftest import WIDTHS, Open
from tests.reads.fates import hand_over, list_of, tell
from tests.staff import Staff

HIDDEN = """value => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => value});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def _looks(page: Page) -> list[str]:
    seen: list[str] = []
    page.on("request", lambda asked: seen.append(asked.url) if "/progress" in asked.url else None)
    return seen


def test_it_moves_without_reloading_and_stops(open_page: Open, cast: Cast, staff: Staff) -> None:
    batch = list_of(cast, 2)
    hand_over(batch)
    page = open_page(staff.viewer)
    page.goto(f"/batches/{batch.pk}")
    page.evaluate("window.stays = true")
    tell(batch, {0: Result.DELIVERED})
    expect(page.locator("#progress")).to_contain_text("끝난 분 1")
    tell(batch, {1: Result.NUMBER_WRONG})
    expect(page.locator("#progress")).to_contain_text("완료 · 못 받음 50.0%")
    expect(page.locator(".c-why")).to_contain_text("없는 번호입니다")
    assert page.evaluate("window.stays")
    assert page.locator("[data-poll]").count() == 0


def test_a_hidden_page_does_not_ask(open_page: Open, cast: Cast, staff: Staff) -> None:
    batch = list_of(cast, 1)
    hand_over(batch)
    page = open_page(staff.viewer)
    looks = _looks(page)
    page.goto(f"/batches/{batch.pk}")
    page.evaluate(HIDDEN, True)
    page.wait_for_selector("[data-rests]", state="attached")
    asked = len(looks)
    tell(batch, {0: Result.DELIVERED})
    page.evaluate(HIDDEN, False)
    expect(page.locator("#progress")).to_contain_text("모두 끝났습니다")
    assert len(looks) == asked + 1


@pytest.mark.parametrize("width", WIDTHS)
def test_unmasking_by_keyboard_alone(width: int, open_page: Open, cast: Cast, staff: Staff) -> None:
    message = message_of(finished(cast))
    page = open_page(staff.writer, width=width)
    page.goto(f"/messages/{message.pk}")
    page.get_by_role("button", name="가린 정보 보기").focus()
    page.keyboard.press("Enter")
    reason = page.get_by_role("dialog", name="가린 정보 보기").get_by_label("사유")
    expect(reason).to_be_focused()
    reason.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("대출 문의")
    page.get_by_role("button", name="사유를 남기고 보기").press("Enter")
    expect(page.locator("main")).to_contain_text("김나루")
    assert AuditEntry.objects.get(act="person.unmask").facts["reason"] == "call_resident"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_unreached_list_is_taken_out(open_page: Open, cast: Cast, staff: Staff) -> None:
    batch = finished(cast)
    page = open_page(staff.writer)
    page.goto(f"/batches/{batch.pk}")
    page.get_by_role("button", name="못 받은 분 엑셀로 받기").click()
    page.get_by_label("사유").select_option("call_resident")
    page.get_by_role("button", name="엑셀로 받기", exact=True).click()
    password = page.locator("main code").inner_text()
    with page.expect_download() as taken:
        page.get_by_role("button", name="잠긴 파일 받기").click()
    assert taken.value.suggested_filename == f"못받은분_{batch.pk}번.xlsx"
    content = Path(taken.value.path()).read_bytes()
    assert opened(content, password).startswith(b"PK")
    page.reload()
    expect(page.locator("main")).not_to_contain_text(password)
