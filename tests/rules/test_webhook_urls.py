"""To which addresses events may go."""

from __future__ import annotations

import pytest

from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.hook_hosts import InsideHosts, read_inside
from alimnaru.rules.webhook_urls import MOST_SIGNS, host_of, read_url

_F = ConnectingFault
LONG = "https://booking.example/" + "a" * MOST_SIGNS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://booking.example/hook", None),
        (" https://booking.example:8443/hook?x=1 ", "https://booking.example:8443/hook?x=1"),
        ("https://8.8.8.8/hook", None),
        ("https://10.1.2.3/hook", _F.URL_NOT_ALLOWED),
        ("https://[fd00::1]/hook", _F.URL_NOT_ALLOWED),
        ("https://intranet.local/hook", None),
        ("http://booking.example/hook", _F.URL_NOT_HTTPS),
        ("http://8.8.8.8/hook", _F.URL_NOT_HTTPS),
        ("https://", _F.URL_UNREADABLE),
        ("booking.example/hook", _F.URL_UNREADABLE),
        ("ftp://booking.example/hook", _F.URL_UNREADABLE),
        ("https://booking.example:99999/", _F.URL_UNREADABLE),
        ("https://[booking/", _F.URL_UNREADABLE),
        ("https://booking.example/#here", _F.URL_UNREADABLE),
        ("https://booking.example/a b", _F.URL_UNREADABLE),
        ("https://booking.example\\@127.0.0.1/", _F.URL_UNREADABLE),
        ("https://예약.example/", _F.URL_UNREADABLE),
        (LONG, _F.URL_UNREADABLE),
        ("https://me@booking.example/", _F.URL_WITH_SECRET),
        ("https://:word@booking.example/", _F.URL_WITH_SECRET),
        ("https://127.0.0.1/", _F.URL_NOT_ALLOWED),
        ("https://127.1/", _F.URL_UNREADABLE),
        ("https://2130706433/", _F.URL_UNREADABLE),
        ("https://0x7f000001/", _F.URL_UNREADABLE),
        ("https://0.0.0.0/", _F.URL_NOT_ALLOWED),
        ("https://[::1]/", _F.URL_NOT_ALLOWED),
        ("https://[::ffff:127.0.0.1]/", _F.URL_NOT_ALLOWED),
        ("https://169.254.169.254/latest", _F.URL_NOT_ALLOWED),
        ("https://224.0.0.1/", _F.URL_NOT_ALLOWED),
        ("https://LOCALHOST./", _F.URL_NOT_ALLOWED),
        ("https://a.localhost/", _F.URL_NOT_ALLOWED),
    ],
)
def test_an_address(text: str, found: object) -> None:
    assert read_url(text, InsideHosts()) == (text if found is None else found)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.1.2.3:8080/hook",
        "https://10.1.2.3/hook",
        "https://[fd00::1]/hook",
        "http://booking.intra.example/hook",
        "http://127.0.0.1:8000/hook",
        "http://localhost:8000/hook",
    ],
)
def test_what_the_operator_allows(url: str) -> None:
    inside = read_inside(["10.1.0.0/16", "fd00::/8", "intra.example", "127.0.0.1"])
    assert read_url(url, inside) == url
    assert isinstance(read_url(url, InsideHosts()), ConnectingFault)


def test_the_host_alone() -> None:
    assert host_of("https://Booking.example:8443/hook?token=1") == "booking.example"
    assert host_of("nothing") == ""
