"""Reports on their way to a callback address: batches, retries, and faults on request.

Each protocol posts on lanes of its own, so that an address that hangs holds up nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import httpx

from sandbox.chance import share
from sandbox.protocol import Protocol
from sandbox.settings import Settings
from sandbox.store import Chunk

_WORKERS = 2
_TIMEOUT = 10.0
# How late an overtaken or repeated report comes, in seconds.
_LATENESS = 1.5


@dataclass(slots=True)
class Parcel:
    """Reports of one chunk. `echo` is a repetition: it changes no books."""

    chunk: Chunk
    places: Sequence[int]
    attempt: int = 0
    echo: bool = False
    overtaken: bool = False

    def split(self, size: int) -> tuple[Parcel, Parcel | None]:
        """The first `size` reports, and the rest."""
        if len(self.places) <= size:
            return self, None
        head = Parcel(self.chunk, self.places[:size], self.attempt, self.echo, self.overtaken)
        rest = Parcel(self.chunk, self.places[size:], self.attempt, self.echo, self.overtaken)
        return head, rest


# What became of reports: d delivered, l lost, g given up, u nobody to tell.
Close = Callable[[Chunk, Sequence[int], str], None]
Later = Callable[[float, Parcel], None]


@dataclass(slots=True)
class _Lane:
    protocol: Protocol
    queue: deque[Parcel] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, room: int) -> list[Parcel]:
        batch: list[Parcel] = []
        while room and self.queue:
            head, rest = self.queue.popleft().split(room)
            if rest is not None:
                self.queue.appendleft(rest)
            batch.append(head)
            room -= len(head.places)
        return batch


class Courier:
    """Takes parcels and delivers them. `close` is told of each report once; `later` waits."""

    def __init__(
        self,
        protocols: Mapping[str, Protocol],
        settings: Callable[[], Settings],
        close: Close,
        later: Later,
    ) -> None:
        self._protocols = protocols
        self._settings = settings
        self._close = close
        self._later = later
        self._lanes: dict[tuple[str, str], _Lane] = {}
        self._workers: list[asyncio.Task[None]] = []
        self._client: httpx.AsyncClient | None = None
        self.counts: Counter[str] = Counter()

    def start(self) -> None:
        """Begin to deliver."""
        # Proxy settings of the environment would carry reports off this machine.
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)
        for lane in self._lanes.values():
            self._man(lane)

    async def stop(self) -> None:
        """Stop delivering; what is under way is abandoned and comes again after a restart."""
        for worker in self._workers:
            worker.cancel()
        for worker in self._workers:
            with contextlib.suppress(asyncio.CancelledError):
                await worker
        if self._client is not None:
            await self._client.aclose()

    def forget(self) -> None:
        """Drop everything that waits."""
        for lane in self._lanes.values():
            lane.queue.clear()
        self.counts.clear()

    def post(self, chunk: Chunk, places: Sequence[int]) -> None:
        """Take reports that have just become due."""
        settings = self._settings()
        self.counts["pending"] += len(places)
        if settings.callback_of(chunk.group.protocol) is None:
            self._settle(chunk, places, "u")
            return
        if settings.callback_lost or settings.callback_duplicate or settings.callback_reorder:
            places = self._disturb(chunk, places, settings)
        if places:
            self.put(Parcel(chunk, places))

    def put(self, parcel: Parcel) -> None:
        """Queue a parcel."""
        protocol = self._protocols[parcel.chunk.group.protocol]
        key = (protocol.name, protocol.lane(parcel.chunk))
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(protocol)
            if self._client is not None:
                self._man(lane)
        lane.queue.append(parcel)
        lane.wake.set()

    def _man(self, lane: _Lane) -> None:
        self._workers += [asyncio.create_task(self._work(lane)) for _ in range(_WORKERS)]

    def _disturb(self, chunk: Chunk, places: Sequence[int], settings: Settings) -> list[int]:
        straight: list[int] = []
        seed = crc32(str(settings.seed).encode())
        for i in places:
            key = chunk.message_id(i).encode()
            lost, again, behind = (share(key + name, seed) for name in (b"l", b"d", b"r"))
            if lost < settings.callback_lost:
                self.counts["lost"] += 1
                self._settle(chunk, [i], "l")
                continue
            if again < settings.callback_duplicate:
                self.counts["duplicated"] += 1
                self._later(behind * _LATENESS, Parcel(chunk, [i], echo=True))
            if behind < settings.callback_reorder:
                self.counts["reordered"] += 1
                self._later(again * _LATENESS, Parcel(chunk, [i], overtaken=True))
                continue
            straight.append(i)
        return straight

    async def _work(self, lane: _Lane) -> None:
        while True:
            batch = lane.take(min(self._settings().callback_batch, lane.protocol.callback_most))
            if not batch:
                lane.wake.clear()
                await lane.wake.wait()
                continue
            await self._deliver(lane.protocol, batch)

    async def _deliver(self, protocol: Protocol, batch: list[Parcel]) -> None:
        settings = self._settings()
        url = settings.callback_of(protocol.name)
        post = None if url is None else protocol.encode(batch, settings)
        if url is None or post is None or self._client is None:
            for parcel in batch:
                self._finish(parcel, "u")
            return
        self.counts["posts"] += 1
        try:
            reply = await self._client.post(
                url + post.path,
                content=post.body,
                headers={"Content-Type": "application/json", **post.headers},
            )
            delivered = protocol.accepts_reply(reply)
        except (httpx.HTTPError, httpx.InvalidURL):
            delivered = False
        for parcel in batch:
            if delivered:
                self._finish(parcel, "d")
            else:
                self._try_again(parcel, settings, protocol.callback_tries)

    def _try_again(self, parcel: Parcel, settings: Settings, tries: int) -> None:
        self.counts["failed_posts"] += 1
        parcel.attempt += 1
        if parcel.attempt >= tries:
            self._finish(parcel, "g")
            return
        waits = settings.retry_ms or (1_000,)
        self._later(waits[min(parcel.attempt, len(waits)) - 1] / 1000, parcel)

    def _finish(self, parcel: Parcel, how: str) -> None:
        if parcel.echo:
            return
        self._settle(parcel.chunk, parcel.places, how)

    def _settle(self, chunk: Chunk, places: Sequence[int], how: str) -> None:
        count = len(places)
        self.counts["pending"] -= count
        name = {"d": "sent", "g": "given_up", "u": "unaddressed"}.get(how)
        if name:
            self.counts[name] += count
        self._close(chunk, places, how)
