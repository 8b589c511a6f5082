"""`Authorization: HMAC-SHA256 apiKey=…, date=…, salt=…, signature=…` as SOLAPI checks it."""

from __future__ import annotations

import hmac
import time
from collections import deque

from sandbox.wire import WireError, read_moment

API_KEY = "NCSSANDBOX000001"
API_SECRET = "SANDBOXSECRET0000000000000000001"  # noqa: S105 - a simulator keeps no secret
PROFILE = "KA01PF261123000000000000SANDBOX1"

# SOLAPI: 15 minutes of skew, and no signature twice within them.
WINDOW = 15 * 60
_DIGESTS = {"HMAC-SHA256": "sha256", "HMAC-MD5": "md5"}


def _refuse(code: str, message: str) -> WireError:
    return WireError(403, code, message)


def _parts(header: str) -> tuple[str, dict[str, str]]:
    scheme, _, rest = header.strip().partition(" ")
    parts: dict[str, str] = {}
    for pair in rest.split(","):
        key, equals, value = pair.partition("=")
        if equals:
            parts[key.strip().lower()] = value.strip()
    return scheme.upper(), parts


class Gatekeeper:
    """Checks requests and remembers signatures for as long as they could be replayed."""

    def __init__(self, api_key: str = API_KEY, api_secret: str = API_SECRET) -> None:
        self.api_key = api_key
        self.api_secret = api_secret
        self._seen: set[str] = set()
        self._order: deque[tuple[float, str]] = deque()

    def check(self, header: str | None, *, now: float | None = None) -> None:
        """Let a request in or raise `WireError` with HTTP 403."""
        now = time.time() if now is None else now
        scheme, parts = _parts(header or "")
        digest = _DIGESTS.get(scheme)
        if digest is None:
            raise _refuse("Forbidden", "인증 정보가 없거나 지원하지 않는 방식입니다.")
        if parts.get("apikey") != self.api_key:
            raise _refuse("InvalidAPIKey", "유효하지 않은 API Key입니다.")
        date, salt = parts.get("date", ""), parts.get("salt", "")
        self._check_date(date, now)
        signature = parts.get("signature", "")
        wanted = hmac.new(self.api_secret.encode(), (date + salt).encode(), digest).hexdigest()
        if not 12 <= len(salt) <= 64 or not hmac.compare_digest(
            wanted.encode(), signature.encode()
        ):
            raise _refuse("SignatureDoesNotMatch", "서명이 일치하지 않습니다.")
        self._remember(signature, now)

    def _check_date(self, date: str, now: float) -> None:
        try:
            skew = abs(read_moment(date) - now)
        except ValueError:
            raise _refuse("RequestTimeTooSkewed", "날짜 형식이 잘못되었습니다.") from None
        if skew > WINDOW:
            raise _refuse("RequestTimeTooSkewed", "요청 시각이 15분 넘게 다릅니다.")

    def _remember(self, signature: str, now: float) -> None:
        while self._order and self._order[0][0] < now:
            self._seen.discard(self._order.popleft()[1])
        if signature in self._seen:
            raise _refuse("DuplicatedSignature", "이미 사용한 서명입니다.")
        self._seen.add(signature)
        # A date 15 minutes ahead stays inside the window for 30: keep it for that long.
        self._order.append((now + 2 * WINDOW, signature))
