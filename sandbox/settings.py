"""What can be set: at the start, and later through the control API."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from sandbox.outcomes import read_mix

# The protocol that settings without a name mean.
FIRST = "solapi"

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """Times are milliseconds, shares are 0 to 1."""

    seed: int = 0
    patterns: bool = True
    mix: dict[str, dict[str, float]] = {}
    latency_ms: int = 0
    report_delay_ms: int = 300
    answer_after_ms: int = 3_000
    late_after_ms: int = 60_000
    callback_url: str | None = None
    callback_duplicate: float = 0.0
    callback_reorder: float = 0.0
    callback_lost: float = 0.0
    callback_batch: int = 500
    # Waits between the five attempts.
    retry_ms: tuple[int, ...] = (1_000, 3_000, 9_000, 27_000)
    # Name of the KakaoTalk channel on the phones, where a template names none.
    channel: str = "모의 발신 채널"
    # Registered sender numbers; None accepts every well-formed one.
    senders: list[str] | None = None
    # "refuse" answers 1042 to 1052 at once, "result" accepts and reports 3103 or 3105.
    mismatch: Literal["refuse", "result"] = "refuse"
    alimtalk_limit: int = 1_000
    # Won on the account that each protocol has.
    balance: float = 1_000_000_000.0
    # Callback addresses and secrets of protocols other than SOLAPI, by name.
    callback_urls: dict[str, str] = {}
    callback_secrets: dict[str, str] = {}
    # From the request for a review to its end; None waits for `decide`.
    review_delay_ms: int | None = 0
    # A template whose body holds this text is rejected, with a comment.
    review_reject: str = ""
    # By protocol: active, dormant, blocked or gone.
    profile_states: dict[str, str] = {}
    # Messages per second by protocol.
    rate_limits: dict[str, float] = {}
    # Seconds in which a repeated idempotency key is refused (NHN: 10 minutes).
    nhn_key_seconds: float = 600.0
    # Seconds; None takes what the request says.
    bizgo_key_seconds: float | None = None
    # Seconds that a timestamp may be off (SENS: 5 minutes).
    sens_skew_seconds: float = 300.0

    def callback_of(self, protocol: str) -> str | None:
        """Where the results of a protocol go."""
        found = self.callback_urls.get(protocol)
        return found or (self.callback_url if protocol == FIRST else None)


def changed(settings: Settings, changes: dict[str, Any]) -> Settings:
    """`settings` with `changes` made. Raises `ValueError` if the result makes no sense."""
    merged = {**msgspec.to_builtins(settings), **changes}
    result = msgspec.convert(merged, Settings)
    read_mix(result.mix)
    for url in (result.callback_url, *result.callback_urls.values()):
        if url is not None:
            check_callback_url(url)
    for share in (result.callback_duplicate, result.callback_reorder, result.callback_lost):
        if not 0 <= share <= 1:
            raise ValueError(f"not a probability: {share}")
    if not 1 <= result.callback_batch <= 500:
        raise ValueError("a callback carries 1 to 500 reports")
    return result


def check_callback_url(url: str) -> None:
    """Refuse any address outside this machine: numbers and texts must not leave it.

    Raises `ValueError`.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.hostname not in _LOOPBACK:
        raise ValueError("a callback goes to 127.0.0.1, ::1 or localhost only")
