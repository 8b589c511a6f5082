"""Signing a request as SOLAPI asks: HMAC-SHA256 over the date and a salt.

The signature covers neither path nor body, and SOLAPI refuses one that it has seen within 15
minutes, or whose date is 15 minutes off: every request is signed anew, with a fresh salt.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Generator
from datetime import UTC, datetime

import httpx


def sign(secret: str, date: str, salt: str) -> str:
    """The lower-case hexadecimal signature of `date` and `salt`."""
    return hmac.new(secret.encode(), (date + salt).encode(), "sha256").hexdigest()


class SolapiAuth(httpx.Auth):
    """Signs each request that passes. `now` gives an aware time, `salt` 12 to 64 characters."""

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        salt: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._key = api_key
        self._secret = api_secret
        self._now = now
        self._salt = salt

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the header on `request`."""
        date = self._now().isoformat(timespec="milliseconds")
        salt = self._salt()
        signature = sign(self._secret, date, salt)
        request.headers["Authorization"] = (
            f"HMAC-SHA256 apiKey={self._key}, date={date}, salt={salt}, signature={signature}"
        )
        yield request
