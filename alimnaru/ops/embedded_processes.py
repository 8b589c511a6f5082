"""Which processes belong to a data folder: the server, and what a killed server left behind."""

from __future__ import annotations

import contextlib
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says, believed only after looking at the process itself."""

    pid: int
    port: int
    ready: bool


def postmaster(folder: Path) -> Postmaster | None:
    """The living server of the folder.

    The file alone proves nothing: after a kill it stays, its process id may since belong to
    anybody (in a container, quickly), and a zombie that nobody reaps still answers signals.
    """
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return None
    if not _belongs(pid, folder):
        return None
    return Postmaster(pid, port, ready=len(lines) > 7 and lines[7].strip() == "ready")


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every postgres process that works in the folder: they all make it their working directory."""
    return [
        process
        for process in psutil.process_iter(["name"])
        if process.info["name"] == "postgres" and _belongs(process.pid, folder)
    ]


def end_all(folder: Path, *, patience: float) -> int:
    """Ends what is left of a server whose postmaster is gone; how many had to be killed.

    Orphaned backends leave by themselves once they look up from their work; until the last is gone
    a new server refuses to start (the old shared memory is in use). Killing them loses nothing:
    what was committed is in the log that the next start replays.
    """
    left = processes_of(folder)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGCONT)
    left = _wait(left, folder, patience)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    _wait(left, folder, 5)
    return len(left)


def _wait(processes: list[psutil.Process], folder: Path, seconds: float) -> list[psutil.Process]:
    """Those still there after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while processes := [process for process in processes if _belongs(process.pid, folder)]:
        if time.monotonic() >= deadline:
            break
        time.sleep(0.01)
    return processes


def wake_all(folder: Path) -> None:
    """A stopped (SIGSTOP) server can neither answer nor leave."""
    for process in processes_of(folder):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGCONT)


def _belongs(pid: int, folder: Path) -> bool:
    try:
        process = psutil.Process(pid)
        if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()).samefile(folder)
    except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
        return False
