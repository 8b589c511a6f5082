"""Where events may be sent: the open internet, and what the operator named."""

from __future__ import annotations

import pytest

from alimnaru.rules.hook_hosts import InsideHosts, may_call, read_inside

NOWHERE = InsideHosts()


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_open_internet_may_be_called(address: str) -> None:
    assert may_call("hook.example", address, NOWHERE)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",  # behind a provider's own translation
        "169.254.169.254",  # where clouds keep a machine's own keys
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "64:ff9b::a00:1",  # NAT64 of 10.0.0.1
        "64:ff9b:1::a00:1",  # NAT64 of one network's own
        "::10.0.0.1",
        "::ffff:0:10.0.0.1",
        "fec0::1",
        "not an address",
        "",
    ],
)
def test_nothing_inside_may_be_called(address: str) -> None:
    assert not may_call("hook.example", address, NOWHERE)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("loans.intra.example", "10.9.9.9"),
        ("INTRA.example.", "127.0.0.1"),
        ("anything.example", "10.1.2.3"),
        ("anything.example", "::ffff:10.1.2.3"),
        ("192.168.7.7", "192.168.7.7"),
        ("v6.example", "fd00::5"),
    ],
)
def test_what_the_operator_named_may(host: str, address: str) -> None:
    inside = read_inside(["Intra.Example", " 10.1.0.0/16", "192.168.7.7", "fd00::/8", ""])
    assert may_call(host, address, inside)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("notintra.example", "10.9.9.9"),
        ("intra.example.attacker.example", "10.9.9.9"),
        ("anything.example", "10.2.2.3"),
        ("anything.example", "192.168.7.8"),
        ("v6.example", "::1"),
    ],
)
def test_and_nothing_else(host: str, address: str) -> None:
    inside = read_inside(["intra.example", "10.1.0.0/16", "192.168.7.7", "fd00::/8"])
    assert not may_call(host, address, inside)


def test_a_network_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ValueError, match="host bits"):
        read_inside(["10.1.2.3/16"])
