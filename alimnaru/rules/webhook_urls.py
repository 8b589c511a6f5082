"""To which addresses a department's manager may have events sent: what can be said before the name
is looked up. What it stands for is judged again at each call (`rules.hook_hosts`)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.hook_hosts import InsideHosts, may_call

MOST_SIGNS: Final = 300
#: For the question whether a name was allowed as a name.
_NOWHERE: Final = IPv4Address(0)


def read_url(text: str, inside: InsideHosts) -> str | ConnectingFault:
    """The address of a webhook as it is kept: HTTPS; plain HTTP only to where the operator has
    allowed it inside the office's network."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ConnectingFault.URL_UNREADABLE
    if parts.scheme not in {"http", "https"} or parts.fragment or not _is_readable(url, host):
        return ConnectingFault.URL_UNREADABLE
    if parts.username or parts.password:
        return ConnectingFault.URL_WITH_SECRET
    literal = _literal(host)
    if literal is not None and not may_call(host, str(literal), inside):
        return ConnectingFault.URL_NOT_ALLOWED
    if parts.scheme == "http" and not inside.allow(host, literal or _NOWHERE):
        return ConnectingFault.URL_NOT_HTTPS
    return url


def host_of(url: str) -> str:
    """The host alone: what stands behind it may be as good as a password."""
    return urlsplit(url).hostname or ""


def _is_readable(url: str, host: str) -> bool:
    if len(url) > MOST_SIGNS or not url.isascii() or not url.isprintable():
        return False
    if not host or " " in url or "\\" in url:
        return False
    # A resolver takes `0x7f.1` and `2130706433` for 127.0.0.1; real names end in letters.
    last = host.rstrip(".").rpartition(".")[2]
    return _literal(host) is not None or last[:1].isalpha()


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    if host.rstrip(".").rpartition(".")[2] == "localhost":
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(host)
    except ValueError:
        return None
