"""From where the staff's console may be used, and what a browser is called."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from alimnaru.rules.api_keys import is_allowed

#: More nobody reads through when it matters who may come in.
MOST: Final = 50


class EntranceFault(StrEnum):
    """Why a network is not entered or not removed."""

    UNREADABLE = "network_unreadable"
    KNOWN = "network_known"
    TOO_MANY = "network_too_many"
    #: What would be left does not hold the address of whoever asks for it.
    LOCKS_OUT = "network_locks_out"


def read_network(text: str) -> str | EntranceFault:
    """A network or an address as `ipaddress` writes it; a host in its network stands for it."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        return EntranceFault.UNREADABLE


def admits(address: str, networks: Sequence[str]) -> bool:
    """Whether the console may be used from an address. Without networks from everywhere.

    The machine's own address is no exception: behind a proxy that `ALIMNARU_PROXIES` does not
    name, everybody has it.
    """
    return is_allowed(address, networks)


_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def is_safe(address: str) -> bool:
    """Whether an issuer's address is https, or of this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


_BROWSERS: Final = (
    ("Edg/", "Edge"), ("Whale/", "Whale"), ("SamsungBrowser/", "Samsung Internet"),
    ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_called(agent: str) -> str:
    """`Chrome, Windows`: enough to tell one's own computers apart; empty for what is neither.

    The header itself is not kept: it is long, and says nothing more to a person.
    """
    found = (
        next((name for mark, name in names if mark in agent), "") for names in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in found if name)
