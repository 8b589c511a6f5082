"""Whether this database is the office, or a copy of it that must send nothing by itself.

A database knows when it has become another one: restoring to a point in time and taking over from a
standby begin a new timeline, and what is copied row by row lies in another cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Pause(StrEnum):
    """Why nothing is sent."""

    PERSON = "person"
    #: The database is a copy: what it takes for unsent may have gone since it was made.
    COPY = "copy"


class Unsure(StrEnum):
    """What becomes of messages of which no carrier tells whether they went."""

    SEND = "send"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which database it is: the cluster's own number, and its timeline."""

    system: str
    timeline: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a database had come when it was last seen from outside: a byte of its log that was on
    the disk, and never goes back."""

    identity: Identity
    flushed: int


def is_copy(known: Identity, here: Identity, *, trust_failover: bool) -> bool:
    """Whether the rows were written by another database than the one that holds them.

    `trust_failover`: a standby that takes over has every commit (it is synchronous), so another
    timeline of the same cluster is the office going on.
    """
    return known.system != here.system or (
        known.timeline != here.timeline and not (trust_failover and known.timeline < here.timeline)
    )


def was_set_back(mark: Mark | None, here: Mark) -> bool:
    """Whether files of the database were replaced by older ones, which it cannot notice itself."""
    return mark is not None and mark.identity == here.identity and here.flushed < mark.flushed
