"""The caller's address, and nobody's word for it but our own proxies'."""

from __future__ import annotations

import pytest

from alimnaru.rules.forwarded import caller, read_proxies

PROXIES = read_proxies(["10.0.0.0/8", " 192.0.2.9 ", ""])


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        # Who is no proxy of ours may write what they like.
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, 192.0.2.9", "203.0.113.5"),
        ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "2001:db8::5", "2001:db8::5"),
        # A proxy that was called by nobody else, or says nothing that can be read.
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.5, ", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("", "203.0.113.5", ""),
    ],
)
def test_only_our_proxies_are_believed(remote: str, forwarded: str, found: str) -> None:
    assert caller(remote, forwarded, PROXIES) == found


def test_without_proxies_nobody_is_believed() -> None:
    assert caller("10.0.0.1", "203.0.113.5", ()) == "10.0.0.1"


def test_a_proxy_that_is_no_address_is_named() -> None:
    with pytest.raises(ValueError, match=r"proxy\.example"):
        read_proxies(["proxy.example"])
