"""The token of a hand-over: an idempotency key of ours, with the moment it was made in it.

Bizgo remembers a key for as long as its request says (`idempotencyTtl`, a day at most) from the
first request that it took, which is never before the token was made. In shares of that life:

    0          made
    … REPEAT   a repeat is safe, with room for it to wait and to be tried again
    … LAST     the last moment at which a request under the token leaves this machine
    … 1        whatever left has arrived or never will: what Bizgo holds now is all it will hold

Between LAST and 1 lie 2.4 hours of a day: a process that was stopped, a queue that was stalled and
two clocks that differ have to fit into them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from alimnaru.carriers.base import NotSent

REPEAT = 0.8
LAST = 0.9
#: A reservation takes no key, so nothing refuses one that arrives late: its share of the fence is
#: small.
LAST_RESERVATION = 0.25

_TOKEN = re.compile(r"([0-9a-f]{8,12})-[0-9a-f]{12}")

#: In the place of what is random in a token.
_RECALLED = "0" * 12

Clock = Callable[[], datetime]


def make(now: datetime) -> str:
    """A new token of 21 characters: Bizgo groups by it, and names no limit for a group's key."""
    return f"{int(now.timestamp()):08x}-{secrets.token_hex(6)}"


def made_at(token: str) -> datetime:
    """When a token was made, to the second below. Raises `NotSent` for what is none."""
    if (match := _TOKEN.fullmatch(token)) is None:
        raise NotSent("NotAToken")
    return datetime.fromtimestamp(int(match[1], 16), UTC)


def recalled(since: datetime) -> str:
    """The token of what Bizgo took from a moment on, where ours is lost: its history tells the
    reference of each message, and no group. Nothing is ever sent under it."""
    return f"{int(since.timestamp()):08x}-{_RECALLED}"


def is_recalled(token: str) -> bool:
    """Whether nothing is known of the token but the moment from which on it was made."""
    return token.endswith(_RECALLED)


def guard(token: str, age: timedelta, clock: Clock) -> Callable[[], None]:
    """Refuses to let a request go once the token is of that age. What it raises is `NotSent`."""
    last = made_at(token) + age

    def check() -> None:
        if is_recalled(token):
            raise NotSent("RecalledToken")
        if clock() >= last:
            raise NotSent("TokenTooOld")

    return check
