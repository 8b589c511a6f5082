"""Creating, filling and firing a group, and every way in which that can end."""

from __future__ import annotations

import httpx
import pytest

from alimnaru.carriers.base import Carrier, InDoubt, NotSent, Refused, Rejected, Shipment
from alimnaru.rules.outcomes import Result

TOKEN = "G4V20261123101010NARUNARUNARU001"
GROUP = f"/messages/v4/groups/{TOKEN}"
GROUPS = "/messages/v4/groups"
MESSAGE = "M4V20261123101011NARUNARUNARU00"


def test_it_works(carrier: Carrier, desk, shipment: Shipment) -> None:
    desk.expect("POST", GROUPS, "group_created")
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.expect("POST", f"{GROUP}/send", "group_sending")

    token = carrier.prepare("chunk-7")
    sent = carrier.send(token, shipment)

    assert token == TOKEN
    assert sent.accepted == {f"10{n}-{a}": f"{MESSAGE}{n}" for n, a in ((1, 1), (2, 1), (3, 2))}
    assert sent.refused == {}
    assert desk.body(0) == {
        "customFields": {"ref": "chunk-7"},
        "allowDuplicates": False,
        "strict": False,
    }


def test_a_refused_message_does_not_hold_up_the_others(carrier: Carrier, desk, shipment) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added_one_refused")
    desk.expect("POST", f"{GROUP}/send", "group_sending")

    sent = carrier.send(TOKEN, shipment)

    assert set(sent.accepted) == {"101-1", "103-2"}
    assert sent.refused == {"102-1": Refused("1043", Result.TEMPLATE_MISMATCH)}


def test_a_group_of_refused_messages_is_not_fired(carrier: Carrier, desk, shipment) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added_all_refused")
    desk.expect("DELETE", GROUP, "group_deleted")

    sent = carrier.send(TOKEN, shipment)

    assert sent.accepted == {}
    assert {refused.result for refused in sent.refused.values()} == {Result.TEMPLATE_MISSING}
    assert len(sent.refused) == 3


def test_the_number_tells_where_our_reference_is_missing(carrier: Carrier, desk, shipment) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added_without_custom_fields")
    desk.expect("POST", f"{GROUP}/send", "group_sending")
    assert set(carrier.send(TOKEN, shipment).accepted) == {"101-1", "102-1", "103-2"}


def test_a_group_that_is_not_all_ours_is_not_fired(carrier: Carrier, desk, shipment) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added_one_missing")
    desk.expect("DELETE", GROUP, "group_deleted")
    with pytest.raises(NotSent, match="ResultListIncomplete: 2/3"):
        carrier.send(TOKEN, shipment)


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        (403, "InvalidAPIKey", Result.ACCOUNT_REFUSED),
        (403, "RequestTimeTooSkewed", Result.ACCOUNT_REFUSED),
        (403, "SomethingNew", Result.ACCOUNT_REFUSED),
        (401, "", Result.ACCOUNT_REFUSED),
        (400, "ValidationError", Result.REQUEST_WRONG),
        (400, "SomethingNew", Result.REQUEST_WRONG),
        (413, "", Result.REQUEST_WRONG),
        (402, "NotEnoughBalance", Result.BALANCE_EMPTY),
        (429, "TooManyRequests", None),
        (500, "InternalError", None),
        (302, "", None),
        # Seen before: the first copy may have made a group, which stays empty.
        (403, "DuplicatedSignature", None),
    ],
)
def test_a_group_that_cannot_be_created_tells_nobody(
    carrier: Carrier, desk, status: int, code: str, result: Result | None
) -> None:
    desk.refuse("POST", GROUPS, status, code)
    with pytest.raises(NotSent) as caught:
        carrier.prepare("chunk-7")
    assert caught.value.code == (code or f"Http{status}")
    # Without a result it may simply go again.
    assert getattr(caught.value, "result", None) is result


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, json={"groupId": "../../cash", "status": "PENDING"}),
        httpx.Response(200, json={"groupId": None}),
        httpx.ReadTimeout("lost"),
        httpx.ConnectError("refused"),
    ],
)
def test_no_token_is_made_of_an_answer_that_is_none(carrier: Carrier, desk, answer) -> None:
    desk.expect("POST", GROUPS, answer)
    with pytest.raises(NotSent):
        carrier.prepare("chunk-7")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("lost"),
        httpx.RemoteProtocolError("cut"),
        httpx.Response(502, text="<html>bad gateway</html>"),
        httpx.Response(200, text="not json"),
    ],
)
def test_nobody_is_told_while_the_group_is_filled(carrier: Carrier, desk, shipment, answer) -> None:
    desk.expect("PUT", f"{GROUP}/messages", answer)
    desk.expect("DELETE", GROUP, "group_deleted")
    with pytest.raises(NotSent):
        carrier.send(TOKEN, shipment)


