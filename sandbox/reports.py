"""What is due when: results to reveal, reports to deliver again, groups to fire."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import time
from collections.abc import Callable, Sequence
from itertools import count

from sandbox.callbacks import Parcel
from sandbox.store import Chunk, Group

# Revealing this many results at a time keeps the loop free for requests.
_SLICE = 2_000

Due = tuple[Chunk, Sequence[int]] | Parcel | Group | Callable[[], None]


class Reports:
    """A clock with a heap. `reveal` tells results, `deliver` takes parcels, `fire` sends groups."""

    def __init__(self, reveal: Callable[[Chunk, Sequence[int]], None]) -> None:
        self._reveal = reveal
        self.deliver: Callable[[Parcel], None] = lambda _parcel: None
        self.fire: Callable[[Group], None] = lambda _group: None
        self._heap: list[tuple[float, int, Due]] = []
        self._order = count()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def expect(self, at: float, chunk: Chunk, places: Sequence[int]) -> None:
        """Reveal results at the moment `at`."""
        for start in range(0, len(places), _SLICE):
            self._push(at, (chunk, places[start : start + _SLICE]))

    def later(self, delay: float, parcel: Parcel) -> None:
        """Deliver a parcel after `delay` seconds."""
        self._push(time.time() + delay, parcel)

    def schedule(self, group: Group) -> None:
        """Fire a group at its time, unless that has been changed by then."""
        if group.scheduled_at is not None:
            self._push(group.scheduled_at, group)

    def call(self, at: float, act: Callable[[], None]) -> None:
        """Do something at the moment `at`."""
        self._push(at, act)

    def forget(self) -> None:
        """Drop everything but what was to be called."""
        self._heap = [one for one in self._heap if callable(one[2])]
        heapq.heapify(self._heap)

    def _push(self, at: float, due: Due) -> None:
        heapq.heappush(self._heap, (at, next(self._order), due))
        self._wake.set()

    def start(self) -> None:
        """Let the clock run."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop the clock."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            wait = self._heap[0][0] - time.time() if self._heap else None
            if wait is None or wait > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), wait)
                continue
            self._do(heapq.heappop(self._heap)[2])
            await asyncio.sleep(0)

    def _do(self, due: Due) -> None:
        if isinstance(due, Parcel):
            self.deliver(due)
        elif isinstance(due, Group):
            if due.scheduled_at is not None and due.scheduled_at <= time.time():
                self.fire(due)
        elif isinstance(due, tuple):
            self._reveal(*due)
        else:
            due()
