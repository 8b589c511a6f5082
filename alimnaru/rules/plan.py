"""Which channel a message takes, and what follows when a try ends badly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Action, Result, action_for

#: Seconds before a try that failed for the carrier's own reasons is repeated on its channel, by
#: number of tries so far. Telcos themselves ring a phone that is off for 24 to 48 hours, so what
#: comes back about a handset is final.
RETRY_AFTER: dict[Channel, tuple[int, ...]] = {
    Channel.ALIMTALK: (30,),
    Channel.SMS: (60, 300),
    Channel.LMS: (60, 300),
    Channel.MMS: (60, 300),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What the notice says about reaching people. `fallback` is None where SMS must not follow."""

    first: Channel = Channel.ALIMTALK
    fallback: Channel | None = Channel.SMS
    #: Told minutes later it is worthless, so even our own mistake falls back.
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """No final word yet."""


@dataclass(frozen=True, slots=True)
class Settle:
    """The message ends here."""

    state: MessageState


@dataclass(frozen=True, slots=True)
class Move:
    """The message takes another try: `channel`, after `delay` seconds, as try `try_no` there."""

    channel: Channel
    delay: int = 0
    try_no: int = 1


Step = Wait | Settle | Move


def next_step(  # noqa: PLR0911 - one return for each action
    policy: Policy, channel: Channel, try_no: int, result: Result
) -> Step:
    """What follows `result` of the `try_no`-th try (from 1) on `channel`."""
    match action_for(result):
        case Action.WAIT:
            return Wait()
        case Action.DONE:
            return Settle(MessageState.DELIVERED)
        case Action.UNCERTAIN:
            return Settle(MessageState.UNKNOWN)
        case Action.BAD_NUMBER | Action.STOP:
            return Settle(MessageState.FAILED)
        case Action.RETRY:
            delays = RETRY_AFTER[channel]
            if try_no <= len(delays):
                return Move(channel, delays[try_no - 1], try_no + 1)
            return _next_channel(policy, channel)
        case Action.OUR_MISTAKE:
            # Falling back would repeat the mistake at twice the price: a person must look first.
            return _next_channel(policy, channel) if policy.urgent else Settle(MessageState.FAILED)
        case Action.NEXT_CHANNEL:
            return _next_channel(policy, channel)
        case never:
            assert_never(never)


def after_silence(policy: Policy, channel: Channel) -> Step:
    """What follows when the carrier has said nothing for as long as the notice can wait."""
    step = _next_channel(policy, channel)
    return step if isinstance(step, Move) else Wait()


def _next_channel(policy: Policy, channel: Channel) -> Step:
    if channel is Channel.ALIMTALK and policy.fallback is not None:
        return Move(policy.fallback)
    return Settle(MessageState.FAILED)
