"""What Bizgo holds until a moment: reserved by name, found by name, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import Found, InDoubt, NotSent, Refused, Rejected, Sent, Shipment
from alimnaru.carriers.bizgo.client import Bizgo
from alimnaru.rules.outcomes import Result
from tests.carriers.asking import nobody, parcel
from tests.carriers.bizgo.conftest import NOW, Clock, Desk

RESERVATION = "/reservation"
LIST = "/reservation/list"
NAMED = "/reservation/resvKey/RESV_KEY_EXAMPLE"
REFS = ("101-1", "102-1", "103-2")
WHOLE = Sent({ref: f"MSG_KEY_EXAMPLE_00{n}" for n, ref in enumerate(REFS)})


@pytest.fixture
def later(shipment: Shipment) -> Shipment:
    return replace(shipment, at=NOW + timedelta(hours=1))


def listed(token: str, *states: str) -> dict[str, Any]:
    found = [
        {"resvKey": "RESV_KEY_EXAMPLE", "resvName": token, "status": state} for state in states
    ]
    return {"reservations": [*found, {"resvKey": "OTHER", "resvName": "x", "status": "PENDING"}]}


def recipients(count: int, **code: str) -> dict[str, Any]:
    return {
        "destinations": [
            {"to": f"0101234000{n + 1}", "msgKey": f"MSG_KEY_EXAMPLE_00{n}", **code}
            for n in range(count)
        ]
        + [{"to": "01099999999", "msgKey": "OTHER"}]
    }


def test_it_works(desk: Desk, carrier: Bizgo, later: Shipment) -> None:
    desk.expect("POST", RESERVATION, "reserved")
    token = carrier.prepare("7-1")
    assert carrier.send(token, later) == WHOLE
    body = desk.body()
    assert (body["resvSendTime"], body["resvName"]) == ("2026-04-24 11:42:34", token)
    assert not {"idempotencyKey", "groupKey"} & set(body)


def test_it_is_too_soon(desk: Desk, carrier: Bizgo, later: Shipment) -> None:
    desk.refuse("POST", RESERVATION, 400, "A316")
    with pytest.raises(Rejected, match="A316"):
        carrier.send(carrier.prepare("7-1"), later)


def test_a_token_serves_a_part_of_the_fence(carrier: Bizgo, clock: Clock, later: Shipment) -> None:
    token = carrier.prepare("7-1")
    clock.turn(seconds=151)
    with pytest.raises(NotSent, match="TokenTooOld"):
        carrier.send(token, later)


def test_a_verdict_that_belongs_elsewhere(desk: Desk, carrier: Bizgo, later: Shipment) -> None:
    verdicts = [{"to": one.to, "code": "A301"} for one in later.messages]
    desk.tell("POST", RESERVATION, {"destinations": verdicts})
    with pytest.raises(InDoubt, match="TakenBefore"):
        carrier.send(carrier.prepare("7-1"), later)


def test_a_cut_is_settled_by_name(desk: Desk, carrier: Bizgo, later: Shipment) -> None:
    token = carrier.prepare("7-1")
    desk.tell("GET", LIST, listed(token, "PENDING"))
    desk.tell("GET", f"{NAMED}/destinations", recipients(3))
    assert carrier.find(token, later, nobody) == Found(WHOLE)
    assert desk.asked[0].url.params["resvSendTime"] == "2026-04-24 11:42:34"


def test_some_of_them_were_refused(desk: Desk, carrier: Bizgo, later: Shipment) -> None:
    token = carrier.prepare("7-1")
    desk.tell("GET", LIST, listed(token, "PENDING"))
    desk.tell("GET", f"{NAMED}/destinations", recipients(3, responseCode="A306"))
    found = carrier.find(token, later, nobody)
    assert found.sent is not None
    assert found.sent.refused == dict.fromkeys(REFS, Refused("A306", Result.NUMBER_WRONG))


def test_nothing_is_decided_before_the_fence(desk: Desk, carrier: Bizgo, later: Shipment) -> None:
    token = carrier.prepare("7-1")
    desk.tell("GET", LIST, listed(token, "CANCELLED"))
    with pytest.raises(InDoubt, match="FenceStillOpen") as caught:
        carrier.find(token, later, nobody)
    assert caught.value.retry_after == 600.0


def test_what_never_came_goes_again(
    desk: Desk, carrier: Bizgo, clock: Clock, later: Shipment
) -> None:
    token = carrier.prepare("7-1")
    clock.turn(minutes=10)
    desk.tell("GET", LIST, {})
    desk.tell("GET", LIST, {})
    assert carrier.find(token, later, nobody) == Found(None)


@pytest.mark.parametrize("left", ["CANCELLED", "PROCESSING"])
def test_half_a_shipment_is_taken_back(
    desk: Desk, carrier: Bizgo, clock: Clock, later: Shipment, left: str
) -> None:
    token = carrier.prepare("7-1")
    clock.turn(minutes=10)
    desk.tell("GET", LIST, listed(token, "PENDING"))
    desk.tell("GET", f"{NAMED}/destinations", recipients(2))
    desk.tell("POST", f"{NAMED}/cancel", {"status": left})
    desk.tell("GET", LIST, listed(token, left))
    if left == "CANCELLED":
        assert carrier.find(token, later, nobody) == Found(None)
    else:
        with pytest.raises(InDoubt, match="ReservationUnderWay"):
            carrier.find(token, later, nobody)


def test_a_look_that_fails(desk: Desk, carrier: Bizgo, later: Shipment) -> None:
    desk.expect("GET", LIST, httpx.ConnectError("down"))
    with pytest.raises(InDoubt, match="ConnectError"):
        carrier.find(carrier.prepare("7-1"), later, nobody)


# ---- taking back -----------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["PENDING", "STOPPED"])
def test_it_is_taken_back(desk: Desk, carrier: Bizgo, state: str) -> None:
    token = carrier.prepare("7-1")
    desk.tell("GET", LIST, listed(token, state))
    desk.expect("POST", f"{NAMED}/cancel")
    desk.tell("GET", LIST, listed(token, "CANCELLED"))
    assert carrier.cancel(parcel(token)) is True


@pytest.mark.parametrize(
    ("states", "taken_back"), [((), False), (("CANCELLED",), True), (("PROCESSING",), False)]
)
def test_there_is_nothing_to_take_back(
    desk: Desk, carrier: Bizgo, states: tuple[str, ...], taken_back: bool
) -> None:
    token = carrier.prepare("7-1")
    desk.tell("GET", LIST, listed(token, *states))
    desk.tell("GET", LIST, listed(token, *states))
    assert carrier.cancel(parcel(token)) is taken_back


def test_it_went_meanwhile(desk: Desk, carrier: Bizgo) -> None:
    token = carrier.prepare("7-1")
    desk.tell("GET", LIST, listed(token, "PENDING"))
    desk.refuse("POST", f"{NAMED}/cancel", 400, "A824")
    desk.tell("GET", LIST, listed(token, "PROCESSING"))
    assert carrier.cancel(parcel(token)) is False


def test_it_cannot_be_taken_back(desk: Desk, carrier: Bizgo) -> None:
    token = carrier.prepare("7-1")
    desk.tell("GET", LIST, listed(token, "PENDING"))
    desk.refuse("POST", f"{NAMED}/cancel", 403, "A110")
    with pytest.raises(Rejected, match="A110"):
        carrier.cancel(parcel(token))
