"""A real PostgreSQL in a folder of ours, shared by every program that works on that folder.

Who uses it holds a shared lock beside the folder; who leaves last stops the server. A program that
was killed holds no lock, so it can neither keep the server in use nor take it from others; the
next one finds the server running, or starts it again and PostgreSQL recovers.
See docs/decisions/0001-embedded-postgresql.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from alimnaru.ops import embedded_upgrade
from alimnaru.ops.embedded_faults import EmbeddedError, EmbeddedFault, fault_of, os_errors_as_faults
from alimnaru.ops.embedded_processes import Postmaster, end_all, postmaster, wake_all
from alimnaru.ops.embedded_tools import CURRENT, ToolError, Tools, account_for
from alimnaru.ops.locks import LockTimeoutError, UseLock, turn

DATABASE = "alimnaru"
SUPERUSER = "postgres"

# A crash replays at most max_wal_size of log; a slow disk needs minutes for 4 GB.
_START_SECONDS = 300
# macOS: 104 bytes with the final zero; Linux: 108. The shorter limit serves both.
_SOCKET_BYTES = 103
_LOG_BYTES = 16 * 1024**2

_SETTINGS = """\
# Written anew at each start. Your own settings: ALTER SYSTEM, which overrides these.
listen_addresses = '{listen}'
port = {port}
unix_socket_directories = '{socket_dir}'
# Four workers of 22 each (pool 5, jobs 3, loops 6, webhooks 8), web threads, and room for people.
max_connections = 120
shared_buffers = 256MB
max_wal_size = 4GB
# A district writes some 1.5 GB of log in a new cluster; zeros first would write it twice.
wal_init_zero = off
checkpoint_timeout = 15min
wal_compression = on
# An archive that is away keeps so much log waiting for it, and no more: a full disk stops all.
max_slot_wal_keep_size = 16GB
# A log file that is not needed any more goes, and what was destroyed with it: used again, it would
# keep the old bytes behind the new ones.
wal_recycle = off
jit = off
timezone = 'Asia/Seoul'
log_timezone = 'Asia/Seoul'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
# Statements and the rows they fail on may hold personal data, which no log may.
log_error_verbosity = terse
log_min_error_statement = panic
# What is committed survives a killed server, even with fsync off: a kill can also tear a page.
synchronous_commit = on
full_page_writes = on
fsync = {fsync}
"""


class Embedded:
    """The server of one folder, seen from one process.

    `port`: listens on 127.0.0.1 too (password: `tcp_url`). `durable=False` gives up surviving a
    power cut (not a kill) for speed: for tests. Raises `EmbeddedError`.
    """

    def __init__(self, folder: Path, *, port: int | None = None, durable: bool = True) -> None:
        self.folder = folder.expanduser().absolute()
        self.port = port
        self.durable = durable
        self._use = UseLock(self._beside("lock"))

    def __repr__(self) -> str:
        return f"Embedded({str(self.folder)!r})"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()

    # What is there.

    @property
    def pid(self) -> int | None:
        found = postmaster(self.folder)
        return found.pid if found else None

    @property
    def log_path(self) -> Path:
        return self.folder / "server.log"

    def is_running(self) -> bool:
        """The server lives; it may still be recovering, or have been stopped by a signal."""
        return self.pid is not None

    def major(self) -> int | None:
        """PostgreSQL's major version that made the folder; None before the first start."""
        return embedded_upgrade.major_of(self.folder)

    def url(self, database: str = DATABASE) -> str:
        """Over the unix socket, which only the folder's owner and root can reach."""
        found = postmaster(self.folder)
        port = found.port if found else self.port or 5432
        host = quote(str(self._socket_dir()), safe="")
        address = f"postgresql:///{quote(database)}?host={host}&user={SUPERUSER}"
        return address if port == 5432 else f"{address}&port={port}"

    def tcp_url(self, database: str = DATABASE) -> str:
        """Over 127.0.0.1, with the password in it: not for logs."""
        with os_errors_as_faults():
            password = (self.folder / "alimnaru.password").read_text().strip()
        if self.port is None:
            raise EmbeddedError(EmbeddedFault.PORT_DIFFERS, "this server listens on no port")
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/{quote(database)}"

    # Start, stop, upgrade.

    def start(self) -> str:
        """Finds, starts, creates, recovers or upgrades the server; returns `url()`.

        Called again by the same object it brings a server back that was killed meanwhile."""
        with self._turn():
            was_held = self._use.held
            self._use.share()
            try:
                self._bring_up()
            except BaseException:
                if not was_held:
                    self._use.release()
                raise
        return self.url()

    def stop(self, *, timeout: float = 60) -> bool:
        """Gives the server up. True: it has ended (or had); False: others still use it.

        It ends within `timeout` seconds: by request, then at once, then by force."""
        with self._turn():
            if not self._use.alone():
                return False
            try:
                self._end(timeout)
            finally:
                self._use.release()
        return True

    def upgrade(self) -> bool:
        """Brings an older major version's folder up to date (`start` does so too).

        True if there was something to do. The old data stay beside the folder."""
        with self._turn():
            return self._upgrade(self._tools())

    def create_database(self, name: str) -> bool:
        """False if it was there already."""
        try:
            with self._connect() as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if found.fetchone():
                    return False
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
                return True
        except psycopg.Error as error:
            raise EmbeddedError(fault_of(str(error)), str(error)) from error

    def drop_database(self, name: str) -> None:
        """With whatever is connected to it."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with self._connect() as connection:
            connection.execute(drop)

    # How.

    def _bring_up(self) -> None:
        tools = self._tools()
        embedded_upgrade.finish_swap(self.folder)
        # A server found alive may be about to fall (killed a moment ago): then it is started.
        for last in (False, False, True):
            found = postmaster(self.folder)
            if found and self.port not in {None, found.port}:
                self._free_for_restart()
                found = None
            if found is None:
                self._make_ready_to_start(tools)
                self._launch(tools)
            if self._answers(last=last):
                break
        self.create_database(DATABASE)
        embedded_upgrade.adopt(self.folder, self.url())

    def _make_ready_to_start(self, tools: Tools) -> None:
        if self.major() is None:
            self._initialise(tools)
        self._upgrade(tools)
        end_all(self.folder, patience=2)
        # PostgreSQL would believe stale files whose process id now belongs to somebody else, or to
        # a zombie that nobody reaps (a container without init).
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        for stale in self._make_socket_dir(tools).glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)
        self._write_settings(tools)

    def _free_for_restart(self) -> None:
        if not self._use.alone():
            self._use.share()
            raise EmbeddedError(EmbeddedFault.PORT_DIFFERS, "in use by others on another port")
        self._end(60)
        self._use.share()

    def _tools(self) -> Tools:
        if re.search(r'["$`\\\n]', str(self.folder)):
            raise EmbeddedError(EmbeddedFault.FOLDER_NAME, "pg_ctl passes the name through a shell")
        tools = Tools(CURRENT, account_for(self.folder))
        tools.open_the_way(self.folder)
        return tools

    def _initialise(self, tools: Tools) -> None:
        if self.folder.exists():
            if any(self.folder.iterdir()):
                raise EmbeddedError(EmbeddedFault.NOT_A_DATABASE, str(self.folder))
            self.folder.rmdir()
        # Made under another name: a kill in the middle must not leave half a cluster behind.
        for stale in self.folder.parent.glob(f".{self.folder.name}-new-*"):
            shutil.rmtree(stale, ignore_errors=True)
        work = Path(tempfile.mkdtemp(dir=self.folder.parent, prefix=f".{self.folder.name}-new-"))
        try:
            tools.own(work)
            self._initdb(work / "data", tools)
            (work / "data").rename(self.folder)
        except ToolError as error:
            raise EmbeddedError(fault_of(error.output), str(error)) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _initdb(self, target: Path, tools: Tools) -> None:
        password = target.with_name("password")
        _write(password, secrets.token_urlsafe(24), tools)
        # Code point order sorts hangul as 가나다 and is the same on every machine.
        tools.run(
            "initdb",
            *("-D", str(target), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", str(password)),
            *(() if self.durable else ("--no-sync",)),
            cwd=target.parent,
            timeout=120,
        )
        password.rename(target / "alimnaru.password")
        with (target / "postgresql.conf").open("a") as file:
            file.write("\ninclude_if_exists = 'alimnaru.conf'\n")

    def _upgrade(self, tools: Tools) -> bool:
        embedded_upgrade.finish_swap(self.folder)
        major = self.major()
        if major is None or major == CURRENT:
            return False
        if major > CURRENT:
            raise EmbeddedError(EmbeddedFault.NEWER_VERSION, f"{major} is newer than {CURRENT}")
        if postmaster(self.folder) is not None:
            raise EmbeddedError(EmbeddedFault.BUSY, f"PostgreSQL {major} still runs there")
        end_all(self.folder, patience=2)
        embedded_upgrade.upgrade_folder(
            self.folder,
            Tools(major, tools.account),
            tools,
            lambda target: self._initdb(target, tools),
            self._make_socket_dir(tools),
        )
        return True

    def _write_settings(self, tools: Tools) -> None:
        text = _SETTINGS.format(
            listen="127.0.0.1" if self.port else "",
            port=self.port or 5432,
            socket_dir=self._make_socket_dir(tools),
            fsync="on" if self.durable else "off",
        )
        _write(self.folder / "alimnaru.conf", text, tools)
        if self.log_path.exists() and self.log_path.stat().st_size > _LOG_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))

    def _launch(self, tools: Tools) -> None:
        before = self.log_path.stat().st_size if self.log_path.exists() else 0
        where = ("-D", str(self.folder), "-l", str(self.log_path))
        try:
            tools.run(
                *("pg_ctl", *where, "-w", "-t", str(_START_SECONDS), "-s", "start"),
                cwd=self.folder,
                timeout=_START_SECONDS + 10,
            )
        except ToolError as error:
            said = ""
            with contextlib.suppress(OSError):
                said = self.log_path.read_bytes()[before:].decode(errors="replace")[-4000:]
            raise EmbeddedError(fault_of(said + error.output), f"{error}\n{said}") from error

    def _answers(self, *, last: bool) -> bool:
        """Waits for it; False if it died meanwhile, which the `last` time is an error."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                with self._connect():
                    return True
            except psycopg.OperationalError as error:
                if not self.is_running() and not last:
                    return False
                if not self.is_running():
                    raise EmbeddedError(fault_of(str(error)), str(error)) from error
                if time.monotonic() > deadline:
                    raise EmbeddedError(EmbeddedFault.TIMEOUT, str(error)) from error
            time.sleep(0.05)

    def _end(self, timeout: float) -> None:
        found: Postmaster | None = postmaster(self.folder)
        if found is None:
            return
        wake_all(self.folder)
        tools = Tools(self.major() or CURRENT, account_for(self.folder))
        for mode, seconds in (("fast", timeout), ("immediate", 5.0)):
            with contextlib.suppress(ToolError):
                tools.run(
                    *("pg_ctl", "-D", str(self.folder), "-m", mode, "-w", "-s"),
                    *("-t", str(max(1, int(seconds))), "stop"),
                    cwd=self.folder,
                    timeout=seconds + 5,
                )
                return
        end_all(self.folder, patience=0)

    def _socket_dir(self) -> Path:
        inside = self.folder / ".s.PGSQL.65535"
        # A comma separates addresses in libpq, and only plain characters need no quoting.
        plain = re.fullmatch(r"[A-Za-z0-9_./@+-]+", str(self.folder))
        if plain and len(os.fsencode(inside)) <= _SOCKET_BYTES:
            return self.folder
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path("/tmp") / f"alimnaru-{name}"  # noqa: S108 - owner and mode are checked

    def _make_socket_dir(self, tools: Tools) -> Path:
        path = self._socket_dir()
        if path == self.folder:
            return path
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
            tools.own(path)
        found = path.lstat()
        owner = tools.account.uid if tools.account else os.geteuid()
        if path.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            # Whoever made it could stand between us and the server.
            raise EmbeddedError(EmbeddedFault.PERMISSION, f"{path} belongs to somebody else")
        return path

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5)

    def _beside(self, suffix: str) -> Path:
        return self.folder.with_name(f"{self.folder.name}.{suffix}")

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with os_errors_as_faults():
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            try:
                with turn(self._beside("turn"), timeout=_START_SECONDS):
                    yield
            except LockTimeoutError as error:
                raise EmbeddedError(EmbeddedFault.BUSY, str(error)) from error


def _write(path: Path, text: str, tools: Tools) -> None:
    """Whole or not at all, never through a link that the account put there."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    tools.own(made)
    made.replace(path)
