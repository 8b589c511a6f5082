"""A carrier that exists nowhere, to see that the core needs nothing that is SOLAPI's."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox import review
from sandbox.admission import check_alimtalk, check_number
from sandbox.app import build
from sandbox.callbacks import Parcel
from sandbox.matching import TemplateSpec
from sandbox.message import Message
from sandbox.protocol import Handler, Post, Protocol
from sandbox.requests import body_of
from sandbox.settings import Settings
from sandbox.solapi.protocol import Solapi
from sandbox.statuses import ACCEPTED, INDEX, NAMES
from sandbox.wire import WireError
from sandbox.world import World
from tests.sandbox.conversation import Listener, wait_for

CODES: Mapping[str, str] = {
    "delivered": "ok",
    "waiting": "…",
    "not_user": "P-19",
    "unknown": "P-99",
}
PHONE: Mapping[str, str] = {**CODES, "delivered": "landed"}
REFUSALS = {"accepted": 0, "mismatch": -10, "no_template": -3, "bad_format": -4}


class Pigeon(Protocol):
    """Whole batches, rendered by the carrier from variables; a key is taken once."""

    name = "pigeon"
    prefixes = ("/pigeon/",)
    kakao = CODES
    phone = PHONE

    @property
    def credentials(self) -> dict[str, str]:
        return {"key": "PIGEON"}

    def table(self) -> Sequence[tuple[str, str, Handler]]:
        return [
            ("POST", "/pigeon/messages", self.send),
            ("DELETE", "/pigeon/messages/{group_id}", self.cancel),
            ("POST", "/pigeon/templates", self.register),
        ]

    def guard(self, request: Request) -> Response | None:
        known = request.headers.get("x-key") == "PIGEON"
        return None if known else JSONResponse({"ok": False, "code": -1})

    def endpoint_of(self, method: str, path: str) -> tuple[str, ...]:
        return ("cancel",) if method == "DELETE" else ("send",)

    def error(self, problem: WireError) -> Response:
        return JSONResponse({"ok": False, "code": -problem.status})

    def messages_of(self, body: bytes, form: str) -> list[Message]:
        sent = json.loads(body)
        return [
            Message(
                to=one["to"],
                kind="ATA" if form == "kakao" else "SMS",
                sender="021200000",
                template=sent.get("template"),
                text=one.get("text"),
                variables={f"#{{{key}}}": value for key, value in one.get("values", {}).items()},
                custom=one.get("ref", ""),
            )
            for one in sent["birds"]
        ]

    async def send(self, request: Request) -> Response:
        raw = await body_of(request)
        sent = json.loads(raw)
        key, form = sent.get("key", ""), "kakao" if "template" in sent else "sms"
        if key and self.world.store.with_fact(self.name, "key", key):
            return JSONResponse({"ok": False, "code": -1005})
        if not self.world.within_rate(self.name, len(sent["birds"])):
            return JSONResponse({"ok": False, "code": -429})
        messages = self.messages_of(raw, form)
        verdicts = bytes(map(self.judge, messages))
        group = self.world.hand_over(
            self.name,
            messages,
            raw,
            facts={"key": key, "wings": 2},
            verdicts=verdicts,
            form=form,
            group_id=sent.get("id"),
            at=sent.get("at"),
        )
        codes = [REFUSALS[NAMES[verdict]] for verdict in verdicts]
        return JSONResponse(
            {"ok": any(c == 0 for c in codes), "id": group.group_id, "codes": codes}
        )

    def judge(self, message: Message) -> int:
        if wrong := check_number(message.to):
            return wrong
        if message.kind != "ATA":
            return ACCEPTED
        template = self.world.templates.sendable(self.name).get(message.template or "")
        if template is None:
            return INDEX["no_template"]
        code, _ = check_alimtalk(
            template,
            text=None,
            variables=message.variables,
            title=None,
            buttons=None,
            limit=1_300,
        )
        return code

    async def cancel(self, request: Request) -> Response:
        group = self.world.store.groups[request.path_params["group_id"]]
        numbers = request.query_params.getlist("n")
        base = group.chunks[0].base
        self.world.cancel(group, [base + int(n) for n in numbers] or None)
        return JSONResponse({"status": group.status})

    async def register(self, request: Request) -> Response:
        sent = json.loads(await body_of(request))
        entry = review.draft(
            self.world, self.name, sent["code"], TemplateSpec(sent["code"], sent["body"]), sent
        )
        entry = review.request(self.world, entry)
        return JSONResponse({"status": entry.status, "comments": [c.text for c in entry.comments]})

    def encode(self, parcels: Sequence[Parcel], settings: Settings) -> Post:
        rows = [
            {"ref": p.chunk.ref(i), "code": self.code(p.chunk.type_of(i), p.chunk.code[i])}
            for p in parcels
            for i in p.places
        ]
        secret = settings.callback_secrets[self.name]
        return Post(json.dumps(rows).encode(), {"X-Secret": secret}, "/pigeon")


class Loft:
    """The sandbox with both protocols, in a thread: it can be ended and begun again."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._begin()

    def _begin(self) -> None:
        world = World(self._journal, [Solapi(), Pigeon()])
        self._server = uvicorn.Server(
            uvicorn.Config(build(world, {"report_delay_ms": 0}), ws="none", log_level="warning")
        )
        listening = socket.create_server(("127.0.0.1", 0))
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", trust_env=False
        )
        self._thread = threading.Thread(target=self._server.run, args=([listening],))
        self._thread.start()
        wait_for(lambda: self._server.started)

    def restart(self) -> None:
        self.close()
        self._begin()

    def close(self) -> None:
        self._http.close()
        self._server.should_exit = True
        self._thread.join()

    def call(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        headers = {"X-Key": "PIGEON", **more.pop("headers", {})}
        return self._http.request(method, path, json=body, headers=headers, **more).json()

    def send(self, *birds: dict[str, Any], **more: Any) -> Any:
        return self.call("POST", "/pigeon/messages", {"birds": birds, **more})

    def control(self, method: str, path: str, body: object = None) -> Any:
        return self.call(method, f"/_sandbox/{path}", body)

    def statuses(self) -> dict[str, int]:
        found: dict[str, int] = self.control("GET", "summary?protocol=pigeon")["statuses"]
        return found


@pytest.fixture
def loft(tmp_path: Path) -> Iterator[Loft]:
    found = Loft(tmp_path / "journal")
    template = {"template_id": "GREET", "body": "#{이름}님, 안녕하세요."}
    found.control("PUT", "templates", {"templates": [template], "protocol": "pigeon"})
    yield found
    found.close()


def bird(to: str = "01012345678", ref: str = "1-1", **values: str) -> dict[str, Any]:
    return {"to": to, "ref": ref, "values": values}


def test_a_batch_goes_at_once_and_survives(loft: Loft) -> None:
    reply = loft.send(
        bird(이름="김*루"),
        bird("01012340001", "2-1", 이름="박*솔"),
        bird("01099990000", "3-1"),
        bird("공일공", "4-1", 이름="x"),
        template="GREET",
        key="K1",
        id="REQ-1",
    )
    assert reply == {"ok": True, "id": "REQ-1", "codes": [0, 0, -10, -4]}
    wait_for(lambda: loft.statuses() == {"P-19": 1, "ok": 1})
    rows = loft.control("GET", "accepted?text=1")
    assert [(row["ref"], row["type"], row["text"], row["protocol"]) for row in rows] == [
        ("1-1", "ATA", "김*루님, 안녕하세요.", "pigeon"),
        ("2-1", "ATA", "박*솔님, 안녕하세요.", "pigeon"),
    ]
    loft.restart()
    assert loft.control("GET", "accepted?text=1") == rows
    assert loft.send(bird(이름="김*루"), template="GREET", key="K1")["code"] == -1005
    assert loft.control("GET", "summary")["by_protocol"] == {"pigeon": 2}
    assert loft.control("GET", "accepted?protocol=solapi") == []


def test_what_is_refused_as_a_whole_is_no_acceptance(loft: Loft) -> None:
    reply = loft.send(bird(이름="김*루"), template="NONE", key="K1")
    assert (reply["ok"], reply["codes"]) == (False, [-3])
    loft.restart()
    assert loft.control("GET", "summary")["groups"] == {"FAILED": 1}
    assert loft.control("GET", "accepted") == []


def test_texts_without_references_are_told_apart_by_what_they_say(loft: Loft) -> None:
    for text in ("안내", "안내", "다른 안내"):
        loft.send({"to": "01012345678", "text": text})
    summary = loft.control("GET", "summary")
    assert summary["repeated_refs"] == {}
    assert summary["repeated_texts"] == [
        {"protocol": "pigeon", "type": "SMS", "to": "01012345678", "times": 2}
    ]


def test_a_reservation_is_cancelled_in_part(loft: Loft) -> None:
    soon = 4_102_444_800.0  # 2100
    birds = [bird("01012345678", "1-1"), bird("01099990000", "2-1")]
    group = loft.send(*[{**one, "text": "안내"} for one in birds], at=soon)["id"]
    assert loft.call("DELETE", f"/pigeon/messages/{group}?n=0") == {"status": "SCHEDULED"}
    loft.restart()
    assert loft.call("DELETE", f"/pigeon/messages/{group}?n=1") == {"status": "FAILED"}
    assert loft.control("GET", "accepted") == []


def test_a_reservation_goes_in_its_time(loft: Loft) -> None:
    later = time.time() + 0.6
    group = loft.send({**bird(), "text": "안내"}, {**bird("01099990000"), "text": "둘"}, at=later)
    assert loft.control("GET", "accepted") == []
    loft.call("DELETE", f"/pigeon/messages/{group['id']}?n=1")
    wait_for(lambda: loft.statuses() == {"landed": 1})
    assert [row["to"] for row in loft.control("GET", "accepted")] == ["01012345678"]


def test_its_callbacks_have_an_address_and_a_secret(loft: Loft, listener: Listener) -> None:
    loft.control(
        "PUT", "callback", {"url": listener.url, "secret": "coo", "protocol": "pigeon", "batch": 2}
    )
    loft.send(*[bird(f"0101234500{n}", f"{n}-1", 이름="김") for n in range(5)], template="GREET")
    wait_for(lambda: sum(map(len, listener.batches)) == 5)
    assert max(map(len, listener.batches)) == 2
    assert {row["code"] for batch in listener.batches for row in batch} == {"ok"}
    assert {headers["X-Secret"] for headers in listener.headers} == {"coo"}
    assert listener.paths == {"/callback/pigeon"}
    refused = loft.control("PUT", "callback", {"url": listener.url, "protocol": "owl"})
    assert refused["errorCode"] == "ValidationError"


def test_errors_and_faults_are_its_own(loft: Loft) -> None:
    assert loft.call("GET", "/pigeon/messages", headers={"X-Key": "no"})["code"] == -405
    assert loft.call("GET", "/pigeon/nest")["code"] == -404
    assert loft.call("POST", "/pigeon/messages", {}, headers={"X-Key": "no"})["code"] == -1
    assert loft.call("GET", "/elsewhere")["errorCode"] == "ResourceNotFound"
    loft.control("POST", "faults", {"kind": "error_500", "path": "send", "protocol": "solapi"})
    assert loft.send({**bird(), "text": "안내"})["ok"]
    assert loft.control("GET", "faults")[0]["struck"] == 0


def test_a_rate_is_held(loft: Loft) -> None:
    loft.control("PUT", "config", {"rate_limits": {"pigeon": 0.5}})
    birds = [{**bird(), "text": "안내"}]
    assert loft.send(*birds)["ok"]
    assert loft.send(*birds)["code"] == -429


def register(loft: Loft, body: str = "새 문안") -> Any:
    return loft.call("POST", "/pigeon/templates", {"code": "NEW", "body": body})


def standing(loft: Loft) -> dict[str, Any]:
    found = loft.control("GET", "templates?protocol=pigeon")
    return next(one for one in found if one["template_id"] == "NEW")


def test_a_review_may_be_over_at_once(loft: Loft) -> None:
    loft.control("PUT", "config", {"review_reject": "경품"})
    assert register(loft)["status"] == "approved"
    refused = register(loft, "경품을 드립니다")
    assert refused["status"] == "rejected"
    assert len(refused["comments"]) == 1
    assert loft.send(bird(), template="NEW")["codes"] == [-3]


def test_a_review_takes_its_time_even_over_a_restart(loft: Loft) -> None:
    loft.control("PUT", "config", {"review_delay_ms": 600})
    assert register(loft)["status"] == "requested"
    wait_for(lambda: standing(loft)["status"] == "inspecting")
    loft.restart()
    wait_for(lambda: standing(loft)["status"] == "approved")
    assert loft.send(bird(), template="NEW")["codes"] == [0]


def test_a_review_by_hand_and_what_time_does(loft: Loft) -> None:
    loft.control("PUT", "config", {"review_delay_ms": None})
    register(loft)
    for decision, status in (
        ({"status": "inspecting"}, "inspecting"),
        ({"status": "rejected", "comment": "변수가 너무 깁니다"}, "rejected"),
        ({"status": "approved", "protocol": "pigeon"}, "approved"),
    ):
        [told] = loft.control("POST", "templates/NEW/decide", decision)
        assert told["status"] == status
    for change, status in (
        ({"dormant": True}, "dormant"),
        ({"dormant": False, "blocked": True}, "blocked"),
        ({"blocked": False, "stopped": True}, "stopped"),
        ({"stopped": False}, "approved"),
    ):
        [told] = loft.control("POST", "templates/NEW/age", change)
        assert told["status"] == status
        sent = loft.send(bird(), template="NEW")["codes"]
        assert sent == ([0] if status == "approved" else [-3])
    loft.restart()
    assert [one["text"] for one in standing(loft)["comments"]] == ["변수가 너무 깁니다"]
    missing = loft.control("POST", "templates/NOWHERE/decide", {"status": "approved"})
    assert missing["errorCode"] == "ResourceNotFound"
