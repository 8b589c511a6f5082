"""A port that is another one: `python -m tests.stories.passing ADDRESS PORT TO PORT`."""

from __future__ import annotations

import selectors
import socket
import sys
import threading

#: As `settings.py` has the server set it for each session, which here ends at us.
_NOTICING = {
    "TCP_KEEPIDLE": 5,
    "TCP_KEEPINTVL": 3,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 15_000,
}


def pass_on(at: tuple[str, int], to: tuple[str, int]) -> None:
    """Pass connections on to another port, each in a thread."""
    listening = socket.create_server(at, backlog=64)

    def accept() -> None:
        while True:
            ours, _ = listening.accept()
            # As the server would notice it: a host whose link was cut says no goodbye.
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _NOTICING.items():
                ours.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
            theirs = socket.create_connection(to)
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
    pass_on((sys.argv[1], int(sys.argv[2])), (sys.argv[3], int(sys.argv[4])))
    threading.Event().wait()
