"""A list is sent by the keyboard alone, from the dashboard to the last result."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stack import Running
from tests.e2e.stories import acts

#: Stops of Tab from a page's beginning to what is looked for: the longest page has fewer.
MOST = 150


@pytest.mark.slow
def test_the_keyboard_alone_sends_a_list(work: Running, tmp_path: Path) -> None:
    path, phones = acts.roster(tmp_path, 3)
    page = work.at_desk(work.office.staff.writer)
    acts.count_presses(page)
    page.goto("/")
    go(page, page.get_by_role("link", name="명단으로 보내기"))
    page.wait_for_url("**/send")
    go(page, page.get_by_role("link", name="명단으로 - 예약도서 도착").first)
    page.wait_for_url("**/list")
    walk(page, page.locator("#file"))
    # What the system's own window answers after Enter; no page takes part in it.
    page.locator(":focus").set_input_files(path)
    page.wait_for_url("**/check", timeout=acts.PATIENCE)

    walk(page, page.get_by_label("지금 바로"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("예약", exact=True)).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("지금 바로")).to_be_checked()
    # What is drawn anew under the focus keeps it.
    following = page.get_by_role("button", name="다음", exact=True)
    go(page, following)
    expect(page.locator("#preview")).to_contain_text("명단 3행")
    expect(following).to_be_focused()
    walk(page, page.get_by_role("button", name="3명에게 보내기"))
    page.keyboard.press("Space")
    page.wait_for_url("**/batches/*")
    acts.at_its_end(page)
    go(page, page.get_by_role("link", name="행 자세히").first)
    page.wait_for_url("**/messages/*")
    assert acts.presses(page) == 0
    assert {m["to"] for m in work.journal(batch_of(page))} == set(phones)


def walk(page: Page, target: Locator) -> None:
    """Tab until it has the focus, and see that it shows it."""
    for _ in range(MOST):
        if target.evaluate("it => it === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    assert target.evaluate("it => it.matches(':focus-visible')")


def go(page: Page, target: Locator) -> None:
    """Tab there and press Enter."""
    walk(page, target)
    page.keyboard.press("Enter")


def batch_of(page: Page) -> int:
    """The number in the crumbs of a message's page."""
    return acts.number_in(page.locator(".c-facts a").first.inner_text())
