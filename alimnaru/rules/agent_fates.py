"""What an older system is told of a message that it put into an SMS agent's table.

Agents of the four vendors have lists of codes of their own, all of them for the same few ends;
`sources.agents` holds a list for each layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal


class Fate(StrEnum):
    """How a message ended, as telcos told it before there was Alimtalk."""

    DELIVERED = "delivered"
    NO_SUBSCRIBER = "no_subscriber"
    NUMBER_MALFORMED = "number_malformed"
    SUSPENDED = "suspended"
    BUSY = "busy"
    OFF = "off"
    FULL = "full"
    HANDSET = "handset"
    REFUSED = "refused"
    SPAM = "spam"
    TIMEOUT = "timeout"
    TOO_OLD = "too_old"
    TEXT = "text"
    TOO_LONG = "too_long"
    SENDER = "sender"
    OTHER = "other"


_BY_RESULT: Final[Mapping[str, Fate]] = {
    Result.DELIVERED: Fate.DELIVERED,
    Result.NUMBER_WRONG: Fate.NO_SUBSCRIBER,
    Result.NUMBER_SUSPENDED: Fate.SUSPENDED,
    Result.HANDSET_BUSY: Fate.BUSY,
    Result.HANDSET_OFF: Fate.OFF,
    Result.HANDSET_FULL: Fate.FULL,
    Result.HANDSET_CANNOT: Fate.HANDSET,
    Result.REFUSED_BY_RESIDENT: Fate.REFUSED,
    Result.SPAM_BLOCKED: Fate.SPAM,
    Result.TIMED_OUT: Fate.TIMEOUT,
    Result.MAY_ARRIVE_LATER: Fate.TIMEOUT,
    Result.TEXT_REFUSED: Fate.TEXT,
    Result.SENDER_REFUSED: Fate.SENDER,
}
_BY_REFUSAL: Final[Mapping[str, Fate]] = {
    Refusal.PHONE_EMPTY: Fate.NUMBER_MALFORMED,
    Refusal.PHONE_TWO: Fate.NUMBER_MALFORMED,
    Refusal.PHONE_LANDLINE: Fate.NUMBER_MALFORMED,
    Refusal.PHONE_DEAD_PREFIX: Fate.NO_SUBSCRIBER,
    Refusal.PHONE_TOO_SHORT: Fate.NUMBER_MALFORMED,
    Refusal.PHONE_TOO_LONG: Fate.NUMBER_MALFORMED,
    Refusal.PHONE_NOT_A_NUMBER: Fate.NUMBER_MALFORMED,
    Refusal.PHONE_FOREIGN: Fate.NUMBER_MALFORMED,
    Refusal.PHONE_PLACEHOLDER: Fate.NUMBER_MALFORMED,
    Refusal.VALUE_EMPTY: Fate.TEXT,
    Refusal.SMS_TOO_LONG: Fate.TOO_LONG,
    Refusal.EXPIRED: Fate.TOO_OLD,
}
_BY_STATE: Final[Mapping[str, Fate]] = {
    MessageState.DELIVERED: Fate.DELIVERED,
    # Old systems show "수신 거부" for a phone whose holder asked for nothing more.
    MessageState.SUPPRESSED: Fate.REFUSED,
    MessageState.EXPIRED: Fate.TIMEOUT,
    MessageState.UNKNOWN: Fate.TIMEOUT,
    MessageState.CANCELLED: Fate.OTHER,
}


def fate_of(state: str, code: str | None) -> Fate:
    """The end of a message by its state and its code."""
    if state == MessageState.FAILED:
        return _BY_RESULT.get(code or "", Fate.OTHER)
    return _BY_STATE.get(state, Fate.OTHER)


def fate_of_refusal(refusal: str) -> Fate:
    """The end of a row that was not taken on."""
    return _BY_REFUSAL.get(refusal, Fate.OTHER)
