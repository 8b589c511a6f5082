"""Bizgo's gateway: what it refuses as a whole, one by one, and what fails only later.

What its own client asks for is in `test_official_client_bizgo.py`; that client checks much of
this before anything is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.process import Handle
from tests.sandbox.conversation import SENDER, Client, wait_for

DUE = "TPDUESOON"
BODY = "#{이름} 님, 책을 돌려주십시오."
SMS = {"sms": {"from": SENDER, "text": "안내"}}


class Wire:
    """Calls below the root, with the key."""

    def __init__(self, handle: Handle, sandbox: Client) -> None:
        self.control = sandbox.control
        found = handle.protocols["bizgo"]
        self.profile = found["profile"]
        self.http = httpx.Client(
            base_url=f"{handle.url}/api/comm/v1",
            headers={"Authorization": found["api_secret"]},
            trust_env=False,
        )

    def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.http.post(path, json=body, **more)

    def send(self, *steps: dict[str, Any], to: int = 1, **more: Any) -> httpx.Response:
        destinations = [{"to": f"0101234{n:04d}", "ref": f"{n}-1"} for n in range(5000, 5000 + to)]
        flow = list(steps or (SMS,))
        return self.post("/send/omni", {"destinations": destinations, "messageFlow": flow, **more})

    def alimtalk(self, text: str = "김*루 님, 책을 돌려주십시오.", **more: Any) -> dict[str, Any]:
        wanted = {"senderKey": self.profile, "templateCode": DUE, "msgType": "AT", "text": text}
        return {"alimtalk": {**wanted, **more}}

    def fate(self, *steps: dict[str, Any]) -> str:
        """The report code of one message that was accepted."""
        [told] = self.send(*steps).json()["data"]["data"]["destinations"]
        assert told["code"] == "A000", told
        path = f"/report/inquiry/{told['msgKey']}"

        def reports() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = self.http.get(path).json()["data"]["data"]["report"]
            return found

        wait_for(reports)
        return str(reports()[0]["reportCode"])


@pytest.fixture
def wire(handle: Handle, sandbox: Client) -> Any:
    sandbox.control("PUT", "templates", [{"template_id": DUE, "body": BODY}])
    made = Wire(handle, sandbox)
    yield made
    made.http.close()


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["data"]["code"])


# ---- as a whole ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"destinations": []}, "A307"),
        ({"messageFlow": []}, "A300"),
        ({"messageFlow": [{}]}, "A300"),
        ({"messageFlow": [{"mms": {"from": SENDER, "text": "가", "fileKey": ["k"] * 4}}]}, "A319"),
        ({"messageFlow": [{"alimtalk": {"templateCode": "T", "msgType": "AT"}}]}, "A502"),
        ({"messageFlow": [{"alimtalk": {"senderKey": "S", "msgType": "AT"}}]}, "A505"),
        ({"messageFlow": [{"alimtalk": {"senderKey": "S", "templateCode": "T"}}]}, "A523"),
        (
            {
                "messageFlow": [
                    {"alimtalk": {"senderKey": "S", "templateCode": "T", "sendType": "template"}}
                ]
            },
            "A571",
        ),
        ({"idempotencyKey": "", "idempotencyTtl": 5}, "A308"),
        ({"idempotencyKey": "k" * 201, "idempotencyTtl": 5}, "A308"),
        ({"idempotencyKey": "k"}, "A309"),
        ({"idempotencyKey": "k", "idempotencyTtl": 86_401}, "A309"),
        ({"destinations": "?"}, "A011"),
    ],
)
def test_a_request_is_refused(wire: Wire, change: dict[str, Any], code: str) -> None:
    reply = wire.send(**change)
    assert (reply.status_code, code_of(reply)) == (400, code)


def test_two_hundred_and_no_more(wire: Wire) -> None:
    assert code_of(wire.send(to=201)) == "A318"
    assert code_of(wire.send(to=200)) == "A000"


@pytest.mark.parametrize(
    ("method", "path", "code"), [("GET", "/nowhere", "A404"), ("GET", "/send/omni", "A405")]
)
def test_the_gateway_knows_its_paths(wire: Wire, method: str, path: str, code: str) -> None:
    reply = wire.http.request(method, path)
    assert reply.json()["common"]["authCode"] == code
    assert "data" not in reply.json()


def test_a_key_that_lives_no_time_protects_nothing(wire: Wire) -> None:
    for _ in range(2):
        reply = wire.send(idempotencyKey="k", idempotencyTtl=0)
        assert reply.json()["data"]["data"]["destinations"][0]["code"] == "A000"


# ---- what Kakao refuses later ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "10000"),
        ({"text": "다른 글"}, "63016"),
        ({"templateCode": "NONE"}, "63015"),
        ({"senderKey": "SOMEBODY"}, "61007"),
        ({"attachment": {"button": [{"type": "WL", "name": "가"}]}}, "63016"),
    ],
)
def test_it_was_accepted_all_the_same(wire: Wire, change: dict[str, Any], code: str) -> None:
    assert wire.fate(wire.alimtalk(**change)) == code


@pytest.mark.parametrize("state", ["blocked", "dormant", "gone"])
def test_a_profile_that_may_not_send(wire: Wire, state: str) -> None:
    wire.control("PUT", "config", {"profile_states": {"bizgo": state}})
    assert wire.fate(wire.alimtalk()) == "61007"


def test_its_own_rendering_lacks_a_word(wire: Wire) -> None:
    step = {"alimtalk": {"senderKey": wire.profile, "templateCode": DUE, "sendType": "template"}}
    reply = wire.post(
        "/send/omni",
        {
            "destinations": [{"to": "01012345678", "replaceWords": {"기한": "오늘"}}],
            "messageFlow": [step],
        },
    )
    [told] = reply.json()["data"]["data"]["destinations"]
    assert told["code"] == "A000"


@pytest.mark.parametrize(
    ("to", "step", "code"),
    [
        ("01055550012", SMS, "23001"),
        ("01055550012", {"mms": {"from": SENDER, "text": "가"}}, "33001"),
        ("0212345678", SMS, "23003"),
    ],
)
def test_what_the_networks_say(wire: Wire, to: str, step: dict[str, Any], code: str) -> None:
    sent = wire.post("/send/omni", {"destinations": [{"to": to}], "messageFlow": [step]}).json()
    key = sent["data"]["data"]["destinations"][0]["msgKey"]
    found: Callable[[], Any] = lambda: wire.http.get(f"/report/inquiry/{key}").json()  # noqa: E731
    wait_for(lambda: found()["data"]["data"]["report"])
    assert found()["data"]["data"]["report"][0]["reportCode"] == code


def test_the_way_a_sender_has_to_be_registered(wire: Wire) -> None:
    wire.control("PUT", "config", {"senders": ["0299990000"]})
    [told] = wire.send().json()["data"]["data"]["destinations"]
    assert (told["code"], wire.control("GET", "accepted?protocol=bizgo")) == ("A327", [])


# ---- look-ups --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/message/history", "A300"),
        ("/message/history?requestTime=gestern", "A300"),
        ("/reservation/list", "A315"),
        ("/reservation/list?resvSendTime=x", "A315"),
        ("/reservation/resvKey/NONE", "A820"),
        ("/reservation/resvKey/NONE/destinations", "A820"),
    ],
)
def test_a_question_that_makes_no_sense(wire: Wire, path: str, code: str) -> None:
    assert code_of(wire.http.get(path)) == code


@pytest.mark.parametrize("key", ["NONE", "20260101000000000SBX000000001abc"])
def test_a_message_that_nobody_knows(wire: Wire, key: str) -> None:
    for path in (f"/report/inquiry/{key}", f"/message/inquiry/msgKey/{key}"):
        data = wire.http.get(path).json()["data"]["data"]
        assert list(data.values()) == [[]]
    assert wire.http.get("/message/inquiry/requestId/NONE").json()["data"]["data"] == {
        "messages": []
    }


def test_a_place_behind_the_last_message(wire: Wire) -> None:
    key = wire.send().json()["data"]["data"]["destinations"][0]["msgKey"]
    path = f"/message/inquiry/msgKey/{key[:-3]}001"
    assert wire.http.get(path).json()["data"]["data"] == {"messages": []}


def test_the_history_begins_when_it_is_told_to(wire: Wire) -> None:
    wire.send(groupKey="chunk-1")
    later = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 9 * 3_600 + 60))
    for group in ("", "&groupKey=chunk-1"):
        reply = wire.http.get(f"/message/history?requestTime={later}{group}")
        assert reply.json()["data"]["data"] == {"messages": [], "lastSeq": 0, "hasNext": False}


# ---- reservations ----------------------------------------------------------------------------


@pytest.mark.parametrize("at", [None, "bald"])
def test_a_reservation_without_a_time(wire: Wire, at: str | None) -> None:
    body = {"destinations": [{"to": "01012345678"}], "messageFlow": [SMS], "resvSendTime": at}
    assert code_of(wire.post("/reservation", body)) == "A315"


def test_reservations_are_counted_as_sends(wire: Wire) -> None:
    wire.control("PUT", "config", {"rate_limits": {"bizgo": 1}})
    wire.send()
    body = {
        "destinations": [{"to": "01012345678"}],
        "messageFlow": [SMS],
        "resvSendTime": "2030-01-01 00:00:00",
    }
    reply = wire.post("/reservation", body)
    assert (reply.status_code, code_of(reply)) == (429, "A020")


def test_what_is_reserved_is_no_history(wire: Wire) -> None:
    soon = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 9 * 3_600 + 3_600))
    body = {
        "destinations": [{"to": "01012345678"}],
        "messageFlow": [SMS],
        "resvSendTime": soon,
        "resvName": "chunk-1",
    }
    key = wire.post("/reservation", body).json()["data"]["resvKey"]
    history = wire.http.get("/message/history?requestTime=2026-01-01T00:00:00")
    assert history.json()["data"]["data"]["messages"] == []
    listed = wire.http.get("/reservation/list?resvSendTime=2026-01-01 00:00:00&limit=1")
    [one] = listed.json()["data"]["data"]["reservations"]
    assert (one["resvKey"], one["status"], one["resvSendTime"]) == (key, "PENDING", soon)


# ---- templates and pictures ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"senderKey": "SOMEBODY"}, "A502"),
        ({"templateCode": "T" * 31}, "A505"),
        ({"text": ""}, "A303"),
        ({"text": "가" * 1_301}, "A303"),
        ({"templateName": None}, "A011"),
    ],
)
def test_a_template_that_is_refused(wire: Wire, change: dict[str, Any], code: str) -> None:
    template = {
        "senderKey": wire.profile,
        "templateCode": "TPREFUSED",
        "templateName": "이름",
        "templateMessageType": "BA",
        "templateEmphasizeType": "NONE",
        "text": BODY,
        **change,
    }
    assert code_of(wire.post("/center/alimtalk/template", {"alimtalk": template})) == code


def test_what_an_approved_template_does_not_allow(wire: Wire) -> None:
    key = {"alimtalk": {"senderKey": wire.profile, "templateCode": DUE}}
    for path in ("/request", "/request/cancel"):
        assert code_of(wire.post(f"/center/alimtalk/template{path}", key)) == "A213"
    whole = {
        **key["alimtalk"],
        "templateName": "이름",
        "templateMessageType": "BA",
        "templateEmphasizeType": "NONE",
        "text": "다른 글",
    }
    reply = wire.http.put("/center/alimtalk/template", json={"alimtalk": whole})
    assert code_of(reply) == "A213"


def test_a_form_without_a_picture(wire: Wire) -> None:
    reply = wire.http.post("/file/mms", data={"imageName": "a"}, files={"other": b"x"})
    assert code_of(reply) == "A204"
    large = b"\xff\xd8\xff" + b"0" * 310_000
    reply = wire.http.post("/file/mms", files={"file": ("a.jpg", large, "image/jpeg")})
    assert code_of(reply) == "A200"
