"""SENS as a script: what it must be asked, in order, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import Carrier, Exchange, Outgoing, Shipment
from alimnaru.carriers.registry import open_carrier
from alimnaru.carriers.sens.fence import make_token
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Rendered

FIXTURES = Path(__file__).parent / "fixtures"

SETTINGS = {
    "api_key": "ACCESSNARU0000000001",
    "api_secret": "SECRETNARU0000000000000000000000000000001",
    "service_id": "ncp:kkobizmsg:kr:2700000000001:naru",
    "sms_service_id": "ncp:sms:kr:2700000000002:naru",
}
KAKAO = f"/alimtalk/v2/services/{SETTINGS['service_id']}"
SMS = f"/sms/v2/services/{SETTINGS['sms_service_id']}"

REQUEST = "RBAA-1764052760899-1234-12345678-NARUnaru"
TEXT_REQUEST = "RSSA-1764052760899-1234-12345678-NARUnaru"

Answer = httpx.Response | Exception


class Desk:
    """Answers a scripted conversation and keeps what it was asked."""

    def __init__(self) -> None:
        self.script: list[tuple[str, str, Answer]] = []
        self.asked: list[httpx.Request] = []
        self.kept: list[Exchange] = []

    def expect(self, method: str, path: str, answer: Any, *, status: int = 200) -> None:
        """Add a line. An `answer` is the name of a fixture, JSON, bytes, a response or an error."""
        if isinstance(answer, str):
            answer = (FIXTURES / f"{answer}.json").read_bytes()
        if isinstance(answer, dict | list):
            answer = json.dumps(answer).encode()
        if isinstance(answer, bytes):
            answer = httpx.Response(status, content=answer)
        self.script.append((method, path, answer))

    def nothing(self, path: str) -> None:
        """Add a look-up of which SENS has no record."""
        self.expect("GET", path, b"", status=404)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert self.script, f"unexpected {request.method} {request.url.path}"
        method, path, answer = self.script.pop(0)
        assert (request.method, request.url.path) == (method, path)
        self.asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def body(self, index: int) -> Any:
        """What the request of that index carried."""
        return json.loads(self.asked[index].content)

    def params(self, index: int) -> dict[str, str]:
        """What the request of that index asked for."""
        return dict(self.asked[index].url.params)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A script that must have been played to its end."""
    made = Desk()
    yield made
    assert not made.script, "not asked for: " + ", ".join(f"{m} {p}" for m, p, _ in made.script)


@pytest.fixture
def open_at(desk: Desk) -> Iterator[Callable[..., Carrier]]:
    """Open an account at that desk, with further settings."""
    opened = []

    def open_(**settings: str) -> Carrier:
        carrier = open_carrier(
            "sens",
            base_url="https://sens.example",
            settings={**SETTINGS, **settings},
            tap=desk.kept.append,
            transport=httpx.MockTransport(desk),
        )
        opened.append(carrier)
        return carrier

    yield open_
    for carrier in opened:
        carrier.close()


@pytest.fixture
def carrier(open_at: Callable[..., Carrier]) -> Carrier:
    """Our client at that desk."""
    return open_at()


def alimtalks(**changed: Any) -> Shipment:
    """Three Alimtalks; the third is a second attempt."""
    refs = ("101-1", "102-1", "103-2")
    facts: dict[str, Any] = {
        "channel": Channel.ALIMTALK,
        "sender_number": "02-120-0000",
        "messages": [
            Outgoing(ref, f"0101234000{number}", Rendered(f"{number}번 책을 돌려주십시오."))
            for number, ref in enumerate(refs, start=1)
        ],
        "template_code": "NARU01",
        "profile": "@나루중앙",
    }
    return Shipment(**{**facts, **changed})


def texts(**changed: Any) -> Shipment:
    """Two SMS."""
    messages = [
        Outgoing(f"20{number}-1", f"0101234000{number}", Rendered(f"{number}번 책 반납일입니다."))
        for number in (1, 2)
    ]
    return Shipment(
        **{
            "channel": Channel.SMS,
            "sender_number": "02-120-0000",
            "messages": messages,
            **changed,
        }
    )


def token_of(seconds: float) -> str:
    """A token that was made so many seconds ago."""
    return make_token("7-1", datetime.now(UTC) - timedelta(seconds=seconds))
