"""What is done about a month beside the request that asks for it: a million lines take minutes."""

from __future__ import annotations

from enum import StrEnum


class MonthAct(StrEnum):
    """What a worker does."""

    CHARGE = "charge"
    STATEMENT = "statement"
    CLOSE = "close"


class WorkState(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    RUNNING = "running"
    #: A person must say which column is which.
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    #: Given up, or too old: its file was deleted.
    GONE = "gone"


class MonthState(StrEnum):
    """What can be done with a month."""

    RUNNING = "running"
    OPEN = "open"
    CLOSABLE = "closable"
    CLOSED = "closed"
    REOPENED = "reopened"
