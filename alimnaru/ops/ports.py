"""Ports of this machine: a free one, and whether somebody answers on one."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers_on(port: int) -> Callable[[], bool]:
    """A readiness check for `Cluster.add`: somebody accepts connections on 127.0.0.1:`port`."""

    def ready() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    return ready
