"""The sandbox as the carrier of every test here, and the office that uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alimnaru.flow import wire
from alimnaru.flow.wordings import wording
from sandbox.process import Handle, start
from tests.cast import Cast, make_cast, with_sandbox


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def cast(db: None, sandbox_process: Handle) -> Iterator[Cast]:
    wording.cache_clear()  # versions of a rolled-back test may come again under the same number
    yield with_sandbox(make_cast(), sandbox_process)
    wire.hang_up()
