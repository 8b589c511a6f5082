"""Moves a data folder of an older PostgreSQL to the current one, keeping the old one beside it.

Every step can be cut: until the finished new folder has its own name the old one is untouched,
and from then on `finish_swap` completes what is left of the two renames.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from alimnaru.ops.embedded_faults import EmbeddedError, EmbeddedFault, fault_of
from alimnaru.ops.embedded_tools import ToolError, Tools

#: pg_upgrade copies the data; a district's year of messages is some 50 GB.
HOURS = 6 * 3600


#: In a data folder that was brought up to date, until its office knows.
_MARK = "alimnaru.moved"
_MOVED = """
    UPDATE store_officestate
    SET system = (SELECT system_identifier::text FROM pg_control_system()),
        timeline = ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int
    WHERE pause <> 'copy'
"""


def major_of(folder: Path) -> int | None:
    """The major version that made the folder; None if there is none in it."""
    try:
        return int((folder / "PG_VERSION").read_text().strip())
    except (FileNotFoundError, NotADirectoryError):
        return None


def old_copy(folder: Path, major: int) -> Path:
    return folder.with_name(f"{folder.name}.postgresql-{major}")


def _finished(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.upgraded")


def finish_swap(folder: Path) -> None:
    """Puts a finished new folder in the old one's place; nothing to do if there is none."""
    finished = _finished(folder)
    if not finished.exists():
        return
    if (major := major_of(folder)) is not None:
        folder.rename(old_copy(folder, major))
    finished.rename(folder)


def upgrade_folder(
    folder: Path, old: Tools, new: Tools, initialise: Callable[[Path], None], socket_dir: Path
) -> None:
    """`folder` is at rest (no server in it). `initialise` makes an empty cluster at a path."""
    _room(folder)
    if old_copy(folder, old.major).exists():
        raise EmbeddedError(
            EmbeddedFault.UPGRADE_FAILED, f"{old_copy(folder, old.major)} is in the way"
        )
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=f".{folder.name}-upgrade-", ignore_cleanup_errors=True
    ) as made:
        work = Path(made)
        new.own(work)
        try:
            _settle(folder, old, socket_dir)
            fresh = work / "fresh"
            initialise(fresh)
            new.run(
                "pg_upgrade",
                *("-b", str(old.bin), "-B", str(new.bin), "-d", str(folder), "-D", str(fresh)),
                *("-U", "postgres", "-s", str(socket_dir)),
                cwd=work,
                timeout=HOURS,
            )
        except ToolError as error:
            fault = fault_of(error.output, EmbeddedFault.UPGRADE_FAILED)
            raise EmbeddedError(fault, f"{error}\n{_log(work)}") from error
        (fresh / _MARK).touch()
        fresh.rename(_finished(folder))
    finish_swap(folder)


def adopt(folder: Path, url: str) -> None:
    """Tell an office that it was moved into this cluster with all that it had: it is no copy of one
    that may still run (`flow.standing`)."""
    moved = folder / _MARK
    if not moved.exists():
        return
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT to_regclass('store_officestate')").fetchone()
        if found and found[0]:
            connection.execute(_MOVED)
    moved.unlink()


def _settle(folder: Path, old: Tools, socket_dir: Path) -> None:
    """pg_upgrade wants a cleanly ended cluster with checksums as the new one has them."""
    control = _control(folder, old)
    if not re.search(r"cluster state:\s+shut down\s", control):
        options = f"-c listen_addresses='' -k '{socket_dir}'"
        log = str(folder / "server.log")
        start = ("-D", str(folder), "-w", "-t", "600", "-l", log, "-o", options, "start")
        old.run("pg_ctl", *start, cwd=folder, timeout=660)
        old.run("pg_ctl", "-D", str(folder), "-w", "-m", "fast", "stop", cwd=folder, timeout=120)
    if re.search(r"checksum version:\s+0\s", control):
        # PostgreSQL 18 turns checksums on; a cluster of 16 made with its defaults has none.
        old.run("pg_checksums", "--enable", "-D", str(folder), cwd=folder, timeout=HOURS)


def _control(folder: Path, old: Tools) -> str:
    return old.run("pg_controldata", "-D", str(folder), cwd=folder, timeout=60)


def _room(folder: Path) -> None:
    size = sum(path.lstat().st_size for path in folder.rglob("*"))
    free = shutil.disk_usage(folder).free
    # The copy, the write-ahead log of the copying, and something to go on working with.
    if free < size * 1.2 + 200 * 1024**2:
        raise EmbeddedError(
            EmbeddedFault.DISK_FULL, f"the upgrade copies {size:,} bytes; {free:,} are free"
        )


def _log(work: Path) -> str:
    """The end of pg_upgrade's own logs, which say more than its output."""
    logs = sorted(work.glob("fresh/pg_upgrade_output.d/**/*.log"))
    return "\n".join(path.read_text(errors="replace")[-1500:] for path in logs)[-4000:]
