"""To which addresses our events may be sent.

The server calls whatever a department's manager writes here, from inside the office's network and
with the answer's status on their screen. So nothing on this machine, and none of the addresses by
which machines are configured, may be asked. What a host name stands for is only known when it is
called: that check is the caller's (`is_outside`).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from alimnaru.rules.connecting import ConnectingFault

MOST_SIGNS: Final = 300
Address = IPv4Address | IPv6Address


def read_url(text: str, *, at_machine: bool = False) -> str | ConnectingFault:
    """The address of a webhook as it is kept.

    HTTPS; plain HTTP only to a private address written as numbers, where nobody else listens.
    `at_machine`: whoever sits at the machine itself may name a program beside it.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ConnectingFault.URL_UNREADABLE
    if not _is_readable(url, host) or parts.scheme not in {"http", "https"} or parts.fragment:
        return ConnectingFault.URL_UNREADABLE
    if parts.username or parts.password:
        return ConnectingFault.URL_WITH_SECRET
    literal = _literal(host)
    if not at_machine and _is_ours(host, literal):
        return ConnectingFault.URL_NOT_OUTSIDE
    if parts.scheme == "http" and not (literal and literal.is_private):
        return ConnectingFault.URL_NOT_HTTPS
    return url


def host_of(url: str) -> str:
    """The host alone: what stands behind it may be as good as a password."""
    return urlsplit(url).hostname or ""


def is_outside(address: str) -> bool:
    """Whether an address, numbers only, is of another machine. False for what is none."""
    literal = _literal(address)
    return literal is not None and not _is_ours(address, literal)


def _is_readable(url: str, host: str) -> bool:
    return (
        bool(host)
        and len(url) <= MOST_SIGNS
        and url.isascii()
        and url.isprintable()
        and (" " not in url and "\\" not in url)
    )


def _literal(host: str) -> Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_ours(host: str, literal: Address | None) -> bool:
    if literal is None:
        # `0x7f.1` and `2130706433` are 127.0.0.1 to a resolver; real names end in letters.
        name = host.lower().rstrip(".")
        last = name.rpartition(".")[2]
        return last == "localhost" or not last[:1].isalpha()
    return (
        literal.is_loopback or literal.is_link_local or literal.is_unspecified
        or literal.is_multicast
    )  # fmt: skip
