"""Both clients, driven by the same tests: what is awaited is awaited here."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from alimnaru.client import AsyncClient, Client


@dataclass(frozen=True, slots=True)
class Served:
    """Where an office is served, and a key for it."""

    url: str
    key: str


class _Runner:
    """A loop in a thread of its own: a browser's tests may have left one running in this thread."""

    def __init__(self, thread: ThreadPoolExecutor, runner: asyncio.Runner) -> None:
        self._thread = thread
        self._runner = runner

    def run(self, awaited: Coroutine[Any, Any, Any]) -> Any:
        return self._thread.submit(self._runner.run, awaited).result()


@contextmanager
def _running() -> Iterator[_Runner]:
    with ThreadPoolExecutor(1) as thread:
        runner = asyncio.Runner()
        try:
            yield _Runner(thread, runner)
        finally:
            thread.submit(runner.close).result()


class _Awaiting:
    """An asynchronous client, or a part of one, as if it were none."""

    def __init__(self, part: Any, runner: _Runner) -> None:
        self._part = part
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if not callable(found):
            return _Awaiting(found, self._runner)

        def call(*args: Any, **kwargs: Any) -> Any:
            result = found(*args, **kwargs)
            if inspect.isasyncgen(result):
                return self._runner.run(_collect(result))
            return self._runner.run(result)

        return call


async def _collect(of: AsyncIterator[Any]) -> list[Any]:
    return [one async for one in of]


@contextmanager
def driven(kind: str, at: Served, *, transport: Any = None, **more: Any) -> Iterator[Any]:
    """A client of a kind: `sync` or `async`. `transport` stands for the network."""
    if kind == "sync":
        http = httpx.Client(transport=transport, trust_env=False, timeout=30)
        with Client(at.url, at.key, http=http, **more) as client:
            yield client
        return
    with _running() as runner:
        awaited = httpx.AsyncClient(transport=transport, trust_env=False, timeout=30)
        client_ = AsyncClient(at.url, at.key, http=awaited, **more)
        yield _Awaiting(client_, runner)
        runner.run(client_.close())
