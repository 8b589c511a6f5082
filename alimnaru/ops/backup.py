"""Backups of the embedded server: a copy of the whole every night, and its log as it is written.

A backup folder holds `base/<moment>/` (pg_basebackup: two tar files and a manifest) and `wal/`, the
log that pg_receivewal takes over a slot, so that nothing of it is missed while the archive is away.
Keys are in no backup: with one alone nobody can read a message. Backups end after 35 days: what was
destroyed in the office must not live on in them.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import tarfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
from psycopg import sql

from alimnaru.ops.embedded import Embedded
from alimnaru.ops.embedded_faults import EmbeddedError, EmbeddedFault
from alimnaru.ops.embedded_tools import CURRENT, ToolError, Tools, account_for

#: Personal data that was destroyed lives on in a backup until it ends.
KEPT = timedelta(days=35)
SLOT = "alimnaru_archive"
HOURS = 6 * 3600
#: What is counted before and after a backup, and again in a restored one.
COUNTED = ("store_batch", "store_chunk", "store_message", "store_attempt", "store_auditentry")
_MOMENT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Base:
    """A finished base backup. It can be restored to any moment from `ended` on."""

    folder: Path
    ended: datetime
    first_log: str
    #: Rows of each table: before and after it was taken.
    rows: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of backups."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "wal"

    def bases(self) -> list[Base]:
        """Finished ones, oldest first."""
        return [_read(path.parent) for path in sorted(self.folder.glob("base/*/alimnaru.json"))]

    def make_ready(self, tools: Tools) -> None:
        """Its folders, which only the account of the database reaches."""
        for path in (self.folder, self.folder / "base", self.log):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            tools.own(path)
        tools.open_the_way(self.folder)


def tools_for(server: Embedded) -> Tools:
    """The programs, run as the account of the server's folder."""
    return Tools(CURRENT, account_for(server.folder))


def take(server: Embedded, place: Place, now: datetime) -> Base:
    """Take a base backup of a running server, and let older ones end. Raises `EmbeddedError`."""
    tools = tools_for(server)
    place.make_ready(tools)
    try:
        return _take(server, place, tools, now)
    finally:
        # Also where none can be made any more: their time is over, and it may be they that fill
        # the disk.
        expire(place, tools, now)


def _take(server: Embedded, place: Place, tools: Tools, now: datetime) -> Base:
    target = place.folder / "base" / now.astimezone(UTC).strftime(_MOMENT)
    work = target.with_name(f".{target.name}")
    shutil.rmtree(work, ignore_errors=True)
    before = count(server.url())
    try:
        tools.run(
            *("pg_basebackup", "-d", server.url("postgres"), "-D", str(work), "-F", "tar"),
            *("-X", "stream", "-c", "fast", "--compress=client-gzip:1"),
            *("--manifest-checksums=SHA256", "--no-password"),
            cwd=place.folder,
            timeout=HOURS,
        )
    except ToolError as error:
        shutil.rmtree(work, ignore_errors=True)
        raise EmbeddedError(EmbeddedFault.BACKUP_FAILED, str(error)) from error
    after = count(server.url())
    about = {
        "ended": datetime.now(UTC).isoformat(),
        "first_log": _first_log(work / "base.tar.gz"),
        "rows": {name: (before.get(name, 0), after.get(name, 0)) for name in COUNTED},
    }
    (work / "alimnaru.json").write_text(json.dumps(about))
    work.rename(target)
    return _read(target)


def expire(place: Place, tools: Tools, now: datetime) -> list[str]:
    """End backups older than 35 days, and the log that only they needed; the newest as well."""
    gone = [base for base in place.bases() if now - base.ended > KEPT]
    for base in gone:
        shutil.rmtree(base.folder)
    kept = place.bases()
    if gone and kept:
        clean = ("pg_archivecleanup", str(place.log), kept[0].first_log)
        tools.run(*clean, cwd=place.folder, timeout=HOURS)
    for path in place.folder.glob("base/.*"):
        # Half of a backup that was killed: no list shows it, and it holds personal data as well.
        if now.timestamp() - path.stat().st_mtime > 4 * HOURS:
            shutil.rmtree(path)
    for path in place.log.iterdir() if place.log.exists() else ():
        # Nothing can be restored from it without a base backup; it too holds what was destroyed.
        if now.timestamp() - path.stat().st_mtime > KEPT.total_seconds():
            path.unlink()
    return [base.folder.name for base in gone]


