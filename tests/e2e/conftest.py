"""Pages in Chromium. A console error, a CSP report or a request to another host fails a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from alimnaru.flow.wordings import wording
from alimnaru.store.models import Member
from tests.cast import Cast, make_cast
from tests.e2e.browsing import CHROMIUM, FLAGS, new_context, watch
from tests.e2e.browsing import WIDTHS as WIDTHS
from tests.e2e.site import Site, leave_nothing, running
from tests.e2e.world import State
from tests.staff import Staff, hire, session_of

# Playwright's loop runs in this thread; Django would refuse its queries beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

#: Opens a browser page that is signed in as a member, at a width.
Open = Callable[..., Page]
Sites = Callable[[State], Site]


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Servers and browsers write beside the tests: what one file left must not meet the next."""
    with django_db_blocker.unblock():
        if Member.objects.exists():
            leave_nothing()


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
        context = new_context(browser, live_server.url, width=width, measured=measured)
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


@pytest.fixture(scope="module")
def sites(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, browser: Browser
) -> Iterator[Sites]:
    """The console over the world of a state; the last one stays until another is asked for.

    (As a parametrized fixture it would be built anew for every look.)
    """
    with ExitStack() as open_now:
        current: list[Site] = []

        def site(state: State) -> Site:
            if not current or current[0].world.state is not state:
                open_now.close()
                current[:] = [open_now.enter_context(running(state, browser, django_db_blocker))]
            return current[0]

        yield site
