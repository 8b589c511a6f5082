"""Asking what became of messages, and reading the pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import Carrier, NotSent, Parcel, Receipt
from alimnaru.carriers.kind import NotGenuine
from alimnaru.carriers.registry import kind_called
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from tests.carriers.asking import parcel
from tests.carriers.sens.conftest import KAKAO, REQUEST, SMS, TEXT_REQUEST, alimtalks, texts

MESSAGE = "aa724ca6-0000-0000-0000-00000000000"
TEXT = "f574d3f0-0000-0000-0000-00000000000"
REFS = {f"{REQUEST}:{MESSAGE}{n}": f"10{n}-1" for n in (1, 2, 3)}


def receipts(carrier: Carrier, one: Parcel) -> list[Receipt]:
    return [receipt for raw in carrier.results(one) for receipt in carrier.read_receipts(raw)]


def sent_texts(carrier: Carrier, desk) -> Parcel:
    desk.expect("POST", f"{SMS}/messages", "sms_sent", status=202)
    sent = carrier.send(carrier.prepare("7-1"), texts())
    return parcel("7-1", Channel.SMS, {theirs: ours for ours, theirs in sent.accepted.items()})


def test_it_works(carrier: Carrier, desk) -> None:
    desk.expect("GET", f"{KAKAO}/messages", "alimtalk_list")
    found = receipts(carrier, parcel("7-1", Channel.ALIMTALK, REFS))
    assert desk.params(0) == {"requestId": REQUEST, "pageSize": "100"}
    assert found == [
        Receipt(
            101,
            1,
            "0000",
            Result.DELIVERED,
            f"{REQUEST}:{MESSAGE}1",
            datetime(2025, 11, 25, 6, 39, 23, tzinfo=UTC),
        ),
        Receipt(102, 1, "processing", Result.IN_TRANSIT, f"{REQUEST}:{MESSAGE}2", None),
        Receipt(
            103,
            1,
            "3019",
            Result.NOT_A_USER,
            f"{REQUEST}:{MESSAGE}3",
            datetime(2025, 11, 25, 6, 39, 24, tzinfo=UTC),
        ),
    ]


def test_an_sms_is_known_by_its_number(carrier: Carrier, desk) -> None:
    one = sent_texts(carrier, desk)
    desk.expect("GET", f"{SMS}/messages", "sms_list")
    found = receipts(carrier, one)
    assert [(r.message_id, r.code, r.result) for r in found] == [
        (201, "0", Result.DELIVERED),
        # Not Kakao's 3018.
        (202, "3018", Result.SENDER_REFUSED),
    ]
    assert {r.carrier_ref for r in found} == set(one.refs)
    assert found[0].at == datetime(2025, 11, 25, 0, 39, 45, tzinfo=UTC)


def test_pages_tell_no_numbers_and_no_texts(carrier: Carrier, desk) -> None:
    one = sent_texts(carrier, desk)
    desk.expect("GET", f"{SMS}/messages", {"messages": None})
    assert [json.loads(raw) for raw in carrier.results(one)] == [{"sens": "sms", "items": []}]
    listed = {
        "requestId": TEXT_REQUEST,
        "messageId": f"{TEXT}1",
        "to": "01012340001",
        "content": "1번 책 반납일입니다.",
        "status": "READY",
    }
    desk.expect("GET", f"{SMS}/messages", {"messages": [listed]})
    (raw,) = carrier.results(one)
    assert "0101234" not in raw.decode()
    assert "반납일" not in raw.decode()


def test_a_list_without_results_is_asked_in_detail(carrier: Carrier, desk) -> None:
    one = sent_texts(carrier, desk)
    bare = [{"messageId": f"{TEXT}{n}", "to": f"0101234000{n}"} for n in (1, 2)]
    desk.expect("GET", f"{SMS}/messages", {"messages": bare})
    desk.expect("GET", f"{SMS}/messages/{TEXT}1", "sms_detail")
    desk.nothing(f"{SMS}/messages/{TEXT}2")
    found = receipts(carrier, one)
    assert [(r.message_id, r.code, r.result) for r in found] == [(201, "2003", Result.HANDSET_OFF)]


def test_one_odd_message_does_not_cost_the_others_theirs(carrier: Carrier, desk) -> None:
    messages: list[Any] = [
        {"messageId": 7},
        {"messageId": None, "to": "01012340001"},
        "?",
        {"messageId": "unknown", "to": "01099990000", "messageStatusCode": 3008},
        {"messageId": f"{MESSAGE}2", "requestStatusCode": "A000"},
        {"messageId": f"{MESSAGE}3"},
        {"messageId": f"{MESSAGE}1", "requestStatusCode": "A003", "messageStatusCode": None},
    ]
    desk.expect("GET", f"{KAKAO}/messages", {"messages": messages})
    found = receipts(carrier, parcel("7-1", Channel.ALIMTALK, REFS))
    assert [(r.message_id, r.code, r.result) for r in found] == [
        (None, "3008", Result.NUMBER_WRONG),
        (102, "A000", Result.ACCEPTED),
        (101, "A003", Result.UNRECOGNISED),
    ]
    assert found[0].carrier_ref == f"{REQUEST}:unknown"


def test_nothing_listed_yet_is_an_empty_page(carrier: Carrier, desk) -> None:
    desk.nothing(f"{KAKAO}/messages")
    assert receipts(carrier, parcel("7-1", Channel.ALIMTALK, REFS)) == []


def test_a_parcel_of_nothing_asks_nothing(carrier: Carrier) -> None:
    assert list(carrier.results(parcel("7-1"))) == []


def test_a_question_may_fail(carrier: Carrier, desk) -> None:
    desk.expect("GET", f"{KAKAO}/messages", httpx.Response(503, headers={"Retry-After": "9"}))
    with pytest.raises(NotSent) as caught:
        list(carrier.results(parcel("7-1", Channel.ALIMTALK, REFS)))
    assert caught.value.retry_after == 9


@pytest.mark.parametrize(
    ("item", "code", "result"),
    [
        ({"status": "READY"}, "READY", Result.ACCEPTED),
        ({"status": "PROCESSING", "statusCode": ""}, "PROCESSING", Result.IN_TRANSIT),
        ({"status": "COMPLETED", "statusCode": "0"}, "0", Result.DELIVERED),
        ({"status": "COMPLETED", "statusName": "success"}, "success", Result.DELIVERED),
        ({"status": "COMPLETED", "statusName": "fail"}, "fail", Result.UNRECOGNISED),
        ({"status": "COMPLETED", "statusCode": "9876"}, "9876", Result.UNRECOGNISED),
        ({"status": "ELSE"}, "ELSE", Result.UNRECOGNISED),
    ],
)
def test_how_far_an_sms_is(carrier: Carrier, item: Any, code: str, result: Result) -> None:
    page = {"sens": "sms", "items": [{"ref": "201-1", "carrierRef": "R:1", **item}, {}]}
    (found,) = carrier.read_receipts(json.dumps(page).encode())
    assert (found.message_id, found.code, found.result) == (201, code, result)


def test_a_reference_that_is_not_ours_is_nobodys(carrier: Carrier) -> None:
    page = {"sens": "sms", "items": [{"ref": "x", "carrierRef": "R:1", "status": "READY"}]}
    (found,) = carrier.read_receipts(json.dumps(page).encode())
    assert (found.message_id, found.attempt_no) == (None, None)


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"messages": []}', b"\xff"])
def test_what_is_no_page_is_no_report(carrier: Carrier, raw: bytes) -> None:
    with pytest.raises(ValueError, match="not a page of results"):
        carrier.read_receipts(raw)


def test_nobody_is_called_back() -> None:
    with pytest.raises(NotGenuine):
        kind_called("sens").answer({}, {}, b'{"sens": "sms", "items": []}', datetime.now(UTC))


# ---- taking back -----------------------------------------------------------------------------

HELD = f"{KAKAO}/reservations/{REQUEST}"


def held(carrier: Carrier, desk) -> Parcel:
    desk.expect("POST", f"{KAKAO}/messages", "alimtalk_reserved", status=202)
    at = datetime(2030, 1, 1, tzinfo=UTC)
    sent = carrier.send(carrier.prepare("7-1"), alimtalks(at=at))
    return parcel("7-1", Channel.ALIMTALK, {theirs: ref for ref, theirs in sent.accepted.items()})


def test_what_sens_holds_is_taken_back(carrier: Carrier, desk) -> None:
    one = held(carrier, desk)
    desk.expect("DELETE", HELD, b"", status=204)
    desk.expect("GET", f"{HELD}/reserve-status", "reservation_canceled")
    assert carrier.cancel(one) is True


@pytest.mark.parametrize(
    ("status", "gone"),
    [("PROCESSING", False), ("DONE", False), ("FAIL", False), ("STALE", True), ("SKIP", True)],
)
def test_it_may_be_too_late(carrier: Carrier, desk, status: str, gone: bool) -> None:
    one = held(carrier, desk)
    desk.expect("DELETE", HELD, {"status": 400}, status=400)
    desk.expect("GET", f"{HELD}/reserve-status", {"reserveStatus": status})
    assert carrier.cancel(one) is gone


def test_what_was_not_held_cannot_be_taken_back(carrier: Carrier, desk) -> None:
    desk.expect("DELETE", HELD, b"", status=404)
    desk.nothing(f"{HELD}/reserve-status")
    assert carrier.cancel(parcel("7-1", Channel.ALIMTALK, REFS)) is False
    assert carrier.cancel(parcel("7-1")) is False


def test_a_reservation_that_stands_is_no_answer(carrier: Carrier, desk) -> None:
    one = held(carrier, desk)
    desk.expect("DELETE", HELD, {"status": 409}, status=409)
    desk.expect("GET", f"{HELD}/reserve-status", {"reserveStatus": "READY"})
    with pytest.raises(NotSent, match="ReservationStands"):
        carrier.cancel(one)
    desk.expect("DELETE", HELD, b"", status=500)
    with pytest.raises(NotSent, match="Http500"):
        carrier.cancel(one)
