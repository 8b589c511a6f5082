"""When a channel counts as out of order, and what may be spent on the way round it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum, auto

from alimnaru.rules.channel import Channel

#: For these a notice's fallback may stand in while they are off. For a text nothing can.
REPLACEABLE = frozenset({Channel.ALIMTALK})
#: An emergency is never silenced, neither by a ceiling nor by patience.
EMERGENCY = "P0"
#: What is worthless minutes later does not wait to see whether a short disturbance passes.
URGENT = frozenset({"P0", "P1"})


class Reason(StrEnum):
    """Who switched a channel off."""

    BREAKER = "breaker"
    PERSON = "person"


class Weather(StrEnum):
    """What the breakers of all accounts of a channel say together."""

    FINE = auto()
    #: None works, but one lets a first chunk through again.
    CLEARING = auto()
    OUT = auto()


def weather(breakers: Collection[str]) -> Weather:
    """Of the breaker states (closed, half, open) of the accounts that could carry a channel.

    Without any account nothing is out of order: there is nothing that could be.
    """
    if not breakers or "closed" in breakers:
        return Weather.FINE
    return Weather.CLEARING if "half" in breakers else Weather.OUT


def may_move(priority: str, reason: Reason, lasted: timedelta, patience: timedelta) -> bool:
    """Whether held messages of a notice may go to SMS by now.

    A person who switches a channel off has decided. A breaker may close again within a minute, and
    a list of a hundred thousand would have been sent by SMS for nothing.
    """
    return reason is Reason.PERSON or priority in URGENT or lasted >= patience


def affordable(messages: int, price: Decimal, priority: str, left: Decimal | None) -> int:
    """How many of `messages` the rest of a ceiling pays for; `left` is None where there is none."""
    if left is None or priority == EMERGENCY or not price:
        return messages
    return max(0, min(messages, int(left // price)))
