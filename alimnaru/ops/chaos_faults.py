"""The faults themselves: SIGKILL, an orderly end, SIGSTOP for a while, and cuts on the wire."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from alimnaru.ops import processes
from alimnaru.ops.stack import Stack

#: Seconds for which a claim is its worker's under chaos.
LEASE = 3.0
#: SIGSTOP lasts up to twice the lease: sleepers must wake to find their claim gone.
SLEEP = (0.3, 2 * LEASE)
#: The orderly end of each process; PostgreSQL's closes connections and does not wait for them.
ENDS = {"database": signal.SIGINT}
WIRE_FAULTS = (
    *("cut_before", "cut_after", "cut_middle", "slow", "slow_after"),
    *("error_500", "error_503", "too_many"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, for the table. `at` is seconds since the injector was made."""

    run: int
    at: float
    what: str
    whom: str
    detail: str = ""


@dataclass(slots=True)
class Injector:
    """Strikes a running stack at random, from a seed."""

    stack: Stack
    rng: random.Random
    #: What the sandbox calls the steps of this carrier's hand-over.
    places: tuple[str, ...]
    _born: float = field(default_factory=time.monotonic)
    _sleepers: list[threading.Timer] = field(default_factory=list)

    def strike(self, run: int, sender: subprocess.Popen[bytes] | None) -> Fault:
        """One fault, of a kind and at a victim drawn at random."""
        draw = self.rng.random()
        if draw < 0.35:
            return self._cut(run)
        pids = self._victims(sender)
        whom = self.rng.choice(sorted(pids))
        if draw < 0.62:
            return self._kill(run, whom, pids[whom])
        if draw < 0.72 and whom != "send":
            return self._end(run, whom, pids[whom])
        return self._sleep(run, whom, pids[whom])

    def rest(self) -> None:
        """Wait until everything that was stopped runs again, and take cuts off the wire."""
        for sleeper in self._sleepers:
            sleeper.join()
        self._sleepers.clear()
        with suppress(httpx.HTTPError):
            if self.stack.sandbox is not None:
                self.stack.sandbox.control("DELETE", "faults")

    def _victims(self, sender: subprocess.Popen[bytes] | None) -> dict[str, int]:
        pids = self.stack.cluster.pids()
        if self.stack.database is not None and self.stack.database.pid is not None:
            pids["database"] = self.stack.database.pid
        if sender is not None and sender.poll() is None:
            pids["send"] = sender.pid
        return pids

    def _kill(self, run: int, whom: str, pid: int) -> Fault:
        for member in processes.tree(pid):
            _signal(member, signal.SIGKILL)
        return Fault(run, self._now(), "kill", whom)

    def _end(self, run: int, whom: str, pid: int) -> Fault:
        _signal(pid, ENDS.get(whom, signal.SIGTERM))
        return Fault(run, self._now(), "end", whom)

    def _sleep(self, run: int, whom: str, pid: int) -> Fault:
        seconds = self.rng.uniform(*SLEEP)
        members = processes.tree(pid)
        for member in members:
            _signal(member, signal.SIGSTOP)
        timer = threading.Timer(seconds, _wake, [members])
        timer.start()
        self._sleepers.append(timer)
        what = "oversleep" if whom.startswith("worker") and seconds > LEASE else "stop"
        return Fault(run, self._now(), what, whom, f"{seconds:.1f} s")

    def _cut(self, run: int) -> Fault:
        kind = self.rng.choice(WIRE_FAULTS)
        place = self.rng.choice(self.places)
        times = self.rng.randint(1, 3)
        fault = {"kind": kind, "times": times, "path": place, "ms": 2000}
        detail = f"{times} × {place}"
        try:
            if self.stack.sandbox is not None:
                self.stack.sandbox.control("POST", "faults", fault)
        except httpx.HTTPError:
            detail += " (sandbox was down)"
        return Fault(run, self._now(), kind, "wire", detail)

    def _now(self) -> float:
        return time.monotonic() - self._born


def _wake(members: list[int]) -> None:
    for member in reversed(members):
        _signal(member, signal.SIGCONT)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
