"""The token of a hand-over and the times after which nothing can come of it any more.

SENS takes no key of ours and no reference, so nothing at its side refuses a repeat. What refuses
one is its gateway: a request whose signed time is more than `skew` seconds off is not let in
("x-ncp-apigw-timestamp … 5 minutes", SENS overview). So a token carries the moment it was made:

* `send` signs for a token only within `fresh` seconds of that moment, at the last step before the
  request leaves;
* a request signed then is refused by the gateway `skew` seconds later by the gateway's clock, and
  so after at most `2 * skew` by ours: whoever asks in `find` is let in himself, which proves that
  his clock is no more than `skew` off;
* what was let in is listed within `settle` seconds. How long a stalled server behind the gateway
  may take is documented nowhere; gateways give up on theirs within a minute.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FRESH_SECONDS = 30.0
#: The gateway's documented five minutes.
SKEW_SECONDS = 300.0
SETTLE_SECONDS = 60.0

_TOKEN = re.compile(r"sens\.(\d{13})\.[0-9a-f]{12}(?:\.[A-Za-z0-9_-]{0,60})?")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Fence:
    """Seconds; see the module's text."""

    fresh: float = FRESH_SECONDS
    skew: float = SKEW_SECONDS
    settle: float = SETTLE_SECONDS

    def last_signature(self, made: datetime) -> datetime:
        """Until when a request may be signed under a token made then."""
        return made + timedelta(seconds=self.fresh)

    def closed(self, made: datetime) -> datetime:
        """From when on nothing can be accepted under a token made then, and all is listed."""
        return made + timedelta(seconds=self.fresh + 2 * self.skew + self.settle)

    def stretch(self, made: datetime) -> tuple[datetime, datetime]:
        """When SENS, by its clock, may have accepted what was signed under a token made then."""
        first = made - timedelta(seconds=self.skew + 1)
        last = made + timedelta(seconds=self.fresh + 2 * self.skew + self.settle + 1)
        return first, last


def make_token(reference: str, now: datetime) -> str:
    """A token that tells its moment to the millisecond. `now` is aware; ≤ 100 characters."""
    kept = _UNSAFE.sub("-", reference)[:60]
    return f"sens.{round(now.timestamp() * 1_000):013d}.{secrets.token_hex(6)}.{kept}"


def moment_of(token: str) -> datetime | None:
    """When a token was made, or None if it is none of ours."""
    found = _TOKEN.fullmatch(token)
    return datetime.fromtimestamp(int(found[1]) / 1_000, UTC) if found else None
