"""The carriers by kind. A new one is a folder beside this file and a line in `KINDS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

import httpx

from alimnaru.carriers.base import Carrier, Tap
from alimnaru.carriers.bizgo.kind import KIND as BIZGO
from alimnaru.carriers.http import is_loopback
from alimnaru.carriers.kind import Kind, SettingsError
from alimnaru.carriers.nhn.kind import KIND as NHN
from alimnaru.carriers.sens.kind import KIND as SENS
from alimnaru.carriers.solapi.kind import KIND as SOLAPI

KINDS: dict[str, Kind] = {
    "solapi": SOLAPI,
    "nhn": NHN,
    "bizgo": BIZGO,
    "sens": SENS,
    # The simulator at an address of its own, which knows nobody real. It speaks the other
    # carriers' protocols too: an account of their kind at its address.
    "sandbox": replace(SOLAPI, address="", may_be_plain=True),
}


def kind_called(name: str) -> Kind:
    """The carrier of that name. Raises `SettingsError`."""
    if name not in KINDS:
        raise SettingsError("kind", "known carriers are " + ", ".join(sorted(KINDS)))
    return KINDS[name]


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
    carrier = kind_called(kind)
    address = base_url or carrier.address
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("base_url", "an http(s) address is needed")
    if parts.scheme == "http" and not carrier.may_be_plain and not is_loopback(address):
        raise SettingsError("base_url", "names and numbers of residents travel over https only")
    return carrier.open(address, settings, tap, transport)
