"""From the dashboard a known list is on its way, or its approval asked for, in four clicks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stack import Running
from tests.e2e.stories import acts

SEND = re.compile("명에게 (보내기|승인 요청)")
FEW, MANY = 5, 120


@pytest.mark.slow
@pytest.mark.parametrize(("people", "stand"), [(FEW, "완료"), (MANY, "승인 대기")])
def test_a_file_in_four_clicks(work: Running, tmp_path: Path, people: int, stand: str) -> None:
    path, _phones = acts.roster(tmp_path, people)
    page = at_dashboard(work)
    page.get_by_role("link", name="명단으로 보내기").click()
    page.get_by_role("link", name="명단으로 - 연체 안내").first.click()
    with page.expect_file_chooser() as chosen:
        page.get_by_text("파일 고르기", exact=True).click()
    chosen.value.set_files(path)
    page.get_by_role("button", name=SEND).click(timeout=acts.PATIENCE)
    page.wait_for_url("**/batches/*")
    assert acts.presses(page) == 4
    expect(page.locator("#progress .c-state")).to_contain_text(stand, timeout=acts.PATIENCE)


@pytest.mark.slow
def test_a_saved_list_in_four_clicks(work: Running, tmp_path: Path) -> None:
    keep(work, tmp_path)
    page = at_dashboard(work)
    page.get_by_role("link", name="명단으로 보내기").click()
    page.get_by_role("link", name="명단으로 - 연체 안내").first.click()
    page.get_by_role("button", name="이 명단으로 - 늘 보내는 분들").click()
    page.get_by_role("button", name=SEND).click(timeout=acts.PATIENCE)
    page.wait_for_url("**/batches/*")
    assert acts.presses(page) == 4


def at_dashboard(work: Running) -> Page:
    page = work.at_desk(work.office.staff.writer)
    acts.count_presses(page)
    page.goto("/")
    return page


def keep(work: Running, folder: Path) -> None:
    """Save a list for another time."""
    path, _phones = acts.roster(folder, FEW)
    page = work.at_desk(work.office.staff.writer)
    page.goto("/")
    acts.give_list(page, "연체 안내", path)
    page.locator("summary", has_text="저장해 두고").click()
    page.get_by_label("명단 이름").fill("늘 보내는 분들")
    acts.press(page, "저장")
    expect(page.locator("main")).to_contain_text("저장했습니다")
