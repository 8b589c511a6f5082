"""Chromium as the tests use it: nothing leaves this machine, and nothing wrong goes unnoticed."""

from __future__ import annotations

import os
import re
import shutil

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

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
    # No name but this machine's number leads anywhere. (A route that refuses them would switch
    # the browser's cache off.)
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
WIDTHS = (1440, 390)


def new_context(
    browser: Browser, url: str, *, width: int = 1440, measured: bool = False
) -> BrowserContext:
    """A browser of one person's own. `measured`: axe writes inline styles while it measures, and
    only then is the policy left aside."""
    return browser.new_context(
        base_url=url,
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        viewport={"width": width, "height": 1000 if width > 800 else 844},
        bypass_csp=measured,
        reduced_motion="reduce",
    )


#: A form that was refused is answered so by design, and the browser notes it as an error.
_REFUSED = re.compile(r"Failed to load resource: .* status of (409|422|429) ")


def watch(page: Page, home: str, wrong: list[str]) -> None:
    """Note everything that a page must not do: reach elsewhere, break its policy, fail."""

    def request(sent: Request) -> None:
        if not sent.url.startswith((home, "data:", "blob:")):
            wrong.append(f"request to {sent.url}")

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not _REFUSED.match(message.text):
            wrong.append(f"console: {message.text}")

    page.on("request", request)
    page.on("console", console)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
