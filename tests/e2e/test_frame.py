"""The frame around every page, in a browser."""

from __future__ import annotations

from tests.e2e.conftest import Open
from tests.staff import Staff


def test_the_first_tab_skips_to_the_main_part(open_page: Open, staff: Staff) -> None:
    page = open_page(staff.writer)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")
