"""The two clients. What can be asked stands in `calls`; here is only how: now, or awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import update_wrapper
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar

import httpx

from alimnaru.client import calls
from alimnaru.client.calls import Call
from alimnaru.client.shapes import Page
from alimnaru.client.trying import Tries, read, request_of, turned

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds for one try.
TIMEOUT = 30.0
#: Tries after the first.
RETRIES = 3


def _settings(url: str, key: str) -> dict[str, Any]:
    return {
        "base_url": f"{url.rstrip('/')}/api/v1/",
        "headers": {
            "Authorization": f"Bearer {key}",
            "Accept": "application/json",
            "User-Agent": "alimnaru-client",
        },
    }


# ---- now -----------------------------------------------------------------------------------------


class _Now(Generic[P, T]):
    """A method that makes a call and gives its answer."""

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        self._build = build

    def __get__(self, part: _Part, _: type | None = None) -> Callable[P, T]:
        def method(*args: P.args, **kwargs: P.kwargs) -> T:
            return part.client.make(self._build(*args, **kwargs))

        return update_wrapper(method, self._build)


class _Each(Generic[P, T]):
    """A method that gives what stands in a list, page after page as it is read."""

    def __init__(self, build: Callable[P, Call[Page[T]]]) -> None:
        self._build = build

    def __get__(self, part: _Part, _: type | None = None) -> Callable[P, Iterator[T]]:
        def method(*args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
            call: Call[Page[T]] | None = self._build(*args, **kwargs)
            while call is not None:
                page = part.client.make(call)
                yield from page.data
                call = turned(call, page.next) if page.next else None

        return update_wrapper(method, self._build)


class _Part:
    def __init__(self, client: Client) -> None:
        self.client = client


class Messages(_Part):
    """Single messages, and many in one call."""

    send = _Now(calls.send)
    send_many = _Now(calls.send_many)
    get = _Now(calls.get_message)
    list = _Each(calls.list_messages)
    cancel = _Now(calls.cancel_message)


class Batches(_Part):
    """Batches that are filled in pieces."""

    open = _Now(calls.open_batch)
    add = _Now(calls.add_rows)
    close = _Now(calls.close_batch)
    cancel = _Now(calls.cancel_batch)
    get = _Now(calls.get_batch)
    list = _Each(calls.list_batches)
    refused = _Each(calls.list_refused)


class Notices(_Part):
    """What may be sent, and in which words."""

    list = _Each(calls.list_notices)
    get = _Now(calls.get_notice)
    templates = _Each(calls.list_templates)
    preview = _Now(calls.preview)


class Preferences(_Part):
    """What residents want."""

    get = _Now(calls.get_preferences)
    set = _Now(calls.set_preference)
    end = _Now(calls.end_preference)


class Consents(_Part):
    """Who agreed to be served."""

    get = _Now(calls.get_consents)
    record = _Now(calls.record_consent)
    end = _Now(calls.end_consent)


class _Whole(_Part):
    dry_run = _Now(calls.dry_run)
    tallies = _Each(calls.list_tallies)
    me = _Now(calls.get_me)


class Client:
    """An office, by one of its keys. Any number of threads may use it. A context manager.

    `url` is where the console is, without a path. `http`: a client of your own, for proxies or
    certificates; its `base_url` and headers are set here.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        http: httpx.Client | None = None,
    ) -> None:
        settings = _settings(url, key)
        self._http = http or httpx.Client(timeout=timeout)
        self._http.base_url = settings["base_url"]
        self._http.headers.update(settings["headers"])
        self._retries = retries
        self.messages = Messages(self)
        self.batches = Batches(self)
        self.notices = Notices(self)
        self.preferences = Preferences(self)
        self.consents = Consents(self)
        whole = _Whole(self)
        self.dry_run = whole.dry_run
        self.tallies = whole.tallies
        self.me = whole.me

    def make(self, call: Call[T]) -> T:
        """Make a call, again where that can help. Raises `Problem` or `NoAnswer`."""
        tries = Tries(self._retries)
        while True:
            try:
                response = self._http.send(request_of(self._http, call))
            except httpx.TransportError as error:
                pause = tries.after_failure(error)
            else:
                if response.is_success:
                    return read(call, response)
                pause = tries.after_answer(response)
            time.sleep(pause)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()


