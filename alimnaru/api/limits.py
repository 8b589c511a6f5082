"""Limits of a key: calls a minute, messages a Seoul day. Answered with the header fields of the
IETF draft (draft-ietf-httpapi-ratelimit-headers-10): `RateLimit-Policy` and `RateLimit`.

A web process takes a hundredth of a limit out of the shared count at a time and gives it out
itself: the limit is never exceeded, and a key with 650 calls a second is no hot row. What a
process has in hand when it ends is lost for that minute or day.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from alimnaru.api.principal import KeyAuth, Principal
from alimnaru.api.problems import Refused
from alimnaru.rules.api_problems import ApiProblem
from alimnaru.store.ledger import api_uses

MINUTE, DAY = "minute", "day"
#: Share of a limit that is taken out at a time.
SHARE = 100


@dataclass(slots=True)
class _Hand:
    """What this process holds of one window of one key."""

    starts_at: datetime
    left: int = 0
    #: What nobody holds, as last seen.
    rest: int = 0


class Limits:
    """The limits of all keys, for one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hands: dict[tuple[int, str], _Hand] = {}

    def spend(self, who: Principal, window: str, count: int = 1) -> int:
        """Use `count` of a window; how much is left as far as is known. Raises `Refused`."""
        limit = who.key.per_minute if window == MINUTE else who.key.per_day
        starts_at = _start(window, timezone.now())
        with self._lock:
            hand = self._hands.get((who.key.pk, window))
            if hand is None or hand.starts_at != starts_at:
                hand = self._hands[who.key.pk, window] = _Hand(starts_at)
            if hand.left < count and not _take_out(hand, who.key.pk, window, count, limit):
                raise _exhausted(window, limit, starts_at)
            hand.left -= count
            return hand.left + hand.rest

    def give_back(self, who: Principal, window: str, count: int = 1) -> None:
        """What was spent on what did not come about; of a window that is over nothing."""
        starts_at = _start(window, timezone.now())
        with self._lock:
            hand = self._hands.get((who.key.pk, window))
            if hand is not None and hand.starts_at == starts_at:
                hand.left += count

    def left(self, who: Principal, window: str) -> dict[str, int]:
        """A window's limit, what is left of it for this process at least, and for how long."""
        limit = who.key.per_minute if window == MINUTE else who.key.per_day
        starts_at = _start(window, timezone.now())
        taken = api_uses.used(who.key.pk, window, starts_at)
        with self._lock:
            hand = self._hands.get((who.key.pk, window))
            held = hand.left if hand is not None and hand.starts_at == starts_at else 0
        left = max(0, limit - taken + held)
        return {"limit": limit, "left": left, "seconds": _seconds_left(window, starts_at)}


def _take_out(hand: _Hand, key: int, window: str, count: int, limit: int) -> bool:
    short = count - hand.left
    for wanted in (max(short, limit // SHARE), short):
        taken = api_uses.take(key, window, hand.starts_at, count=wanted, limit=limit)
        if taken is not None:
            hand.left += wanted
            hand.rest = limit - taken
            return True
    hand.rest = 0
    return False


def _start(window: str, now: datetime) -> datetime:
    if window == MINUTE:
        return now.replace(second=0, microsecond=0)
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _exhausted(window: str, limit: int, starts_at: datetime) -> Refused:
    wait = _seconds_left(window, starts_at)
    headers = {"Retry-After": str(wait), **_fields(window, limit, 0, wait)}
    return Refused(ApiProblem.RATE_LIMITED, headers=headers)


def _seconds_left(window: str, starts_at: datetime) -> int:
    lasts = timedelta(minutes=1) if window == MINUTE else timedelta(days=1)
    return max(1, round((starts_at + lasts - timezone.now()).total_seconds()))


def _fields(window: str, limit: int, left: int, wait: int) -> dict[str, str]:
    lasts = 60 if window == MINUTE else 86_400
    return {
        "RateLimit-Policy": f'"{window}";q={limit};w={lasts}',
        "RateLimit": f'"{window}";r={left};t={wait}',
    }


limits = Limits()


class MeteredAuth(KeyAuth):
    """Signs a program in and counts the call."""

    def authenticate(self, request: HttpRequest, token: str) -> Principal | None:
        """As `KeyAuth`; raises `Refused` once the minute's calls are used up."""
        who = super().authenticate(request, token)
        if who is not None:
            # Where the answer is given its headers (`api.handler`).
            request.META[_LEFT] = (who, limits.spend(who, MINUTE))
        return who


_LEFT = "alimnaru.minute_left"


def tell(request: HttpRequest, answer: HttpResponseBase) -> None:
    """Say on an answer what is left of the minute, if its caller has signed in."""
    found = request.META.get(_LEFT)
    if found is None or "RateLimit" in answer.headers:
        return
    who, left = found
    wait = _seconds_left(MINUTE, _start(MINUTE, timezone.now()))
    for name, value in _fields(MINUTE, who.key.per_minute, left, wait).items():
        answer.headers[name] = value
