"""Handing messages over, and every way in which that can end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import (
    Carrier,
    InDoubt,
    NotSent,
    Outgoing,
    Refused,
    Rejected,
    Shipment,
)
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Button, ButtonKind, Highlight, Item, Link, Rendered
from tests.carriers.sens.conftest import (
    FIXTURES,
    KAKAO,
    REQUEST,
    SMS,
    TEXT_REQUEST,
    alimtalks,
    texts,
    token_of,
)

MESSAGE = "aa724ca6-0000-0000-0000-00000000000"


def test_it_works(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{KAKAO}/messages", "alimtalk_sent", status=202)
    token = carrier.prepare("7-1")
    sent = carrier.send(token, alimtalks())

    assert len(token) <= 100
    assert token.endswith(".7-1")
    assert sent.accepted == {
        f"10{n}-{a}": f"{REQUEST}:{MESSAGE}{n}" for n, a in ((1, 1), (2, 1), (3, 2))
    }
    assert sent.refused == {}
    assert desk.body(0) == {
        "plusFriendId": "@나루중앙",
        "templateCode": "NARU01",
        "messages": [
            {
                "countryCode": "82",
                "to": f"0101234000{n}",
                "content": f"{n}번 책을 돌려주십시오.",
                "useSmsFailover": False,
            }
            for n in (1, 2, 3)
        ],
    }
    assert all(len(ref) <= 100 for ref in sent.accepted.values())


def test_an_sms_is_known_by_a_digest_that_tells_no_number(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{SMS}/messages", "sms_sent", status=202)
    sent = carrier.send(carrier.prepare("7-1"), texts())

    assert set(sent.accepted) == {"201-1", "202-1"}
    assert len(set(sent.accepted.values())) == 2
    for ref in sent.accepted.values():
        request, _, rest = ref.partition(":")
        assert request == TEXT_REQUEST
        assert rest.startswith("~")
        assert "0101234000" not in ref
        assert len(ref) <= 100
    assert desk.body(0) == {
        "type": "SMS",
        "contentType": "COMM",
        "countryCode": "82",
        "from": "021200000",
        "content": "-",
        "messages": [
            {"to": f"0101234000{n}", "content": f"{n}번 책 반납일입니다."} for n in (1, 2)
        ],
    }


WHOLE_ON_THE_WIRE = [
    {"to": "01012340001", "content": "긴 글", "subject": "가" * 20},
    {"to": "01012340002", "content": "긴 글"},
]


def test_every_part_of_a_template_travels(carrier: Carrier, desk) -> None:
    rendered = Rendered(
        "1번 책을 돌려주십시오.",
        title="반납 안내",
        header="나루중앙도서관",
        highlight=Highlight("오늘", "반납일"),
        items=(Item("책", "나루 이야기"), Item("기한", "11. 25.")),
        summary=Item("합계", "2권"),
        buttons=(
            Button(ButtonKind.WL, "대출 조회", "https://lib.example/1"),
            Button(ButtonKind.WL, "누리집", "https://m.lib.example", "https://lib.example"),
            Button(ButtonKind.AL, "앱", scheme_android="naru://a", scheme_ios="naru://i"),
            Button(ButtonKind.AC, "채널 추가"),
        ),
        image=True,
    )
    one = alimtalks().messages[0]
    shipment = alimtalks(messages=[Outgoing(one.ref, "010-1234-0001", rendered)])
    desk.expect("POST", f"{KAKAO}/messages", "alimtalk_sent", status=202)
    carrier.send(carrier.prepare("7-1"), shipment)

    shown = (FIXTURES / "alimtalk_asked.json").read_bytes()
    assert desk.body(0)["messages"] == json.loads(shown)


def test_an_mms_carries_its_picture_and_its_title(carrier: Carrier, desk) -> None:
    messages = [
        Outgoing("301-1", "01012340001", Rendered("긴 글", subject="가" * 30)),
        Outgoing("302-1", "01012340002", Rendered("긴 글")),
    ]
    desk.expect("POST", f"{SMS}/messages", "sms_sent", status=202)
    shipment = texts(channel=Channel.MMS, messages=messages, image="a136000074f7")
    carrier.send(carrier.prepare("7-1"), shipment)
    assert desk.body(0)["type"] == "MMS"
    assert desk.body(0)["files"] == [{"fileId": "a136000074f7"}]
    assert desk.body(0)["messages"] == WHOLE_ON_THE_WIRE


@pytest.mark.parametrize(("second", "minute"), [(0, "2026-01-05 09:00"), (1, "2026-01-05 09:01")])
def test_sens_may_hold_messages_until_later(
    carrier: Carrier, desk, second: int, minute: str
) -> None:
    at = datetime(2026, 1, 5, 0, 0, second, tzinfo=UTC)
    desk.expect("POST", f"{KAKAO}/messages", "alimtalk_reserved", status=202)
    sent = carrier.send(carrier.prepare("7-1"), alimtalks(at=at))
    assert desk.body(0)["reserveTime"] == minute
    assert desk.body(0)["reserveTimeZone"] == "Asia/Seoul"
    # It names no messages of what it holds.
    assert len({ref.split(":~")[1] for ref in sent.accepted.values()}) == 3


def test_a_refused_message_does_not_hold_up_the_others(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{KAKAO}/messages", "alimtalk_sent_one_refused", status=202)
    sent = carrier.send(carrier.prepare("7-1"), alimtalks())
    assert set(sent.accepted) == {"101-1"}
    assert sent.refused == {
        "102-1": Refused("3016", Result.TEMPLATE_MISMATCH),
        "103-2": Refused("A003", Result.UNRECOGNISED),
    }


def test_a_name_that_does_not_fit_is_left_out(carrier: Carrier, desk) -> None:
    reply = {
        "requestId": REQUEST,
        "messages": [
            {"messageId": "m" * 200, "to": "01012340001", "requestStatusCode": "A000"},
            {"messageId": "m", "to": None, "requestStatusCode": "A000"},
        ],
    }
    desk.expect("POST", f"{KAKAO}/messages", reply, status=202)
    sent = carrier.send(carrier.prepare("7-1"), alimtalks())
    assert all(ref.startswith(f"{REQUEST}:~") for ref in sent.accepted.values())
    assert len(sent.accepted) == 3


@pytest.mark.parametrize(
    ("channel", "fits", "too_long"),
    [
        (Channel.SMS, "가" * 45, "가" * 45 + "."),
        (Channel.LMS, "가" * 1000, "가" * 1000 + "."),
        (Channel.MMS, "가" * 1000, "가" * 1000 + "."),
    ],
)
def test_what_sens_would_cut_is_never_sent(
    carrier: Carrier, desk, channel: Channel, fits: str, too_long: str
) -> None:
    messages = [
        Outgoing("201-1", "01012340001", Rendered(fits)),
        Outgoing("202-1", "01012340002", Rendered(too_long)),
    ]
    desk.expect("POST", f"{SMS}/messages", "sms_sent", status=202)
    shipment = texts(channel=channel, messages=messages, image="a136000074f7")
    sent = carrier.send(carrier.prepare("7-1"), shipment)
    assert [one["content"] for one in desk.body(0)["messages"]] == [fits]
    assert set(sent.accepted) == {"201-1"}
    assert sent.refused == {"202-1": Refused("TextTooLong", Result.TEXT_REFUSED)}


def test_nothing_is_asked_where_nothing_may_go(carrier: Carrier) -> None:
    shipment = texts(messages=[Outgoing("201-1", "01012340001", Rendered("가" * 46))])
    sent = carrier.send(carrier.prepare("7-1"), shipment)
    assert sent.accepted == {}
    assert set(sent.refused) == {"201-1"}


def with_part(**parts: Any) -> Shipment:
    return alimtalks(messages=[Outgoing("101-1", "01012340001", Rendered("글", **parts))])


@pytest.mark.parametrize(
    ("shipment", "code", "result"),
    [
        (
            texts(messages=[texts().messages[0]] * 101),
            "TooManyMessages",
            Result.REQUEST_WRONG,
        ),
        (replace(texts(), channel=Channel.MMS), "PictureMissing", Result.REQUEST_WRONG),
        (
            with_part(quick_replies=(Button(ButtonKind.BK, "네"),)),
            "PartNotCarried",
            Result.TEMPLATE_MISMATCH,
        ),
        (
            with_part(represent_link=Link("https://lib.example")),
            "PartNotCarried",
            Result.TEMPLATE_MISMATCH,
        ),
        (
            with_part(buttons=(Button(ButtonKind.TN, "전화 연결", tel="02-120"),)),
            "ButtonNotCarried",
            Result.TEMPLATE_MISMATCH,
        ),
    ],
)
def test_what_sens_has_no_place_for_is_refused_here(
    carrier: Carrier, shipment: Shipment, code: str, result: Result
) -> None:
    with pytest.raises(Rejected, match=code) as caught:
        carrier.send(carrier.prepare("7-1"), shipment)
    assert caught.value.result is result


@pytest.mark.parametrize(
    ("answer", "code", "result"),
    [
        ({"status": 400, "errors": ["to is wrong"]}, "Http400", Result.REQUEST_WRONG),
        ({"errorCode": 100, "errorMessage": "Bad"}, "Http400.100", Result.REQUEST_WRONG),
        ("gateway_refusal", "Http401.200", Result.ACCOUNT_REFUSED),
        (
            {"status": 403, "error": "Forbidden", "message": "Do not have access"},
            "Http403",
            Result.ACCOUNT_REFUSED,
        ),
        (b"", "Http404", Result.ACCOUNT_REFUSED),
        ({"error": {"errorCode": "430"}}, "Http413.430", Result.REQUEST_WRONG),
    ],
)
def test_a_refusal_says_that_nothing_was_accepted(
    carrier: Carrier, desk, answer: Any, code: str, result: Result
) -> None:
    desk.expect("POST", f"{KAKAO}/messages", answer, status=int(code[4:7]))
    with pytest.raises(Rejected) as caught:
        carrier.send(carrier.prepare("7-1"), alimtalks())
    assert caught.value.code == code
    assert caught.value.result is result


def test_too_many_calls_may_be_made_again(carrier: Carrier, desk) -> None:
    busy = httpx.Response(429, headers={"Retry-After": "7"}, json={"error": {"errorCode": "410"}})
    desk.expect("POST", f"{KAKAO}/messages", busy)
    with pytest.raises(NotSent) as caught:
        carrier.send(carrier.prepare("7-1"), alimtalks())
    assert not isinstance(caught.value, Rejected)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={"error": {"errorCode": "900", "message": "Unexpected"}}),
        httpx.Response(503, json={"error": {"errorCode": "500", "message": "Endpoint Error"}}),
        httpx.Response(504, json={"error": {"errorCode": "510", "message": "Endpoint Timeout"}}),
        httpx.Response(502, content=b"<html>"),
        httpx.Response(408),
        httpx.Response(409),
        httpx.Response(202, content=b""),
        httpx.Response(202, content=b"[]"),
        httpx.Response(202, json={"requestTime": "2025-11-25T15:39:20.899"}),
        httpx.Response(202, json={"requestId": "하나"}),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
    ],
)
def test_what_may_have_been_accepted_is_in_doubt(carrier: Carrier, desk, answer: Any) -> None:
    desk.expect("POST", f"{KAKAO}/messages", answer)
    with pytest.raises(InDoubt):
        carrier.send(carrier.prepare("7-1"), alimtalks())


def test_what_never_left_is_not_sent(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{KAKAO}/messages", httpx.ConnectError("refused"))
    with pytest.raises(NotSent, match="ConnectError"):
        carrier.send(carrier.prepare("7-1"), alimtalks())


@pytest.mark.parametrize(("age", "leaves"), [(0.0, True), (25.0, True), (40.0, False)])
def test_a_token_is_good_for_a_short_while(
    carrier: Carrier, desk, age: float, leaves: bool
) -> None:
    if leaves:
        desk.expect("POST", f"{KAKAO}/messages", "alimtalk_sent", status=202)
        assert carrier.send(token_of(age), alimtalks()).accepted
    else:
        with pytest.raises(NotSent, match="TokenTooOld"):
            carrier.send(token_of(age), alimtalks())
    assert len(desk.asked) == leaves


def test_a_token_serves_once(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{KAKAO}/messages", "alimtalk_sent", status=202)
    token = carrier.prepare("7-1")
    carrier.send(token, alimtalks())
    with pytest.raises(InDoubt, match="TokenSpent"):
        carrier.send(token, alimtalks())


def test_the_while_is_a_setting(open_at: Callable[..., Carrier], desk) -> None:
    desk.expect("POST", f"{KAKAO}/messages", "alimtalk_sent", status=202)
    assert open_at(fresh_seconds="60").send(token_of(40), alimtalks()).accepted
    with pytest.raises(NotSent, match="TokenTooOld"):
        open_at(fresh_seconds="10").send(token_of(40), alimtalks())


@pytest.mark.parametrize("token", ["", "sens", "G4V20261123101010NARUNARUNARU001", "sens.1.2.3"])
def test_a_token_that_tells_no_moment_is_good_for_nothing(carrier: Carrier, token: str) -> None:
    with pytest.raises(NotSent, match="UnreadableToken"):
        carrier.send(token, alimtalks())
    with pytest.raises(InDoubt, match="UnreadableToken"):
        carrier.find(token, alimtalks(), lambda _: frozenset())


def test_a_reference_of_any_kind_makes_a_token(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{KAKAO}/messages", "alimtalk_sent", status=202)
    token = carrier.prepare("첫 번째/" + "x" * 200)
    assert len(token) <= 100
    assert token.isascii()
    assert carrier.send(token, alimtalks()).accepted


def test_nothing_secret_is_kept(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{SMS}/messages", "sms_sent", status=202)
    carrier.send(carrier.prepare("7-1"), texts())
    kept = repr(desk.kept)
    assert "SECRETNARU" not in kept
    assert "ACCESSNARU" not in kept
    assert "01012340001" not in kept
