"""Outgoing webhooks: what they tell, how they are signed, and when one is tried again.

Signed as the Standard Webhooks specification 1.0 says (standardwebhooks.com): HMAC-SHA256 over
`id.timestamp.body`, `v1,<base64>`, several signatures separated by blanks while a secret rotates.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final

PREFIX: Final = "whsec_"
#: How long an event is tried before it is kept as failed.
KEEP_TRYING: Final = timedelta(hours=72)


class EventType(StrEnum):
    """What is told. A message that has been told as ended may still change: a late success."""

    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_SUPPRESSED = "message.suppressed"
    MESSAGE_CANCELLED = "message.cancelled"
    MESSAGE_EXPIRED = "message.expired"
    MESSAGE_UNKNOWN = "message.unknown"
    BATCH_FINISHED = "batch.finished"


#: The type of an event about nothing, by which a receiver is tried.
TEST_EVENT: Final = "webhook.test"
#: The specification: the receiver wants nothing more.
GONE: Final = 410
#: The receiver asks for rest; with these its Retry-After is heeded.
RESTING: Final = frozenset({429, 502, 503, 504})


class CallFault(StrEnum):
    """Why a call came to nothing."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    #: An answer, but none that says that it was taken.
    STATUS = "status"
    CERTIFICATE = "certificate"
    #: The name stands for a machine inside that the operator has not allowed.
    NOT_ALLOWED = "not_allowed"


#: Seconds until the next try after so many that came to nothing; the last holds from then on.
_PAUSES: Final = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400)


def pause_after(setbacks: int) -> timedelta:
    """How long to leave a webhook alone that has failed `setbacks` times (from 1) in a row."""
    return timedelta(seconds=_PAUSES[min(setbacks, len(_PAUSES)) - 1])


def as_text(secret: bytes) -> str:
    """A secret as the receiver's library takes it."""
    return PREFIX + b64encode(secret).decode()


def from_text(secret: str) -> bytes:
    """The bytes of a secret. Raises ValueError."""
    return b64decode(secret.removeprefix(PREFIX), validate=True)


def headers(event_id: str, sent_at: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The three headers of a call at `sent_at` (Unix seconds), signed with each of `secrets`."""
    signed = f"{event_id}.{sent_at}.".encode() + body
    marks = [b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }
