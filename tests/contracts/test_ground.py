"""What the root conftest promises to every test."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.db import connection

from tests.order import LONG, portion, rank
from tests.stories.houses import ground as ground

ROOT = Path(__file__).parents[2]

ONE_THAT_LASTS = """
import pathlib, time, pytest

@pytest.mark.django_db
@pytest.mark.parametrize("n", [1, 2])
def test_lasting(n):
    pathlib.Path(__file__).with_name(f"begun-{n}").touch()
    time.sleep(600)
"""
ONE_WITHOUT_DATABASE = """
import os, tempfile, pathlib
from django.conf import settings

def test_pure():
    ground = pathlib.Path(os.environ["TESTS_GROUND"])
    assert not (ground / "pg").exists()
    assert "elsewhere" not in str(settings.DATABASES) + str(settings.HOME)
    assert "SOLAPI_API_KEY" not in os.environ
"""


@pytest.mark.parametrize("address", [("203.0.113.7", 80), ("2001:db8::1", 80)])
def test_no_test_reaches_another_machine(address: tuple[str, int]) -> None:
    with pytest.raises(RuntimeError, match="another machine"):
        socket.create_connection(address, timeout=0.1)
    with pytest.raises(RuntimeError, match="another machine"), socket.socket() as plain:
        plain.connect_ex(address)


def test_what_takes_long_comes_first_and_in_parts() -> None:
    assert [prefix for prefix in LONG if not (ROOT / prefix).exists()] == []
    assert rank("tests/stories/test_api.py::test_a") < rank("tests/rules/test_roster.py::test_a")
    suite = "tests/carriers/test_suite.py"
    assert portion(f"{suite}::test_the_balance[sens]") == f"{suite}[sens]"
    assert portion(f"{suite}::test_cut[sens-cut_after-sms]") == f"{suite}[sens]"
    looks = "tests/e2e/test_axe_rest.py"
    assert portion(f"{looks}::test_nothing[chromium-error-batch]") == f"{looks}[error]"
    assert portion("tests/rules/test_roster.py::test_a[1-2]") == "tests/rules/test_roster.py"


def test_no_test_asks_who_another_machine_is() -> None:
    with pytest.raises(RuntimeError, match="another machine"):
        socket.getaddrinfo("api.example.com", 443)


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.django_db
def test_the_database_is_this_runs_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        assert cursor.fetchone() == (os.environ["TESTS_GROUND"] + "/pg",)
    assert str(settings.HOME).startswith(os.environ["TESTS_GROUND"])


def _run(folder: Path, source: str, *args: str) -> subprocess.Popen[str]:
    """A run of pytest over one file, on the same ground, with the temporary files in `folder`."""
    file = folder / "test_it.py"
    file.write_text(source)
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    temporary = folder / "t"
    temporary.mkdir()
    foreign = {
        "DATABASE_URL": "postgresql:///elsewhere",
        "ALIMNARU_HOME": "/elsewhere",
        "SOLAPI_API_KEY": "elsewhere",
    }
    ours = ("PYTEST_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
            *("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-q", *args, str(file)),
        ],
        env=kept | foreign | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell that put this run behind ignores Ctrl-C for all of its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )


def test_a_test_without_a_database_starts_none(tmp_path: Path) -> None:
    run = _run(tmp_path, ONE_WITHOUT_DATABASE)
    said, _ = run.communicate()
    assert run.returncode == 0, said
    assert list((tmp_path / "t").glob("alimnaru-*")) == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_ctrl_c_leaves_nothing_behind(ground: Path) -> None:
    # Not below pytest's own folder, which every run of pytest that begins closes to others: the
    # server's account would find its files shut in the middle of the test.
    run = _run(ground, ONE_THAT_LASTS, "-n", "2")
    # Both make a database first, which takes its time where much else goes on.
    deadline = time.monotonic() + 240
    while len(list(ground.glob("begun-*"))) < 2:
        assert run.poll() is None, run.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=120)
    assert run.returncode == pytest.ExitCode.INTERRUPTED, said
    assert list((ground / "t").glob("alimnaru-*")) == []
    # A process that has been ended stands in the list until somebody has taken note of it.
    deadline = time.monotonic() + 30
    while left := _commands_of(ground):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _commands_of(folder: Path) -> list[str]:
    lines = (
        " ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])
    )
    return [line for line in lines if str(folder) in line]
