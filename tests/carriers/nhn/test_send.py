"""Handing Alimtalks over, and every way in which that can end."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import httpx
import pytest

from alimnaru.carriers.base import Carrier, InDoubt, NotSent, Refused, Rejected, Shipment
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Button, ButtonKind, Highlight, Item, Link, Rendered
from tests.carriers.nhn.conftest import aged, outgoing

SEND = "/raw-messages"
REQUEST = "20261123101010NaRu0000001"


def test_it_works(carrier: Carrier, desk, shipment: Shipment) -> None:
    desk.expect("POST", SEND, "kakao_sent")
    token = carrier.prepare("7-1")
    sent = carrier.send(token, shipment)
    assert sent.accepted == {
        "101-1": f"{REQUEST}:1",
        "102-1": f"{REQUEST}:2",
        "103-2": f"{REQUEST}:3",
    }
    assert sent.refused == {}
    headers = desk.asked[0].headers
    assert headers["X-NC-API-IDEMPOTENCY-KEY"] == token
    assert headers["Content-Type"] == "application/json;charset=UTF-8"
    assert desk.body(0) == {
        "senderKey": "a" * 40,
        "templateCode": "LIBDUESOON",
        "senderGroupingKey": token,
        "recipientList": [
            {
                "recipientNo": f"0101234000{number}",
                "content": f"{number}번 책을 돌려주십시오.",
                "resendParameter": {"isResend": False},
                "recipientGroupingKey": ref,
            }
            for number, ref in enumerate(("101-1", "102-1", "103-2"), start=1)
        ],
    }


def test_a_token_is_made_here_and_says_when(carrier: Carrier) -> None:
    first, second = carrier.prepare("7-1"), carrier.prepare("7-1")
    assert first != second
    assert re.fullmatch(r"\d{13}-7-1-[0-9a-f]{16}", first)
    assert re.fullmatch(r"\d{13}-[A-Za-z0-9-]{60}-[0-9a-f]{16}", carrier.prepare("묶음 " * 40))
    assert re.fullmatch(r"\d{13}---[0-9a-f]{16}", carrier.prepare(""))


def test_every_part_of_a_template_travels(carrier: Carrier, desk, fixture) -> None:
    link = Link("https://lib.example", "https://lib.example/pc", "naru://a", "naru://i")
    item_list = (Item("책", "파란 책"), Item("기한", "11. 25."))
    rendered = Rendered(
        "돌려주십시오.",
        title="나루중앙 반납 안내",
        header="반납 안내",
        highlight=Highlight("파란 책", "반납일 11. 25."),
        items=item_list,
        summary=Item("합계", "₩1,000"),
        buttons=(
            Button(
                ButtonKind.WL, "조회", "https://lib.example/1", "https://lib.example", outside=True
            ),
            Button(ButtonKind.BT, "물어보기", chat_extra="책", chat_event="due"),
            Button(ButtonKind.BF, "톡에서 예약하기", biz_form_id="77"),
            Button(ButtonKind.P1, "보기", plugin_id="PLUGIN"),
            Button(ButtonKind.TN, "전화 연결", tel="02-120"),
        ),
        quick_replies=(
            Button(ButtonKind.AL, "앱", scheme_android="naru://a", scheme_ios="naru://i"),
        ),
        represent_link=link,
        image=True,
    )
    parts = {name: getattr(rendered, name) for name in rendered._fields if name != "text"}
    shipment = Shipment(Channel.ALIMTALK, "", outgoing(**parts), "LIBDUESOON", "a" * 40)
    desk.expect("POST", SEND, "kakao_sent")
    carrier.send(carrier.prepare("7-1"), shipment)
    for message in desk.body(0)["recipientList"]:
        del message["recipientNo"], message["content"], message["recipientGroupingKey"]
        assert message == json.loads(fixture("raw_message_whole"))


def test_parts_that_differ_are_not_shared(carrier: Carrier, desk, shipment: Shipment) -> None:
    def with_link(at: int) -> Rendered:
        button = Button(ButtonKind.WL, "조회", f"https://lib.example/{at}")
        return Rendered("같은 글", buttons=(button,) if at < 3 else ())

    messages = [
        type(one)(one.ref, one.to, with_link(at)) for at, one in enumerate(shipment.messages, 1)
    ]
    desk.expect("POST", SEND, "kakao_sent")
    carrier.send(carrier.prepare("7-1"), Shipment(Channel.ALIMTALK, "", messages))
    found = [one.get("buttons") for one in desk.body(0)["recipientList"]]
    assert [buttons and buttons[0]["linkMo"] for buttons in found] == [
        "https://lib.example/1",
        "https://lib.example/2",
        None,
    ]
    # Without a profile and a template NHN has the last word.
    assert (desk.body(0)["senderKey"], desk.body(0)["templateCode"]) == ("", "")


@pytest.mark.parametrize(
    ("second", "minute"),
    [(0, "2026-11-25 09:30"), (1, "2026-11-25 09:31"), (59, "2026-11-25 09:31")],
)
def test_what_is_held_for_later_never_goes_too_early(
    carrier: Carrier, desk, second: int, minute: str
) -> None:
    at = datetime(2026, 11, 25, 0, 30, second, tzinfo=UTC)
    desk.expect("POST", SEND, "kakao_sent")
    carrier.send(carrier.prepare("7-1"), Shipment(Channel.ALIMTALK, "", outgoing(), at=at))
    assert desk.body(0)["requestDate"] == minute


def test_a_refused_message_does_not_hold_up_the_others(carrier: Carrier, desk, shipment) -> None:
    desk.expect("POST", SEND, "kakao_sent_one_refused")
    sent = carrier.send(carrier.prepare("7-1"), shipment)
    assert set(sent.accepted) == {"101-1", "103-2"}
    assert sent.refused == {"102-1": Refused("-3010", Result.TEMPLATE_MISMATCH)}


def test_all_may_be_refused(carrier: Carrier, desk, shipment) -> None:
    desk.expect("POST", SEND, "kakao_all_refused")
    sent = carrier.send(carrier.prepare("7-1"), shipment)
    assert sent.accepted == {}
    assert sent.refused == dict.fromkeys(
        ("101-1", "102-1", "103-2"), Refused("-3005", Result.TEMPLATE_MISSING)
    )


def test_all_refused_without_a_word_on_any(carrier: Carrier, desk, shipment) -> None:
    desk.refuse("POST", SEND, -1031)
    with pytest.raises(Rejected, match="-1031") as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert caught.value.result is Result.REQUEST_WRONG


def rows(*rows: dict[str, object], request: str | None = REQUEST) -> httpx.Response:
    header = {"resultCode": 0, "resultMessage": "success", "isSuccessful": True}
    message = {"requestId": request, "sendResults": list(rows)}
    return httpx.Response(200, json={"header": header, "message": message})


def row(number: int, code: int | None = 0, **more: object) -> dict[str, object]:
    return {
        "recipientSeq": number,
        "recipientNo": f"0101234000{number}",
        "resultCode": code,
        "resultMessage": "",
        **more,
    }


def test_the_number_tells_where_our_reference_is_missing(carrier: Carrier, desk, shipment) -> None:
    dashed = row(2) | {"recipientNo": "010-1234-0002", "recipientGroupingKey": "another"}
    desk.expect("POST", SEND, rows(row(1), dashed, row(3, recipientGroupingKey=None)))
    assert set(carrier.send(carrier.prepare("7-1"), shipment).accepted) == {
        "101-1",
        "102-1",
        "103-2",
    }


@pytest.mark.parametrize(
    "answer",
    [
        rows(row(1), row(2)),
        rows(row(1), row(2), row(3, None)),
        rows(row(1), row(2), row(9)),
        httpx.Response(
            200, json={"header": {"resultCode": 0, "resultMessage": "", "isSuccessful": True}}
        ),
        httpx.ReadTimeout("lost"),
        httpx.WriteError("broken pipe"),
        httpx.RemoteProtocolError("cut"),
        httpx.Response(500, text="<html>bad gateway</html>"),
        httpx.Response(503, text="busy", headers={"Retry-After": "7"}),
        httpx.Response(408, text="slow"),
        httpx.Response(404, text="not here"),
        httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
        httpx.Response(200, text="<html>sign in to the network</html>"),
        httpx.Response(200, content=b'{"header": "\xff"}'),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, json={"header": {"resultCode": 0, "isSuccessful": True}, "message": 1}),
    ],
)
def test_what_nobody_can_tell_is_in_doubt(carrier: Carrier, desk, shipment, answer) -> None:
    desk.expect("POST", SEND, answer)
    with pytest.raises(InDoubt):
        carrier.send(carrier.prepare("7-1"), shipment)


def test_a_message_accepted_under_no_number_is_no_acceptance(
    carrier: Carrier, desk, shipment
) -> None:
    desk.expect("POST", SEND, rows(row(1), row(2), row(3), request=None))
    sent = carrier.send(carrier.prepare("7-1"), shipment)
    assert (sent.accepted, len(sent.refused)) == ({}, 3)


@pytest.mark.parametrize("code", [-1005, -7000, -9999, -123456])
def test_a_refusal_that_says_nothing_of_the_first_copy_is_in_doubt(
    carrier: Carrier, desk, shipment, code: int
) -> None:
    desk.refuse("POST", SEND, code)
    with pytest.raises(InDoubt, match=str(code)):
        carrier.send(carrier.prepare("7-1"), shipment)


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (-1000, Result.ACCOUNT_REFUSED),
        (-1001, Result.ACCOUNT_REFUSED),
        (-2017, Result.CHANNEL_REFUSED),
        (-3003, Result.TEMPLATE_MISSING),
        (-9996, Result.REQUEST_WRONG),
        (4, Result.REQUEST_WRONG),
    ],
)
def test_nothing_is_accepted_of_what_is_wrong(
    carrier: Carrier, desk, shipment, code: int, result: Result
) -> None:
    desk.refuse("POST", SEND, code, "01012345678 번호를 확인하십시오.")
    with pytest.raises(Rejected) as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert caught.value.result is result
    assert str(caught.value) == f"{code}: 010-****-5678 번호를 확인하십시오."


def test_a_refusal_in_an_odd_body_is_a_refusal(carrier: Carrier, desk, shipment) -> None:
    header = {"resultCode": -1001, "resultMessage": None, "isSuccessful": False}
    desk.expect("POST", SEND, httpx.Response(200, json={"header": header, "message": []}))
    with pytest.raises(Rejected, match="-1001"):
        carrier.send(carrier.prepare("7-1"), shipment)


@pytest.mark.parametrize(
    ("status", "expected"), [(401, Result.ACCOUNT_REFUSED), (403, Result.ACCOUNT_REFUSED)]
)
def test_a_gateway_may_say_no(carrier: Carrier, desk, shipment, status, expected) -> None:
    desk.expect("POST", SEND, httpx.Response(status, text="no"))
    with pytest.raises(Rejected, match=f"Http{status}") as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert caught.value.result is expected


def test_what_comes_too_fast_goes_later(carrier: Carrier, desk, shipment) -> None:
    desk.expect("POST", SEND, httpx.Response(429, text="slower", headers={"Retry-After": "3"}))
    with pytest.raises(NotSent, match="Http429") as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert not isinstance(caught.value, Rejected)
    assert caught.value.retry_after == 3.0


def test_a_connection_that_was_never_made_tells_nobody(carrier: Carrier, desk, shipment) -> None:
    desk.expect("POST", SEND, httpx.ConnectTimeout("no route"))
    with pytest.raises(NotSent, match="ConnectTimeout"):
        carrier.send(carrier.prepare("7-1"), shipment)


@pytest.mark.parametrize(("settings", "ages"), [({}, (299, 301)), ({"key_seconds": "10"}, (4, 6))])
def test_an_old_token_stays_here(opened, desk, shipment, settings, ages) -> None:
    carrier = opened(**settings)
    desk.expect("POST", SEND, "kakao_sent")
    carrier.send(aged(ages[0]), shipment)
    with pytest.raises(NotSent, match="TokenTooOld"):
        carrier.send(aged(ages[1]), shipment)


def test_a_token_of_somebody_else_stays_here(carrier: Carrier, shipment) -> None:
    with pytest.raises(NotSent, match="ForeignToken"):
        carrier.send("G4V20261123101010NARUNARUNARU001", shipment)


def test_each_exchange_is_kept_without_keys_and_numbers(carrier: Carrier, desk, shipment) -> None:
    desk.expect("POST", SEND, "kakao_sent")
    carrier.send(carrier.prepare("7-1"), shipment)
    (kept,) = desk.kept
    assert (kept.method, kept.path) == ("POST", f"/alimtalk/v2.3/appkeys/***{SEND}")
    assert "0101234000" not in kept.request + kept.response
    assert "010-****-0001" in kept.request
