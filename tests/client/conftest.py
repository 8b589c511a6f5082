"""A served office: gunicorn on this test's database, and a key for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.db import connection

from alimnaru.flow import wire
from alimnaru.flow.wordings import wording
from alimnaru.ops.cluster import Cluster
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.ports import free_port
from sandbox.process import Handle, start
from tests.api.programs import key_for
from tests.cast import Cast, make_cast, with_sandbox
from tests.client.driving import Served


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def cast(transactional_db: None, sandbox_process: Handle) -> Iterator[Cast]:
    wording.cache_clear()
    yield with_sandbox(make_cast(), sandbox_process)
    wire.hang_up()


@pytest.fixture
def served(cast: Cast, server: Embedded, tmp_path: Path) -> Iterator[Served]:
    """The office of `cast`, over real HTTP."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {"DATABASE_URL": server.url(str(connection.settings_dict["NAME"]))}
    bind = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "2"]

    def ready() -> bool:
        try:
            return httpx.get(f"{url}/readyz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    with Cluster(tmp_path, env=env) as cluster:
        command = [sys.executable, "-m", "gunicorn", "alimnaru.wsgi:application", *bind]
        cluster.add("web", command, ready=ready)
        cluster.start()
        yield Served(url, key_for(cast.library)[1])
