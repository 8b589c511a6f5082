"""To which machines events may be sent.

Whoever enters a webhook chooses an address that our own server then calls, from inside the office's
network. So only addresses of the open internet may be called, and those inside that the operator
has named. A name is judged by what it stands for at each connection: it may stand for something
else a minute after it was entered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

#: RFC 6052: an IPv4 address in the last four bytes, for networks that speak IPv6 alone.
_NAT64 = IPv6Network("64:ff9b::/96")
#: All of IPv6 that is handed out. Beyond it Python takes for global what leads inside: site-local
#: addresses, `::10.0.0.1`, and translators for one network alone (RFC 8215).
_HANDED_OUT = IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class InsideHosts:
    """What the operator allows inside: host names with what is below them, addresses, networks."""

    names: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    def allow(self, host: str, address: Address) -> bool:
        """Whether `address`, for which `host` stands, was named."""
        name = host.lower().rstrip(".")
        if any(name == known or name.endswith(f".{known}") for known in self.names):
            return True
        return any(address in ip_network(network) for network in self.networks)


def read_inside(entries: Iterable[str]) -> InsideHosts:
    """The setting's entries: `intra.example`, `10.1.0.0/16`, `127.0.0.1`. Raises ValueError for a
    network whose host bits are set."""
    names, networks = [], []
    for entry in entries:
        text = entry.strip().lower()
        if not text:
            continue
        if "/" in text or _is_address(text):
            networks.append(str(ip_network(text)))
        else:
            names.append(text.rstrip("."))
    return InsideHosts(tuple(names), tuple(networks))


def may_call(host: str, address: str, inside: InsideHosts) -> bool:
    """Whether a connection to `address` may be made, for which `host` stands just now."""
    try:
        found = _meant(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    open_internet = found.is_global and not found.is_multicast
    if isinstance(found, IPv6Address):
        open_internet = open_internet and found in _HANDED_OUT
    return open_internet or inside.allow(host, found)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
