"""KakaoTalk is out: it is switched off for a sum, a notice goes by SMS, and it is switched on."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.stack import Running
from tests.e2e.stories import acts

#: Won: two SMS at 8.063, and not a third.
CEILING = "20"


@pytest.mark.slow
def test_switched_off_for_a_sum_and_on_again(work: Running, tmp_path: Path) -> None:
    # Numbers that have no KakaoTalk, to whom every SMS arrives.
    path, phones = acts.roster(tmp_path, 3, ending="0001")
    system, clerk = (work.at_desk(m) for m in (work.office.staff.system, work.office.staff.writer))
    system.goto("/outage")
    system.locator("summary", has_text="알림톡 끄기").click()
    off = system.locator("section", has=system.get_by_role("heading", name="알림톡")).first
    off.get_by_label("대신 보내는 문자에 쓸 금액").fill(CEILING)
    off.get_by_label("끄는 까닭").fill("카카오 점검 공지")
    off.get_by_label("확인하려면").fill("알림톡")
    acts.press(off, "알림톡 끄기")
    expect(system.locator("main")).to_contain_text("껐습니다")

    clerk.goto("/")
    expect(clerk.locator("main")).to_contain_text("알림톡 발송이")
    acts.give_list(clerk, "예약도서 도착", path)
    batch = acts.ask(clerk)
    by_text = clerk.locator("#progress dl div", has_text="문자로 전달").locator("dd")
    expect(by_text).to_have_text("2명", timeout=acts.PATIENCE)
    assert [m["type"] for m in work.journal(batch)] == ["SMS", "SMS"]

    system.reload()
    expect(system.locator("main")).to_contain_text("1명")
    acts.press(system, "알림톡 다시 켜기")
    expect(system.locator("main")).to_contain_text("다시 켰습니다")
    clerk.reload()
    assert acts.at_its_end(clerk)["문자로 전달"] == 3
    assert [m["type"] for m in work.journal(batch)] == ["SMS", "SMS", "ATA", "SMS"]
    assert {m["to"] for m in work.journal(batch)} == set(phones)
