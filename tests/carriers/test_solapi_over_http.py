"""Our SOLAPI client against the carrier simulator: real sockets, real cuts, two processes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import (
    Carrier,
    Exchange,
    Found,
    InDoubt,
    NotSent,
    Outgoing,
    Receipt,
    Rejected,
    Sent,
    Shipment,
    Tap,
    make_ref,
)
from alimnaru.carriers.registry import open_carrier
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Button, ButtonKind, Rendered
from sandbox.process import Handle, start
from tests.carriers.asking import nobody, parcel

TEMPLATE = {
    "template_id": "KA01TPDUESOON",
    "body": "#{이름} 님, #{기한}까지 책을 돌려주십시오.",
    "title": "#{도서관} 반납 안내",
    "subtitle": "반납예정일",
    "buttons": [
        {"type": "WL", "name": "대출 조회", "link_mobile": "https://lib.example/#{번호}"},
        {"type": "AC", "name": "채널 추가"},
    ],
}


class Office:
    """One process of ours and the simulator that it talks to."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.control = httpx.Client(base_url=f"{handle.url}/_sandbox", trust_env=False)
        self.opened: list[Carrier] = []

    def open(self, tap: Tap = lambda _: None, **settings: str) -> Carrier:
        """A client of its own, as another process would have it."""
        wanted = {"api_key": self.handle.api_key, "api_secret": self.handle.api_secret}
        carrier = open_carrier(
            "sandbox", base_url=self.handle.url, settings={**wanted, **settings}, tap=tap
        )
        self.opened.append(carrier)
        return carrier

    def schedule(self, **fault: Any) -> None:
        """Have the simulator fail."""
        self.control.post("/faults", json=fault).raise_for_status()

    def summary(self) -> dict[str, Any]:
        """What was accepted, and what twice."""
        found: dict[str, Any] = self.control.get("/summary").json()
        return found

    def close(self) -> None:
        for carrier in self.opened:
            carrier.close()
        self.control.close()


@pytest.fixture(scope="module")
def handle() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def office(handle: Handle) -> Iterator[Office]:
    made = Office(handle)
    made.control.post("/reset").raise_for_status()
    made.control.delete("/faults").raise_for_status()
    made.control.put("/templates", json=[TEMPLATE]).raise_for_status()
    yield made
    made.close()


def sms(count: int, *, first: int = 1) -> Shipment:
    messages = [
        Outgoing(make_ref(number, 1), f"0104{number:03d}5555", Rendered("11/25(수)까지 반납"))
        for number in range(first, first + count)
    ]
    return Shipment(Channel.SMS, "02-120-0000", messages)


def alimtalk(handle: Handle, phones: Sequence[str], text: str = "") -> Shipment:
    messages = [
        Outgoing(
            make_ref(number, 1),
            phone,
            Rendered(
                text or "김*루 님, 11. 25.(수)까지 책을 돌려주십시오.",
                title="나루중앙 반납 안내",
                buttons=(
                    Button(ButtonKind.WL, "대출 조회", f"https://lib.example/{number}"),
                    Button(ButtonKind.AC, "채널 추가"),
                ),
            ),
        )
        for number, phone in enumerate(phones, start=1)
    ]
    return Shipment(Channel.ALIMTALK, "02-120-0000", messages, "KA01TPDUESOON", handle.profile)


def deliver(carrier: Carrier, shipment: Shipment) -> Sent:
    """What the flow does with a chunk: a new token whenever nothing was sent, `find` in doubt."""
    for _ in range(10):
        try:
            token = carrier.prepare("chunk-1")
        except NotSent:
            continue
        try:
            return carrier.send(token, shipment)
        except NotSent:
            continue
        except InDoubt:
            found = carrier.find(token, None, nobody)
            if found.sent is not None:
                return found.sent
    raise AssertionError("never delivered")


