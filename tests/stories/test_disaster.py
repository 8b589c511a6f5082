"""The server room burns: an office under load is restored on another machine, and goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tarfile
import time
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from alimnaru.ops import processes
from alimnaru.ops.backup import Place
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.ports import free_port
from sandbox.process import Handle, start
from tests.stories.houses import (
    House,
    accepted_by_us,
    credentials_of,
    note,
    nothing_lost_or_repeated,
    witness,
)
from tests.stories.houses import ground as ground


@pytest.fixture
def carrier() -> Iterator[Handle]:
    """The witness: it survives whatever becomes of the office."""
    handle = start(arguments=["--report-delay-ms", "200", "--no-patterns", "--latency-ms", "40"])
    yield handle
    handle.stop()


def accepted(carrier: Handle) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(
        f"{carrier.url}/_sandbox/accepted", timeout=30, trust_env=False
    ).json()
    return found


def kill_everything(house: House, server: Embedded) -> None:
    """As a power cut does: at once, the database too, and its disk is gone."""
    members = [m for pid in house.cluster.pids().values() for m in processes.tree(pid)]
    database = processes.tree(server.pid) if server.pid else []
    for pid in [*members, *database]:
        os.kill(pid, signal.SIGKILL)
    house.cluster.stop()
    server.stop()
    shutil.rmtree(server.folder)


@pytest.fixture
def opened() -> Iterator[list[House]]:
    """Offices of the story, shut at its end whatever becomes of it."""
    houses: list[House] = []
    yield houses
    for house in houses:
        house.close()


def started(home: Path, port: int, place: Path, opened: list[House]) -> tuple[House, Embedded]:
    server = Embedded(home / "postgres", durable=False)
    env = {"DATABASE_URL": server.start(), "ALIMNARU_BACKUP": str(place)}
    house = House(home, port, env, database=server)
    opened.append(house)
    return house, server


def archive_synchronously(house: House) -> None:
    command = ("-m", "alimnaru.ops.cli", "backup", "archive", "--synchronous")
    house.cluster.add("archive", house.python(*command))
    house.cluster.start()
    waits = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
    house.until(lambda: house.asked(waits)[0][0] == 1)


def restored(
    home: Path, keys: Path, port: int, place: Path, opened: list[House], *to: str
) -> House:
    """On another machine: from the backup folder, with the keys from where they are kept."""
    home.mkdir()
    told = House(home, port).run("restore", "--into", str(home), "--from", str(place), *to)
    assert told["keys_missing"] == ["master.key", "secret.key"]
    for name in told["keys_missing"]:
        shutil.copy2(keys / name, home / name)
    house, _ = started(home, port, place, opened)
    house.open()
    stand = house.run("office", "status")
    assert (stand["sends"], stand["pause"], stand["reconciled"]) == (False, "copy", False)
    return house


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_restored_office_loses_and_repeats_nothing(
    ground: Path, carrier: Handle, opened: list[House]
) -> None:
    place, port, calls = ground / "backup", free_port(), ground / "calls"
    one, server = started(ground / "one", port, place, opened)
    key = one.set_up(credentials_of(carrier))
    one.open()
    archive_synchronously(one)
    one.run("backup", "make")
    program = one.start_program(calls, key)
    lists = [one.send_list(3_000, seed=1), one.send_list(2_000, seed=2)]
    one.until(lambda: len(accepted(carrier)) > 2_500)
    assert one.asked("SELECT count(*) FROM store_message WHERE state = 'pending'")[0][0] > 0
    kill_everything(one, server)
    before, promised = len(accepted(carrier)), accepted_by_us(calls)
    assert promised

    house = restored(ground / "two", one.home, port, place, opened)
    # The program still calls, also under the keys that it had no answer to.
    house.until(lambda: len(accepted_by_us(calls)) > len(promised) + 20)
    assert len(accepted(carrier)) == before, "a copy sends nothing by itself"
    assert house.run("office", "resume", code=2)["error"]["code"] == "not_reconciled"
    found = house.run("office", "reconcile")["accounts"]
    assert [(a["asked"], a["strange"]) for a in found] == [(True, 0)]
    assert len(accepted(carrier)) == before
    assert house.run("office", "resume", "--why", "전산실 화재") == {"resumed": True, "unknown": 0}

    house.until(lambda: len(accepted(carrier)) > before)
    program.send_signal(signal.SIGTERM)
    program.wait(60)
    house.until_through()
    nothing_lost_or_repeated(house, accepted(carrier), accepted_by_us(calls))
    rows = f"SELECT sum(rows) FROM store_batch WHERE id IN ({lists[0]}, {lists[1]})"
    assert int(house.asked(rows)[0][0]) == 5_000
    note("restore to the end")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_went_after_the_moment_of_a_restore_does_not_go_again(
    ground: Path, carrier: Handle, opened: list[House]
) -> None:
    """The other loss: an hour of the log is gone. Carriers know what went in it; we do not."""
    place, port = ground / "backup", free_port()
    one, server = started(ground / "one", port, place, opened)
    one.set_up(credentials_of(carrier))
    one.open()
    archive_synchronously(one)
    one.run("backup", "make")
    one.run("office", "pause")
    one.send_list(1_200, seed=1)  # it waits
    time.sleep(1.1)
    moment = datetime.now(ZoneInfo("Asia/Seoul"))
    time.sleep(1.1)
    one.run("office", "resume")
    one.send_list(300, seed=2)
    one.until_through()
    gone = len(accepted(carrier))
    kill_everything(one, server)

    to = ("--to", f"{moment:%Y-%m-%dT%H:%M:%S}")
    house = restored(ground / "two", one.home, port, place, opened, *to)
    (told,) = house.run("office", "reconcile")["accounts"]
    # The first list is taken for unsent here, and of the second there is nothing.
    assert (told["listed"], told["recalled"] + told["strange"]) == (gone, gone)
    assert told["recalled"] >= 1_200
    assert told["strange"] >= 300
    house.run("office", "resume")
    house.until_through()
    tries = witness(accepted(carrier))
    assert [ref for ref, times in tries.items() if times > 1] == []
    assert len(accepted(carrier)) == gone, "all of it had gone"
    states = house.asked("SELECT state, count(*) FROM store_message GROUP BY 1")
    assert sum(n for _, n in states) == 1_200
    _numbers_are_new(house, carrier)
    note("restore to a moment")


def _numbers_are_new(house: House, carrier: Handle) -> None:
    """What was given out after the moment of the restore is not given out again."""
    later = house.send_list(50, seed=3)
    house.until_through()
    assert [ref for ref, times in witness(accepted(carrier)).items() if times > 1] == []
    assert later > 1_000_000


def test_keys_are_in_no_backup_and_a_backup_can_be_checked(
    ground: Path, carrier: Handle, opened: list[House]
) -> None:
    place = ground / "backup"
    house, _ = started(ground / "one", free_port(), place, opened)
    house.set_up(credentials_of(carrier))
    made = house.run("backup", "make")
    sound = house.run("backup", "check")
    assert (sound["sound"], sound["differs"], sound["gaps"]) == (True, [], [])
    assert sound["rows"]["store_auditentry"] > 0
    keys = [(house.home / name).read_bytes() for name in ("master.key", "secret.key")]
    for tar in Path(made["backup"]).glob("*.tar.gz"):
        with tarfile.open(tar) as inside:
            for one in inside:
                file = inside.extractfile(one)
                content = file.read() if file else b""
                assert not any(key in content or b64decode(key) in content for key in keys)
    (base,) = Place(place).bases()
    label = Path(made["backup"]) / "backup_manifest"
    manifest = label.read_text()
    label.write_text(manifest.replace('"Checksum": "', '"Checksum": "0', 1))
    assert house.run("backup", "check", code=1)["error"]["code"] == "restore_failed"
    label.write_text(manifest)
    assert base.rows["store_auditentry"][0] > 0
    wrong = Path(made["backup"]) / "alimnaru.json"
    about = json.loads(wrong.read_text())
    about["rows"]["store_auditentry"] = [0, 0]
    wrong.write_text(json.dumps(about))
    assert house.run("backup", "check", code=1)["differs"] == ["store_auditentry"]
