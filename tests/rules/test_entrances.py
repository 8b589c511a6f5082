"""Networks of the office, and names of browsers."""

from __future__ import annotations

import pytest

from alimnaru.rules.entrances import EntranceFault, admits, browser_called, is_safe, read_network


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (" 10.20.3.4/16 ", "10.20.0.0/16"),
        ("203.0.113.7", "203.0.113.7/32"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("10.20.0.0/33", EntranceFault.UNREADABLE),
        ("구청", EntranceFault.UNREADABLE),
        ("", EntranceFault.UNREADABLE),
    ],
)
def test_networks_are_read(text: str, read: str) -> None:
    assert read_network(text) == read


@pytest.mark.parametrize(
    ("address", "networks", "inside"),
    [
        ("203.0.113.9", [], True),
        ("10.20.7.7", ["10.20.0.0/16"], True),
        ("::ffff:10.20.7.7", ["10.20.0.0/16"], True),
        ("10.21.0.1", ["10.20.0.0/16", "192.0.2.0/24"], False),
        ("127.0.0.1", ["10.20.0.0/16"], False),
        ("", ["10.20.0.0/16"], False),
    ],
)
def test_who_is_let_in(address: str, networks: list[str], *, inside: bool) -> None:
    assert admits(address, networks) is inside


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/133.0", "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("curl/8.5", ""),
    ],
)
def test_browsers_have_names(agent: str, name: str) -> None:
    assert browser_called(agent) == name


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://login.example.go.kr", True),
        ("http://127.0.0.1:9000", True),
        ("http://login.example.go.kr", False),
        ("ftp://localhost", False),
        ("", False),
    ],
)
def test_an_issuer_is_asked_over_https(address: str, *, safe: bool) -> None:
    assert is_safe(address) is safe
