"""One office at work for all stories that a worker of xdist tells: starting it takes seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from alimnaru.ops.embedded import Embedded
from tests.e2e.stack import Running, running


@pytest.fixture(scope="package")
def office_at_work(
    server: Embedded,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Running]:
    """The whole office, with what the stories before have left in it."""
    home = tmp_path_factory.mktemp("office")
    with running(server, browser, django_db_blocker, home) as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left() -> None:
    """In place of that of other files: here a story finds the office as the one before left it."""


@pytest.fixture
def db() -> None:
    """In place of pytest-django's, which would hide in a transaction what a story does; the name
    alone makes it set the database up."""


@pytest.fixture
def work(office_at_work: Running, db: None) -> Iterator[Running]:
    """The office; what pages did wrong during the story fails it."""
    yield office_at_work
    office_at_work.calm_down()
    office_at_work.go_home()
