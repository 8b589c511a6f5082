"""An office that practises: its only carrier is the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alimnaru.flow import wire
from sandbox.process import Handle, start
from tests.cast import Cast, make_cast, with_sandbox


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def practising(db: None, sandbox_process: Handle) -> Iterator[Cast]:
    """The office with a contract at the sandbox."""
    yield with_sandbox(make_cast(), sandbox_process)
    wire.hang_up()
