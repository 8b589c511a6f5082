"""What a person does on a page before it is examined."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.e2e.look import Act
from tests.staff import PASSWORD


def press(name: str, within: str = "") -> Act:
    """Push a button of the page's main part, and wait for what comes. `|`: one of several names."""

    def act(page: Page) -> None:
        place = page.locator(f"main {within}".strip())
        place.get_by_role("button", name=re.compile(name)).first.click()
        page.wait_for_load_state("networkidle")

    return act


def fill(label: str, value: str, then: str) -> Act:
    """Write something into a field, and push a button."""

    def act(page: Page) -> None:
        page.locator("main").get_by_label(label).first.fill(value)
        press(then)(page)

    return act


def sign_in_as(login: str, *more: Act) -> Act:
    """Give a name and the password of everybody here, then go on."""

    def act(page: Page) -> None:
        page.get_by_label("아이디").fill(login)
        page.get_by_label("비밀번호").fill(PASSWORD)
        press("로그인")(page)
        for step in more:
            step(page)

    return act


def too_often(page: Page) -> None:
    """Guess a password until the door is shut."""
    for _ in range(6):
        if not page.get_by_label("아이디").count():
            break
        page.get_by_label("아이디").fill("nobody")
        page.get_by_label("비밀번호").fill("not the password")
        press("로그인")(page)


def opened(summary: str, *more: Act) -> Act:
    """Unfold something, then go on."""

    def act(page: Page) -> None:
        page.locator("main summary", has_text=summary).first.click()
        for step in more:
            step(page)

    return act


def first(*acts: Act) -> Act:
    """One after the other."""

    def act(page: Page) -> None:
        for step in acts:
            step(page)

    return act


def choose(label: str, option: str) -> Act:
    """Take a choice of a list."""

    def act(page: Page) -> None:
        page.locator("main").get_by_label(label).first.select_option(label=option)

    return act


def tick(label: str) -> Act:
    """Take one of several."""

    def act(page: Page) -> None:
        page.locator("main").get_by_text(label, exact=True).first.click()

    return act


def attach(name: str, text: str) -> Act:
    """Choose a file."""

    def act(page: Page) -> None:
        content = text.encode("utf-8-sig")
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        page.locator("main input[type=file]").set_input_files(file)  # type: ignore[arg-type]

    return act


def with_old_form(then: str) -> Act:
    """Send a form of before the last sign-in."""

    def act(page: Page) -> None:
        page.context.clear_cookies(name="csrftoken")
        press(then)(page)

    return act
