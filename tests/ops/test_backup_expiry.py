"""Backups end without anybody who makes a new one, and so does half of one."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alimnaru.ops.backup import COUNTED, KEPT, Place, expire
from alimnaru.ops.embedded_tools import CURRENT, Tools, account_for
from tests.stories.houses import ground as ground

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def log(number: int) -> str:
    """The name of a file of the log."""
    return f"0000000100000000{number:08X}"


@pytest.fixture
def tools(ground: Path) -> Tools:
    return Tools(CURRENT, account_for(ground))


@pytest.fixture
def place(ground: Path, tools: Tools) -> Place:
    made = Place(ground / "backup")
    made.make_ready(tools)
    return made


def base(place: Place, ended: datetime, first_log: str) -> str:
    """A finished base backup, without what it is a copy of; its name."""
    folder = place.folder / "base" / f"{ended:%Y%m%dT%H%M%SZ}"
    folder.mkdir()
    (folder / "base.tar.gz").write_bytes(b"\0")
    rows = dict.fromkeys(COUNTED, (0, 0))
    about = {"ended": ended.isoformat(), "first_log": first_log, "rows": rows}
    (folder / "alimnaru.json").write_text(json.dumps(about))
    return folder.name


def logged(place: Place, number: int, written: datetime) -> None:
    path = place.log / log(number)
    path.write_bytes(b"\0")
    os.utime(path, (written.timestamp(), written.timestamp()))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_also_the_newest_and_a_log_without_a_backup(place: Place, tools: Tools) -> None:
    """An office that stopped backing up keeps nothing beyond its time either."""
    only = base(place, NOW - 36 * DAY, log(1))
    logged(place, 1, NOW - KEPT - SECOND)
    logged(place, 2, NOW - KEPT + SECOND)
    assert expire(place, tools, NOW) == [only]
    assert names(place.folder / "base") == []
    assert names(place.log) == [log(2)]
    place.log.joinpath(log(2)).unlink()
    place.log.rmdir()
    assert expire(place, tools, NOW) == []


def test_what_a_backup_that_was_killed_left_behind(place: Place, tools: Tools) -> None:
    for name, age in ((".20261126T030000Z", 2 * DAY), (".20261128T020000Z", DAY / 24)):
        folder = place.folder / "base" / name
        folder.mkdir()
        (folder / "base.tar.gz").write_bytes(b"\0")
        os.utime(folder, ((NOW - age).timestamp(),) * 2)
    assert expire(place, tools, NOW) == []
    assert names(place.folder / "base") == [".20261128T020000Z"]
