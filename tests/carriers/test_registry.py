"""Opening an account by its kind."""

from __future__ import annotations

import httpx
import pytest

from alimnaru.carriers.base import Exchange
from alimnaru.carriers.http import TIMEOUT
from alimnaru.carriers.kind import SettingsError
from alimnaru.carriers.registry import KINDS, open_carrier

SETTINGS = {"api_key": "KEYNARU000000001", "api_secret": "SECRETNARU0000000000000000000001"}


@pytest.mark.parametrize(
    ("kind", "base_url", "host"),
    [
        ("solapi", "", "https://api.solapi.com"),
        ("solapi", "https://api.coolsms.co.kr", "https://api.coolsms.co.kr"),
        ("solapi", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("sandbox", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("sandbox", "http://sandbox.internal:8080", "http://sandbox.internal:8080"),
    ],
)
def test_it_works(kind: str, base_url: str, host: str) -> None:
    asked: list[httpx.Request] = []
    kept: list[Exchange] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"balance": 5, "point": 2})

    carrier = open_carrier(
        kind,
        base_url=base_url,
        settings=SETTINGS,
        tap=kept.append,
        transport=httpx.MockTransport(answer),
    )
    assert carrier.balance() == 7
    carrier.close()
    assert str(asked[0].url) == f"{host}/cash/v1/balance"
    assert "apiKey=KEYNARU000000001" in asked[0].headers["Authorization"]
    assert [one.path for one in kept] == ["/cash/v1/balance"]


@pytest.mark.parametrize(
    ("kind", "base_url", "settings", "setting"),
    [
        ("pigeon", "", SETTINGS, "kind"),
        ("sandbox", "", SETTINGS, "base_url"),
        ("solapi", "ftp://api.solapi.com", SETTINGS, "base_url"),
        ("solapi", "https://", SETTINGS, "base_url"),
        ("solapi", "api.solapi.com", SETTINGS, "base_url"),
        ("solapi", "http://api.solapi.com", SETTINGS, "base_url"),
        ("solapi", "", {}, "api_key"),
        ("solapi", "", {"api_key": "KEY"}, "api_secret"),
        ("solapi", "", {"api_key": "KEY", "api_secret": "  "}, "api_secret"),
        ("solapi", "", {"api_key": "열쇠", "api_secret": "x"}, "api_key"),
        ("solapi", "", {"api_key": "KEY\r\nX: y", "api_secret": "x"}, "api_key"),
    ],
)
def test_an_account_that_cannot_be_opened(
    kind: str, base_url: str, settings: dict[str, str], setting: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{setting}: ") as caught:
        open_carrier(kind, base_url=base_url, settings=settings, tap=print)
    assert caught.value.setting == setting
    assert "열쇠" not in str(caught.value)


def test_the_kinds_are_known() -> None:
    assert set(KINDS) == {"solapi", "nhn", "bizgo", "sens", "sandbox"}


@pytest.mark.parametrize("seconds", ["", "0.5", "15"])
def test_a_carrier_may_take_so_long(seconds: str) -> None:
    settings = {"api_key": "KEY", "api_secret": "SECRET", "timeout": seconds}
    found: list[dict[str, float | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        found.append(request.extensions["timeout"])
        return httpx.Response(200, json={"balance": 1, "point": 0})

    transport = httpx.MockTransport(answer)
    carrier = open_carrier(
        "solapi", base_url="", settings=settings, tap=lambda _: None, transport=transport
    )
    carrier.balance()
    carrier.close()
    assert found[0]["read"] == (float(seconds) if seconds else TIMEOUT.read)


@pytest.mark.parametrize("seconds", ["soon", "0", "-1", "1e9", "nan"])
def test_an_odd_timeout_is_named(seconds: str) -> None:
    settings = {"api_key": "KEY", "api_secret": "SECRET", "timeout": seconds}
    with pytest.raises(SettingsError, match="timeout"):
        open_carrier("solapi", base_url="", settings=settings, tap=lambda _: None)
