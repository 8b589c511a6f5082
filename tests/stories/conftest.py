"""Offices for stories: told in this process, or beside real workers and sandboxes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from alimnaru.flow import wire
from alimnaru.flow.wordings import wording
from alimnaru.ops.cluster import Cluster
from alimnaru.ops.embedded import Embedded
from sandbox.process import Handle, start
from tests.cast import Cast, make_cast, with_sandbox
from tests.flow.conftest import cast as cast
from tests.flow.conftest import moment as moment
from tests.flow.conftest import sandbox_process as sandbox_process

#: Starts so many workers with these settings, for as long as the context lasts.
Workers = Callable[..., "contextmanager[Cluster]"]


@pytest.fixture
def sandboxes(tmp_path: Path) -> Iterator[list[Handle]]:
    """Two carriers, each a process of its own."""
    running = [start(arguments=["--report-delay-ms", "0"]) for _ in range(2)]
    yield running
    for handle in running:
        handle.stop()


@pytest.fixture
def office(transactional_db: None, sandboxes: list[Handle]) -> Iterator[Cast]:
    """The cast with the first sandbox as its carrier."""
    wording.cache_clear()
    yield with_sandbox(make_cast(), sandboxes[0])
    wire.hang_up()


@pytest.fixture
def working(server: Embedded, tmp_path: Path) -> Callable[..., object]:
    """Worker processes on this test's database."""

    @contextmanager
    def of(count: int, **settings: object) -> Iterator[Cluster]:
        env = {f"ALIMNARU_{name}": str(value) for name, value in settings.items()}
        env["DATABASE_URL"] = server.url(str(connection.settings_dict["NAME"]))
        with Cluster(tmp_path, env=env) as cluster:
            for number in range(count):
                command = [sys.executable, "-m", "alimnaru.ops.cli", "worker"]
                cluster.add(f"worker-{number}", command)
            cluster.start()
            yield cluster

    return of


def wait_until(done: Callable[[], bool], *, seconds: float = 60) -> None:
    """Look a few times a second until `done`; AssertionError if it never is."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.1)
