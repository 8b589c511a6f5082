"""DATABASE_URL leads Django to the office's own server, over a socket or over TCP."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from alimnaru.ops.embedded import Embedded
from alimnaru.ops.ports import free_port

ROOT = Path(__file__).parents[2]
ASK = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database(), coalesce(inet_server_port(), 0), 1 + %s", [1])
    print(*cursor.fetchone())
"""


def ask(url: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_over_a_socket(server: Embedded, database_url: str) -> None:
    done = ask(database_url)
    database = database_url.removeprefix("postgresql:///").partition("?")[0]
    assert (done.stdout, done.returncode) == (f"{database} 0 2\n", 0), done.stderr


def test_over_tcp_with_a_password() -> None:
    folder = Path(os.environ["TESTS_GROUND"]) / "tcp"
    with Embedded(folder, port=free_port(), durable=False) as own:
        done = ask(own.tcp_url())
        assert (done.stdout, done.returncode) == (f"alimnaru {own.port} 2\n", 0), done.stderr


def test_an_address_that_cannot_be_read_is_refused() -> None:
    done = ask("postgresql://[half")
    assert done.returncode != 0
    assert "DATABASE_URL cannot be read" in done.stderr
