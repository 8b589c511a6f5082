"""The database of another system: a real MariaDB of this run's own, or SQLite files without one.

Each process of tests starts its own server (half a second) on a free port of 127.0.0.1, in the
run's folder. It asks for no account, no service and no configuration of the machine's, and the
kernel ends it with the process that started it, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.exc import OperationalError

from alimnaru.ops.embedded import Embedded

MARIADBD = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
#: Beside the run's databases: some test read SQLite where it would have read MariaDB.
_DID_WITHOUT = "did-without-mariadb"
_SECONDS = 30
#: Small, and forgetful when the machine loses its power: it lives as long as the tests.
_SETTINGS = (
    "--innodb-log-file-size=8M",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--performance-schema=off",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
)


@dataclass(slots=True)
class MariaDB:
    """A server in `folder`; `port` once it runs."""

    folder: Path
    port: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "", user: str = "root", password: str = "") -> str:
        """For SQLAlchemy, over TCP."""
        who = f"{user}:{password}" if password else user
        return f"mysql+pymysql://{who}@127.0.0.1:{self.port}/{database}?charset=utf8mb4"

    def create(self) -> None:
        """Make the folder a cluster whose root needs no password."""
        self.folder.mkdir()
        said = b""
        # On a machine that does much else, its own first start sometimes gives up.
        for _try in range(3):
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            made = subprocess.run(
                [
                    *("mariadb-install-db", "--no-defaults", *_account(), *_SETTINGS[:1]),
                    *("--auth-root-authentication-method=normal", "--skip-test-db"),
                    *("--skip-name-resolve", f"--datadir={self.folder / 'data'}"),
                ],
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            if made.returncode == 0:
                return
            said = made.stdout
        raise RuntimeError(said.decode(errors="replace")[-4000:])

    def start(self) -> None:
        """Run it, on the same port as before if it ran already."""
        for _try in range(3):
            self.port = self.port or _free_port()
            self._launch()
            if self._answers():
                return
            # Somebody took the port meanwhile.
            self.stop()
            self.port = 0
        raise RuntimeError((self.folder / "log").read_text(errors="replace")[-4000:])

    def stop(self) -> None:
        """End it, in good order if it can."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_SECONDS)
            self._process.kill()
            self._process.wait()
            self._process = None

    def execute(self, *statements: str) -> None:
        """As root."""
        engine = sqlalchemy.create_engine(self.url(), poolclass=sqlalchemy.NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def _launch(self) -> None:
        assert MARIADBD is not None
        # Nobody stops the server of a run that was killed: the kernel does.
        bound = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(*bound, MARIADBD, "--no-defaults", *_account(), *_SETTINGS),
                    *(f"--datadir={self.folder / 'data'}", f"--socket={self.folder / 's'}"),
                    *(f"--pid-file={self.folder / 'pid'}", "--bind-address=127.0.0.1"),
                    *(f"--port={self.port}", "--skip-name-resolve"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _answers(self) -> bool:
        deadline = time.monotonic() + _SECONDS
        while self._process is not None and self._process.poll() is None:
            with contextlib.suppress(OperationalError):
                self.execute("SELECT 1")
                return True
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        return False


def _account() -> tuple[str, ...]:
    """It refuses to run as root unless told to."""
    return ("--user=root",) if os.geteuid() == 0 else ()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def mariadb_server(server: Embedded) -> Iterator[MariaDB | None]:
    """The MariaDB of this process; None where it is not installed.

    It lives beside the run's PostgreSQL, whose lock shows whether the run still does.
    """
    ground = Path(os.environ["TESTS_GROUND"])
    if MARIADBD is None:
        (ground / _DID_WITHOUT).touch()
        yield None
        return
    running = MariaDB(ground / f"mariadb-{os.getpid()}")
    running.create()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def mariadb(mariadb_server: MariaDB | None, tmp_path: Path) -> Iterator[str]:
    """SQLAlchemy's address of an empty database: MariaDB's, or an SQLite file's without one."""
    if mariadb_server is None:
        yield f"sqlite:///{tmp_path / 'other.db'}"
        return
    name = f"other_{secrets.token_hex(6)}"
    mariadb_server.execute(f"CREATE DATABASE {name}")
    yield mariadb_server.url(name)
    mariadb_server.execute(f"DROP DATABASE {name}")


def what_was_missed(ground: Path) -> list[str]:
    """What the end of a run says about it."""
    if not (ground / _DID_WITHOUT).exists():
        return []
    return ["No MariaDB here: other systems' tables were SQLite files (see Makefile)."]
