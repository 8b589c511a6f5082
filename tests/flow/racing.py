"""Several workers at once: threads with connections of their own, and waiting for their locks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, connections

from alimnaru.flow import wire

PATIENCE = 20.0


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of `acts` at the same moment, a worker each; raise what one of them raised."""
    barrier = threading.Barrier(len(acts))

    def act_of(act: Callable[[], object]) -> Callable[[], object]:
        def together() -> object:
            barrier.wait(PATIENCE)
            return act()

        return together

    with workers(len(acts)) as start:
        running = [start(act_of(act)) for act in acts]
        return [future.result(PATIENCE) for future in running]


Start = Callable[[Callable[[], object]], "Future[object]"]


@contextmanager
def workers(count: int) -> Iterator[Start]:
    """Start acts in threads; each gives its connections back when it ends."""

    def do(act: Callable[[], object]) -> object:
        try:
            return act()
        finally:
            wire.hang_up()
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        yield lambda act: pool.submit(do, act)


def wait_for_waiting(count: int) -> None:
    """Return once `count` other connections wait for a lock."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            # In a transaction the statistics would stay as they were at the first look.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.01)
    raise AssertionError(f"fewer than {count} connections wait for a lock")
