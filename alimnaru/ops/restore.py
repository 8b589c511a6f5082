"""A backup becomes a database again: at its end, at a moment, or in a scratch folder as a check."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import tarfile
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from alimnaru.ops.backup import HOURS, Base, Place, count, missing_log, tools_for
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.embedded_faults import EmbeddedError, EmbeddedFault, fault_of
from alimnaru.ops.embedded_tools import Tools

#: What belongs to the server that was backed up and not to the restored one: it would wait with
#: each commit for an archive that is not there.
_OURS = ("restore_command", "recovery_target", "recovery_target_time", "recovery_target_action")
_LEFT_OUT = ("synchronous_standby_names", "recovery_", "restore_command")


@dataclass(frozen=True, slots=True)
class Restored:
    """`until`: the last commit that came back; None if the log held none after the backup."""

    base: Base
    until: datetime | None


def restore(place: Place, server: Embedded, *, to: datetime | None = None) -> Restored:
    """Bring a backup back into the folder of `server`, as far as the archive goes or to a moment.

    The server runs afterwards. It is another one by its timeline, so the office stays paused in it.
    Raises `EmbeddedError`.
    """
    if server.folder.exists():
        raise EmbeddedError(EmbeddedFault.RESTORE_TARGET, str(server.folder))
    base = _chosen(place, to)
    target = "" if to is None else f"recovery_target_time = '{to.astimezone(UTC).isoformat()}'\n"
    _unpack(place, base, server, target + "recovery_target_action = 'promote'\n")
    return Restored(base, _recover(server))


def check(place: Place, scratch: Path, *, base: Base | None = None) -> dict[str, object]:
    """Restore the newest base backup by itself into `scratch` and compare it with what was counted.

    `sound` is the verdict; nothing of `scratch` is left. Raises `EmbeddedError`.
    """
    chosen = base or _chosen(place, None)
    server = Embedded(scratch / "postgres", durable=False)
    try:
        target = "recovery_target = 'immediate'\nrecovery_target_action = 'promote'\n"
        _unpack(place, chosen, server, target)
        _recover(server)
        rows = count(server.url())
    finally:
        if server.folder.exists():
            server.stop()
        shutil.rmtree(scratch, ignore_errors=True)
    differs = [
        name
        for name, bounds in chosen.rows.items()
        if not min(bounds) <= rows.get(name, 0) <= max(bounds)
    ]
    names = [p.name for p in place.log.iterdir()] if place.log.exists() else []
    gaps = missing_log(n for n in names if n[8:24] >= chosen.first_log[8:])
    return {
        "backup": chosen.folder.name,
        "ended": chosen.ended.isoformat(),
        "rows": rows,
        "differs": differs,
        "gaps": gaps,
        "sound": not differs and not gaps,
    }


def _chosen(place: Place, to: datetime | None) -> Base:
    fit = [base for base in place.bases() if to is None or base.ended <= to]
    if not fit:
        raise EmbeddedError(EmbeddedFault.NO_BACKUP, str(place.folder))
    return fit[-1]


def _verify(base: Base, data: Path) -> None:
    """Every file against the manifest. PostgreSQL's own pg_verifybackup, as it is packaged for us,
    ends with a fault of its own."""
    manifest = json.loads((base.folder / "backup_manifest").read_text())
    for entry in manifest["Files"]:
        path = data / _path_in(entry)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EmbeddedError(EmbeddedFault.RESTORE_FAILED, f"{path.name} is missing") from error
        if found != entry["Checksum"]:
            raise EmbeddedError(EmbeddedFault.RESTORE_FAILED, f"{path.name} was altered")


def _path_in(entry: Mapping[str, str]) -> str:
    return entry["Path"] if "Path" in entry else bytes.fromhex(entry["Encoded-Path"]).decode()


def _unpack(place: Place, base: Base, server: Embedded, target: str) -> None:
    tools = tools_for(server)
    parent = server.folder.parent
    parent.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole: a cut restore leaves no half of a database behind.
    with tempfile.TemporaryDirectory(dir=parent, prefix=".restore-") as made:
        data = Path(made) / "data"
        data.mkdir(mode=0o700)
        for name, into in (("base.tar.gz", data), ("pg_wal.tar.gz", data / "pg_wal")):
            with tarfile.open(base.folder / name) as inside:
                inside.extractall(into, filter="data")
        _verify(base, data)
        auto = data / "postgresql.auto.conf"
        kept = [s for s in auto.read_text().splitlines() if not s.startswith(_LEFT_OUT)]
        auto.write_text("\n".join([*kept, f"restore_command = '{_fetch(place)}'", target]))
        (data / "recovery.signal").touch(mode=0o600)
        _own_all(data, tools)
        tools.open_the_way(server.folder)
        data.rename(server.folder)


def _fetch(place: Place) -> str:
    """The command by which PostgreSQL gets a file of the log; the last one is still partial."""
    log = shlex.quote(str(place.log)).replace("'", "''")
    return f'cp {log}/%f "%p" 2>/dev/null || cp {log}/%f.partial "%p"'


def _own_all(data: Path, tools: Tools) -> None:
    for path in (data, *data.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)
        tools.own(path)


def _recover(server: Embedded) -> datetime | None:
    """Start it, wait until it has replayed what there is, and let it be a server of its own."""
    server.start()
    deadline = time.monotonic() + HOURS
    while True:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            found = connection.execute(
                "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()"
            ).fetchone()
            if found and not found[0]:
                until: datetime | None = found[1]
                _leave_recovery(connection, until)
                return until
        if time.monotonic() > deadline:
            raise EmbeddedError(fault_of(""), "the recovery does not end")
        time.sleep(0.1)


def _leave_recovery(
    connection: psycopg.Connection[tuple[object, ...]], until: datetime | None
) -> None:
    for name in _OURS:
        connection.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
    # The server forgets it when it is started anew; whoever reconciles has to know.
    connection.execute("UPDATE store_officestate SET seen_at = greatest(seen_at, %s)", [until])
