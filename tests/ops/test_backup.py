"""Backups end: what was destroyed in the office must not live on in them."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from alimnaru.ops import backup
from alimnaru.ops.backup import Place
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.embedded_tools import CURRENT, Tools, account_for

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)


@pytest.fixture
def place() -> Iterator[Place]:
    # Not tmp_path: PostgreSQL's programs may run as another user.
    path = Path(tempfile.mkdtemp(prefix="alimnaru-backup-"))
    found = Place(path)
    found.make_ready(Tools(CURRENT, account_for(path)))
    yield found
    shutil.rmtree(path, ignore_errors=True)


def base(place: Place, days: int, first_log: str) -> Path:
    """A backup of so many days ago, as far as its end is concerned."""
    folder = place.folder / "base" / f"d{days}"
    folder.mkdir()
    ended = NOW - timedelta(days=days)
    about = {"ended": ended.isoformat(), "first_log": first_log, "rows": {}}
    (folder / "alimnaru.json").write_text(json.dumps(about))
    return folder


def log(place: Place, number: int, days: int) -> Path:
    path = place.log / f"{1:08X}{0:08X}{number:08X}"
    path.write_bytes(b"x")
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))
    return path


def test_after_35_days_a_backup_and_its_log_end(place: Place) -> None:
    old, young = base(place, 36, "000000010000000000000002"), base(place, 34, f"{1:08X}{6:016X}")
    logs = [log(place, 2, 36), log(place, 5, 34), log(place, 6, 34), log(place, 7, 1)]
    tools = Tools(CURRENT, account_for(place.folder))
    assert backup.expire(place, tools, NOW) == [old.name]
    assert not old.exists()
    assert young.exists()
    assert [path.exists() for path in logs] == [False, False, True, True]


def test_they_end_also_where_no_new_one_can_be_made(place: Place) -> None:
    """The night in which the server is away, or the disk is full of them."""
    old = base(place, 36, "000000010000000000000002")
    with pytest.raises(psycopg.OperationalError):
        backup.take(Embedded(place.folder / "pg"), place, NOW)
    assert not old.exists()
