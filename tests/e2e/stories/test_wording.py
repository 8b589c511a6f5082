"""A wording is written, looked at by Kakao, approved, and goes out in the place of the old one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from alimnaru.store.models import TemplateRegistration
from tests.e2e.stack import Running
from tests.e2e.stories import acts

OLD, NEW = "신청하신 도서가 준비되었습니다.", "신청하신 책이 서가에 있습니다."


@pytest.mark.slow
def test_a_new_wording_from_draft_to_the_phone(work: Running) -> None:
    work.sandbox.control("PUT", "config", {"review_delay_ms": None})
    author = work.at_desk(work.office.staff.manager)
    author.goto("/")
    acts.menu(author, "문안")
    author.get_by_role("link", name="희망도서 비치").first.click()
    author.get_by_role("link", name="새 문안", exact=True).click()
    body = author.locator("#id_body")
    body.fill(body.input_value().replace(OLD, NEW))
    expect(author.locator("#preview")).to_contain_text(NEW)
    acts.press(author, "새 판으로 저장")
    acts.press(author, "2판 심사 요청")
    expect(author.locator("main")).to_contain_text("심사를 요청했습니다")
    expect(acts.card(author, "2판의 심사")).to_contain_text("검수 중")

    clerk = work.at_desk(work.office.staff.writer)
    assert OLD in told(work, clerk, "010-8888-1234")
    at_kakao = TemplateRegistration.objects.get(
        version__notice__code="lib.request", version__number=2
    )
    verdict = {"status": "approved", "protocol": work.sandbox.kind}
    work.sandbox.control("POST", f"templates/{at_kakao.code}/decide", verdict)
    acts.press(author, "지금 물어보기")
    expect(author.get_by_role("row", name="2판")).to_contain_text("지금 나감")
    assert NEW in told(work, clerk, "010-8888-1235")


def told(work: Running, page: Page, phone: str) -> str:
    """What reaches somebody's KakaoTalk now; somebody new, as who turned out to have none is told
    by SMS the next time."""
    page.goto("/send?mode=one")
    page.get_by_role("link", name="한 사람에게 - 희망도서 비치").first.click()
    form = page.locator("form#one")
    for label, value in {"휴대전화": phone, **PERSON}.items():
        form.get_by_label(label).fill(value)
    form.get_by_label("도서관").select_option("물빛도서관")
    acts.press(page, "보내기")
    page.wait_for_url("**/batches/*")
    acts.at_its_end(page)
    first = work.journal(int(page.url.rpartition("/")[2]))[0]
    assert first["type"] == "ATA"
    return str(first["text"])


PERSON = {
    "성명": "박물빛",
    "희망도서": "별빛을 닮은 우리 동네",
    "기한": "2026-12-10",
}
