"""Bizgo, as the registry knows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import httpx

from alimnaru.carriers.base import Carrier, Tap
from alimnaru.carriers.bizgo.callback import answer
from alimnaru.carriers.bizgo.client import AT_ONCE, Bizgo
from alimnaru.carriers.bizgo.gateway import Gateway, KeyAuth
from alimnaru.carriers.http import Wire
from alimnaru.carriers.kind import Kind, Setting, number_of, required, timeout_of

#: Seconds that Bizgo remembers an idempotency key: the most that a request may ask for (A309).
KEY_SECONDS = 86_400.0

#: Seconds after which a reservation that was handed over and cut is there, or never will be. No
#: document says so; ten minutes is the least that a reservation lies ahead (A316), and twenty times
#: as long as a call is waited for.
FENCE_SECONDS = 600.0


def _open(
    base_url: str, settings: Mapping[str, str], tap: Tap, transport: httpx.BaseTransport | None
) -> Carrier:
    key = required(settings, "api_secret")
    http = Wire(
        base_url,
        auth=KeyAuth(key),
        tap=tap,
        secrets=(key,),
        transport=transport,
        timeout=timeout_of(settings),
    )
    return Bizgo(
        Gateway(http),
        profile=settings.get("profile", ""),
        key_life=timedelta(seconds=number_of(settings, "key_seconds") or KEY_SECONDS),
        fence=timedelta(seconds=number_of(settings, "fence_seconds") or FENCE_SECONDS),
    )


KIND = Kind(
    address="https://mars.ibapi.kr",
    open=_open,
    settings=(
        Setting("api_secret", secret=True),
        Setting("callback_secret", secret=True, required=False),
        Setting("key_seconds", required=False),
        Setting("fence_seconds", required=False),
    ),
    max_messages=Bizgo.max_messages,
    max_apart=4 * AT_ONCE,
    answer=answer,
)
