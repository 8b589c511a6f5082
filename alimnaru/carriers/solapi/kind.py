"""SOLAPI, as the registry knows it."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from alimnaru.carriers.base import Carrier, Tap
from alimnaru.carriers.http import Wire
from alimnaru.carriers.kind import Kind, Setting, required, timeout_of
from alimnaru.carriers.solapi.auth import SolapiAuth
from alimnaru.carriers.solapi.client import Solapi


def _open(
    base_url: str, settings: Mapping[str, str], tap: Tap, transport: httpx.BaseTransport | None
) -> Carrier:
    key, secret = required(settings, "api_key"), required(settings, "api_secret")
    wire = Wire(
        base_url,
        auth=SolapiAuth(key, secret),
        tap=tap,
        secrets=(secret, key),
        transport=transport,
        timeout=timeout_of(settings),
    )
    return Solapi(wire)


KIND = Kind(
    address="https://api.solapi.com",
    open=_open,
    settings=(Setting("api_key"), Setting("api_secret", secret=True)),
    max_messages=Solapi.max_messages,
)
