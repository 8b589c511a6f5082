"""Handing over: what is asked, what each answer means, and when nothing is asked any more."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from alimnaru.carriers.base import InDoubt, NotSent, Outgoing, Refused, Rejected, Sent, Shipment
from alimnaru.carriers.bizgo.client import Bizgo
from alimnaru.carriers.bizgo.tokens import made_at
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Button, ButtonKind, Rendered
from tests.carriers.bizgo.conftest import KEY, MSG, NOW, Clock, Desk, envelope

OMNI = "/send/omni"
HISTORY = "/message/history"
WRONG_NUMBER = {"103-2": Refused("A306", Result.NUMBER_WRONG)}


def linked(shipment: Shipment) -> Shipment:
    """The same, each with a button of their own: three calls."""
    messages = [
        Outgoing(one.ref, one.to, Rendered("가", buttons=(Button(ButtonKind.WL, "가", one.to),)))
        for one in shipment.messages
    ]
    return replace(shipment, messages=messages)


def taken(*codes: str) -> dict[str, list[dict[str, str]]]:
    return {
        "destinations": [
            {"to": f"0101234000{n}", "code": code, "msgKey": f"{MSG}{n}"}
            for n, code in enumerate(codes, start=1)
        ]
    }


def test_it_works(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    desk.expect("POST", OMNI, "accepted")
    token = carrier.prepare("7-1")
    sent = carrier.send(token, shipment)
    assert sent == Sent({"101-1": f"{MSG}0", "102-1": f"{MSG}1"}, WRONG_NUMBER)
    body = desk.body()
    assert body["idempotencyKey"].startswith(f"{token}-")
    assert (body["idempotencyTtl"], body["groupKey"]) == (86_400, token)
    assert len(body["messageFlow"]) == 1
    assert [one["ref"] for one in body["destinations"]] == ["101-1", "102-1", "103-2"]
    assert desk.asked[0].headers["Authorization"] == KEY
    assert carrier.balance() is None


def test_a_token_tells_its_moment(carrier: Bizgo) -> None:
    token, other = carrier.prepare("7-1"), carrier.prepare("7-1")
    assert token != other
    assert len(token) == 21
    assert made_at(token) == NOW


def test_nothing_that_names_anybody_is_kept(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    desk.expect("POST", OMNI, "accepted")
    carrier.send(carrier.prepare("7-1"), shipment)
    [kept] = desk.kept
    assert "01012340001" not in kept.request + kept.response
    assert KEY not in kept.request + kept.response


def test_an_old_token_stays_here(carrier: Bizgo, clock: Clock, shipment: Shipment) -> None:
    token = carrier.prepare("7-1")
    clock.turn(hours=21.7)
    with pytest.raises(NotSent, match="TokenTooOld"):
        carrier.send(token, shipment)
    with pytest.raises(NotSent, match="NotAToken"):
        carrier.send("another-carriers", shipment)


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("A100", Result.ACCOUNT_REFUSED),
        ("A502", Result.CHANNEL_REFUSED),
        ("A505", Result.TEMPLATE_MISSING),
        ("A320", Result.BALANCE_EMPTY),
        ("A401", Result.REQUEST_WRONG),
    ],
)
def test_the_service_refuses(
    desk: Desk, carrier: Bizgo, shipment: Shipment, code: str, result: Result
) -> None:
    # Whatever the HTTP status: Bizgo also refuses inside a 200.
    desk.refuse("POST", OMNI, 200, code, "01012340001은(는) 안 됩니다.")
    with pytest.raises(Rejected) as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert (caught.value.code, caught.value.result) == (code, result)
    assert "01012340001" not in str(caught.value)


def test_the_gateway_refuses(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    desk.turn_away("POST", OMNI, 401, "A401")
    with pytest.raises(Rejected) as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert (caught.value.code, caught.value.result) == ("gateway-A401", Result.ACCOUNT_REFUSED)


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (httpx.Response(429, headers={"Retry-After": "3"}), NotSent, "Http429"),
        (httpx.Response(404, text="?"), Rejected, "Http404"),
        (httpx.Response(403), Rejected, "Http403"),
        (httpx.Response(301), Rejected, "Http301"),
        (httpx.Response(500, text="<html>"), InDoubt, "Http500"),
        (httpx.Response(200, text="?"), InDoubt, "Http200"),
        (httpx.Response(200, json={"common": {}}), InDoubt, "Http200"),
        (httpx.Response(502, json={"common": {"authCode": "A502"}}), InDoubt, "gateway-A502"),
        (httpx.Response(418, json={"common": {"authCode": "A418"}}), Rejected, "gateway-A418"),
        (httpx.Response(400, json={"common": {"authCode": "<b>"}}), Rejected, "Http400"),
        (httpx.Response(400, json={"data": {"code": "A888"}}), Rejected, "A888"),
        (httpx.Response(200, json={"data": {"code": "A888"}}), InDoubt, "A888"),
        (httpx.Response(503, json={"data": {"code": "A920"}}), InDoubt, "A920"),
        (httpx.ReadTimeout("slow"), InDoubt, "ReadTimeout"),
        (httpx.ConnectError("down"), NotSent, "ConnectError"),
    ],
)
def test_how_a_call_may_end(  # noqa: PLR0917 - fixtures
    desk: Desk,
    carrier: Bizgo,
    shipment: Shipment,
    answer: httpx.Response | Exception,
    error: type[Exception],
    code: str,
) -> None:
    desk.expect("POST", OMNI, answer)
    with pytest.raises(error) as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert type(caught.value) is error
    assert getattr(caught.value, "code", "") == code
    if code == "Http429":
        assert getattr(caught.value, "retry_after", None) == 3.0


def test_too_many_at_once(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    desk.refuse("POST", OMNI, 429, "A020")
    with pytest.raises(NotSent) as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert type(caught.value) is NotSent


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"destinations": None},
        taken("A000", "A000"),
        taken("A000", "A000", "A000", "A000"),
        {"destinations": "?"},
    ],
)
def test_a_verdict_is_missing(desk: Desk, carrier: Bizgo, shipment: Shipment, data: object) -> None:
    desk.tell("POST", OMNI, data)
    with pytest.raises(InDoubt):
        carrier.send(carrier.prepare("7-1"), shipment)


def test_verdicts_without_numbers_come_in_order(
    desk: Desk, carrier: Bizgo, shipment: Shipment
) -> None:
    verdicts = [{"code": "A000", "msgKey": f"{MSG}{n}"} for n in range(3)]
    desk.tell("POST", OMNI, {"destinations": verdicts})
    sent = carrier.send(carrier.prepare("7-1"), shipment)
    assert sent.accepted == {"101-1": f"{MSG}0", "102-1": f"{MSG}1", "103-2": f"{MSG}2"}


# ---- the same key again ----------------------------------------------------------------------


def test_a_repeat_is_an_acceptance(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    """And the history tells which of them had been refused."""
    desk.expect("POST", OMNI, "repeated")
    desk.expect("GET", HISTORY, "history")
    token = carrier.prepare("7-1")
    sent = carrier.send(token, shipment)
    assert sent == Sent({"101-1": f"{MSG}0", "102-1": f"{MSG}1"}, WRONG_NUMBER)
    assert dict(desk.asked[1].url.params) == {
        # Five minutes before the token, in Seoul.
        "requestTime": "2026-04-24T10:37:34",
        "groupKey": token,
        "limit": "1000",
    }


def test_a_repeat_of_the_whole_request(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    desk.refuse("POST", OMNI, 400, "A301")
    desk.expect("GET", HISTORY, "history")
    sent = carrier.send(carrier.prepare("7-1"), shipment)
    assert sent == Sent({"101-1": f"{MSG}0", "102-1": f"{MSG}1"}, WRONG_NUMBER)


def test_a_repeat_whose_history_cannot_be_read(
    desk: Desk, carrier: Bizgo, shipment: Shipment
) -> None:
    desk.tell("POST", OMNI, taken("A301", "A301", "A000"))
    desk.refuse("GET", HISTORY, 500, "A910")
    sent = carrier.send(carrier.prepare("7-1"), shipment)
    assert sent.accepted == {"101-1": f"{MSG}1", "102-1": f"{MSG}2", "103-2": f"{MSG}3"}


def test_it_is_the_same_key_for_the_same_people(
    desk: Desk, carrier: Bizgo, shipment: Shipment
) -> None:
    token = carrier.prepare("7-1")
    desk.expect("POST", OMNI, httpx.ReadTimeout("slow"))
    with pytest.raises(InDoubt):
        carrier.send(token, shipment)
    # Meanwhile one of them may no longer be told.
    fewer = replace(shipment, messages=shipment.messages[:2])
    desk.tell("POST", OMNI, taken("A000", "A000"))
    carrier.send(token, fewer)
    assert desk.body(0)["idempotencyKey"] == desk.body(1)["idempotencyKey"]


# ---- several calls ---------------------------------------------------------------------------


def test_each_part_has_a_key_of_its_own(desk: Desk, carrier: Bizgo, shipment: Shipment) -> None:
    for n in range(1, 4):
        desk.tell(
            "POST",
            OMNI,
            {"destinations": [{"to": f"0101234000{n}", "code": "A000", "msgKey": f"{MSG}{n}"}]},
        )
    token = carrier.prepare("7-1")
    sent = carrier.send(token, linked(shipment))
    assert list(sent.accepted) == ["101-1", "102-1", "103-2"]
    bodies = [desk.body(n) for n in range(3)]
    assert len({body["idempotencyKey"] for body in bodies}) == 3
    assert {body["groupKey"] for body in bodies} == {token}


@pytest.mark.parametrize("first", ["A000", "A306"])
def test_a_later_part_is_refused(
    desk: Desk, carrier: Bizgo, shipment: Shipment, first: str
) -> None:
    """It is doubt, unless nobody had been accepted before."""
    verdict = {"to": "01012340001", "code": first, "msgKey": MSG}
    desk.tell("POST", OMNI, {"destinations": [verdict]})
    desk.refuse("POST", OMNI, 429, "A020")
    error = InDoubt if first == "A000" else NotSent
    with pytest.raises(error, match="A020"):
        carrier.send(carrier.prepare("7-1"), linked(shipment))


@pytest.mark.parametrize(("code", "alone"), [("A303", True), ("A320", False)])
def test_a_part_that_is_refused_for_what_it_says_is_refused_alone(
    desk: Desk, carrier: Bizgo, shipment: Shipment, code: str, alone: bool
) -> None:
    """Else the rest of its chunk would be asked about for as long as a key lives."""
    verdict = {"to": "01012340001", "code": "A000", "msgKey": MSG}
    desk.tell("POST", OMNI, {"destinations": [verdict]})
    desk.refuse("POST", OMNI, 400, code)
    if not alone:
        with pytest.raises(InDoubt, match=code):
            carrier.send(carrier.prepare("7-1"), linked(shipment))
        return
    desk.tell("POST", OMNI, {"destinations": [{**verdict, "to": "01012340003"}]})
    sent = carrier.send(carrier.prepare("7-1"), linked(shipment))
    assert list(sent.accepted) == ["101-1", "103-2"]
    assert sent.refused == {"102-1": Refused("A303", Result.TEXT_REFUSED)}


def test_a_token_may_grow_old_between_two_parts(
    desk: Desk, carrier: Bizgo, clock: Clock, shipment: Shipment
) -> None:
    token = carrier.prepare("7-1")
    clock.turn(hours=21)

    def slowly() -> httpx.Response:
        clock.turn(hours=1)
        verdict = {"to": "01012340001", "code": "A000", "msgKey": MSG}
        return httpx.Response(200, json=envelope({"destinations": [verdict]}))

    desk.expect("POST", OMNI, slowly)
    with pytest.raises(InDoubt, match="TokenTooOld"):
        carrier.send(token, linked(shipment))
