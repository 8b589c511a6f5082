"""The server room burns: an office under load is restored on another machine, and goes on."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from alimnaru.ops import processes
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.ports import free_port
from sandbox.process import Handle, start
from tests.stories.houses import (
    House,
    accepted_by_us,
    credentials_of,
    nothing_lost_or_repeated,
)


@pytest.fixture
def carrier() -> Iterator[Handle]:
    """The witness: it survives whatever becomes of the office."""
    handle = start(arguments=["--report-delay-ms", "200", "--no-patterns", "--latency-ms", "40"])
    yield handle
    handle.stop()


def accepted(carrier: Handle) -> list[dict[str, object]]:
    found: list[dict[str, object]] = httpx.get(
        f"{carrier.url}/_sandbox/accepted", timeout=30, trust_env=False
    ).json()
    return found


def kill_everything(house: House, server: Embedded) -> None:
    """As a power cut does: at once, the database too, and its disk is gone."""
    groups = [pid for pid in house.cluster.pids().values()]
    members = [m for pid in groups for m in processes.tree(pid)]
    database = processes.tree(server.pid) if server.pid else []
    for pid in [*members, *database]:
        os.kill(pid, signal.SIGKILL)
    house.cluster.stop()
    server.stop()
    shutil.rmtree(server.folder)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_restored_office_loses_and_repeats_nothing(tmp_path: Path, carrier: Handle) -> None:
    place, port = tmp_path / "backup", free_port()
    server = Embedded(tmp_path / "one" / "postgres", durable=False)
    url = server.start()
    one = House(tmp_path / "one", port, {"DATABASE_URL": url, "ALIMNARU_BACKUP": str(place)})
    try:
        key = one.set_up(credentials_of(carrier))
        archive = ("-m", "alimnaru.ops.cli", "backup", "archive", "--synchronous")
        one.cluster.add("archive", one.python(*archive))
        one.open()
        waits = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        one.until(lambda: one.asked(waits)[0][0] == 1)
        made = one.run("backup", "make")
        assert Path(made["backup"]).is_dir()

        calls = tmp_path / "calls"
        program = one.start_program(calls, key)
        one.send_list(3_000, seed=1)
        one.send_list(2_000, seed=2)
        one.until(lambda: len(accepted(carrier)) > 2_500)
        in_flight = one.asked("SELECT count(*) FROM store_message WHERE state = 'pending'")[0][0]
        kill_everything(one, server)
        assert in_flight > 0
        before = len(accepted(carrier))
        promised = accepted_by_us(calls)
        assert promised

        # Another machine: the backup folder, and the keys from where they are kept.
        two = tmp_path / "two"
        two.mkdir()
        server = Embedded(two / "postgres", durable=False)
        house = House(two, port, {"ALIMNARU_BACKUP": str(place)})
        told = house.run("restore", "--into", str(two), "--from", str(place))
        assert told["keys_missing"] == ["master.key", "secret.key"]
        for name in told["keys_missing"]:
            shutil.copy2(tmp_path / "one" / name, two / name)
        house = House(two, port, {"DATABASE_URL": server.start(), "ALIMNARU_BACKUP": str(place)})
        house.open()
        # The program still calls, under the keys that it had no answer to; it is taken at its word.
        house.until(lambda: len(accepted_by_us(calls)) > len(promised) + 20)
        assert len(accepted(carrier)) == before, "a copy sends nothing by itself"
        stand = house.run("office", "status")
        assert (stand["sends"], stand["pause"], stand["reconciled"]) == (False, "copy", False)
        assert house.run("office", "resume", code=2)["error"]["code"] == "not_reconciled"
        found = house.run("office", "reconcile")["accounts"]
        assert [(a["asked"], a["strange"]) for a in found] == [(True, 0)]
        assert len(accepted(carrier)) == before
        assert house.run("office", "resume", "--why", "전산실 화재") == {
            "resumed": True,
            "unknown": 0,
        }

        house.until(lambda: len(accepted(carrier)) > before)
        program.send_signal(signal.SIGTERM)
        program.wait(20)
        house.until(house.is_through)
        nothing_lost_or_repeated(house, accepted(carrier), accepted_by_us(calls))
        rows = house.asked("SELECT count(*) FROM store_message WHERE batch_id IN (1, 2)")
        assert rows[0][0] >= 5_000
        house.cluster.stop()
    finally:
        one.cluster.stop()
        server.stop()
