"""The token of a hand-over, and how long it may be used.

It is made here, so nothing at NHN has to be asked for it. An Alimtalk carries it twice: as the
idempotency key, under which NHN takes one request in ten minutes and refuses the others, and as
the sender's grouping key, by which its lists can be searched. SMS v3.0 has no idempotency key
(none in its guide of 2026-06), so there it is the grouping key alone.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Seconds for which NHN refuses a repeated key (its guide of v2.3: ten minutes).
KEY_SECONDS = 600.0

#: Seconds after which an SMS hand-over that was cut, and that NHN does not list, is taken to have
#: been lost on the way. NHN names no such time. What is known: we wait 30 s for an answer, and ten
#: minutes is what NHN itself finds long enough to tell a repeat from a new request.
QUIET_SECONDS = 600.0

_TOKEN = re.compile(r"(\d{13})-[A-Za-z0-9-]{1,60}-[0-9a-f]{16}")
_FOREIGN = re.compile(r"[^A-Za-z0-9-]")


@dataclass(frozen=True, slots=True)
class Fence:
    """Seconds in a token's life.

    Until `leaves` a hand-over may set out. From `settles` on nothing can arrive under it any more:
    the stretch between them is what a request may spend stalled on its way or in NHN's queues.
    """

    leaves: float
    settles: float


def kakao_fence(key_seconds: float) -> Fence:
    """Of an Alimtalk. A repeat leaves within half of the key's window, so that it arrives in it
    although the key's clock began at NHN and ours at `prepare`."""
    return Fence(leaves=key_seconds / 2, settles=key_seconds * 1.5)


def phone_fence(quiet_seconds: float) -> Fence:
    """Of an SMS, LMS or MMS."""
    return Fence(leaves=quiet_seconds / 4, settles=quiet_seconds)


def make_token(reference: str) -> str:
    """`<milliseconds since 1970>-<reference>-<random>`: at most 91 characters of NHN's 100."""
    moment = round(time.time() * 1_000)
    return f"{moment:013d}-{_FOREIGN.sub('-', reference)[:60] or '-'}-{secrets.token_hex(8)}"


def made_at(token: str) -> datetime:
    """When a token was made. Raises `ValueError` for what is none of ours."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise ValueError("not a token of this carrier")
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found[1]))


def is_ours(token: str) -> bool:
    """Whether it is a token of this carrier."""
    return _TOKEN.fullmatch(token) is not None


def age_of(token: str) -> float:
    """Seconds since a token was made, by this machine's clock."""
    return (datetime.now(UTC) - made_at(token)).total_seconds()
