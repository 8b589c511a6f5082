"""NHN Cloud as a script: what it must be asked, in order, and what it answers.

The fixtures have the keys and types of the answers in NHN's own guides; the values are invented.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import Carrier, Exchange, Outgoing, Shipment
from alimnaru.carriers.registry import open_carrier
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Rendered

FIXTURES = Path(__file__).parent / "fixtures"

SETTINGS = {
    "api_key": "APPKEYNARU000001",
    "api_secret": "SECRETNARU000001",
    "sms_key": "SMSKEYNARU000001",
    "sms_secret": "SMSSECRET0000001",
    "profile": "a" * 40,
}

Answer = httpx.Response | Exception


class Desk:
    """Answers a scripted conversation and keeps what it was asked."""

    def __init__(self) -> None:
        self.script: list[tuple[str, str, Answer]] = []
        self.asked: list[httpx.Request] = []
        self.kept: list[Exchange] = []

    def expect(self, method: str, path: str, answer: str | Answer) -> None:
        """Add a line; an `answer` that is a string names a fixture. `path` ends the whole path."""
        if isinstance(answer, str):
            answer = httpx.Response(200, content=(FIXTURES / f"{answer}.json").read_bytes())
        self.script.append((method, path, answer))

    def refuse(self, method: str, path: str, code: int, text: str = "안 됩니다.") -> None:
        """Add a line that ends in one of NHN's failures: HTTP 200, and the header says no."""
        header = {"resultCode": code, "resultMessage": text, "isSuccessful": False}
        self.expect(method, path, httpx.Response(200, json={"header": header}))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert self.script, f"unexpected {request.method} {request.url.path}"
        method, path, answer = self.script.pop(0)
        product, _, rest = request.url.path.partition("/appkeys/APPKEYNARU000001")
        if not rest:
            product, _, rest = request.url.path.partition("/appKeys/SMSKEYNARU000001")
        assert product in ("/alimtalk/v2.3", "/sms/v3.0")
        assert (request.method, rest) == (method, path)
        secret = "SECRETNARU000001" if product == "/alimtalk/v2.3" else "SMSSECRET0000001"
        assert request.headers["X-Secret-Key"] == secret
        self.asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def body(self, index: int) -> Any:
        """What the request of that index carried."""
        return json.loads(self.asked[index].content)

    def query(self, index: int) -> dict[str, str]:
        """What the request of that index asked for."""
        return dict(self.asked[index].url.params)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A script that must have been played to its end."""
    made = Desk()
    yield made
    assert not made.script, "not asked for: " + ", ".join(f"{m} {p}" for m, p, _ in made.script)


@pytest.fixture
def opened(desk: Desk) -> Iterator[Callable[..., Carrier]]:
    """Our client at that desk; keyword arguments are settings that differ (None: not set)."""
    made: list[Carrier] = []

    def opening(**settings: str | None) -> Carrier:
        wanted = {**SETTINGS, **settings}
        carrier = open_carrier(
            "nhn",
            base_url="https://nhn.example",
            settings={name: value for name, value in wanted.items() if value is not None},
            tap=desk.kept.append,
            transport=httpx.MockTransport(desk),
        )
        made.append(carrier)
        return carrier

    yield opening
    for carrier in made:
        carrier.close()


@pytest.fixture
def carrier(opened: Callable[..., Carrier]) -> Carrier:
    """Our client as it is set up by default."""
    return opened()


def outgoing(text: str = "{}번 책을 돌려주십시오.", **parts: Any) -> list[Outgoing]:
    """Three messages; the third is a second attempt."""
    return [
        Outgoing(ref, f"0101234000{number}", Rendered(text.format(number), **parts))
        for number, ref in enumerate(("101-1", "102-1", "103-2"), start=1)
    ]


@pytest.fixture
def shipment() -> Shipment:
    """Three Alimtalks."""
    return Shipment(
        channel=Channel.ALIMTALK,
        sender_number="02-120-0000",
        messages=outgoing(),
        template_code="LIBDUESOON",
        profile="a" * 40,
    )


@pytest.fixture
def texts() -> Shipment:
    """The same three as SMS."""
    return Shipment(Channel.SMS, "02-120-0000", outgoing())


@pytest.fixture
def fixture() -> Callable[[str], bytes]:
    """Read a fixture by name."""
    return lambda name: (FIXTURES / f"{name}.json").read_bytes()


def aged(seconds: float) -> str:
    """A token that is so many seconds old."""
    return f"{round((time.time() - seconds) * 1_000):013d}-7-1-00112233445566aa"
