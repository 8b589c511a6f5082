"""One person at the counter: a form, what will arrive beside it, and what became of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.stack import Running
from tests.e2e.stories import acts

#: Ends so that the sandbox says: no KakaoTalk, but an SMS arrives.
PHONE = "01088880001"


@pytest.mark.slow
def test_one_person_without_kakaotalk_is_told_by_sms(work: Running) -> None:
    page = work.at_desk(work.office.staff.writer)
    page.goto("/")
    page.get_by_role("link", name="한 사람에게 보내기").click()
    page.get_by_role("link", name="한 사람에게 - 예약도서 도착").first.click()
    form = page.locator("form#one")
    form.get_by_label("휴대전화").fill("02-123-4567")
    form.get_by_label("도서관").select_option("나루중앙도서관")
    form.get_by_label("성명").fill("김나루")
    form.get_by_label("대표도서").fill("첫눈을 그리는 사람들")
    form.get_by_label("기한").fill("2026-11-30")
    expect(page.locator("#preview")).to_contain_text("첫눈을 그리는 사람들")
    acts.press(page, "보내기")
    expect(page.locator(".c-field-error")).to_be_visible()
    form.get_by_label("휴대전화").fill(PHONE)
    acts.press(page, "보내기")
    page.wait_for_url("**/batches/*")
    ended = acts.at_its_end(page)
    assert (ended["문자로 전달"], ended["끝난 분"]) == (1, 1)
    tried = work.journal(int(page.url.rpartition("/")[2]))
    assert [(m["type"], m["to"]) for m in tried] == [("ATA", PHONE), ("SMS", PHONE)]
    assert "첫눈을 그리는 사람들" in tried[0]["text"]
