"""A worker's sign of life, with the lanes it serves."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Sequence

from alimnaru.rules.channel import Lane
from alimnaru.store.ledger import beats
from alimnaru.version import VERSION


class Pulse:
    """Beats for one process; `close` takes the sign away when it ends in good order."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._id = uuid.uuid4().hex
        self._host = socket.gethostname()[:64]
        self._lanes = [lane.value for lane in lanes]

    def beat(self) -> None:
        """Say that it lives."""
        beats.beat(self._id, self._host, VERSION, self._lanes)

    def close(self) -> None:
        """Say that it ends."""
        beats.end(self._id)
