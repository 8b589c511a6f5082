"""The database's disk is full for a while, and an office sends: it stands still, and goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from alimnaru.ops.embedded import Embedded
from alimnaru.ops.embedded_faults import EmbeddedError
from alimnaru.ops.ports import free_port
from sandbox.process import Handle
from tests.stories.houses import (
    House,
    accepted_by_us,
    credentials_of,
    note,
    nothing_lost_or_repeated,
)
from tests.stories.houses import ground as ground
from tests.stories.test_disaster import accepted
from tests.stories.test_disaster import carrier as carrier

#: A new office takes 150 MB of it.
DISK = "size=400m"


@pytest.fixture
def disk(ground: Path) -> Iterator[Path]:
    """A disk of its own, and a small one."""
    made = ground / "disk"
    made.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"{DISK},mode=755", "tmpfs", str(made)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets us mount nothing: no disk that could be full")
    yield made
    subprocess.run(["umount", "--lazy", str(made)], check=True)


def fill(disk: Path) -> Path:
    """Take what room there is."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 20)):
            pass
    assert shutil.disk_usage(disk).free < 1 << 20
    return filler


def unanswered(calls: Path) -> int:
    """Calls of the program that ended in an error."""
    return sum(line.split()[1][0] in "!-" for line in calls.read_text().splitlines())


@pytest.mark.slow
@pytest.mark.skipif("FAULT_REPORT" not in os.environ, reason="`make faults` tries it")
@pytest.mark.timeout(900)
def test_a_full_disk_loses_and_repeats_nothing(ground: Path, disk: Path, carrier: Handle) -> None:
    calls = ground / "calls"
    server = Embedded(disk / "postgres", durable=False)
    house = House(ground / "home", free_port(), {"DATABASE_URL": server.start()}, database=server)
    try:
        key = house.set_up(credentials_of(carrier))
        house.open()
        program = house.start_program(calls, key)
        house.send_list(3_000, seed=1)
        house.until(lambda: len(accepted(carrier)) > 500)
        filler = fill(disk)
        failed = unanswered(calls)
        house.until(lambda: unanswered(calls) > failed)
        _stand_still(house, server)
        before = len(accepted(carrier))
        filler.unlink()
        house.until(lambda: _is_up(server))
        told = len(accepted_by_us(calls))
        house.until(lambda: len(accepted_by_us(calls)) > told + 20)
        program.send_signal(signal.SIGTERM)
        program.wait(60)
        house.until_through()
        assert len(accepted(carrier)) > before
        nothing_lost_or_repeated(house, accepted(carrier), accepted_by_us(calls))
        note("full disk")
    finally:
        house.close()


def _stand_still(house: House, server: Embedded) -> None:
    """For longer than a lease, and as its supervisor would try to bring it up."""
    until = time.monotonic() + 4
    while time.monotonic() < until:
        house.cluster.check()
        _is_up(server)
        time.sleep(0.2)


def _is_up(server: Embedded) -> bool:
    with suppress(EmbeddedError):
        server.start()
        return True
    return False
