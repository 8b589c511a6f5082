"""Programs that run together under one owner: started, watched, started again, all ended.

Each runs in a process group of its own and writes to `<home>/log/<name>.log`; nothing is printed.
When the owner goes, in whatever way, they go (`ops/warden.py`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from alimnaru.ops import processes
from alimnaru.ops.warden import Warden

_LOG_BYTES = 32 * 1024**2
# A killed worker is back at once; one that cannot start does not keep a core busy.
_FIRST_DELAY, _LONGEST_DELAY = 0.1, 5.0
_SETTLED_AFTER = 30.0
_SAMPLE_SECONDS = 1.0


class ClusterError(Exception):
    """`name` did not become ready: it ended (`exit_code`) or, None, took too long."""

    def __init__(self, name: str, exit_code: int | None, log: Path) -> None:
        what = "was not ready in time" if exit_code is None else f"ended with {exit_code}"
        super().__init__(f"{name} {what}; see {log}")
        self.name = name
        self.exit_code = exit_code
        self.log = log


@dataclass(frozen=True, slots=True)
class Restart:
    name: str
    exit_code: int  # negative: the signal that ended it
    lived: float  # seconds
    at: float  # unix time


@dataclass(slots=True)
class _Child:
    name: str
    argv: list[str]
    ready: Callable[[], bool] | None
    restart: bool
    env: dict[str, str]
    log: Path
    stage: int = 0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = _FIRST_DELAY
    due: float | None = None  # when it is started again
    exit_code: int | None = None
    spent: float = 0.0  # CPU seconds of those that have ended
    seen: float = 0.0  # CPU seconds of the running one at the last look
    peak: int = 0


@dataclass(slots=True)
class Cluster:
    """`env` is added to our own environment. Use as a context manager: leaving it stops all."""

    home: Path
    env: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    restarts: list[Restart] = field(default_factory=list, init=False)
    _children: dict[str, _Child] = field(default_factory=dict, init=False)
    _warden: Warden = field(default_factory=Warden, init=False)
    _stage: int = field(default=0, init=False)
    _sampled: float = field(default=0.0, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()

    def add(
        self,
        name: str,
        argv: Sequence[str],
        *,
        ready: Callable[[], bool] | None = None,
        restart: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """For the next `start()`; `ready` is asked until it says True. ValueError: name in use."""
        if name in self._children:
            raise ValueError(name)
        whole = {**os.environ, "PYTHONUNBUFFERED": "1", **self.env, **(env or {})}
        log = self.home / "log" / f"{name}.log"
        self._children[name] = _Child(name, list(argv), ready, restart, whole, log)

    def start(self, *, timeout: float = 60) -> None:
        """Starts what was added since the last call, side by side, and waits until it is ready.

        What is started later is stopped earlier. Raises `ClusterError` after stopping all."""
        (self.home / "log").mkdir(parents=True, exist_ok=True)
        self._stage += 1
        fresh = [child for child in self._children.values() if child.stage == 0]
        try:
            for child in fresh:
                child.stage = self._stage
                self._spawn(child)
            self._wait_until_ready(fresh, time.monotonic() + timeout)
        except BaseException:
            self.stop()
            raise

    def check(self) -> list[str]:
        """Starts again what has ended and is to run on; the names of those not running now."""
        now = time.monotonic()
        self._warden.stand_guard()
        for child in self._children.values():
            if child.process is not None and _has_ended(child.process):
                self._bury(child)
                if child.restart:
                    self._note(child)
            if child.due is not None and now >= child.due:
                self._spawn(child)
        if now - self._sampled >= _SAMPLE_SECONDS:
            self._sampled = now
            self.peak_rss()
            self.cpu_seconds()
        return [c.name for c in self._children.values() if c.stage and c.process is None]

    def run_until(self, stop: threading.Event, *, every: float = 0.2) -> None:
        """Watches until `stop` is set; does not stop the programs."""
        while not stop.wait(every):
            self.check()

    def stop(self, timeout: float = 30) -> None:
        """SIGTERM, latest stage first; SIGKILL for whatever is left after `timeout` seconds in all.

        Nothing of it runs when this returns. May be called twice."""
        deadline = time.monotonic() + timeout
        for stage in range(self._stage, 0, -1):
            self._stop_stage([c for c in self._children.values() if c.stage == stage], deadline)
        self._warden.close()

    def retire(self, name: str, timeout: float = 30) -> None:
        """End one for good: SIGTERM, and SIGKILL if it has not finished after `timeout` seconds."""
        child = self._children.pop(name)
        self._stop_stage([child], time.monotonic() + timeout)

    def pids(self) -> dict[str, int]:
        """The process id of each that runs (its own children: `processes.tree`)."""
        return {c.name: c.process.pid for c in self._children.values() if c.process is not None}

    def exit_code(self, name: str) -> int | None:
        """How it ended the last time; None if it never did."""
        return self._children[name].exit_code

    def log_of(self, name: str) -> Path:
        return self._children[name].log

    def peak_rss(self) -> dict[str, int]:
        """Bytes each program with its children held at most, restarts included."""
        for child in self._children.values():
            if child.process is not None:
                child.peak = max(child.peak, processes.peak_rss(child.process.pid))
        return {child.name: child.peak for child in self._children.values()}

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time of each program with its children, restarts included; also after `stop`.

        Of children whose parent was killed it knows what the last look (each second) saw."""
        for child in self._children.values():
            if child.process is not None:
                child.seen = max(child.seen, processes.cpu_seconds(child.process.pid))
        return {child.name: child.spent + child.seen for child in self._children.values()}

    def _spawn(self, child: _Child) -> None:
        if child.log.exists() and child.log.stat().st_size > _LOG_BYTES:
            child.log.replace(child.log.with_suffix(".log.1"))
        child.process = self._warden.spawn(child.argv, log=child.log, env=child.env)
        child.started = time.monotonic()
        child.due = None

    def _wait_until_ready(self, children: Iterable[_Child], deadline: float) -> None:
        waiting = [child for child in children if child.ready is not None]
        while waiting:
            for child in list(waiting):
                if child.process is None or _has_ended(child.process):
                    self._bury(child)
                    raise ClusterError(child.name, child.exit_code, child.log)
                if child.ready is not None and child.ready():
                    waiting.remove(child)
            if waiting and time.monotonic() > deadline:
                raise ClusterError(waiting[0].name, None, waiting[0].log)
            time.sleep(0.02)

    def _note(self, child: _Child) -> None:
        lived = time.monotonic() - child.started
        child.delay = (
            _FIRST_DELAY if lived > _SETTLED_AFTER else min(child.delay * 2, _LONGEST_DELAY)
        )
        child.due = time.monotonic() + child.delay
        code = child.exit_code or 0
        self.restarts.append(Restart(child.name, code, lived, time.time()))
        with child.log.open("a") as log:
            log.write(f"--- {child.name} ended with {code} after {lived:.1f} s; starting again\n")

    def _stop_stage(self, children: list[_Child], deadline: float) -> None:
        alive = [child for child in children if child.process is not None]
        for child in children:
            child.due = None
        for child in alive:
            # A stopped one has to wake up to hear that it should end. The leader ends its own
            # children in its own order, so only it is asked.
            _signal_group(child, signal.SIGCONT)
            with contextlib.suppress(ProcessLookupError):
                os.kill(_pid(child), signal.SIGTERM)
        while any(not _ended(child) for child in alive) and time.monotonic() < deadline:
            time.sleep(0.01)
        for child in alive:
            self._bury(child)

    def _bury(self, child: _Child) -> None:
        """Kills what is left of the group, takes the leader's result and its last accounts."""
        if child.process is None:
            return
        # Before the leader is waited for, its number (the group's) cannot be anybody else's.
        # Its own children must not outlive it: they would hold its port.
        _signal_group(child, signal.SIGKILL)
        pid = child.process.pid
        patience = time.monotonic() + 5
        while processes.runs_in_group(pid) and time.monotonic() < patience:
            time.sleep(0.005)
        _, status, usage = os.wait4(pid, 0)
        child.exit_code = child.process.returncode = os.waitstatus_to_exitcode(status)
        child.spent += max(child.seen, usage.ru_utime + usage.ru_stime)
        child.seen = 0.0
        child.peak = max(child.peak, usage.ru_maxrss * 1024)
        child.process = None
        self._warden.forget(pid)


def _pid(child: _Child) -> int:
    if child.process is None:
        raise ProcessLookupError(child.name)
    return child.process.pid


def _ended(child: _Child) -> bool:
    return child.process is None or _has_ended(child.process)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Without waiting for it, which would give its number away."""
    found = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return found is not None


def _signal_group(child: _Child, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(_pid(child), number)
