"""Another program that takes webhooks: a real server in a thread, which may be down or rude."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook as Verifier


@dataclass(frozen=True, slots=True)
class Got:
    """A call as it came in."""

    id: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    def verify(self, secret: str) -> None:
        """By the specification's own library. Raises if the signature is none of `secret`'s."""
        Verifier(secret).verify(self.body.decode(), self.headers)


#: Taken, but the connection breaks before the answer.
CUT = 299
#: What is answered to a call: a status, and headers.
Reply = tuple[int, dict[str, str]]


@dataclass(slots=True)
class Receiver:
    """Listens on a port of its own, also while it is "down": then nobody accepts there."""

    port: int
    got: list[Got] = field(default_factory=list)
    refused: list[Got] = field(default_factory=list)
    #: Decides about a call; None: it is taken.
    answer: Callable[[Got], Reply] | None = None
    _server: ThreadingHTTPServer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    def up(self) -> None:
        """Answer from now on."""

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            receiver = self

            def do_POST(self) -> None:
                self.receiver.take(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            connections: list[socket.socket] = []  # noqa: RUF012 - a class for each start

            def get_request(self) -> tuple[socket.socket, Any]:
                found = super().get_request()
                self.connections.append(found[0])
                return found

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    def down(self) -> None:
        """Answer nobody, and cut who is connected."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        for connection in self._server.connections:  # type: ignore[attr-defined]  # of `up`
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server = None

    def take(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers["Content-Length"])
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Got(headers["webhook-id"], headers, request.rfile.read(length))
        with self._lock:
            status, more = self.answer(call) if self.answer is not None else (204, {})
            (self.got if 200 <= status < 300 else self.refused).append(call)
        if status == CUT:
            request.close_connection = True
            return
        request.send_response(status)
        for name, value in more.items():
            request.send_header(name, value)
        if status != 204:
            request.send_header("Content-Length", "0")
        request.end_headers()

    def ids(self) -> list[str]:
        return [call.id for call in self.got]

    def states(self) -> dict[int, list[str]]:
        """What was told of each message, in the order in which it came; each event once."""
        told: dict[int, list[str]] = {}
        seen: set[str] = set()
        for call in self.got:
            data = call.event["data"]
            if "message" in data and call.id not in seen:
                seen.add(call.id)
                told.setdefault(int(data["message"]), []).append(data["state"])
        return told


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that is up."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Receiver(port)
    found.up()
    try:
        yield found
    finally:
        found.down()
