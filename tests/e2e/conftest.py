"""Pages in Chromium. A console error, a CSP report or a request to another host fails a test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route
from pytest_django.live_server_helper import LiveServer

from alimnaru.flow.wordings import wording
from alimnaru.store.models import Member
from tests.cast import Cast, make_cast
from tests.staff import Staff, hire, session_of

# Playwright's loop runs in this thread; Django would refuse its queries beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (1440, 390)

#: Opens a browser page that is signed in as a member, at a width.
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium: no browser is downloaded."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; `make test` installs it where apt is there")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The office without a carrier."""
    wording.cache_clear()
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Staff:
    """Somebody for each role."""
    return hire(cast)


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Open]:
    """Pages of the running server; what they did wrong fails the test at its end."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(member: Member | None = None, *, width: int = 1440, measured: bool = False) -> Page:
        # axe writes inline styles while it measures: only then is the policy left aside.
        context = browser.new_context(
            base_url=live_server.url,
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            viewport={"width": width, "height": 1000 if width > 800 else 844},
            bypass_csp=measured,
            reduced_motion="reduce",
        )
        contexts.append(context)
        if member is not None:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(member)}
            context.add_cookies([{**cookie, "url": live_server.url}])
        page = context.new_page()
        watch(page, live_server.url, wrong)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def watch(page: Page, home: str, wrong: list[str]) -> None:
    """Note everything that a page must not do."""

    def route(found: Route) -> None:
        if found.request.url.startswith((home, "data:", "blob:")):
            found.continue_()
        else:
            wrong.append(f"request to {found.request.url}")
            found.abort()

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(f"console: {message.text}")

    page.route("**/*", route)
    page.on("console", console)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
