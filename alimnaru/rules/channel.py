"""The ways to a resident's phone."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """A channel as it stands in tables, in plans and in prices."""

    ALIMTALK = "alimtalk"
    SMS = "sms"
    LMS = "lms"
    MMS = "mms"


class Lane(StrEnum):
    """Which queue a chunk waits in. A later lane delays an earlier one by a call at most."""

    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class Priority(StrEnum):
    """How soon a notice is worthless, and who goes first where not all can go."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
