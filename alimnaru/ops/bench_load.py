"""A load of API calls from a few keep-alive connections, as cheap as Python makes it: the caller
stands for other machines, and every moment it takes is taken from what is measured."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Load:
    """What came of it. `took` in seconds from the moment a call was due to its answer's last byte;
    `answers` by status."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    #: Message id → wall clock at which its acceptance had been read.
    accepted: dict[int, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Calls answered a second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the calls was answered."""
        ranked = sorted(self.took)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1000 if ranked else 0.0


class _Line:
    """One keep-alive connection with at most one call on it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self._read = b""

    def call(self, request: bytes, due: float) -> None:
        self.due = due
        self._read = b""
        self.socket.sendall(request)

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body once all of it is here. Raises ConnectionError."""
        data = self.socket.recv(65_536)
        if not data:
            raise ConnectionError("the server hung up")
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found:
            return None
        at = head.lower().index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        return (int(head[9:12]), body) if len(body) >= length else None


def for_seconds(seconds: float) -> Callable[[], bool]:
    """Going on for so long from now."""
    until = time.perf_counter() + seconds
    return lambda: time.perf_counter() < until


def drive(
    address: tuple[str, int],
    requests: Callable[[], bytes],
    *,
    lines: int,
    going: Callable[[], bool],
    rate: float | None = None,
) -> Load:
    """Call as long as it is `going` over `lines` connections: as fast as answers come, or `rate`
    calls a second whether or not answers come (then a late start counts as waiting)."""
    load = Load()
    watched = selectors.DefaultSelector()
    free = deque(_Line(address) for _ in range(lines))
    for line in free:
        watched.register(line.socket, selectors.EVENT_READ, line)
    started = time.perf_counter()
    due = _dues(started, rate)
    next_due = next(due)
    try:
        while going():
            now = time.perf_counter()
            while free and next_due <= now:
                free.popleft().call(requests(), next_due if rate else now)
                next_due = next(due)
            wait = max(0.0, next_due - now) if free else 0.5
            for key, _ in watched.select(min(wait, 0.5)):
                _take(key.data, load, free)
    finally:
        load.seconds = time.perf_counter() - started
        for line in [key.data for key in watched.get_map().values()]:
            line.socket.close()
        watched.close()
    return load


def _dues(started: float, rate: float | None) -> Iterator[float]:
    number = 0
    while True:
        yield started + (number / rate if rate else 0.0)
        number += 1


def _take(line: _Line, load: Load, free: deque[_Line]) -> None:
    answer = line.answer()
    if answer is None:
        return
    status, body = answer
    load.took.append(time.perf_counter() - line.due)
    load.answers[status] = load.answers.get(status, 0) + 1
    if status == 202:
        load.accepted[int(json.loads(body)["id"])] = time.time()
    free.append(line)
