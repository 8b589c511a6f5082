"""Asking after a cut, and asking for results."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from alimnaru.carriers.base import (
    Carrier,
    Found,
    InDoubt,
    NotSent,
    Recalls,
    Refused,
    Sent,
    Shipment,
    Taken,
)
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from tests.carriers.asking import nobody, parcel
from tests.carriers.nhn.conftest import aged

LIST, SMS, MMS = "/messages", "/sender/sms", "/sender/mms"
KAKAO_REQUEST, PHONE_REQUEST = "20261123101010NaRu0000001", "20261123101010ReZQ6KZzAH0"

FAULTS = [
    httpx.ReadTimeout("lost"),
    httpx.ConnectError("refused"),
    httpx.Response(200, text="<html>maintenance</html>"),
    httpx.Response(200, json={"header": {"isSuccessful": False, "resultCode": -9999}}),
    httpx.Response(200, json={"header": {"isSuccessful": False, "resultCode": -1000}}),
    httpx.Response(500, text="<html>bad gateway</html>"),
    httpx.Response(408, text="slow"),
    httpx.Response(404, text="not here"),
]


def taken(request: str) -> Sent:
    refs = ("101-1", "102-1", "103-2")
    return Sent({ref: f"{request}:{number}" for number, ref in enumerate(refs, start=1)})


def test_what_is_listed_went(carrier: Carrier, desk, shipment: Shipment) -> None:
    desk.expect("GET", LIST, "kakao_list")
    token = carrier.prepare("7-1")
    assert carrier.find(token, shipment, nobody) == Found(taken(KAKAO_REQUEST))
    query = desk.query(0)
    assert query["senderGroupingKey"] == token
    assert (query["pageNum"], query["pageSize"]) == ("1", "1000")
    # Korean time, an hour around the hand-over's life, whatever this machine's clock says.
    now = datetime.now(ZoneInfo("Asia/Seoul")).replace(tzinfo=None)
    start, end = (
        datetime.strptime(query[name], "%Y-%m-%d %H:%M")
        for name in ("startCreateDate", "endCreateDate")
    )
    assert timedelta(minutes=59) < now - start < timedelta(minutes=63)
    assert timedelta(minutes=60) < end - now < timedelta(minutes=76)


def test_texts_are_listed_elsewhere(carrier: Carrier, desk, texts: Shipment) -> None:
    desk.expect("GET", SMS, "phone_list")
    assert carrier.find(carrier.prepare("7-1"), texts, nobody) == Found(taken(PHONE_REQUEST))
    datetime.strptime(desk.query(0)["startCreateDate"], "%Y-%m-%d %H:%M:%S")
    desk.expect("GET", MMS, "phone_list")
    longer = replace(texts, channel=Channel.LMS)
    assert carrier.find(carrier.prepare("7-1"), longer, nobody) == Found(taken(PHONE_REQUEST))


def test_a_list_of_several_pages_is_read_to_its_end(carrier: Carrier, desk, shipment) -> None:
    def page(*numbers: int) -> httpx.Response:
        refs = {1: "101-1", 2: "102-1", 3: "103-2"}
        messages = [
            {"requestId": KAKAO_REQUEST, "recipientSeq": at, "recipientGroupingKey": refs[at]}
            for at in numbers
        ]
        header = {"isSuccessful": True, "resultCode": 0, "resultMessage": "success"}
        found = {"messages": messages, "totalCount": 3}
        return httpx.Response(200, json={"header": header, "messageSearchResultResponse": found})

    for numbers in ((1,), (2,), (3,)):
        desk.expect("GET", LIST, page(*numbers))
    assert carrier.find(carrier.prepare("7-1"), shipment, nobody) == Found(taken(KAKAO_REQUEST))
    assert [desk.query(at)["pageNum"] for at in range(3)] == ["1", "2", "3"]


@pytest.mark.parametrize("answer", ["kakao_list_empty", "header"])
def test_an_alimtalk_may_go_again_under_its_key(carrier, desk, shipment, answer) -> None:
    desk.expect("GET", LIST, answer)
    found = carrier.find(carrier.prepare("7-1"), shipment, nobody)
    assert found == Found(None, same_token=True)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (299, Found(None, same_token=True)),
        (301, None),
        (899, None),
        (901, Found(None)),
        (90_000, Found(None)),
    ],
)
def test_an_alimtalk_that_is_not_listed(carrier, desk, shipment, age, expected) -> None:
    desk.expect("GET", LIST, "kakao_list_empty")
    if expected is None:
        with pytest.raises(InDoubt, match="NotListedYet"):
            carrier.find(aged(age), shipment, nobody)
    else:
        assert carrier.find(aged(age), shipment, nobody) == expected


@pytest.mark.parametrize(("age", "lost"), [(1, False), (599, False), (601, True)])
def test_an_sms_that_is_not_listed_is_waited_for(carrier, desk, texts, age, lost) -> None:
    desk.expect("GET", SMS, "phone_list_empty")
    if lost:
        assert carrier.find(aged(age), texts, nobody) == Found(None)
    else:
        with pytest.raises(InDoubt, match="NotListedYet"):
            carrier.find(aged(age), texts, nobody)


def test_the_fences_are_settings(opened, desk, texts, shipment) -> None:
    carrier = opened(key_seconds="4", quiet_seconds="2")
    desk.expect("GET", LIST, "kakao_list_empty")
    desk.expect("GET", SMS, "phone_list_empty")
    assert carrier.find(aged(6.5), shipment, nobody) == Found(None)
    assert carrier.find(aged(2.5), texts, nobody) == Found(None)


def test_what_was_refused_is_listed_with_its_code(carrier, desk, shipment, texts) -> None:
    header = {"isSuccessful": True, "resultCode": 0, "resultMessage": "success"}
    rows = [
        {"requestId": "R", "recipientSeq": at, "recipientGroupingKey": ref, "resultCode": code}
        for at, ref, code in ((1, "101-1", "1000"), (2, "102-1", "-2019"), (3, "103-2", None))
    ]
    kakao = {"messageSearchResultResponse": {"messages": rows, "totalCount": 3}}
    phone = {"body": {"data": [row | {"msgStatus": "0"} for row in rows], "totalCount": 3}}
    desk.expect("GET", LIST, httpx.Response(200, json={"header": header, **kakao}))
    desk.expect("GET", SMS, httpx.Response(200, json={"header": header, **phone}))
    for sending, result in ((shipment, Result.TEXT_REFUSED), (texts, Result.NUMBER_WRONG)):
        sent = carrier.find(carrier.prepare("7-1"), sending, nobody).sent
        assert sent == Sent({"101-1": "R:1", "103-2": "R:3"}, {"102-1": Refused("-2019", result)})


def test_part_of_a_hand_over_is_not_settled_before_its_time(carrier, desk, shipment) -> None:
    desk.expect("GET", LIST, "kakao_list_part")
    with pytest.raises(InDoubt, match="ListIncomplete: 2"):
        carrier.find(aged(1), shipment, nobody)
    desk.expect("GET", LIST, "kakao_list_part")
    sent = carrier.find(aged(901), shipment, nobody).sent
    assert sent is not None
    assert set(sent.accepted) == {"101-1", "102-1"}


def test_what_can_no_longer_be_read_is_looked_for_everywhere(carrier, desk) -> None:
    for _ in range(2):
        desk.expect("GET", LIST, "kakao_list_empty")
        desk.expect("GET", SMS, "phone_list")
        desk.expect("GET", MMS, "phone_list_empty")
    # How much of it there should be nobody knows, so its time has to be over.
    with pytest.raises(InDoubt, match="ListIncomplete"):
        carrier.find(aged(899), None, nobody)
    assert carrier.find(aged(901), None, nobody) == Found(taken(PHONE_REQUEST))


def test_what_can_no_longer_be_read_is_never_repeated(opened, desk) -> None:
    carrier = opened(sms_key=None)
    desk.expect("GET", LIST, "kakao_list_empty")
    with pytest.raises(InDoubt, match="NotListedYet"):
        carrier.find(aged(1), None, nobody)
    desk.expect("GET", LIST, "kakao_list_empty")
    assert carrier.find(aged(901), None, nobody) == Found(None)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_look_up_that_fails_settles_nothing(carrier, desk, shipment, fault) -> None:
    desk.expect("GET", LIST, fault)
    with pytest.raises(InDoubt):
        carrier.find(aged(901), shipment, nobody)


@pytest.mark.parametrize("missing", ["recipientGroupingKey", "requestId"])
def test_a_list_that_names_no_message_settles_nothing(carrier, desk, shipment, missing) -> None:
    item = {"requestId": KAKAO_REQUEST, "recipientSeq": 1, "recipientGroupingKey": "101-1"}
    header = {"isSuccessful": True, "resultCode": 0, "resultMessage": "success"}
    found = {"messages": [item | {missing: None}], "totalCount": 1}
    answer = httpx.Response(200, json={"header": header, "messageSearchResultResponse": found})
    desk.expect("GET", LIST, answer)
    with pytest.raises(InDoubt, match="ListUnreadable"):
        carrier.find(carrier.prepare("7-1"), shipment, nobody)


def test_a_token_of_somebody_else_settles_nothing(carrier: Carrier, shipment) -> None:
    with pytest.raises(InDoubt, match="ForeignToken"):
        carrier.find("G4V20261123101010NARUNARUNARU001", shipment, nobody)


def test_results_are_asked_for_by_their_request(carrier: Carrier, desk) -> None:
    desk.expect("GET", LIST, "kakao_list")
    refs = {f"{KAKAO_REQUEST}:{number}": f"10{number}-1" for number in (1, 2, 3)}
    pages = carrier.results(parcel("token", refs=refs))
    receipts = [one for page in pages for one in carrier.read_receipts(page)]
    assert desk.query(0) == {"requestId": KAKAO_REQUEST, "pageNum": "1", "pageSize": "1000"}
    assert [(one.message_id, one.attempt_no, one.code, one.result) for one in receipts] == [
        (101, 1, "1000", Result.DELIVERED),
        (102, 1, "3019", Result.NOT_A_USER),
        (103, 2, "WAITING", Result.IN_TRANSIT),
    ]


def test_results_are_asked_for_by_the_token_if_need_be(carrier: Carrier, desk) -> None:
    desk.expect("GET", SMS, "phone_list")
    token = carrier.prepare("7-1")
    pages = carrier.results(parcel(token, Channel.SMS))
    receipts = [one for page in pages for one in carrier.read_receipts(page)]
    assert desk.query(0)["senderGroupingKey"] == token
    assert [(one.message_id, one.code, one.result) for one in receipts] == [
        (101, "1000", Result.DELIVERED),
        (102, "2003", Result.HANDSET_OFF),
        (103, "WAITING", Result.IN_TRANSIT),
    ]


def test_results_of_a_foreign_token_cannot_be_asked_for(carrier: Carrier) -> None:
    with pytest.raises(NotSent, match="ForeignToken"):
        list(carrier.results(parcel("G4V20261123101010NARUNARUNARU001")))


@pytest.mark.parametrize("fault", FAULTS)
def test_results_that_cannot_be_had_are_asked_for_later(carrier: Carrier, desk, fault) -> None:
    desk.expect("GET", LIST, fault)
    with pytest.raises(NotSent):
        list(carrier.results(parcel(carrier.prepare("7-1"))))


# ---- what a restored copy asks -----------------------------------------------------------------


def rows(*found: dict[str, object]) -> httpx.Response:
    page = {"messages": list(found), "totalCount": len(found)}
    header = {"isSuccessful": True, "resultCode": 0}
    return httpx.Response(200, json={"header": header, "messageSearchResultResponse": page})


def test_what_was_taken_since_a_moment(carrier: Carrier, desk) -> None:
    """All three lists, a month at a time; what was refused at once, or is not ours, is left out."""
    assert isinstance(carrier, Recalls)
    token = carrier.prepare("7-1")
    ours = {"senderGroupingKey": token, "recipientGroupingKey": "101-1", "resultCode": "1000"}
    others = (
        {**ours, "recipientGroupingKey": "102-1", "resultCode": -1003},
        {**ours, "senderGroupingKey": "invoice-7"},
        {**ours, "senderGroupingKey": None},
        {**ours, "recipientGroupingKey": None},
    )
    desk.expect("GET", LIST, rows(ours, *others))
    desk.expect("GET", LIST, rows({**ours, "recipientGroupingKey": "103-2", "resultCode": None}))
    for path in (SMS, SMS, MMS, MMS):
        desk.expect("GET", path, "phone_list_empty")
    since = datetime.now(UTC) - timedelta(days=40)
    assert list(carrier.taken(since)) == [Taken("101-1", token), Taken("103-2", token)]
    first, second = desk.query(0), desk.query(1)
    assert "senderGroupingKey" not in first
    assert first["endCreateDate"] == second["startCreateDate"]


def test_a_contract_without_texts_has_one_list(opened, desk) -> None:
    carrier = opened(sms_key=None, sms_secret=None)
    desk.expect("GET", LIST, "kakao_list_empty")
    assert list(carrier.taken(datetime.now(UTC))) == []
