"""The carriers by kind. A new one is a folder beside this file and a line in `FACTORIES`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import httpx

from alimnaru.carriers.base import Carrier, Tap
from alimnaru.carriers.http import TIMEOUT, Wire, is_loopback
from alimnaru.carriers.solapi import client as solapi
from alimnaru.carriers.solapi.auth import SolapiAuth


class SettingsError(ValueError):
    """An account that cannot be opened as it is set up. The text names settings, not values."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting
        self.reason = reason


def open_carrier(
    kind: str,
    *,
    base_url: str,
    settings: Mapping[str, str],
    tap: Tap,
    transport: httpx.BaseTransport | None = None,
) -> Carrier:
    """Open an account; close it when done. Nothing is sent yet.

    An empty `base_url` means the carrier's own address. Raises `SettingsError`.
    """
    if kind not in FACTORIES:
        raise SettingsError("kind", "known carriers are " + ", ".join(sorted(FACTORIES)))
    default, may_be_plain, factory = FACTORIES[kind]
    address = base_url or default
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("base_url", "an http(s) address is needed")
    if parts.scheme == "http" and not may_be_plain and not is_loopback(address):
        raise SettingsError("base_url", "names and numbers of residents travel over https only")
    return factory(address, settings, tap, transport)


def _open_solapi(
    base_url: str,
    settings: Mapping[str, str],
    tap: Tap,
    transport: httpx.BaseTransport | None,
) -> Carrier:
    key, secret = _required(settings, "api_key"), _required(settings, "api_secret")
    wire = Wire(
        base_url,
        auth=SolapiAuth(key, secret),
        tap=tap,
        secrets=(secret, key),
        transport=transport,
        timeout=_timeout(settings),
    )
    return solapi.Solapi(wire)


def _timeout(settings: Mapping[str, str]) -> httpx.Timeout:
    """`timeout`: seconds for one answer, after which its outcome is in doubt."""
    raw = settings.get("timeout", "")
    if not raw:
        return TIMEOUT
    try:
        seconds = float(raw)
    except ValueError:
        raise SettingsError("timeout", "not a number of seconds") from None
    if not 0 < seconds < 3600:
        raise SettingsError("timeout", "must lie between 0 and 3600 seconds")
    return httpx.Timeout(seconds)


def _required(settings: Mapping[str, str], name: str) -> str:
    value = settings.get(name, "").strip()
    # What is not plain ASCII cannot stand in a header, and fails at the first call, far from here.
    if not value or not value.isascii() or not value.isprintable():
        raise SettingsError(name, "missing or not printable ASCII")
    return value


_Factory = Callable[
    [str, Mapping[str, str], Tap, httpx.BaseTransport | None],
    Carrier,
]

#: kind → (own address, may travel over plain http, factory).
FACTORIES: dict[str, tuple[str, bool, _Factory]] = {
    "solapi": (solapi.BASE_URL, False, _open_solapi),
    # The simulator speaks SOLAPI's protocol at an address of its own and knows nobody real.
    "sandbox": ("", True, _open_solapi),
}
