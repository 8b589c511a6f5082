"""Handing SMS, LMS and MMS over: one body for all, values for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from alimnaru.carriers.base import Carrier, InDoubt, NotSent, Refused, Rejected, Shipment
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Rendered
from tests.carriers.nhn.conftest import aged, outgoing

SMS, MMS = "/sender/sms", "/sender/mms"
REQUEST = "20261123101010ReZQ6KZzAH0"


def test_texts_that_differ_travel_as_values(carrier: Carrier, desk, texts: Shipment) -> None:
    desk.expect("POST", SMS, "phone_sent")
    token = carrier.prepare("7-1")
    sent = carrier.send(token, texts)
    assert sent.accepted == {
        "101-1": f"{REQUEST}:1",
        "102-1": f"{REQUEST}:2",
        "103-2": f"{REQUEST}:3",
    }
    assert desk.body(0) == {
        "body": "##text##",
        "sendNo": "021200000",
        "senderGroupingKey": token,
        "recipientList": [
            {
                "recipientNo": f"0101234000{number}",
                "recipientGroupingKey": ref,
                "templateParameter": {"text": f"{number}번 책을 돌려주십시오."},
            }
            for number, ref in enumerate(("101-1", "102-1", "103-2"), start=1)
        ],
    }
    # SMS v3.0 knows no such key.
    assert "X-NC-API-IDEMPOTENCY-KEY" not in desk.asked[0].headers


def test_texts_that_are_alike_are_the_body(opened, desk, texts: Shipment) -> None:
    carrier = opened(sms_template="NARU_SMS")
    desk.expect("POST", SMS, "phone_sent")
    token = carrier.prepare("7-1")
    carrier.send(token, replace(texts, messages=outgoing("내일은 쉽니다.")))
    assert desk.body(0) == {
        "body": "내일은 쉽니다.",
        "sendNo": "021200000",
        "senderGroupingKey": token,
        "recipientList": [
            {"recipientNo": f"0101234000{number}", "recipientGroupingKey": ref}
            for number, ref in enumerate(("101-1", "102-1", "103-2"), start=1)
        ],
    }


@pytest.mark.parametrize(
    ("channel", "template"),
    [(Channel.SMS, "NARU_SMS"), (Channel.LMS, "NARU_LMS"), (Channel.MMS, "NARU_LMS")],
)
def test_a_template_at_nhn_may_stand_behind_the_values(
    opened, desk, texts: Shipment, channel: Channel, template: str
) -> None:
    carrier = opened(sms_template="NARU_SMS", lms_template="NARU_LMS")
    desk.expect("POST", SMS if channel is Channel.SMS else MMS, "phone_sent")
    carrier.send(carrier.prepare("7-1"), replace(texts, channel=channel))
    assert (desk.body(0)["templateId"], desk.body(0)["body"]) == (template, "##text##")


def test_an_lms_has_a_title(carrier: Carrier, desk) -> None:
    desk.expect("POST", MMS, "phone_sent")
    at = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    messages = outgoing(subject="나루중앙도서관 반납 안내입니다 꼭 돌려주십시오")
    carrier.send(carrier.prepare("7-1"), Shipment(Channel.LMS, "021200000", messages, at=at))
    body = desk.body(0)
    assert body["title"] == "나루중앙도서관 반납 안내입니다 꼭 돌려주"
    assert body["requestDate"] == "2026-11-25 09:30"
    assert body["recipientList"][0]["templateParameter"] == {"text": "1번 책을 돌려주십시오."}


def test_titles_that_differ_travel_as_values(carrier: Carrier, desk) -> None:
    messages = [
        type(one)(one.ref, one.to, Rendered("\n내일은 쉽니다.\n", subject=f"{at}호"))
        for at, one in enumerate(outgoing(), start=1)
    ]
    desk.expect("POST", MMS, "phone_sent")
    carrier.send(carrier.prepare("7-1"), Shipment(Channel.LMS, "021200000", messages))
    assert (desk.body(0)["title"], desk.body(0)["body"]) == ("##title##", "\n내일은 쉽니다.\n")
    assert [one["templateParameter"] for one in desk.body(0)["recipientList"]] == [
        {"title": f"{at}호"} for at in (1, 2, 3)
    ]


def test_a_text_lends_its_beginning_where_there_is_no_title(carrier: Carrier, desk) -> None:
    desk.expect("POST", MMS, "phone_sent")
    messages = outgoing("\n내일은 쉽니다.\n자세히는 누리집을 보십시오.")
    picture = Shipment(Channel.MMS, "021200000", messages, image="178576")
    carrier.send(carrier.prepare("7-1"), picture)
    assert desk.body(0)["title"] == "내일은 쉽니다."
    assert desk.body(0)["attachFileIdList"] == [178576]


def test_a_refused_message_does_not_hold_up_the_others(carrier: Carrier, desk, texts) -> None:
    desk.expect("POST", SMS, "phone_sent_one_refused")
    sent = carrier.send(carrier.prepare("7-1"), texts)
    assert set(sent.accepted) == {"101-1", "103-2"}
    assert sent.refused == {"102-1": Refused("-2019", Result.NUMBER_WRONG)}


def marked(*texts: str) -> Shipment:
    messages = [
        type(one)(one.ref, one.to, Rendered(text))
        for one, text in zip(outgoing(), texts, strict=False)
    ]
    return Shipment(Channel.SMS, "021200000", messages)


def test_a_text_that_could_be_taken_for_a_mark_does_not_travel(carrier: Carrier, desk) -> None:
    header = {"isSuccessful": True, "resultCode": 0, "resultMessage": "SUCCESS"}
    row = {"recipientNo": "01012340001", "resultCode": 0, "recipientSeq": 1}
    data = {"requestId": REQUEST, "statusCode": "2", "sendResultList": [row]}
    answer = httpx.Response(200, json={"header": header, "body": {"data": data}})
    desk.expect("POST", SMS, answer)
    sent = carrier.send(carrier.prepare("7-1"), marked("내일은 쉽니다.", "##text##", "a ## b"))
    assert sent.accepted == {"101-1": f"{REQUEST}:1"}
    assert sent.refused == dict.fromkeys(
        ("102-1", "103-2"), Refused("MarkInText", Result.TEXT_REFUSED)
    )
    assert [one["recipientNo"] for one in desk.body(0)["recipientList"]] == ["01012340001"]


def test_nothing_is_asked_where_nothing_can_travel(carrier: Carrier, desk) -> None:
    sent = carrier.send(carrier.prepare("7-1"), marked("##", "##", "##"))
    assert (sent.accepted, len(sent.refused), desk.asked) == ({}, 3, [])


def test_a_title_may_be_taken_for_a_mark_too(carrier: Carrier, desk) -> None:
    shipment = Shipment(Channel.LMS, "021200000", outgoing(subject="##1##"))
    assert len(carrier.send(carrier.prepare("7-1"), shipment).refused) == 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": None},
        {"body": {"data": None}},
        {"body": {"data": {"requestId": REQUEST, "statusCode": "3", "sendResultList": []}}},
        {"body": {"data": {"requestId": REQUEST, "statusCode": "2", "sendResultList": None}}},
    ],
)
def test_half_an_answer_is_a_doubt(carrier: Carrier, desk, texts, body) -> None:
    header = {"isSuccessful": True, "resultCode": 0, "resultMessage": "SUCCESS"}
    desk.expect("POST", SMS, httpx.Response(200, json={"header": header, **body}))
    with pytest.raises(InDoubt):
        carrier.send(carrier.prepare("7-1"), texts)


@pytest.mark.parametrize(
    ("code", "result"),
    [
        # The same number is a repeated key in the other product.
        (-1005, Result.REQUEST_WRONG),
        (-2052, Result.ACCOUNT_REFUSED),
        (-2312, Result.SENDER_REFUSED),
        (-2023, Result.TEXT_REFUSED),
    ],
)
def test_its_codes_are_its_own(carrier: Carrier, desk, texts, code: int, result: Result) -> None:
    desk.refuse("POST", SMS, code)
    with pytest.raises(Rejected) as caught:
        carrier.send(carrier.prepare("7-1"), texts)
    assert caught.value.result is result


def test_half_a_queue_is_a_doubt(carrier: Carrier, desk, texts) -> None:
    desk.refuse("POST", SMS, -2021)
    with pytest.raises(InDoubt):
        carrier.send(carrier.prepare("7-1"), texts)


@pytest.mark.parametrize(("settings", "age"), [({}, 151), ({"quiet_seconds": "8"}, 3)])
def test_an_old_token_stays_here(opened, desk, texts, settings, age) -> None:
    with pytest.raises(NotSent, match="TokenTooOld"):
        opened(**settings).send(aged(age), texts)


def test_an_office_may_have_no_sms_app(opened, texts) -> None:
    carrier = opened(sms_key=None, sms_secret=None)
    with pytest.raises(Rejected, match="SmsKeyNotSet") as caught:
        carrier.send(carrier.prepare("7-1"), texts)
    assert caught.value.result is Result.ACCOUNT_REFUSED


def test_a_token_of_texts_serves_once(carrier: Carrier, desk, texts) -> None:
    desk.expect("POST", SMS, httpx.ReadTimeout("lost"))
    token = carrier.prepare("7-1")
    for code in ("ReadTimeout", "TokenUsed"):
        with pytest.raises(InDoubt, match=code):
            carrier.send(token, texts)
