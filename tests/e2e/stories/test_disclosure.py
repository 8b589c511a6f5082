"""Somebody's number is looked at for a reason, and whoever audits reads who did it and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.stack import Running
from tests.e2e.stories import acts


@pytest.mark.slow
def test_what_was_hidden_is_shown_for_a_reason(work: Running, tmp_path: Path) -> None:
    staff = work.office.staff
    clerk, auditor = work.at_desk(staff.writer), work.at_desk(staff.auditor)
    path, (phone,) = acts.roster(tmp_path, 1)
    clerk.goto("/")
    acts.give_list(clerk, "예약도서 도착", path)
    batch = acts.ask(clerk)
    acts.at_its_end(clerk)
    clerk.reload()
    clerk.get_by_role("link", name="행 자세히").click()
    shown = f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    expect(clerk.locator("main")).not_to_contain_text(shown)
    acts.press(clerk, "가린 정보 보기")
    dialog = clerk.get_by_role("dialog", name="가린 정보 보기")
    acts.press(dialog, "사유를 남기고 보기")
    expect(clerk.locator(".c-field-error").first).to_be_visible()
    expect(clerk.locator("main")).not_to_contain_text(shown)
    clerk.get_by_label("사유").select_option("complaint")
    acts.press(clerk, "사유를 남기고 계속")
    expect(clerk.locator("main")).to_contain_text(shown)

    auditor.goto("/audit")
    auditor.get_by_label("한 일").select_option("person.unmask")
    acts.press(auditor, "찾기")
    line = auditor.locator("tbody tr").first
    for words in ("김사서", "가린 정보 보기", "민원"):
        expect(line).to_contain_text(words)
    expect(auditor.locator("main")).not_to_contain_text(shown)
    auditor.goto(f"/batches/{batch}")
    expect(auditor.locator("main")).not_to_contain_text(shown)
