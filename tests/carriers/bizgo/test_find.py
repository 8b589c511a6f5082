"""After a cut: what Bizgo has, and whether its key may be used again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import Found, InDoubt, NotSent, Refused, Sent, Shipment
from alimnaru.carriers.bizgo.client import Bizgo
from alimnaru.carriers.bizgo.tokens import made_at, recalled
from alimnaru.rules.outcomes import Result
from tests.carriers.asking import nobody
from tests.carriers.bizgo.conftest import MSG, NOW, Clock, Desk

HISTORY = "/message/history"
WHOLE = Sent(
    {"101-1": f"{MSG}0", "102-1": f"{MSG}1"}, {"103-2": Refused("A306", Result.NUMBER_WRONG)}
)
AGAIN = Found(None, same_token=True)


def page(*refs: str, more: bool = False, last: int | None = 1, **code: str) -> dict[str, Any]:
    messages = [{"msgKey": f"{MSG}{n}", "ref": ref, **code} for n, ref in enumerate(refs)]
    return {"messages": messages, "hasNext": more, "lastSeq": last}


def test_it_works(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    token = carrier.prepare("7-1")
    desk.expect("GET", HISTORY, "history")
    assert carrier.find(token, shipment, nobody) == Found(WHOLE)
    assert desk.asked[0].url.params["groupKey"] == token


@pytest.mark.parametrize("hours", [0, 19])
def test_while_the_key_lives_it_is_used_again(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment, hours: int
) -> None:
    """Also where the history has not heard of all of them yet."""
    token = carrier.prepare("7-1")
    clock.turn(hours=hours)
    for held in ((), ("101-1", "102-1")):
        desk.tell("GET", HISTORY, page(*held))
        assert carrier.find(token, shipment, nobody) == AGAIN


def test_a_look_that_fails_does_not_stop_it(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment
) -> None:
    token = carrier.prepare("7-1")
    desk.refuse("GET", HISTORY, 503, "A920")
    assert carrier.find(token, shipment, nobody) == AGAIN
    clock.turn(hours=20)
    desk.refuse("GET", HISTORY, 503, "A920")
    with pytest.raises(InDoubt, match="A920"):
        carrier.find(token, shipment, nobody)


def test_near_the_end_of_its_life_nothing_is_decided(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment
) -> None:
    token = carrier.prepare("7-1")
    clock.turn(hours=23)
    desk.tell("GET", HISTORY, page())
    with pytest.raises(InDoubt, match="KeyStillLives"):
        carrier.find(token, shipment, nobody)
    desk.expect("GET", HISTORY, "history")
    assert carrier.find(token, shipment, nobody) == Found(WHOLE)


def test_what_never_came_goes_again(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment
) -> None:
    """Once the whole history says so, not only that of the group."""
    token = carrier.prepare("7-1")
    clock.turn(days=1)
    desk.tell("GET", HISTORY, page())
    desk.tell("GET", HISTORY, page("900-1", more=True, last=7))
    desk.tell("GET", HISTORY, page("901-1"))
    assert carrier.find(token, shipment, nobody) == Found(None)
    assert "groupKey" not in desk.asked[1].url.params
    assert desk.asked[2].url.params["lastSeq"] == "7"


def test_a_group_that_was_not_kept(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment
) -> None:
    token = carrier.prepare("7-1")
    clock.turn(days=1)
    desk.tell("GET", HISTORY, page())
    desk.tell("GET", HISTORY, page("900-1", "103-2", "101-1", "102-1"))
    assert carrier.find(token, shipment, nobody) == Found(
        Sent({"103-2": f"{MSG}1", "101-1": f"{MSG}2", "102-1": f"{MSG}3"})
    )


def test_the_part_that_never_came_goes_again_by_itself(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment
) -> None:
    token = carrier.prepare("7-1")
    clock.turn(days=2)
    desk.tell("GET", HISTORY, page("101-1", "102-1"))
    lacking = Refused("NotTaken", Result.CARRIER_DOWN)
    assert carrier.find(token, shipment, nobody) == Found(
        Sent({"101-1": f"{MSG}0", "102-1": f"{MSG}1"}, {"103-2": lacking})
    )


def test_what_can_no_longer_be_read(desk: Desk, carrier: Bizgo, clock: Clock) -> None:
    """Nobody knows how much of it there was, so the end of the key is waited for."""
    token = carrier.prepare("7-1")
    desk.tell("GET", HISTORY, page("101-1"))
    with pytest.raises(InDoubt, match="KeyStillLives"):
        carrier.find(token, None, nobody)
    clock.turn(days=1)
    desk.tell("GET", HISTORY, page("101-1"))
    assert carrier.find(token, None, nobody) == Found(Sent({"101-1": f"{MSG}0"}))
    desk.tell("GET", HISTORY, page())
    with pytest.raises(InDoubt, match="NothingToAskFor"):
        carrier.find(token, None, nobody)


def test_a_refused_try_and_an_accepted_one(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    """Of a message that stands there twice the accepted one counts; a repeat says nothing."""
    messages = [
        {"msgKey": f"{MSG}0", "ref": "101-1", "responseCode": "A000"},
        {"msgKey": f"{MSG}1", "ref": "101-1", "responseCode": "A306"},
        {"msgKey": f"{MSG}2", "ref": "102-1", "responseCode": "A301"},
        {"msgKey": f"{MSG}3", "ref": None, "responseCode": "A000"},
    ]
    desk.tell("GET", HISTORY, {"messages": messages})
    [only, *_] = shipment.messages
    alone = Shipment(shipment.channel, shipment.sender_number, [only])
    found = carrier.find(carrier.prepare("7-1"), alone, nobody)
    assert found == Found(Sent({"101-1": f"{MSG}0"}))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"common": {}, "data": {"code": "A000", "data": {"messages": 5}}}),
        httpx.ReadTimeout("slow"),
    ],
)
def test_what_cannot_be_read_is_asked_again(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment, answer: Any
) -> None:
    token = carrier.prepare("7-1")
    clock.turn(days=1)
    desk.expect("GET", HISTORY, answer)
    with pytest.raises(InDoubt):
        carrier.find(token, shipment, nobody)


@pytest.mark.parametrize("last", [1, None])
def test_a_list_that_does_not_move_ends(
    desk: Desk, carrier: Bizgo, shipment: Shipment, last: int | None
) -> None:
    desk.tell("GET", HISTORY, page("101-1", more=True, last=last))
    if last is not None:
        desk.tell("GET", HISTORY, page("102-1", more=True, last=last))
    assert carrier.find(carrier.prepare("7-1"), shipment, nobody) == AGAIN


def test_a_list_without_end(
    desk: Desk,
    carrier: Bizgo,
    clock: Clock,
    shipment: Shipment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("alimnaru.carriers.bizgo.history.PAGES", 3)
    token = carrier.prepare("7-1")
    clock.turn(days=1)
    for number in range(3):
        desk.tell("GET", HISTORY, page(more=True, last=number))
    with pytest.raises(InDoubt, match="EndlessList"):
        carrier.find(token, shipment, nobody)


def test_a_token_of_another_carrier(carrier: Bizgo, shipment: Shipment) -> None:
    with pytest.raises(InDoubt, match="NotAToken"):
        carrier.find("G4V20261123101010NARUNARUNARU001", shipment, nobody)


# ---- what a restored copy asks -----------------------------------------------------------------


def test_what_was_taken_since_a_moment(desk: Desk, carrier: Bizgo) -> None:
    """The history names no group: the token is the moment, and serves to ask alone."""
    refused = {"ref": "103-2", "responseCode": "A306"}
    told = page("101-1", "102-1", more=True)
    desk.tell("GET", HISTORY, {**told, "messages": [*told["messages"], refused, {"ref": None}]})
    desk.tell("GET", HISTORY, page("104-1", last=2))
    found = list(carrier.taken(NOW))
    assert [one.ref for one in found] == ["101-1", "102-1", "104-1"]
    (token,) = {one.token for one in found}
    assert made_at(token) == NOW
    assert "groupKey" not in desk.asked[0].url.params


def test_what_was_recalled_is_found_or_in_doubt_and_never_sent(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment
) -> None:
    token = recalled(NOW)
    with pytest.raises(NotSent, match="RecalledToken"):
        carrier.send(token, shipment)
    desk.expect("GET", HISTORY, "history")
    assert carrier.find(token, shipment, nobody) == Found(WHOLE)
    assert "groupKey" not in desk.asked[0].url.params
    clock.turn(days=2)
    desk.tell("GET", HISTORY, page("101-1"))
    with pytest.raises(InDoubt, match="ListIncomplete"):
        carrier.find(token, shipment, nobody)
    with pytest.raises(InDoubt, match="NothingToAskFor"):
        carrier.find(token, None, nobody)
