"""Canaries: what a message to the office's own phone says about the way it took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alimnaru.rules.channel import Lane
from alimnaru.rules.lifecycle import MessageState

#: How often they may be sent, in minutes: each costs a message for every lane and contract, and
#: none in two hours would let a broken morning pass unseen.
MINUTES: Final = range(5, 121)
#: How long a canary may take before it counts as late. Urgent notices promise minutes; a lane of
#: lists may stand behind a long one.
LATE: Final[Mapping[Lane, timedelta]] = {
    Lane.URGENT: timedelta(minutes=2),
    Lane.NORMAL: timedelta(minutes=10),
    Lane.BULK: timedelta(minutes=60),
}
#: After this nobody waits for it any more.
GIVEN_UP: Final = timedelta(hours=6)


class Song(StrEnum):
    """How a canary fared."""

    WAITING = "waiting"
    ARRIVED = "arrived"
    #: It arrived, or may still, but took longer than its lane may take.
    LATE = "late"
    FAILED = "failed"


class CanaryFault(StrEnum):
    """Why canaries are not switched on."""

    MINUTES = "canary_minutes"
    NO_OFFICE = "canary_no_office"
    NO_SENDER = "canary_no_sender"


class Stand(StrEnum):
    """How something stands, by what is measured."""

    WELL = "well"
    #: It works, by another contract or more slowly.
    SLOW = "slow"
    DOWN = "down"
    #: Nothing measures it.
    UNMEASURED = "unmeasured"


def song(
    lane: Lane, sent: datetime, state: MessageState, done: datetime | None, now: datetime
) -> Song:
    """What is to be said of it at `now`. `done`: when it ended, if it has."""
    if state is MessageState.DELIVERED and done is not None:
        return Song.ARRIVED if done - sent <= LATE[lane] else Song.LATE
    if state is not MessageState.PENDING or now - sent > GIVEN_UP:
        return Song.FAILED
    return Song.WAITING


def is_overdue(lane: Lane, sent: datetime, now: datetime) -> bool:
    """Whether one that still waits has waited for too long."""
    return now - sent > LATE[lane]