def count(url: str) -> dict[str, int]:
    """Rows of the tables that are counted; without those that are not there yet."""
    with psycopg.connect(url, autocommit=True) as connection:
        return {name: _rows(connection, name) for name in COUNTED if _is_there(connection, name)}


def _is_there(connection: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [name]).fetchone()
    return bool(found and found[0])


def _rows(connection: psycopg.Connection[tuple[object, ...]], name: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
    found = connection.execute(query).fetchone()
    return int(str(found[0])) if found else 0


def archive(server: Embedded, place: Place, *, synchronous: bool) -> int:
    """Take the log as it is written, until SIGTERM or SIGINT. Returns the exit code.

    `synchronous`: a commit that waits for the disk waits for the archive's as well, so a restore to
    its end misses none; while the archive is away, commits wait for it.
    """
    tools = tools_for(server)
    place.make_ready(tools)
    url = f"{server.url('postgres')}&application_name={SLOT}"
    ours = ("-d", url, "-D", str(place.log), "-S", SLOT, "--no-password")
    tools.run("pg_receivewal", *ours, "--create-slot", "--if-not-exists", cwd=place.log, timeout=60)
    child = tools.spawn("pg_receivewal", *ours, "--synchronous", cwd=place.log)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: child.terminate())
    if synchronous and _follows(server, child.poll):
        set_waiting(server, SLOT)
    code = child.wait()
    if synchronous and code == 0:
        # Asked to end, it is not away: the office goes on, and the slot keeps what it misses.
        set_waiting(server, "")
    return code


def _follows(server: Embedded, ended: object) -> bool:
    """Wait until the archive has caught up; waiting for it before would stop every commit."""
    query = "SELECT state = 'streaming' FROM pg_stat_replication WHERE application_name = %s"
    while callable(ended) and ended() is None:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            found = connection.execute(query, [SLOT]).fetchone()
        if found and found[0]:
            return True
        time.sleep(0.1)
    return False


def set_waiting(server: Embedded, name: str) -> None:
    """Let commits wait for the archive of this name; '' for none."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        query = sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}")
        connection.execute(query.format(sql.Literal(name)))
        connection.execute("SELECT pg_reload_conf()")


def missing_log(names: Iterable[str]) -> list[str]:
    """After which files of the log others are missing: the way to the newest moment has a gap."""
    found = sorted({n[:24] for n in names if re.fullmatch(r"[0-9A-F]{24}(\.partial)?", n)})
    numbers = [(int(n[:8], 16), int(n[8:16], 16) * 256 + int(n[16:], 16), n) for n in found]
    return [
        one[2]
        for one, other in pairwise(numbers)
        # A new timeline begins in a file of the old one's number.
        if other[1] - one[1] > 1
    ]


def _first_log(tar: Path) -> str:
    """The first file of the log that a restore needs, from the label inside."""
    with tarfile.open(tar) as inside:
        label = inside.extractfile("backup_label")
        text = label.read().decode() if label else ""
    found = re.search(r"\(file ([0-9A-F]{24})\)", text)
    if found is None:
        raise EmbeddedError(EmbeddedFault.BACKUP_FAILED, "the backup has no label")
    return found[1]


def _read(folder: Path) -> Base:
    about = json.loads((folder / "alimnaru.json").read_text())
    rows = {name: (pair[0], pair[1]) for name, pair in about["rows"].items()}
    return Base(folder, datetime.fromisoformat(about["ended"]), about["first_log"], rows)
