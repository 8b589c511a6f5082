"""An office that practises: its only carrier is the sandbox."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from django.db import connection

from alimnaru.flow import wire
from alimnaru.ops import ports
from alimnaru.ops.cluster import Cluster
from alimnaru.ops.embedded import Embedded
from sandbox.process import Handle, start
from tests.api.programs import key_for
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


@dataclass(frozen=True, slots=True)
class Served:
    """A web process as it is in an office, and a key of the library's for the sandbox."""

    cast: Cast
    url: str
    key: str
    pid: int

    def kill_worker(self) -> None:
        """End what serves; its parent starts another."""
        for child in psutil.Process(self.pid).children():
            child.kill()


@pytest.fixture
def served(
    transactional_db: None, sandbox_process: Handle, server: Embedded, tmp_path: Path
) -> Iterator[Served]:
    """The API over real HTTP, on this test's database."""
    cast = with_sandbox(make_cast(), sandbox_process)
    key = key_for(cast.library, per_minute=60_000)[1]
    web = f"127.0.0.1:{ports.free_port()}"
    env = {"DATABASE_URL": server.url(str(connection.settings_dict["NAME"]))}
    command = [
        *(sys.executable, "-m", "gunicorn", "alimnaru.wsgi:application", "--bind", web),
        *("--workers", "1", "--threads", "4", "--worker-class", "gthread", "--keep-alive", "75"),
        *("--log-level", "warning"),
    ]
    with Cluster(tmp_path, env=env) as cluster:
        cluster.add("web", command, ready=lambda: _answers(f"http://{web}/readyz"))
        cluster.start()
        yield Served(cast, f"http://{web}/api/v1", key, cluster.pids()["web"])
    wire.hang_up()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
