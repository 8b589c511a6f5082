"""From where somebody acts: what the audit and the access log write beside who did it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    """The surface by which an act came in."""

    CONSOLE = "console"
    API = "api"
    CLI = "cli"
    #: Nobody's: a worker's own doing.
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Whence:
    """`address`: of the caller, as the web process saw it; empty for who sits at the machine."""

    address: str = ""
    via: Via = Via.SYSTEM


_NOBODY = Whence()
_here: ContextVar[Whence] = ContextVar("whence", default=_NOBODY)


def here() -> Whence:
    """From where the act comes that is under way in this thread."""
    return _here.get()


@contextmanager
def coming(address: str, via: Via) -> Iterator[None]:
    """What is done inside comes from there."""
    token = _here.set(Whence(address[:45], via))
    try:
        yield
    finally:
        _here.reset(token)
