"""Whether this database is the office, or a copy of it that must send nothing by itself.

A database knows when it has become another one: restoring to a point in time and taking over from a
standby begin a new timeline, and what is copied row by row lies in another cluster, or in another
database of the same one.
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
    """Which database it is: the cluster's own number, its timeline, and the number (oid) of the
    database in it; 0 where that was not written down yet."""

    system: str
    timeline: int
    database: int = 0


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
    if known.system != here.system:
        return True
    # Beside the first in one cluster: `createdb --template`, or a dump that was read in.
    if known.database and known.database != here.database:
        return True
    return known.timeline != here.timeline and not (
        trust_failover and known.timeline < here.timeline
    )


def was_set_back(mark: Mark | None, here: Mark) -> bool:
    """Whether files of the database were replaced by older ones, which it cannot notice itself."""
    if mark is None or here.flushed >= mark.flushed:
        return False
    # The log is the cluster's, whichever of its databases is looked at.
    was, now = mark.identity, here.identity
    return (was.system, was.timeline) == (now.system, now.timeline)
