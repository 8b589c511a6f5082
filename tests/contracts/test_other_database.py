"""What `mariadb` promises to every test that reads another system's tables."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import sqlalchemy
from sqlalchemy import create_engine, text

from tests.mariadb import MARIADBD, MariaDB, what_was_missed

ROOT = Path(__file__).parents[2]

with_mariadb = pytest.mark.skipif(MARIADBD is None, reason="MariaDB is not installed")


def _first_cell(url: str, statement: str) -> object:
    with create_engine(url, poolclass=sqlalchemy.NullPool).connect() as connection:
        return connection.execute(text(statement)).scalar()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_an_empty_database(mariadb: str, turn: int) -> None:
    with create_engine(mariadb, poolclass=sqlalchemy.NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE 대출 (번호 VARCHAR(20))"))
        connection.execute(text("INSERT INTO 대출 VALUES ('가-1')"))
    assert _first_cell(mariadb, "SELECT 번호 FROM 대출") == "가-1"


@with_mariadb
def test_it_is_this_runs_own(mariadb: str) -> None:
    folder = _first_cell(mariadb, "SELECT @@datadir")
    assert str(folder).startswith(os.environ["TESTS_GROUND"])


@with_mariadb
def test_it_can_be_away_for_a_while(mariadb_server: MariaDB, mariadb: str) -> None:
    mariadb_server.stop()
    with pytest.raises(sqlalchemy.exc.OperationalError):
        _first_cell(mariadb, "SELECT 1")
    mariadb_server.start()
    assert _first_cell(mariadb, "SELECT 1") == 1


STARTS_ONE = """
import sys, time
from pathlib import Path
from tests.mariadb import MariaDB
running = MariaDB(Path(sys.argv[1]))
running.create()
running.start()
print(running._process.pid, flush=True)
time.sleep(60)
"""


@with_mariadb
@pytest.mark.slow
def test_it_ends_with_whoever_was_killed(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE, str(tmp_path / "m")], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert run.stdout is not None
    pid = int(run.stdout.readline())
    run.kill()
    run.communicate()
    deadline = time.monotonic() + 30
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_doing_without_is_said(tmp_path: Path) -> None:
    assert what_was_missed(tmp_path) == []
    (tmp_path / "did-without-mariadb").touch()
    (line,) = what_was_missed(tmp_path)
    assert "SQLite" in line
