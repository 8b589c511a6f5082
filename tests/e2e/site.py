"""A running console over one world, looked at many times: a world is built once for its looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections
from django.urls import resolve
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.e2e.browsing import new_context, watch
from tests.e2e.look import Look
from tests.e2e.world import State, World, build
from tests.staff import session_of
from tests.tables import empty_the_tables

#: A desk's screen and a phone, by their width.
HEIGHTS = {1440: 1000, 390: 844}


#: What the page before still had in mind (a poll, a redirect) must not cut the next one short. An
#: empty page between the two would have the browser read the style sheets anew for each look.
_LEAVE = """
() => {
  window.stop();
  for (let id = setTimeout(() => 0); id > 0; id -= 1) {
    clearTimeout(id);
    clearInterval(id);
  }
}
"""


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody looks: on a desk's screen or a phone, in which colours and which language."""

    width: int = 1440
    contrast: bool = False
    language: str = "ko"

    def __str__(self) -> str:
        more = ["contrast"] * self.contrast + ["en"] * (self.language == "en")
        return "-".join([str(self.width), *more])


@dataclass(slots=True)
class Site:
    """The console of a world. Browsers keep their cache from look to look."""

    world: World
    url: str
    browser: Browser
    #: What pages did that they must not; read and emptied by `look`.
    wrong: list[str] = field(default_factory=list)
    _window: Page | None = None
    _context: BrowserContext | None = None
    _sessions: dict[str, str] = field(default_factory=dict)

    def look(self, look: Look, manner: Manner = Manner()) -> Page:
        """Open a page as the table says, do there what it says, and wait until it stands still."""
        page = self._page()
        page.evaluate(_LEAVE)
        page.set_viewport_size({"width": manner.width, "height": HEIGHTS[manner.width]})
        self.wrong.clear()
        page.context.clear_cookies()
        page.context.add_cookies(self._cookies(look.who, manner))
        answer = page.goto(look.address(self.world))
        assert answer is not None
        if look.act is None:
            assert answer.status == look.status, f"{look.name} answered {answer.status}"
        if look.act is not None:
            look.act(page)
        if look.start:
            assert resolve(urlsplit(page.url).path).url_name == look.url
        if look.status != 200:
            # A page that is not there is noted by the browser, as it should be.
            self.wrong[:] = [w for w in self.wrong if f"status of {look.status} " not in w]
        page.evaluate("document.fonts.ready")
        return page

    def close(self) -> None:
        """Close the browser's window."""
        if self._context is not None:
            self._context.close()

    def _page(self) -> Page:
        if self._window is None:
            self._context = new_context(self.browser, self.url, measured=True)
            self._window = self._context.new_page()
            watch(self._window, self.url, self.wrong)
        return self._window

    def _cookies(self, who: str, manner: Manner) -> list[dict[str, str]]:
        found = {"contrast": "high"} if manner.contrast else {}
        if manner.language != "ko":
            found[settings.LANGUAGE_COOKIE_NAME] = manner.language
        if who:
            if who not in self._sessions:
                self._sessions[who] = session_of(getattr(self.world.staff, who))
            found[settings.SESSION_COOKIE_NAME] = self._sessions[who]
        return [{"name": name, "value": value, "url": self.url} for name, value in found.items()]


@contextmanager
def running(state: State, browser: Browser, blocker: DjangoDbBlocker) -> Iterator[Site]:
    """A world and its console, until the tables are emptied again."""
    with blocker.unblock():
        server = None
        try:
            world = build(state)
            server = LiveServer("127.0.0.1")
            site = Site(world, server.url, browser)
            yield site
            site.close()
        finally:
            if server is not None:
                server.stop()
            leave_nothing()


def leave_nothing() -> None:
    """As after a test that commits. Beside Playwright's loop Django has a connection of its own,
    which nobody else closes."""
    empty_the_tables()
    connections.close_all()
