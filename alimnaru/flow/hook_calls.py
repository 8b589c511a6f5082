"""One call of a webhook: to an allowed machine, bounded in time and size, never redirected.

httpcore rather than httpx: the address is judged at the moment of each connection, and only the
network backend knows that moment. Between judging and connecting no name is looked up again.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache

import httpcore
import httpx
import msgspec
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream, SyncBackend

from alimnaru.carriers.http import read_retry_after
from alimnaru.rules.hook_hosts import InsideHosts, may_call
from alimnaru.rules.webhooks import CallFault

#: Seconds for a call from the first look-up to the last byte of the answer (the specification:
#: 15 to 30).
TIMEOUT = 15.0
#: Bytes of an answer that are read: only its status says anything.
MOST_READ = 64 * 1024
#: Seconds that an idle connection is kept.
KEEP_ALIVE = 30.0

_HEADERS = (("Content-Type", "application/json"), ("User-Agent", "alimnaru"))
_LIMITS = {"connect": 5.0, "read": TIMEOUT, "write": TIMEOUT, "pool": TIMEOUT}


class Answer(msgspec.Struct, frozen=True):
    """What came of a call: a status, or why there is none."""

    status: int | None
    fault: CallFault | None = None
    retry_after: float | None = None

    @property
    def is_taken(self) -> bool:
        """The receiver has it."""
        return self.status is not None and 200 <= self.status < 300


class _NotAllowedError(Exception):
    """The name stands for no machine that may be called."""


_MEANT: tuple[tuple[type[Exception], CallFault], ...] = (
    (_NotAllowedError, CallFault.NOT_ALLOWED),
    (httpcore.TimeoutException, CallFault.TIMEOUT),
    (TimeoutError, CallFault.TIMEOUT),
    (httpcore.NetworkError, CallFault.UNREACHABLE),
    (httpcore.ProtocolError, CallFault.UNREACHABLE),
    (httpcore.UnsupportedProtocol, CallFault.UNREACHABLE),
    (OSError, CallFault.UNREACHABLE),
)
_FAULTS = tuple(kind for kind, _ in _MEANT)


class _Deadline(threading.local):
    """When the call of this thread has lasted long enough, by the monotonic clock."""

    at = 0.0

    def left(self, timeout: float | None) -> float:
        return min(TIMEOUT if timeout is None else timeout, self.at - time.monotonic())


_deadline = _Deadline()


class Caller:
    """One webhook's connections, kept alive between calls. Any number of threads."""

    def __init__(self, url: str, inside: InsideHosts, connections: int) -> None:
        self.url = url
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted() if url.lower().startswith("https:") else None,
            max_connections=connections,
            keepalive_expiry=KEEP_ALIVE,
            network_backend=_Guarded(inside),
        )

    def call(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post `body`. Never raises: whatever happens is an answer."""
        _deadline.at = time.monotonic() + TIMEOUT
        try:
            try:
                return self._post(headers, body)
            except (httpcore.ReadError, httpcore.WriteError, httpcore.ProtocolError):
                # A kept connection that the receiver has closed meanwhile. The same id may come
                # twice, so asking again is safe.
                return self._post(headers, body)
        except _FAULTS as error:
            return Answer(None, _fault(error))

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def _post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        sent = [*_HEADERS, *headers.items()]
        limits = {"timeout": dict(_LIMITS)}
        with self._pool.stream(
            "POST", self.url, headers=sent, content=body, extensions=limits
        ) as response:
            read = 0
            for part in response.iter_stream():
                read += len(part)
                if read > MOST_READ:
                    break
        taken = 200 <= response.status < 300
        rest = None if taken else read_retry_after(_header(response, b"retry-after"))
        return Answer(response.status, None if taken else CallFault.STATUS, rest)


def _fault(error: Exception) -> CallFault:
    if isinstance(error, ssl.SSLError) or isinstance(error.__context__, ssl.SSLError):
        return CallFault.CERTIFICATE
    return next(fault for kind, fault in _MEANT if isinstance(error, kind))


def _header(response: httpcore.Response, name: bytes) -> str | None:
    found = next((value for key, value in response.headers if key.lower() == name), None)
    return None if found is None else found.decode("latin-1")


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The certificates that carriers are judged by too; `SSL_CERT_FILE` adds an office's own."""
    return httpx.create_ssl_context()


class _Guarded(NetworkBackend):
    """Connects only where it is allowed, to the very address that was judged."""

    def __init__(self, inside: InsideHosts) -> None:
        self._inside = inside
        self._plain = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            # The second for a name that none can be: a label is empty or of more than 63 letters.
            raise httpcore.ConnectError(type(error).__name__) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = [a for a in addresses if may_call(host, a, self._inside)]
        if not allowed:
            raise _NotAllowedError
        for address in allowed[:-1]:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(allowed[-1], port, timeout, local_address, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[SOCKET_OPTION] | None,
    ) -> NetworkStream:
        left = _deadline.left(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout
        stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
        return _Bounded(stream)


class _Bounded(NetworkStream):
    """A connection on which a receiver that sends a byte now and then gains no time."""

    def __init__(self, stream: NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _deadline.left(timeout)
        if left <= 0:
            raise httpcore.ReadTimeout
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = _deadline.left(timeout)
        if left <= 0:
            raise httpcore.WriteTimeout
        self._stream.write(buffer, left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        left = _deadline.left(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
