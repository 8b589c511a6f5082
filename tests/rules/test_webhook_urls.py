"""To which addresses events may go."""

from __future__ import annotations

import pytest

from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.webhook_urls import MOST_SIGNS, host_of, is_outside, read_url

_F = ConnectingFault
LONG = "https://booking.example/" + "a" * MOST_SIGNS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://booking.example/hook", None),
        (" https://booking.example:8443/hook?x=1 ", "https://booking.example:8443/hook?x=1"),
        ("https://10.1.2.3/hook", None),
        ("https://[fd00::1]/hook", None),
        ("http://10.1.2.3:8080/hook", None),
        ("https://intranet.local/hook", None),
        ("http://booking.example/hook", _F.URL_NOT_HTTPS),
        ("http://203.0.114.9/hook", _F.URL_NOT_HTTPS),
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
        ("https://127.0.0.1/", _F.URL_NOT_OUTSIDE),
        ("https://127.1/", _F.URL_NOT_OUTSIDE),
        ("https://2130706433/", _F.URL_NOT_OUTSIDE),
        ("https://0x7f000001/", _F.URL_NOT_OUTSIDE),
        ("https://0.0.0.0/", _F.URL_NOT_OUTSIDE),
        ("https://[::1]/", _F.URL_NOT_OUTSIDE),
        ("https://[::ffff:127.0.0.1]/", _F.URL_NOT_OUTSIDE),
        ("https://169.254.169.254/latest", _F.URL_NOT_OUTSIDE),
        ("https://224.0.0.1/", _F.URL_NOT_OUTSIDE),
        ("https://LOCALHOST./", _F.URL_NOT_OUTSIDE),
        ("https://a.localhost/", _F.URL_NOT_OUTSIDE),
    ],
)
def test_an_address(text: str, found: object) -> None:
    assert read_url(text) == (text if found is None else found)


def test_who_sits_at_the_machine_may_name_a_program_beside_it() -> None:
    assert read_url("http://127.0.0.1:8000/hook", at_machine=True) == "http://127.0.0.1:8000/hook"
    assert read_url("http://booking.example/", at_machine=True) is _F.URL_NOT_HTTPS


def test_the_host_alone() -> None:
    assert host_of("https://Booking.example:8443/hook?token=1") == "booking.example"


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("203.0.113.9", True),
        ("10.1.2.3", True),
        ("fd00::1", True),
        ("127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("booking.example", False),
    ],
)
def test_another_machine(address: str, outside: bool) -> None:
    assert is_outside(address) is outside
