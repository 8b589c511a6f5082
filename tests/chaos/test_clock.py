"""The clock of the office's machine jumps while it sends: database, web and workers all see it."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from alimnaru.ops.embedded import Embedded
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

#: Seconds by which the machine's clock is wrong, one after the other: slow, put right, then as much
#: too fast, and back by more than a lease. Carriers take a signature that is 15 minutes off.
SHIFTS = (-600, 0, 600, 595)


class Clock:
    """A clock that is wrong by what a file says, for every process that loads `clock.c`."""

    def __init__(self, folder: Path, compiler: str) -> None:
        self._file = folder / "shift"
        self._file.write_bytes(struct.pack("l", 0))
        self._file.chmod(0o644)
        code, library = Path(__file__).with_name("clock.c"), folder / "clock.so"
        command = [compiler, "-shared", "-fPIC", "-O1", str(code), "-o", str(library)]
        subprocess.run(command, check=True)
        self.env = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(self._file)}

    def set(self, seconds: int) -> None:
        with self._file.open("r+b", buffering=0) as file:
            file.write(struct.pack("l", seconds))


@pytest.fixture
def clock(ground: Path) -> Clock:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler: nothing can stand between a process and its clock")
    return Clock(ground, compiler)


@pytest.mark.slow
@pytest.mark.skipif("FAULT_REPORT" not in os.environ, reason="`make faults` tries it")
@pytest.mark.timeout(900)
def test_a_clock_that_jumps_loses_and_repeats_nothing(
    ground: Path, clock: Clock, carrier: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = ground / "calls"
    clock.set(SHIFTS[0])
    server = Embedded(ground / "postgres", durable=False)
    with monkeypatch.context() as patch:
        for name, value in clock.env.items():
            patch.setenv(name, value)
        env = {"DATABASE_URL": server.start(), **clock.env}
    house = House(ground / "home", free_port(), env, database=server)
    try:
        key = house.set_up(credentials_of(carrier))
        house.open()
        program = house.start_program(calls, key)
        for number, shift in enumerate(SHIFTS):
            clock.set(shift)
            house.send_list(600, seed=number)
            before = len(accepted(carrier))
            house.until(lambda before=before: len(accepted(carrier)) > before + 300)  # type: ignore[misc]
            assert abs(_wrong_by(house) - shift) < 60
        program.send_signal(signal.SIGTERM)
        program.wait(60)
        house.until_through()
        nothing_lost_or_repeated(house, accepted(carrier), accepted_by_us(calls))
        note("clock jumps")
    finally:
        house.close()


def _wrong_by(house: House) -> float:
    """What the database says, against the clock of this process, which is right."""
    said = house.asked("SELECT extract(epoch FROM clock_timestamp())::float8")[0][0]
    return float(said) - datetime.now().astimezone().timestamp()
