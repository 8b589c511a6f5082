"""Reading callbacks and pages, well-formed and odd."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alimnaru.carriers.base import Receipt
from alimnaru.carriers.nhn.callback import read_receipts
from alimnaru.rules.outcomes import Result

SEOUL = ZoneInfo("Asia/Seoul")
KAKAO_REQUEST, PHONE_REQUEST = "20261123101010NaRu0000001", "20261123101010ReZQ6KZzAH0"
AT = datetime(2026, 11, 23, 10, 10, 12, tzinfo=SEOUL)


def test_an_alimtalk_is_told(fixture) -> None:
    assert read_receipts(fixture("kakao_callback")) == [
        Receipt(101, 1, "1000", Result.DELIVERED, f"{KAKAO_REQUEST}:1", AT),
        Receipt(102, 1, "3018", Result.UNREACHABLE_ON_KAKAO, f"{KAKAO_REQUEST}:2", AT),
        Receipt(103, 2, "3005", Result.MAY_ARRIVE_LATER, f"{KAKAO_REQUEST}:3", AT),
    ]


def test_a_text_is_told_in_both_spellings_of_our_reference(fixture) -> None:
    assert read_receipts(fixture("phone_callback")) == [
        Receipt(101, 1, "1000", Result.DELIVERED, f"{PHONE_REQUEST}:1", AT),
        # The same number says of an Alimtalk that its reader is not on KakaoTalk.
        Receipt(102, 1, "3018", Result.SENDER_REFUSED, f"{PHONE_REQUEST}:2", AT),
    ]


@pytest.mark.parametrize("name", ["kakao_callback_template", "phone_callback_unsubscribe"])
def test_other_events_are_about_no_message(fixture, name: str) -> None:
    assert read_receipts(fixture(name)) == []


def test_pages_are_told_apart(fixture) -> None:
    assert [one.result for one in read_receipts(fixture("kakao_list"))] == [
        Result.DELIVERED,
        Result.NOT_A_USER,
        Result.IN_TRANSIT,
    ]
    assert [one.result for one in read_receipts(fixture("phone_list"))] == [
        Result.DELIVERED,
        Result.HANDSET_OFF,
        Result.IN_TRANSIT,
    ]
    assert read_receipts(fixture("kakao_list_empty")) == []
    assert read_receipts(fixture("phone_list_empty")) == []
    assert read_receipts(b'{"body": {"data": null}}') == []
    assert read_receipts(b'{"messageSearchResultResponse": {"messages": null}}') == []


def callback(*hooks: Any, event: object = "MESSAGE_RESULT_UPDATE") -> bytes:
    return json.dumps({"event": event, "hooks": list(hooks)}).encode()


def hook(**parts: object) -> dict[str, object]:
    return {
        "senderType": "NORMAL_SMS",
        "requestId": "R",
        "recipientSeq": 1,
        "recipientGroupingKey": "7-1",
        **parts,
    }


@pytest.mark.parametrize(
    ("parts", "code", "result"),
    [
        ({"messageStatus": "FAILED"}, "FAILED", Result.CARRIER_DOWN),
        ({"messageStatus": "FAILED", "resultCode": ""}, "FAILED", Result.CARRIER_DOWN),
        ({"messageStatus": "COMPLETED"}, "COMPLETED", Result.UNRECOGNISED),
        ({"messageStatus": "CANCEL", "resultCode": "1000"}, "CANCEL", Result.REQUEST_WRONG),
        ({"messageStatus": "DUPLICATED", "resultCode": "E915"}, "DUPLICATED", Result.DUPLICATE),
        ({"messageStatus": "FAILED_AD"}, "FAILED_AD", Result.REQUEST_WRONG),
        ({"msgStatus": "4"}, "CANCEL", Result.REQUEST_WRONG),
        ({"msgStatus": "5"}, "DUPLICATED", Result.DUPLICATE),
        ({"msgStatus": "1"}, "WAITING", Result.IN_TRANSIT),
        ({"msgStatus": "9"}, "WAITING", Result.IN_TRANSIT),
        ({"resultCode": 1000}, "1000", Result.DELIVERED),
        ({"resultCode": "X9"}, "X9", Result.UNRECOGNISED),
        ({"resultCode": "-2019"}, "-2019", Result.NUMBER_WRONG),
        ({"resultCode": "-2019", "kakaoMessageType": "A"}, "-2019", Result.TEXT_REFUSED),
        ({"resultCode": "-x"}, "-x", Result.UNRECOGNISED),
        ({}, "WAITING", Result.IN_TRANSIT),
        (
            {"kakaoMessageType": "ALIMTALK_NORMAL", "resultCode": "1001"},
            "1001",
            Result.REQUEST_WRONG,
        ),
        ({"resultCode": "1001"}, "1001", Result.CARRIER_DOWN),
    ],
)
def test_what_is_told_of_a_message(parts: dict[str, object], code: str, result: Result) -> None:
    (receipt,) = read_receipts(callback(hook(**parts)))
    assert (receipt.code, receipt.result) == (code, result)


@pytest.mark.parametrize("ref", ["", None, "someone else's", "7", "7-"])
def test_a_message_that_is_not_ours(ref: str | None) -> None:
    (receipt,) = read_receipts(callback(hook(recipientGroupingKey=ref, resultCode="1000")))
    assert (receipt.message_id, receipt.attempt_no) == (None, None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T10:10:12", AT),
        ("2026-11-23 10:10:12.0", AT),
        ("2026-11-23T10:10:12+09:00", AT),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=SEOUL)),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_moments_are_korean(text: str | None, moment: datetime | None) -> None:
    (receipt,) = read_receipts(callback(hook(receiveDate=text, resultCode="1000")))
    assert receipt.at == moment


def test_one_odd_item_does_not_cost_the_others_theirs() -> None:
    odd = hook(resultCode=["1000"], receiveDate=20261123, recipientSeq="둘", requestId="R2")
    found = read_receipts(callback(hook(resultCode="1000"), odd, "what", hook(resultCode="2003")))
    assert [(one.code, one.carrier_ref) for one in found] == [
        ("1000", "R:1"),
        ("WAITING", "R2:None"),
        ("2003", "R:1"),
    ]


def test_one_odd_item_of_a_page_does_not_cost_the_others_theirs() -> None:
    good = {"recipientGroupingKey": "7-1", "resultCode": "1001", "requestId": "R"}
    odd = good | {"recipientSeq": {}}
    kakao = {"messageSearchResultResponse": {"messages": [good, odd]}}
    found = read_receipts(json.dumps(kakao).encode())
    assert [one.result for one in found] == [Result.REQUEST_WRONG] * 2
    found = read_receipts(json.dumps({"body": {"data": [good, odd]}}).encode())
    assert [one.result for one in found] == [Result.CARRIER_DOWN] * 2
    assert read_receipts(b'{"body": {"data": 1}}') == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b'"text"',
        b"[]",
        b"{}",
        b'{"body": 1}',
        b'{"event": 1}',
        b'{"header": "\xff"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_report(raw: bytes) -> None:
    with pytest.raises(ValueError, match="NHN report"):
        read_receipts(raw)


def test_an_odd_event_is_about_no_message() -> None:
    assert read_receipts(callback(hook(resultCode="1000"), event=7)) == []
