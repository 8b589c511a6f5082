"""The machine with the data: `python -m tests.stories.data_host FOLDER ADDRESS`.

PostgreSQL and the sandbox listen on 127.0.0.1 only; both are passed on at ADDRESS:5432 and
ADDRESS:8100. Prints `{"database", "credentials"}` when it is ready; ends on SIGTERM.
"""

from __future__ import annotations

import json
import selectors
import signal
import socket
import sys
import threading
from pathlib import Path

from alimnaru.ops.embedded import Embedded
from sandbox.process import start
from tests.stories.houses import credentials_of

PORTS = {"database": 5432, "sandbox": 8100}


def main(folder: str, address: str) -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    carrier = start(arguments=["--report-delay-ms", "200", "--no-patterns", "--latency-ms", "40"])
    with Embedded(Path(folder) / "postgres", port=54321, durable=False) as server:
        pass_on(address, PORTS["database"], 54321)
        pass_on(address, PORTS["sandbox"], carrier.port)
        credentials = json.loads(credentials_of(carrier))
        credentials["url"] = f"http://{address}:{PORTS['sandbox']}"
        url = server.tcp_url().replace("127.0.0.1:54321", f"{address}:{PORTS['database']}")
        told = {"database": url, "credentials": json.dumps(credentials), "sandbox": carrier.url}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        ended.wait()
    carrier.stop()


def pass_on(address: str, port: int, to: int) -> None:
    """Pass connections on to a port of this machine, each in a thread."""
    listening = socket.create_server((address, port), backlog=64)

    def accept() -> None:
        while True:
            ours, _ = listening.accept()
            # As the server would notice it: a host whose link was cut says no goodbye.
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 3), ("TCP_KEEPCNT", 3)):
                ours.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
            theirs = socket.create_connection(("127.0.0.1", to))
            threading.Thread(target=_both_ways, args=[ours, theirs], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def _both_ways(one: socket.socket, other: socket.socket) -> None:
    with one, other, selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in selector.select():
                try:
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr] # both are sockets
                    if not data:
                        return
                    key.data.sendall(data)
                except OSError:
                    return


if __name__ == "__main__":
    main(*sys.argv[1:])
