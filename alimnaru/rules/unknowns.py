"""What may become of a message whose outcome no carrier will tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal

#: The code of a message that was settled as delivered without a carrier's word.
COUNTED_AS_SENT: Final = "counted_as_sent"


class Choice(StrEnum):
    """What a person, or the notice's rule, decides."""

    SENT = "sent"  # count it as delivered
    SMS = "sms"  # tell them by text, at the risk of telling them twice
    LEAVE = "leave"  # it stays unknown, and the case is closed


@dataclass(frozen=True, slots=True)
class Case:
    """What decides about the ways out.

    `channel` is that of the try in question; `text` the channel by which the notice's wording can
    follow, None where no text may; `over`: too late to say, or no longer possible to write.
    """

    channel: Channel
    text: Channel | None
    over: bool
    cancelled: bool


def why_no_sms(case: Case) -> Refusal | None:
    """Why no text may follow, or None if one may."""
    if case.cancelled:
        return Refusal.CANCELLED_BY_STAFF
    if case.text is None:
        return Refusal.NO_CHANNEL_LEFT
    return Refusal.EXPIRED if case.over else None


def allowed(case: Case) -> tuple[Choice, ...]:
    """What a person may choose."""
    return tuple(c for c in Choice if c is not Choice.SMS or why_no_sms(case) is None)


def by_rule(on_unknown: str, case: Case) -> Choice:
    """What the notice's rule comes to when nobody has decided in time.

    A rule sends one text after an Alimtalk, and never a second text after a first: two that nobody
    can tell about are for a person to judge.
    """
    choice = Choice(on_unknown) if on_unknown in set(Choice) else Choice.LEAVE
    if choice is Choice.SMS and (case.channel is not Channel.ALIMTALK or why_no_sms(case)):
        return Choice.LEAVE
    return choice