def test_the_rest_that_a_carrier_asks_for_is_passed_on(carrier: Carrier, desk, shipment) -> None:
    busy = httpx.Response(503, text="busy", headers={"Retry-After": "7"})
    desk.expect("PUT", f"{GROUP}/messages", busy)
    desk.expect("DELETE", GROUP, httpx.ConnectError("gone"))
    with pytest.raises(NotSent) as caught:
        carrier.send(TOKEN, shipment)
    assert (caught.value.code, caught.value.retry_after) == ("Http503", 7.0)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("lost"),
        httpx.WriteError("broken pipe"),
        httpx.RemoteProtocolError("cut"),
        httpx.Response(500, json={"errorCode": "InternalError"}),
        httpx.Response(503, text="busy", headers={"Retry-After": "7"}),
        httpx.Response(429, json={"errorCode": "TooManyRequests"}),
        httpx.Response(400, json={"errorCode": "SomethingNew"}),
        httpx.Response(400, json={"errorCode": "InvalidStatus"}),
        httpx.Response(409, json={"errorCode": "GroupInProcessing"}),
        httpx.Response(409, json={"errorCode": "AlreadySent"}),
        httpx.Response(403, json={"errorCode": "DuplicatedSignature"}),
        httpx.Response(200, text="<html>sign in to the network</html>"),
        httpx.Response(200, content=b'{"groupId": "\xff"}'),
        httpx.Response(500, content=b'{"errorCode": "\xff"}'),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, json={"groupId": "G4VOTHER", "status": "SENDING"}),
        httpx.Response(200, json={"groupId": TOKEN, "status": "PENDING"}),
        httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
    ],
)
def test_a_fired_group_is_in_doubt_and_left_alone(carrier: Carrier, desk, shipment, answer) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.expect("POST", f"{GROUP}/send", answer)
    with pytest.raises(InDoubt):
        carrier.send(TOKEN, shipment)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (402, "NotEnoughBalance"),
        (400, "ValidationError"),
        (400, "InactiveApp"),
        (400, "DeletedGroup"),
        (400, "FailedGroup"),
        (400, "MessagesNotFound"),
        (404, "ResourceNotFound"),
    ],
)
def test_a_group_that_surely_was_not_fired_is_given_up(
    carrier: Carrier, desk, shipment, status: int, code: str
) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.refuse("POST", f"{GROUP}/send", status, code)
    desk.refuse("DELETE", GROUP, 404, "ResourceNotFound")
    with pytest.raises(NotSent, match=code):
        carrier.send(TOKEN, shipment)


def test_a_connection_that_was_never_made_fires_nothing(carrier: Carrier, desk, shipment) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.expect("POST", f"{GROUP}/send", httpx.ConnectTimeout("no route"))
    desk.expect("DELETE", GROUP, "group_deleted")
    with pytest.raises(NotSent, match="ConnectTimeout"):
        carrier.send(TOKEN, shipment)


def test_a_group_that_somebody_else_fired_is_not_filled(carrier: Carrier, desk, shipment) -> None:
    desk.refuse("PUT", f"{GROUP}/messages", 400, "InvalidStatus")
    with pytest.raises(InDoubt, match="InvalidStatus"):
        carrier.send(TOKEN, shipment)


def test_what_the_carrier_says_about_a_person_is_not_repeated(carrier: Carrier, desk) -> None:
    desk.refuse("POST", GROUPS, 400, "ValidationError", "01012345678 번호가 잘못되었습니다.")
    with pytest.raises(Rejected) as caught:
        carrier.prepare("chunk-7")
    assert str(caught.value) == "ValidationError: 010-****-5678 번호가 잘못되었습니다."


def test_an_error_code_is_a_word_or_it_is_the_status(carrier: Carrier, desk) -> None:
    desk.refuse("POST", GROUPS, 400, "김나루 010-1234-5678")
    with pytest.raises(Rejected) as caught:
        carrier.prepare("chunk-7")
    assert caught.value.code == "Http400"


def test_each_exchange_is_kept_masked(carrier: Carrier, desk, shipment) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.expect("POST", f"{GROUP}/send", httpx.ReadTimeout("lost"))
    with pytest.raises(InDoubt):
        carrier.send(TOKEN, shipment)
    added, fired = desk.kept
    assert (added.method, added.path, added.status) == ("PUT", f"{GROUP}/messages", 200)
    assert "010-****-0001" in added.request
    assert "010-****-0001" in added.response
    assert "0101234000" not in added.request + added.response
    assert (fired.status, fired.error, fired.response) == (None, "ReadTimeout", "")


def test_every_request_is_signed_once(carrier: Carrier, desk, shipment) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.expect("POST", f"{GROUP}/send", "group_sending")
    carrier.send(TOKEN, shipment)
    headers = [request.headers["Authorization"] for request in desk.asked]
    assert len(set(headers)) == 2
    assert all(header.startswith("HMAC-SHA256 apiKey=KEYNARU000000001, ") for header in headers)


@pytest.mark.parametrize(
    ("body", "won"),
    [
        ({"balance": 120_000.5, "point": 300}, 120_300),
        ({"balance": 0, "point": 0}, 0),
        ({"balance": 10}, 10),
    ],
)
def test_points_are_money_too(carrier: Carrier, desk, body: dict[str, float], won: int) -> None:
    desk.expect("GET", "/cash/v1/balance", httpx.Response(200, json=body))
    assert carrier.balance() == won


def test_an_unknown_balance_is_not_a_doubt(carrier: Carrier, desk) -> None:
    desk.refuse("GET", "/cash/v1/balance", 403, "DuplicatedSignature")
    with pytest.raises(NotSent):
        carrier.balance()
