"""A list that is to go on another day: its time is changed, and then it does not go at all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from alimnaru.rules.departure import is_off_hours
from tests.e2e.office import at_clock
from tests.e2e.stack import Running
from tests.e2e.stories import acts


@pytest.mark.slow
def test_scheduled_moved_and_cancelled(work: Running, tmp_path: Path) -> None:
    day = next_working_day()
    path, _phones = acts.roster(tmp_path, 3)
    page = work.at_desk(work.office.staff.writer)
    page.goto("/")
    acts.give_list(page, "연체 안내", path)
    page.locator("#send").get_by_text("예약", exact=True).click()
    page.get_by_label("예약 시각").fill(f"{day:%Y-%m-%dT%H:%M}")
    batch = acts.ask(page)
    expect(page.locator("#progress")).to_contain_text("10:00에 나갑니다")

    row = scheduled(page, day, batch)
    expect(row).to_contain_text("10:00")
    row.get_by_role("link", name="바꾸거나 취소").click()
    page.get_by_label("보낼 시각").fill(f"{day:%Y-%m-%d}T14:30")
    acts.press(page, "시각 바꾸기")
    expect(page.locator("main")).to_contain_text("시각을 바꾸었습니다")

    row = scheduled(page, day, batch)
    expect(row).to_contain_text("14:30")
    row.get_by_role("link", name="바꾸거나 취소").click()
    acts.press(page, "예약 취소")
    expect(page.locator("main")).to_contain_text("보내지 않기로 했습니다")
    acts.menu(page, "예약")
    expect(acts.row_of(page, batch)).to_have_count(0)
    page.goto(f"/batches/{batch}")
    assert acts.figures(page.locator("#progress"))["취소"] == 3
    assert work.journal(batch) == []


def next_working_day() -> datetime:
    """Ten o'clock on the next day on which the office works."""
    days = (at_clock(10, days=later) for later in range(1, 20))
    return next(day for day in days if not is_off_hours(timezone.localtime(day)))


def scheduled(page: Page, day: datetime, batch: int) -> Locator:
    """The batch's line of the calendar."""
    acts.menu(page, "예약")
    if page.get_by_role("heading", name=f"{day.year}년 {day.month}월").count() == 0:
        page.get_by_role("link", name="다음 달").click()
    return acts.row_of(page, batch)
