"""A wrong list is on its way: it is stopped, and exactly those whom it reached are told so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.stack import Running
from tests.e2e.stories import acts

PEOPLE = 400
#: Messages a second: the list takes twenty seconds, longer than a person needs to stop it.
PACE = 20
#: A correction to more than twenty is somebody else's to approve, as its wording was never used.
ENOUGH = re.compile(r"^(2[5-9]|[3-9]\d|\d{3})명$")


@pytest.mark.slow
def test_stopped_in_mid_run_and_corrected(work: Running, tmp_path: Path) -> None:
    path, phones = acts.roster(tmp_path, PEOPLE)
    clerk, head = (work.at_desk(m) for m in (work.office.staff.writer, work.office.staff.approver))
    clerk.goto("/")
    head.goto("/")
    acts.give_list(clerk, "반납예정일 안내", path)
    batch = acts.ask(clerk)
    work.slow_down(PACE)
    acts.agree(head, batch)
    clerk.goto(f"/batches/{batch}/stop")
    told_so_far = clerk.locator("#reach .c-sum .good dd")
    expect(told_so_far).to_have_text(ENOUGH, timeout=acts.PATIENCE)
    acts.press(clerk, "지금 멈추기")
    expect(clerk.locator("#reach")).to_contain_text("결과도 모두 나왔습니다", timeout=acts.PATIENCE)
    reached = acts.figures(clerk.locator("#reach"))
    assert 0 < reached["받은 분"] < PEOPLE
    assert sum(reached.values()) == PEOPLE
    mistake = work.journal(batch)
    told = {m["to"] for m in mistake if m["statusCode"] == "4000"}
    assert len(told) == reached["받은 분"]
    assert told < set(phones)
    work.slow_down(None)
    clerk.reload()
    clerk.get_by_role("link", name="정정 안내 쓰기").click()
    clerk.get_by_label("변경내용").fill("반납일은 12월 2일입니다")
    expect(clerk.locator("#preview")).to_contain_text("12월 2일")
    acts.press(clerk, "정정 안내 보내기")
    expect(clerk.locator("main")).to_contain_text(f"{len(told)}명")
    acts.card(clerk, "정정 안내").get_by_role("link").click()
    clerk.wait_for_url(re.compile(r"/batches/\d+$"))
    correction = int(clerk.url.rpartition("/")[2])
    expect(clerk.locator("#progress .c-state")).to_contain_text("승인 대기")
    acts.agree(head, correction)
    clerk.reload()
    acts.at_its_end(clerk)
    assert {m["to"] for m in work.journal(correction)} == told
    clerk.goto(f"/batches/{batch}/stop")
    acts.press(clerk, f"나머지 {reached['아직 보내지 않은 분']}명에게 보내지 않기")
    expect(clerk.locator("main")).to_contain_text("보내지 않기로 했습니다")
    assert work.journal(batch) == mistake
