"""Locks that the kernel gives back when their holder dies, however it died."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path


class LockTimeoutError(Exception):
    """Somebody else kept the lock longer than the caller would wait."""


class UseLock:
    """Held shared by everyone who uses a thing; whoever gets it alone may take the thing away.

    flock, not a list of process ids: SIGKILL, a crash or a reused id cannot leave it wrong. The
    file itself is never removed (two holders of two different files would both be alone).
    A child forked without exec shares its parent's lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        return self._handle is not None

    def share(self) -> None:
        """Waits only for somebody who has it alone, which no one keeps for long."""
        if self._handle is None:
            self._handle = _open(self.path)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def alone(self) -> bool:
        """Exchanges the shared lock for the exclusive one; False (and nothing held) if others
        share it: a failed exchange has already given the shared lock up."""
        if self._handle is None:
            self._handle = _open(self.path)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@contextlib.contextmanager
def turn(path: Path, *, timeout: float) -> Iterator[None]:
    """One at a time, over all processes of the machine. `timeout` in seconds."""
    handle = _open(path)
    deadline = time.monotonic() + timeout
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LockTimeoutError(str(path)) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
