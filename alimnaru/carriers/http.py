"""The one way out to a carrier over HTTP: bounded in time, kept, and translated.

How a call can end, and what it means for the people in it:

    httpx.RequestError
    ├── never left     ConnectError, ConnectTimeout, PoolTimeout, ProxyError,
    │                  UnsupportedProtocol                       → NotSent
    └── may have left  every other one: read, write, protocol,
                       decoding, redirects                       → InDoubt if the call fires,
                                                                   else NotSent
    an answer          any status                                → Reply, read by the carrier

A call *fires* if it alone makes messages leave the carrier. For every other call an unknown end is
as good as none, because nobody has been told anything yet. Nothing is repeated here: a second
attempt is a decision of the flow, which has the chunk's row and its token.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from alimnaru.carriers.base import CarrierError, Exchange, InDoubt, NotSent, Tap

#: Seconds. No carrier documents how long it may take to register 1,000 messages.
TIMEOUT = httpx.Timeout(30.0, connect=5.0, pool=5.0)

JSON = "application/json"

#: Characters kept of each side of an exchange.
KEPT = 2_000

#: Seconds. A carrier that asks for more rest than this is asked again all the same.
LONGEST_REST = 3_600.0

NEVER_LEFT: tuple[type[httpx.RequestError], ...] = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    # Raised while a tunnel is set up, before the request itself.
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

_MOBILE = re.compile(r"(?<!\d)(\+?82[-. ]?0?|0)(1[016789])[-. ]?\d{3,4}[-. ]?(\d{4})(?!\d)")


class Reply(NamedTuple):
    """What came back. `retry_after` is the carrier's wish in seconds, if it named one."""

    status: int
    content: bytes
    retry_after: float | None


class Call(NamedTuple):
    """What is asked. See `Wire.call`."""

    method: str
    path: str
    body: bytes | None = None
    params: Mapping[str, str | int] | None = None
    headers: Mapping[str, str] | None = None
    guard: Callable[[], None] | None = None
    fires: bool = False


class Wire:
    """One carrier account's connections. Used by one thread at a time.

    Every exchange goes to `tap` before anybody reads the answer; `tap` must not raise.
    `secrets` are struck out wherever they turn up. Bodies are JSON; of any other (a picture) only
    the size and the type are kept.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth,
        tap: Tap,
        secrets: tuple[str, ...] = (),
        timeout: httpx.Timeout = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._tap = tap
        self._secrets = secrets
        self._client = httpx.Client(
            base_url=base_url,
            auth=auth,
            timeout=timeout,
            transport=transport,
            headers={"User-Agent": "alimnaru", "Accept": "application/json"},
            # An office's way out is often a proxy named in the environment; a carrier on this
            # machine must not be looked for there.
            trust_env=not is_loopback(base_url),
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        guard: Callable[[], None] | None = None,
        fires: bool = False,
    ) -> Reply:
        """Make one call. Raises `NotSent`, or `InDoubt` if it `fires` and may have left.

        `guard` is asked before the request leaves and once more when the connection stands, for
        this process may be stopped at any moment; what it raises keeps the request here.
        """
        end, kept = self._made(Call(method, path, body, params, headers, guard, fires))
        if kept is not None:
            self._tap(kept)
        if isinstance(end, CarrierError):
            raise end
        return end

    def call_together(self, calls: Sequence[Call]) -> list[Reply | CarrierError]:
        """Make some calls at the same time; what each brought or would have raised, in order."""
        with ThreadPoolExecutor(len(calls)) as pool:
            futures = [pool.submit(self._made, one) for one in calls]
            for future in as_completed(futures):
                # Here and not there: a tap may write to a database by its own thread's connection.
                if (kept := future.result()[1]) is not None:
                    self._tap(kept)
        return [future.result()[0] for future in futures]

    def _made(self, call: Call) -> tuple[Reply | CarrierError, Exchange | None]:
        """How a call ended, and what is to be kept of it: nothing if it stayed here."""
        content_type = {} if call.body is None else {"Content-Type": JSON}
        request = self._client.build_request(
            call.method,
            call.path,
            content=call.body,
            params=call.params,
            headers={**content_type, **(call.headers or {})},
        )
        started = time.perf_counter()
        try:
            if call.guard is not None:
                call.guard()
                request.extensions["trace"] = _just_before(call.guard)
            with translated(fires=call.fires):
                response = self._client.send(request)
        except CarrierError as error:
            why = error.__cause__
            left = isinstance(why, httpx.RequestError)
            return error, self._exchange(request, None, started, why) if left else None
        rest = read_retry_after(response.headers.get("Retry-After"))
        reply = Reply(response.status_code, response.content, rest)
        return reply, self._exchange(request, response, started)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def masked(self, text: str) -> str:
        """`text` without secrets and without whole mobile numbers."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return mask_numbers(text)

    def _exchange(
        self,
        request: httpx.Request,
        response: httpx.Response | None,
        started: float,
        error: BaseException | None = None,
    ) -> Exchange:
        return Exchange(
            method=request.method,
            path=self.masked(request.url.raw_path.decode("ascii")),
            status=None if response is None else response.status_code,
            request=self.masked(_told(request)),
            response="" if response is None else self.masked(cut(response.content)),
            milliseconds=round((time.perf_counter() - started) * 1_000),
            error="" if error is None else type(error).__name__,
        )


def _just_before(guard: Callable[[], None]) -> Callable[[str, object], None]:
    """A trace for httpcore that asks `guard` when the first byte of a request is about to go."""

    def trace(event: str, _info: object) -> None:
        if event.endswith("send_request_headers.started"):
            guard()

    return trace


@contextmanager
def translated(*, fires: bool) -> Iterator[None]:
    """Turn httpx's errors into what they mean for the people in the call."""
    try:
        yield
    except NEVER_LEFT as error:
        raise NotSent(type(error).__name__) from error
    except httpx.RequestError as error:
        raise (InDoubt if fires else NotSent)(type(error).__name__) from error


def cut(body: bytes, kept: int = KEPT) -> str:
    """The first `kept` characters of `body`, whatever its size and encoding."""
    # Four bytes hold any character: a body of megabytes is cut before it is decoded or searched.
    text = body[: kept * 4].decode("utf-8", "replace")[:kept]
    if len(text) == len(body) or len(text) < kept:
        return text
    # A number cut in two would slip past the mask.
    return text.rstrip("0123456789-. +")


def _told(request: httpx.Request) -> str:
    """What is kept of a request's body."""
    kind = request.headers.get("Content-Type", JSON)
    if kind.partition(";")[0] == JSON:
        return cut(request.content)
    return f"<{len(request.content)} bytes of {kind}>"


def mask_numbers(text: str) -> str:
    """`text` with the middle of every mobile number struck out: 010-****-1234."""
    return _MOBILE.sub(r"\1\2-****-\3", text)


def read_retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header (a number or an HTTP date), or None."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    # `not >=` also lets go of a NaN.
    return min(seconds, LONGEST_REST) if seconds >= 0 else 0.0


def is_loopback(base_url: str) -> bool:
    """Whether `base_url` stays on this machine."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
