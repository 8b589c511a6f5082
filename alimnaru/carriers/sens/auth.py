"""Signing a request as Naver Cloud's API gateway asks: HMAC-SHA256 over what is asked and when.

The string to sign is `{METHOD} {path?query}\\n{timestamp}\\n{access key}`, the time in milliseconds
since 1970. The body is not signed. This is the last of our code that a request passes before its
bytes leave, so it is also here that a hand-over which has become too old is stopped.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx

from alimnaru.carriers.base import NotSent


def sign(secret: str, method: str, target: str, timestamp: str, access_key: str) -> str:
    """The signature, in Base64. `target` is path and query exactly as they travel."""
    message = f"{method} {target}\n{timestamp}\n{access_key}"
    return base64.b64encode(hmac.digest(secret.encode(), message.encode(), "sha256")).decode()


class SensAuth(httpx.Auth):
    """Signs each request that passes. `now` gives an aware time."""

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._key = access_key
        self._secret = secret_key
        self._now = now
        self._until: datetime | None = None

    @contextmanager
    def until(self, last: datetime) -> Iterator[None]:
        """Let a request be signed within this block no later than `last`. Raises `NotSent`."""
        self._until = last
        try:
            yield
        finally:
            self._until = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the three headers on `request`."""
        now = self._now()
        if self._until is not None and now > self._until:
            # This process was stopped on its way here. The signature would be fresh while the
            # token is not, and whoever asked about the token may have been told "nothing".
            raise NotSent("TokenTooOld")
        timestamp = str(round(now.timestamp() * 1_000))
        target = request.url.raw_path.decode("ascii")
        request.headers["x-ncp-apigw-timestamp"] = timestamp
        request.headers["x-ncp-iam-access-key"] = self._key
        request.headers["x-ncp-apigw-signature-v2"] = sign(
            self._secret, request.method, target, timestamp, self._key
        )
        yield request
