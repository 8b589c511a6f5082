"""What became of one attempt, in our words, and what to do about it.

Each carrier maps its own codes onto `Result` in its `codes.py`; what follows from a result is
decided here once for all carriers.
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What a result asks of the flow."""

    WAIT = "wait"  # no final word yet
    DONE = "done"  # the resident has it
    NEXT_CHANNEL = "next_channel"  # this channel will never reach them; another may
    RETRY = "retry"  # the same channel, later, a limited number of times
    BAD_NUMBER = "bad_number"  # the number is wrong on every channel
    OUR_MISTAKE = "our_mistake"  # configuration, template or money: sending on repeats it
    STOP = "stop"  # the resident or the regulator refused: no other channel either
    UNCERTAIN = "uncertain"  # it may still arrive: a fallback could tell them twice


class Result(StrEnum):
    """The outcome of an attempt, whichever carrier told it."""

    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"

    NOT_A_USER = "not_a_user"
    BLOCKED = "blocked"
    UNREACHABLE_ON_KAKAO = "unreachable_on_kakao"
    KAKAO_TOO_OLD = "kakao_too_old"

    CARRIER_DOWN = "carrier_down"
    HANDSET_BUSY = "handset_busy"
    HANDSET_OFF = "handset_off"
    HANDSET_FULL = "handset_full"
    HANDSET_CANNOT = "handset_cannot"
    NO_ROUTE = "no_route"

    NUMBER_WRONG = "number_wrong"
    NUMBER_SUSPENDED = "number_suspended"

    TEMPLATE_MISMATCH = "template_mismatch"
    TEMPLATE_MISSING = "template_missing"
    CHANNEL_REFUSED = "channel_refused"
    SENDER_REFUSED = "sender_refused"
    REQUEST_WRONG = "request_wrong"
    TEXT_REFUSED = "text_refused"
    ACCOUNT_REFUSED = "account_refused"
    BALANCE_EMPTY = "balance_empty"

    REFUSED_BY_RESIDENT = "refused_by_resident"
    SPAM_BLOCKED = "spam_blocked"
    DUPLICATE = "duplicate"

    TIMED_OUT = "timed_out"
    MAY_ARRIVE_LATER = "may_arrive_later"
    UNRECOGNISED = "unrecognised"


ACTIONS: dict[Result, Action] = {
    Result.ACCEPTED: Action.WAIT,
    Result.IN_TRANSIT: Action.WAIT,
    Result.DELIVERED: Action.DONE,
    Result.NOT_A_USER: Action.NEXT_CHANNEL,
    # Blocking a channel's Alimtalk refuses that channel, not the office's SMS (kakao 3020).
    Result.BLOCKED: Action.NEXT_CHANNEL,
    Result.UNREACHABLE_ON_KAKAO: Action.NEXT_CHANNEL,
    Result.KAKAO_TOO_OLD: Action.NEXT_CHANNEL,
    Result.CARRIER_DOWN: Action.RETRY,
    Result.NO_ROUTE: Action.RETRY,
    # The telco itself rings a phone for 24 hours (SMS) to 80 (LMS) before it says one of these.
    Result.HANDSET_BUSY: Action.NEXT_CHANNEL,
    Result.HANDSET_OFF: Action.NEXT_CHANNEL,
    Result.HANDSET_FULL: Action.NEXT_CHANNEL,
    Result.HANDSET_CANNOT: Action.NEXT_CHANNEL,
    Result.NUMBER_WRONG: Action.BAD_NUMBER,
    Result.NUMBER_SUSPENDED: Action.BAD_NUMBER,
    Result.TEMPLATE_MISMATCH: Action.OUR_MISTAKE,
    Result.TEMPLATE_MISSING: Action.OUR_MISTAKE,
    Result.CHANNEL_REFUSED: Action.OUR_MISTAKE,
    Result.SENDER_REFUSED: Action.OUR_MISTAKE,
    Result.REQUEST_WRONG: Action.OUR_MISTAKE,
    Result.TEXT_REFUSED: Action.OUR_MISTAKE,
    Result.ACCOUNT_REFUSED: Action.OUR_MISTAKE,
    Result.BALANCE_EMPTY: Action.OUR_MISTAKE,
    Result.REFUSED_BY_RESIDENT: Action.STOP,
    Result.SPAM_BLOCKED: Action.STOP,
    # The carrier dropped a second copy: the first one is the one that counts.
    Result.DUPLICATE: Action.UNCERTAIN,
    Result.TIMED_OUT: Action.UNCERTAIN,
    Result.MAY_ARRIVE_LATER: Action.UNCERTAIN,
    # A code nobody has seen yet must not send a second message on a guess.
    Result.UNRECOGNISED: Action.UNCERTAIN,
}


def action_for(result: Result) -> Action:
    """What the flow does next about `result`."""
    return ACTIONS[result]
