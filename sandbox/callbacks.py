"""Reports on their way to the callback address: batches, retries, and faults on request."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

import httpx

from sandbox.chance import share
from sandbox.codes import STATUS_JSON
from sandbox.settings import Settings
from sandbox.store import Chunk
from sandbox.wire import ACCOUNT, encode, iso

ATTEMPTS = 5
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


class Courier:
    """Takes parcels and delivers them. `close` is told of each report once; `later` waits."""

    def __init__(self, settings: Callable[[], Settings], close: Close, later: Later) -> None:
        self._settings = settings
        self._close = close
        self._later = later
        self._queue: deque[Parcel] = deque()
        self._wake = asyncio.Event()
        self._workers: list[asyncio.Task[None]] = []
        self._client: httpx.AsyncClient | None = None
        self.counts: Counter[str] = Counter()

    def start(self) -> None:
        """Begin to deliver."""
        # Proxy settings of the environment would carry reports off this machine.
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)
        self._workers = [asyncio.create_task(self._work()) for _ in range(_WORKERS)]

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
        self._queue.clear()
        self.counts.clear()

    def post(self, chunk: Chunk, places: Sequence[int]) -> None:
        """Take reports that have just become due."""
        settings = self._settings()
        self.counts["pending"] += len(places)
        if settings.callback_url is None:
            self._settle(chunk, places, "u")
            return
        if settings.callback_lost or settings.callback_duplicate or settings.callback_reorder:
            places = self._disturb(chunk, places, settings)
        if places:
            self.put(Parcel(chunk, places))

    def put(self, parcel: Parcel) -> None:
        """Queue a parcel."""
        self._queue.append(parcel)
        self._wake.set()

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

    async def _work(self) -> None:
        while True:
            batch = self._take(self._settings().callback_batch)
            if not batch:
                self._wake.clear()
                await self._wake.wait()
                continue
            await self._deliver(batch)

    def _take(self, room: int) -> list[Parcel]:
        batch: list[Parcel] = []
        while room and self._queue:
            head, rest = self._queue.popleft().split(room)
            if rest is not None:
                self._queue.appendleft(rest)
            batch.append(head)
            room -= len(head.places)
        return batch

    async def _deliver(self, batch: list[Parcel]) -> None:
        settings = self._settings()
        if settings.callback_url is None or self._client is None:
            for parcel in batch:
                self._finish(parcel, "u")
            return
        self.counts["posts"] += 1
        try:
            reply = await self._client.post(
                settings.callback_url,
                content=encode_batch(batch),
                headers={"Content-Type": "application/json"},
            )
            delivered = reply.status_code == httpx.codes.OK
        except (httpx.HTTPError, httpx.InvalidURL):
            delivered = False
        for parcel in batch:
            if delivered:
                self._finish(parcel, "d")
            else:
                self._try_again(parcel, settings)

    def _try_again(self, parcel: Parcel, settings: Settings) -> None:
        self.counts["failed_posts"] += 1
        parcel.attempt += 1
        if parcel.attempt >= ATTEMPTS:
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


def encode_batch(batch: Sequence[Parcel]) -> bytes:
    """The body of a callback: an array of single reports."""
    items: list[str] = []
    for parcel in batch:
        items += _encode_parcel(parcel)
    return f"[{','.join(items)}]".encode()


def _encode_parcel(parcel: Parcel) -> list[str]:
    chunk, base = parcel.chunk, parcel.chunk.base
    to, custom = list(chunk.to), list(chunk.custom)
    code, shape = chunk.code, chunk.shape
    now, ids = iso(time.time()), chunk.head
    begin = f'{{"eventDataId":"EVT{ids[3:]}'
    starts = [_shape_json(chunk, number) for number in range(len(chunk.shapes))]
    dates = (
        f',"dateProcessed":"{iso(chunk.group.sent_at)}","dateReported":"{now}",'
        f'"dateReceived":"{now}","networkCode":null,"accountId":"{ACCOUNT}","customFields":'
    )
    end = f'}},"retryCount":{parcel.attempt}}}'
    items: list[str] = []
    for i in parcel.places:
        status, own = code[i], custom[i]
        number = f"{base + i:08X}"
        kind, shared = starts[shape[i]]
        if chunk.replaced:
            kind = chunk.type_of(i)
        fields = f'{{"ref":"{own}"}}' if type(own) is str else chunk.custom_json(i)
        items.append(
            f'{begin}{number}","data":{{"messageId":"{ids}{number}",{shared}"type":"{kind}",'
            f'"to":"{to[i]}",{STATUS_JSON[status]}{dates}{fields}{end}'
        )
    return items


def _shape_json(chunk: Chunk, number: int) -> tuple[str, str]:
    shape = chunk.shapes[number]
    shared = f'"groupId":"{chunk.group.group_id}","from":{encode(shape.sender).decode()},'
    if shape.pf_id is not None:
        options = {
            "pfId": shape.pf_id,
            "templateId": shape.template_id,
            "disableSms": shape.disable_sms,
        }
        shared += f'"kakaoOptions":{encode(options).decode()},'
    return shape.type, shared
