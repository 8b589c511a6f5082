"""The carriers that the sandbox can be. A new one is a folder and a line here."""

from __future__ import annotations

from sandbox.bizgo.protocol import Bizgo
from sandbox.nhn.protocol import Nhn
from sandbox.protocol import Protocol
from sandbox.sens.protocol import Sens
from sandbox.solapi.protocol import Solapi


def every() -> list[Protocol]:
    """One of each."""
    return [Solapi(), Nhn(), Bizgo(), Sens()]
