"""Calls that the office makes: verified, then read. Standard Webhooks 1.0."""

from __future__ import annotations

import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from alimnaru.client.errors import BadSignature

#: Seconds by which the office's clock and ours may differ; an older call is somebody's copy.
TOLERANCE = 300


class Event(msgspec.Struct, frozen=True):
    """Something that happened. The same `id` may come twice: keep those that you have seen."""

    id: str
    #: `message.delivered`, `batch.finished`, …
    type: str
    timestamp: datetime
    #: For messages: message, reference, batch, notice, state, channel, code, attempt, sandbox.
    data: dict[str, Any]


class _Body(msgspec.Struct):
    type: str
    timestamp: datetime
    data: dict[str, Any]


def verify(
    secret: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance: float = TOLERANCE,
) -> Event:
    """The event of a call. Raises `BadSignature`; answer that with 400.

    `secret` as the console showed it (`whsec_…`), or several while one takes another's place.
    `body` as it came, before anything has read it.
    """
    secrets = [secret] if isinstance(secret, str) else list(secret)
    said = {name.lower(): value for name, value in headers.items()}
    try:
        number, sent_at, marks = (
            said[f"webhook-{name}"] for name in ("id", "timestamp", "signature")
        )
        if abs(time.time() - int(sent_at)) > tolerance:
            raise BadSignature("too old, or a clock is wrong")
    except (KeyError, ValueError):
        raise BadSignature("headers are missing") from None
    signed = f"{number}.{sent_at}.".encode() + body
    given = [mark.removeprefix("v1,") for mark in marks.split() if mark.startswith("v1,")]
    if not any(_matches(one, signed, given) for one in secrets):
        raise BadSignature("the signature is none of the secret's")
    try:
        found = msgspec.json.decode(body, type=_Body)
    except msgspec.MsgspecError:
        raise BadSignature("no event") from None
    return Event(number, found.type, found.timestamp, found.data)


def _matches(secret: str, signed: bytes, given: Sequence[str]) -> bool:
    key = b64decode(secret.removeprefix("whsec_"))
    mark = b64encode(hmac.digest(key, signed, "sha256"))
    return any(hmac.compare_digest(mark, one.encode()) for one in given)
