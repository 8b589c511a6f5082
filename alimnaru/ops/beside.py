"""What a worker does by the clock, beside its jobs: each in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from django.db import close_old_connections, connection

log = structlog.get_logger()

#: Seconds that what is under way is waited for when the worker ends.
PATIENCE = 10.0


class Loop(threading.Thread):
    """Does `act` again and again, `every` seconds after it was last done; `at_once`: the first time
    without waiting. A failure is logged by its name and does not end it: what is due stays due."""

    def __init__(
        self, name: str, every: float, act: Callable[[], object], *, at_once: bool = False
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._every = every
        self._wait = 0 if at_once else every
        self._act = act
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `end`."""
        try:
            while not self._ended.wait(self._wait):
                self._wait = self._every
                close_old_connections()
                try:
                    self._act()
                except Exception as error:
                    log.warning("loop_failed", loop=self.name, error=type(error).__name__)
        finally:
            connection.close()

    def end(self) -> None:
        """Do it no more."""
        self._ended.set()


class Rounds:
    """Several things in one thread and on one connection, each `every` so many seconds. One that
    fails or takes long delays the others and does not end them."""

    def __init__(self, *acts: tuple[str, float, Callable[[], object]]) -> None:
        self._acts = acts
        self._due = {name: time.monotonic() + every for name, every, _ in acts}

    def go_round(self) -> None:
        """Do what is due."""
        for name, every, act in self._acts:
            if time.monotonic() < self._due[name]:
                continue
            try:
                act()
            except Exception as error:
                log.warning("loop_failed", loop=name, error=type(error).__name__)
            self._due[name] = time.monotonic() + every


@contextmanager
def running(loops: Sequence[Loop]) -> Iterator[None]:
    """Run loops for a while; leaving lets each finish what it is at."""
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        for loop in loops:
            loop.end()
        for loop in loops:
            loop.join(PATIENCE)
