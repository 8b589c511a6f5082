"""Locks between programs: shared by users, exclusive for the last, never left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from alimnaru.ops.locks import LockTimeoutError, UseLock, turn

ROOT = Path(__file__).parents[2]


def test_only_the_last_user_is_alone(tmp_path: Path) -> None:
    one, two = UseLock(tmp_path / "lock"), UseLock(tmp_path / "lock")
    one.share()
    two.share()
    assert not one.alone()
    assert not one.held
    assert two.alone()
    two.release()
    assert one.alone()


def test_a_killed_program_holds_nothing(tmp_path: Path) -> None:
    hold = (
        "import pathlib, sys, time\nfrom alimnaru.ops.locks import UseLock\n"
        "lock = UseLock(pathlib.Path(sys.argv[1]))\nlock.share()\nprint(flush=True)\ntime.sleep(60)"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "lock")], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert program.stdout
    assert program.stdout.readline()
    lock = UseLock(tmp_path / "lock")
    assert not lock.alone()
    program.kill()
    program.communicate()
    assert lock.alone()


def test_a_program_that_is_started_does_not_inherit_it(tmp_path: Path) -> None:
    lock = UseLock(tmp_path / "lock")
    lock.share()
    with subprocess.Popen(["sleep", "60"]) as heir:
        lock.release()
        assert UseLock(tmp_path / "lock").alone()
        heir.kill()


def test_one_waits_for_its_turn_only_so_long(tmp_path: Path) -> None:
    with (
        turn(tmp_path / "turn", timeout=0),
        pytest.raises(LockTimeoutError),
        turn(tmp_path / "turn", timeout=0.05),
    ):
        raise AssertionError("two at once")
    with turn(tmp_path / "turn", timeout=0):
        pass
