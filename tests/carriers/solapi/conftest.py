"""SOLAPI as a script: what it must be asked, in order, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from alimnaru.carriers.base import Carrier, Exchange, Outgoing, Shipment
from alimnaru.carriers.registry import open_carrier
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Rendered

FIXTURES = Path(__file__).parent / "fixtures"

TOKEN = "G4V20261123101010NARUNARUNARU001"
GROUP = f"/messages/v4/groups/{TOKEN}"

Answer = httpx.Response | Exception


class Desk:
    """Answers a scripted conversation and keeps what it was asked."""

    def __init__(self) -> None:
        self.script: list[tuple[str, str, Answer]] = []
        self.asked: list[httpx.Request] = []
        self.kept: list[Exchange] = []

    def expect(self, method: str, path: str, answer: str | Answer, *, status: int = 200) -> None:
        """Add a line; an `answer` that is a string names a fixture."""
        if isinstance(answer, str):
            answer = httpx.Response(status, content=(FIXTURES / f"{answer}.json").read_bytes())
        self.script.append((method, path, answer))

    def refuse(
        self, method: str, path: str, status: int, code: str, text: str = "안 됩니다."
    ) -> None:
        """Add a line that ends in one of SOLAPI's errors."""
        body = {"errorCode": code, "errorMessage": text}
        self.script.append((method, path, httpx.Response(status, json=body)))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert self.script, f"unexpected {request.method} {request.url.path}"
        method, path, answer = self.script.pop(0)
        assert (request.method, request.url.path) == (method, path)
        self.asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def body(self, index: int) -> object:
        """What the request of that index carried."""
        return json.loads(self.asked[index].content)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A script that must have been played to its end."""
    made = Desk()
    yield made
    assert not made.script, "not asked for: " + ", ".join(f"{m} {p}" for m, p, _ in made.script)


@pytest.fixture
def carrier(desk: Desk) -> Iterator[Carrier]:
    """Our client at that desk."""
    opened = open_carrier(
        "solapi",
        base_url="https://solapi.example",
        settings={"api_key": "KEYNARU000000001", "api_secret": "SECRETNARU0000000000000000000001"},
        tap=desk.kept.append,
        transport=httpx.MockTransport(desk),
    )
    yield opened
    opened.close()


@pytest.fixture
def shipment() -> Shipment:
    """Three Alimtalks; the third is a second attempt."""
    refs = ("101-1", "102-1", "103-2")
    return Shipment(
        channel=Channel.ALIMTALK,
        sender_number="02-120-0000",
        messages=[
            Outgoing(ref, f"0101234000{number}", Rendered(f"{number}번 책을 돌려주십시오."))
            for number, ref in enumerate(refs, start=1)
        ],
        template_code="KA01TP2611NARU",
        profile="KA01PF2611NARU",
    )


@pytest.fixture
def fixture() -> Callable[[str], bytes]:
    """Read a captured payload by name."""
    return lambda name: (FIXTURES / f"{name}.json").read_bytes()