def receipts(carrier: Carrier, token: str, count: int) -> list[Receipt]:
    """Poll until every message has a final result."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = [
            one for page in carrier.results(parcel(token)) for one in carrier.read_receipts(page)
        ]
        if len(found) == count and not any(
            one.result in (Result.ACCEPTED, Result.IN_TRANSIT) for one in found
        ):
            return found
        time.sleep(0.02)
    raise AssertionError("results are missing")


def test_it_works(office: Office) -> None:
    kept: list[Exchange] = []
    carrier = office.open(kept.append)
    phones = ["01041115555", "01041110001", "01041110002", "01041110004"]
    token = carrier.prepare("chunk-1")

    sent = carrier.send(token, alimtalk(office.handle, phones))

    assert set(sent.accepted) == {"1-1", "2-1", "3-1", "4-1"}
    assert sent.refused == {}
    found = {one.message_id: one for one in receipts(carrier, token, 4)}
    assert {key: one.result for key, one in found.items()} == {
        1: Result.DELIVERED,
        2: Result.NOT_A_USER,
        3: Result.UNREACHABLE_ON_KAKAO,
        4: Result.NUMBER_WRONG,
    }
    assert found[1].carrier_ref == sent.accepted["1-1"]
    assert found[1].at is not None
    # The provider's own fallback stayed off.
    assert office.summary()["replacements"] == {}
    assert "0104111" not in "".join(one.request + one.response for one in kept)


def test_a_text_that_left_its_template_is_refused_and_not_fired(office: Office) -> None:
    carrier = office.open()
    shipment = alimtalk(office.handle, ["01041115555"], text="아무 말")
    token = carrier.prepare("chunk-1")
    sent = carrier.send(token, shipment)
    assert sent.refused["1-1"].result is Result.TEMPLATE_MISMATCH
    assert office.summary()["accepted_total"] == 0
    assert carrier.find(token, None, nobody) == Found(None)


def test_a_group_of_several_pages_is_read_back_whole(office: Office) -> None:
    carrier = office.open()
    token = carrier.prepare("chunk-1")
    sent = carrier.send(token, sms(999))
    assert len(sent.accepted) == 999
    assert carrier.find(token, None, nobody) == Found(sent)


@pytest.mark.parametrize("path", ["create", "add", "send"])
@pytest.mark.parametrize(
    "kind",
    [
        "cut_before",
        "cut_after",
        "cut_middle",
        "error_500",
        "error_502",
        "error_503",
        "too_many",
    ],
)
def test_no_fault_tells_anybody_twice_or_never(office: Office, kind: str, path: str) -> None:
    office.schedule(kind=kind, path=path)
    sent = deliver(office.open(), sms(3))
    assert set(sent.accepted) == {"1-1", "2-1", "3-1"}
    told = office.summary()
    assert told["faults_struck"] >= 1
    assert (told["accepted_total"], told["repeated_refs"]) == (3, {})


def test_faults_at_every_step_at_once(office: Office) -> None:
    for kind in ("cut_after", "cut_before", "error_503"):
        for path in ("create", "add", "send"):
            office.schedule(kind=kind, path=path)
    carrier = office.open()
    for chunk in range(5):
        deliver(carrier, sms(20, first=1 + 20 * chunk))
    told = office.summary()
    assert (told["accepted_total"], told["repeated_refs"]) == (100, {})


def test_a_cut_before_the_firing_left_nothing(office: Office) -> None:
    carrier = office.open()
    office.schedule(kind="cut_before", path="send")
    token = carrier.prepare("chunk-1")
    with pytest.raises(InDoubt):
        carrier.send(token, sms(3))
    assert carrier.find(token, None, nobody) == Found(None)
    assert office.summary()["accepted_total"] == 0


def test_a_cut_after_the_firing_left_everything(office: Office) -> None:
    carrier = office.open()
    office.schedule(kind="cut_after", path="send")
    token = carrier.prepare("chunk-1")
    with pytest.raises(InDoubt):
        carrier.send(token, sms(3))
    found = carrier.find(token, None, nobody)
    assert found.sent is not None
    assert set(found.sent.accepted) == {"1-1", "2-1", "3-1"}
    assert found == carrier.find(token, None, nobody)


def test_a_process_believed_dead_cannot_fire_any_more(office: Office) -> None:
    """Between its filling and its firing, another process settles the chunk and sends it."""
    other = office.open()
    settled: list[Found] = []

    def meanwhile(exchange: Exchange) -> None:
        if exchange.method == "PUT":
            settled.append(other.find(token, None, nobody))
            deliver(other, sms(3))

    zombie = office.open(meanwhile)
    token = zombie.prepare("chunk-1")
    with pytest.raises(NotSent, match="DeletedGroup"):
        zombie.send(token, sms(3))
    assert settled == [Found(None)]
    told = office.summary()
    assert (told["accepted_total"], told["repeated_refs"]) == (3, {})


def test_a_process_believed_dead_cannot_fill_any_more(office: Office) -> None:
    zombie, other = office.open(), office.open()
    token = zombie.prepare("chunk-1")
    assert other.find(token, None, nobody) == Found(None)
    with pytest.raises(NotSent):
        zombie.send(token, sms(3))
    assert office.summary()["accepted_total"] == 0


def test_what_fired_while_we_asked_is_found(office: Office) -> None:
    other = office.open()
    settled: list[Found] = []

    def meanwhile(exchange: Exchange) -> None:
        if exchange.path.endswith("/send"):
            settled.append(other.find(token, None, nobody))

    slow = office.open(meanwhile)
    token = slow.prepare("chunk-1")
    sent = slow.send(token, sms(3))
    assert settled == [Found(sent)]


def test_a_token_serves_once(office: Office) -> None:
    carrier = office.open()
    token = carrier.prepare("chunk-1")
    sent = carrier.send(token, sms(3))
    with pytest.raises(InDoubt):
        carrier.send(token, sms(3))
    assert carrier.find(token, None, nobody) == Found(sent)
    assert office.summary()["accepted_total"] == 3


def test_a_token_nobody_made_holds_nothing(office: Office) -> None:
    assert office.open().find("G4V20261123101010NARUNARUNARU001", None, nobody) == Found(None)


def test_a_wrong_secret_is_a_matter_for_a_person(office: Office) -> None:
    carrier = office.open(api_secret="SOMETHINGELSE00000000000000000001")
    with pytest.raises(Rejected, match="SignatureDoesNotMatch") as caught:
        carrier.prepare("chunk-1")
    assert caught.value.result is Result.ACCOUNT_REFUSED


def test_an_empty_purse_is_a_matter_for_a_person(office: Office) -> None:
    carrier = office.open()
    full = office.control.get("/config").json()["balance"]
    office.control.put("/config", json={"balance": 10}).raise_for_status()
    try:
        token = carrier.prepare("chunk-1")
        with pytest.raises(Rejected) as caught:
            carrier.send(token, sms(3))
    finally:
        office.control.put("/config", json={"balance": full}).raise_for_status()
    assert caught.value.result is Result.BALANCE_EMPTY
    assert carrier.find(token, None, nobody) == Found(None)


def test_the_balance_is_told(office: Office) -> None:
    assert (office.open().balance() or 0) > 0


def test_the_proxy_of_the_office_is_not_asked_for_this_machine(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert office.open().balance() is not None


def test_nobody_answers() -> None:
    running = start()
    office = Office(running)
    carrier = office.open()
    running.kill()
    with pytest.raises(NotSent, match="ConnectError"):
        carrier.prepare("chunk-1")
    with pytest.raises(InDoubt, match="ConnectError"):
        carrier.find("G4V20261123101010NARUNARUNARU001", None, nobody)
    office.close()
