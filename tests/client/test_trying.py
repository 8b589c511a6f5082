"""When a call is made again, and what is raised in the end. A transport plays the network."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from alimnaru.client import (
    Conflict,
    NoAnswer,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Problem,
    RateLimited,
    Refused,
    Unavailable,
)
from tests.client.driving import Served, driven

HERE = Served("http://office.example", "an_test_key")
KINDS = ("sync", "async")
ME = {
    "key": "k", "name": "n", "department": "lib", "department_name": "도서관", "sandbox": True,
    "scopes": [], "addresses": [], "a field of a later version": 1,
    "calls_a_minute": {"limit": 1, "left": 1, "seconds": 1},
    "messages_a_day": {"limit": 1, "left": 1, "seconds": 1},
}  # fmt: skip
SENT = {
    "id": "7", "status": "accepted", "notice": "n", "reference": "",
    "accepted_at": "2026-11-28T00:00:00Z",
}  # fmt: skip

Answer = httpx.Response | type[httpx.TransportError]


class Network:
    """Answers what is next; keeps what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("")

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits; the seconds are kept."""
    kept: list[float] = []

    async def later(seconds: float) -> None:
        kept.append(seconds)

    monkeypatch.setattr(time, "sleep", kept.append)
    monkeypatch.setattr(asyncio, "sleep", later)
    return kept


@pytest.fixture(params=KINDS)
def asked(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Make one call of a fresh client."""

    def ask(network: Network, act: Callable[[Any], Any], **more: Any) -> Any:
        with driven(request.param, HERE, transport=network.transport, **more) as office:
            return act(office)

    return ask


def me(office: Any) -> Any:
    return office.me()


def send(office: Any) -> Any:
    return office.messages.send("n", "010-0000-0000")


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    said = {"status": status, "code": code, "title": "안 됩니다.", "detail": "이렇게 하십시오."}
    body = said | {"errors": [{"field": "to", "code": "phone_landline"}]}
    return httpx.Response(status, json=body, headers=headers)


def test_what_is_asked(asked: Any) -> None:
    network = Network(httpx.Response(200, json=ME))
    assert asked(network, me).department == "lib"
    (request,) = network.asked
    assert str(request.url) == "http://office.example/api/v1/me"
    assert request.headers["Authorization"] == "Bearer an_test_key"


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError]
)
def test_a_call_whose_answer_got_lost_is_made_again_as_the_same(
    asked: Any, pauses: list[float], error: type[httpx.TransportError]
) -> None:
    network = Network(error, error, httpx.Response(202, json=SENT))
    assert asked(network, send).id == "7"
    keys = {request.headers["Idempotency-Key"] for request in network.asked}
    assert (len(network.asked), len(keys)) == (3, 1)
    assert len({request.content for request in network.asked}) == 1
    assert 0.1 < pauses[0] < 0.4 < pauses[1] * 2


def test_two_calls_are_two(asked: Any) -> None:
    network = Network(*[httpx.Response(202, json=SENT)] * 2)
    asked(network, lambda office: (send(office), send(office))[1])
    assert len({request.headers["Idempotency-Key"] for request in network.asked}) == 2


def test_in_the_end_it_says_that_nobody_answers(asked: Any, pauses: list[float]) -> None:
    network = Network(*[httpx.ConnectError] * 4)
    with pytest.raises(NoAnswer, match="ConnectError"):
        asked(network, send)
    assert (len(network.asked), len(pauses)) == (4, 3)
    with pytest.raises(NoAnswer):
        asked(Network(httpx.ConnectError), send, retries=0)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_it_waits_as_long_as_it_is_told(asked: Any, pauses: list[float], status: int) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    network = Network(
        problem(status, "x", **{"Retry-After": "7"}),
        problem(status, "x", **{"Retry-After": moment}),
        problem(status, "x", **{"Retry-After": "soon"}),
        httpx.Response(200, json=ME),
    )
    asked(network, me)
    assert pauses[0] == 7
    assert 6 < pauses[1] <= 9
    assert pauses[2] < 1


def test_a_day_that_is_used_up_is_not_waited_for(asked: Any, pauses: list[float]) -> None:
    network = Network(problem(429, "rate_limited", **{"Retry-After": "40000"}))
    with pytest.raises(RateLimited) as limited:
        asked(network, send)
    assert (limited.value.retry_after, pauses) == (40_000, [])


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Problem), (401, NotSignedIn), (403, NotAllowed), (404, NotFound), (409, Conflict),
     (422, Refused), (500, Unavailable)],
)  # fmt: skip
def test_other_answers_are_final(
    asked: Any, pauses: list[float], status: int, kind: type[Problem]
) -> None:
    with pytest.raises(Problem) as raised:
        asked(Network(problem(status, "code")), send)
    found = raised.value
    assert type(found) is kind
    assert (found.status, found.code, found.title) == (status, "code", "안 됩니다.")
    assert [fault.field for fault in found.errors] == ["to"]
    assert str(found) == f"{status} code (to: phone_landline)"
    assert pauses == []


def test_an_answer_of_somebody_between(asked: Any) -> None:
    with pytest.raises(Problem) as raised:
        asked(Network(httpx.Response(407, text="<html>proxy</html>")), me)
    assert (raised.value.status, raised.value.code) == (407, "unknown")
    for content in ("<html>sign in here</html>", "[]"):
        with pytest.raises(Problem) as raised:
            asked(Network(httpx.Response(200, text=content)), me)
        assert raised.value.code == "answer_unreadable"


def lines(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"code": f"n{number}", "name": "n", "department": "lib", "sendable": True}


def test_pages_are_read_as_they_are_needed(asked: Any) -> None:
    network = Network(
        httpx.Response(200, json={"data": list(lines(2)), "next": "abc"}),
        httpx.Response(200, json={"data": list(lines(1)), "next": None}),
    )
    found = asked(network, lambda office: [line.code for line in office.notices.list()])
    assert found == ["n0", "n1", "n0"]
    assert [dict(r.url.params).get("cursor") for r in network.asked] == [None, "abc"]


def test_a_page_that_nobody_reads_is_not_asked_for() -> None:
    network = Network(httpx.Response(200, json={"data": list(lines(2)), "next": "abc"}))
    with driven("sync", HERE, transport=network.transport) as office:
        assert next(iter(office.notices.list())).code == "n0"
    assert len(network.asked) == 1


def test_ids_cannot_lead_elsewhere(asked: Any) -> None:
    network = Network(problem(404, "not_found"))
    with pytest.raises(NotFound):
        asked(network, lambda office: office.messages.get("../me?x=1#y"))
    assert network.asked[0].url.raw_path == b"/api/v1/messages/..%2Fme%3Fx%3D1%23y"


def test_a_phone_stands_in_no_address(asked: Any) -> None:
    said = {"choices": [], "suspended": False}
    network = Network(*[httpx.Response(200, json=said)] * 3)

    def act(office: Any) -> None:
        office.preferences.get("010-1234-5678")
        office.preferences.set("010-1234-5678", "sms", notice="n")
        office.preferences.end("010-1234-5678", notice="n")

    asked(network, act)
    assert [r.method for r in network.asked] == ["POST", "PUT", "DELETE"]
    assert not any("1234" in str(r.url) for r in network.asked)
    assert json.loads(network.asked[1].content)["choice"] == "sms"