# ---- awaited -------------------------------------------------------------------------------------


class _Later(Generic[P, T]):
    """A method whose answer is awaited."""

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        self._build = build

    def __get__(
        self, part: _AsyncPart, _: type | None = None
    ) -> Callable[P, Coroutine[Any, Any, T]]:
        async def method(*args: P.args, **kwargs: P.kwargs) -> T:
            return await part.client.make(self._build(*args, **kwargs))

        return update_wrapper(method, self._build)


class _EachLater(Generic[P, T]):
    """A method over whose list one goes with `async for`."""

    def __init__(self, build: Callable[P, Call[Page[T]]]) -> None:
        self._build = build

    def __get__(self, part: _AsyncPart, _: type | None = None) -> Callable[P, AsyncIterator[T]]:
        async def method(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
            call: Call[Page[T]] | None = self._build(*args, **kwargs)
            while call is not None:
                page = await part.client.make(call)
                for one in page.data:
                    yield one
                call = turned(call, page.next) if page.next else None

        return update_wrapper(method, self._build)


class _AsyncPart:
    def __init__(self, client: AsyncClient) -> None:
        self.client = client


class AsyncMessages(_AsyncPart):
    """As `Messages`, awaited."""

    send = _Later(calls.send)
    send_many = _Later(calls.send_many)
    get = _Later(calls.get_message)
    list = _EachLater(calls.list_messages)
    cancel = _Later(calls.cancel_message)


class AsyncBatches(_AsyncPart):
    """As `Batches`, awaited."""

    open = _Later(calls.open_batch)
    add = _Later(calls.add_rows)
    close = _Later(calls.close_batch)
    cancel = _Later(calls.cancel_batch)
    get = _Later(calls.get_batch)
    list = _EachLater(calls.list_batches)
    refused = _EachLater(calls.list_refused)


class AsyncNotices(_AsyncPart):
    """As `Notices`, awaited."""

    list = _EachLater(calls.list_notices)
    get = _Later(calls.get_notice)
    templates = _EachLater(calls.list_templates)
    preview = _Later(calls.preview)


class AsyncPreferences(_AsyncPart):
    """As `Preferences`, awaited."""

    get = _Later(calls.get_preferences)
    set = _Later(calls.set_preference)
    end = _Later(calls.end_preference)


class AsyncConsents(_AsyncPart):
    """As `Consents`, awaited."""

    get = _Later(calls.get_consents)
    record = _Later(calls.record_consent)
    end = _Later(calls.end_consent)


class _AsyncWhole(_AsyncPart):
    dry_run = _Later(calls.dry_run)
    tallies = _EachLater(calls.list_tallies)
    me = _Later(calls.get_me)


class AsyncClient:
    """As `Client`, for one event loop. An asynchronous context manager."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        settings = _settings(url, key)
        self._http = http or httpx.AsyncClient(timeout=timeout)
        self._http.base_url = settings["base_url"]
        self._http.headers.update(settings["headers"])
        self._retries = retries
        self.messages = AsyncMessages(self)
        self.batches = AsyncBatches(self)
        self.notices = AsyncNotices(self)
        self.preferences = AsyncPreferences(self)
        self.consents = AsyncConsents(self)
        whole = _AsyncWhole(self)
        self.dry_run = whole.dry_run
        self.tallies = whole.tallies
        self.me = whole.me

    async def make(self, call: Call[T]) -> T:
        """Make a call, again where that can help. Raises `Problem` or `NoAnswer`."""
        tries = Tries(self._retries)
        while True:
            try:
                response = await self._http.send(request_of(self._http, call))
            except httpx.TransportError as error:
                pause = tries.after_failure(error)
            else:
                if response.is_success:
                    return read(call, response)
                pause = tries.after_answer(response)
            await asyncio.sleep(pause)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self.close()
