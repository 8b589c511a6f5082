"""A client for other programs: `Client`, and `AsyncClient` for those that run on asyncio.

    from alimnaru.client import Client

    with Client("https://alimnaru.example", "an_live_…") as office:
        due = {"기한": "2026-12-01"}
        sent = office.messages.send("lib.due.soon", "010-0000-0000", variables=due)
        office.messages.get(sent.id).status

Needs httpx and msgspec, and nothing else of Alimnaru: the folder can be copied.
"""

from __future__ import annotations

from alimnaru.client.clients import AsyncClient, Client
from alimnaru.client.errors import (
    AlimnaruError,
    BadSignature,
    Conflict,
    NoAnswer,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Problem,
    RateLimited,
    Refused,
    Unavailable,
)
from alimnaru.client.shapes import Fault, Row
from alimnaru.client.webhooks import Event, verify

__all__ = [
    "AlimnaruError",
    "AsyncClient",
    "BadSignature",
    "Client",
    "Conflict",
    "Event",
    "Fault",
    "NoAnswer",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Problem",
    "RateLimited",
    "Refused",
    "Row",
    "Unavailable",
    "verify",
]
