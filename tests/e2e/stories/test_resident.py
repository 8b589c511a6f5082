"""A resident on their own phone: by the button of a message to how, and whether, they are told."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from alimnaru.store.models import Batch, Message
from tests.e2e.stack import Running
from tests.e2e.stories import acts
from tests.stories.conftest import wait_until

#: The mix of the story's sandbox lets this one be reached (its patterns know no 9777).
PHONE = "01030009777"
NAME = "김나루"


@pytest.mark.slow
def test_a_resident_chooses_and_then_says_that_it_is_not_theirs(work: Running) -> None:
    clerk = work.at_desk(work.office.staff.writer)
    first = tell(clerk, "첫눈을 그리는 사람들")
    assert [m["type"] for m in work.journal(first)] == ["ATA"]

    phone = work.at_desk(None, width=390)
    phone.goto(button_of(work, "내 안내가 아니에요"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("받으신 안내")
    assert not phone.context.cookies()
    phone.get_by_role("link", name="받는 방법 바꾸기").click()
    phone.get_by_role("group", name="도서관").get_by_label("문자").check()
    acts.press(phone, "저장하기")
    expect(phone.get_by_role("heading", level=1)).to_have_text("저장했습니다")

    second = tell(clerk, "강가의 작은 배")
    assert [m["type"] for m in work.journal(second)] == ["SMS"]
    confirmed = Batch.objects.get(notice__code="pref.confirm")
    wait_until(lambda: not Message.objects.filter(batch=confirmed, state="pending").exists())
    assert "받는 방법: 문자" in work.journal(confirmed.pk)[0]["text"]

    phone.get_by_role("link", name="처음으로").click()
    expect(phone.locator("main")).to_contain_text("알림톡 · 도착함")
    phone.get_by_role("link", name="내 안내가 아니에요").click()
    acts.press(phone, "네, 내 안내가 아닙니다")
    expect(phone.get_by_role("heading", level=1)).to_have_text("이 번호로 더 보내지 않습니다")

    third = tell(clerk, "골목의 오후")
    assert Message.objects.get(batch=third).code == "number_suspended"
    assert work.journal(third) == []
    neighbour = tell(clerk, "밤의 도서관", name="이나루")
    assert [m["type"] for m in work.journal(neighbour)] == ["SMS"]

    acts.menu(clerk, "할 일")
    expect(clerk.locator("main")).to_contain_text("내 안내가 아니라고 함")
    clerk.get_by_role("link", name=re.compile("처리함으로 표시")).click()
    clerk.get_by_label("처리한 내용").fill("도서관 시스템의 번호를 고침")
    acts.press(clerk, "처리함으로 표시")
    expect(clerk.locator("main")).to_contain_text("할 일이 없습니다")


def tell(page: Page, title: str, *, name: str = NAME) -> int:
    """A book is ready, says the desk to whoever has this number. Returns the batch at its end."""
    page.goto("/send?mode=one")
    page.get_by_role("link", name="한 사람에게 - 예약도서 도착").first.click()
    form = page.locator("form#one")
    form.get_by_label("휴대전화").fill(PHONE)
    form.get_by_label("도서관").select_option("나루중앙도서관")
    form.get_by_label("성명").fill(name)
    form.get_by_label("대표도서").fill(title)
    form.get_by_label("기한").fill("2026-11-30")
    acts.press(page, "보내기")
    page.wait_for_url("**/batches/*")
    acts.at_its_end(page)
    return int(page.url.rpartition("/")[2])


def button_of(work: Running, name: str) -> str:
    """Where a button of the last message on the phone leads."""
    address = f"{work.sandbox.phones}/{PHONE}"
    shown = httpx.get(address, trust_env=False, verify=False).text
    found: list[str] = re.findall(rf'<a href="([^"]+)"[^>]*>{name}</a>', shown)
    assert found[-1].startswith(f"{work.url}/r/")
    return found[-1]
