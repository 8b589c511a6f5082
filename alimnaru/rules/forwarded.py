"""Who calls, where proxies of the office's own stand in front of us.

`X-Forwarded-For` is written by everybody on the way, the caller included. Only what our own
proxies have added to it is true: it is read from the right, past them, and no further.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def read_proxies(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks of proxies. Raises ValueError, which names the text."""
    return tuple(ip_network(text.strip(), strict=False) for text in texts if text.strip())


def caller(remote: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The address of whoever called the first of our proxies; `remote` where none of them did."""
    address = remote
    for hop in reversed(forwarded.split(",")):
        if not from_proxy(address, proxies):
            break
        said = hop.strip()
        try:
            ip_address(said)
        except ValueError:
            break
        address = said
    return address


def from_proxy(address: str, proxies: Sequence[Network]) -> bool:
    """Whether an address is one of our own proxies'."""
    try:
        read = ip_address(address)
    except ValueError:
        return False
    if isinstance(read, IPv6Address) and read.ipv4_mapped is not None:
        read = read.ipv4_mapped
    return any(read in network for network in proxies)
