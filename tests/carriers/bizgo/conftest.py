"""Bizgo as a script: what it must be asked, in order, and what it answers; and a clock to turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import Exchange, Outgoing, Shipment
from alimnaru.carriers.bizgo.client import Bizgo
from alimnaru.carriers.bizgo.gateway import ROOT, Gateway, KeyAuth
from alimnaru.carriers.http import Wire
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Rendered

FIXTURES = Path(__file__).parent / "fixtures"

KEY = "KEYNARU000000001"
PROFILE = "SENDER_KEY_EXAMPLE"
NOW = datetime(2026, 4, 24, 1, 42, 34, tzinfo=UTC)
MSG = "20260424104234546POM10118245000"

Answer = httpx.Response | Exception | Callable[[], httpx.Response]


class Clock:
    """The time as our side has it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


class Desk:
    """Answers a scripted conversation and keeps what it was asked. Paths are below the root."""

    def __init__(self) -> None:
        self.script: list[tuple[str, str, Answer]] = []
        self.asked: list[httpx.Request] = []
        self.kept: list[Exchange] = []

    def expect(self, method: str, path: str, answer: str | Answer = "", status: int = 200) -> None:
        """Add a line; an `answer` that is a string names a fixture, "" is success with nothing."""
        if answer == "":
            answer = httpx.Response(status, json=envelope())
        elif isinstance(answer, str):
            answer = httpx.Response(status, content=(FIXTURES / f"{answer}.json").read_bytes())
        self.script.append((method, path, answer))

    def tell(self, method: str, path: str, data: Any, **beside: Any) -> None:
        """Add a line that ends well and brings `data`."""
        self.script.append((method, path, httpx.Response(200, json=envelope(data, **beside))))

    def refuse(
        self, method: str, path: str, status: int, code: str, text: str = "안 됩니다."
    ) -> None:
        """Add a line that ends in an error of the service."""
        body = {"common": {"authCode": "A000"}, "data": {"code": code, "result": text}}
        self.script.append((method, path, httpx.Response(status, json=body)))

    def turn_away(self, method: str, path: str, status: int, code: str) -> None:
        """Add a line that the gateway ends: there is no `data`."""
        body = {"common": {"authCode": code, "authResult": "Failed"}}
        self.script.append((method, path, httpx.Response(status, json=body)))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert self.script, f"unexpected {request.method} {request.url.path}"
        method, path, answer = self.script.pop(0)
        assert (request.method, request.url.path) == (method, ROOT + path)
        self.asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    def body(self, index: int = -1) -> Any:
        """What the request of that index carried."""
        return json.loads(self.asked[index].content)


def envelope(data: Any = None, **beside: Any) -> dict[str, Any]:
    """A good answer."""
    service = {"code": "A000", "result": "Success", **beside}
    if data is not None:
        service["data"] = data
    return {"common": {"authCode": "A000", "authResult": "Success"}, "data": service}


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A script that must have been played to its end."""
    made = Desk()
    yield made
    assert not made.script, "not asked for: " + ", ".join(f"{m} {p}" for m, p, _ in made.script)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def carrier(desk: Desk, clock: Clock) -> Iterator[Bizgo]:
    """Our client at that desk, by that clock."""
    http = Wire(
        "https://bizgo.example",
        auth=KeyAuth(KEY),
        tap=desk.kept.append,
        secrets=(KEY,),
        transport=httpx.MockTransport(desk),
    )
    opened = Bizgo(
        Gateway(http),
        profile=PROFILE,
        key_life=timedelta(days=1),
        fence=timedelta(minutes=10),
        # A script has an order.
        at_once=1,
        clock=clock,
    )
    yield opened
    opened.close()


@pytest.fixture
def shipment() -> Shipment:
    """Three Alimtalks with texts of their own; the third is a second attempt."""
    refs = ("101-1", "102-1", "103-2")
    return Shipment(
        channel=Channel.ALIMTALK,
        sender_number="02-120-0000",
        messages=[
            Outgoing(ref, f"0101234000{number}", Rendered(f"{number}번 책을 돌려주십시오."))
            for number, ref in enumerate(refs, start=1)
        ],
        template_code="TEMPLATE_CODE_EXAMPLE",
        profile=PROFILE,
    )


@pytest.fixture
def fixture() -> Callable[[str], bytes]:
    """Read a payload of the documents by name."""
    return lambda name: (FIXTURES / f"{name}.json").read_bytes()
