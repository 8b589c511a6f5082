"""NHN's two products as the sandbox plays them, held against the answers in NHN's own guides."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.process import start
from tests.sandbox.conversation import Listener, wait_for
from tests.sandbox.nhn_conversation import PHONES, TEMPLATE, Nhn, assert_like, code


def test_its_answers_are_those_of_the_guides(nhn: Nhn) -> None:
    sent = nhn.alimtalk(*PHONES)
    assert_like(sent, "kakao_sent")
    request = sent["message"]["requestId"]
    assert len(request) == 25
    assert [row["recipientSeq"] for row in sent["message"]["sendResults"]] == [1, 2]
    listed = nhn.kakao.get("/messages", params={"requestId": request}).json()
    assert_like(listed, "kakao_list")
    texts = nhn.text(*PHONES)
    assert_like(texts, "phone_sent")
    number = texts["body"]["data"]["requestId"]
    assert_like(nhn.phone.get("/sender/sms", params={"requestId": number}).json(), "phone_list")
    picture = {
        "fileName": "a.jpg",
        "createUser": "naru",
        "fileBody": base64.b64encode(b"x").decode(),
    }
    assert_like(nhn.phone.post("/attachfile/binaryUpload", json=picture).json(), "phone_upload")
    files = {"file": ("a.png", b"png")}
    assert_like(nhn.kakao.post("/template-image", files=files).json(), "kakao_upload")
    base = f"/senders/{nhn.profile}"
    assert_like(nhn.kakao.get(base).json(), "sender")
    assert_like(nhn.kakao.get(f"{base}/templates").json(), "templates")
    one = nhn.kakao.get(f"{base}/templates/LIBITEMS").json()
    assert_like(one, "template_approved")


def test_a_single_message_is_told_in_full(nhn: Nhn) -> None:
    request = nhn.alimtalk("01012345555")["message"]["requestId"]
    told = nhn.kakao.get(f"/messages/{request}/1").json()["message"]
    assert {"templateSubtitle", "resendRequestId", "messageOption"} < set(told)
    assert told["content"] == "김*루 님, 11. 25.까지 책을 돌려주십시오."
    assert code(nhn.kakao.get(f"/messages/{request}/2").json()) == -1016
    number = nhn.text("01012345555")["body"]["data"]["requestId"]
    path = f"/sender/sms/{number}"
    assert (
        nhn.phone.get(path, params={"recipientSeq": 1}).json()["body"]["data"]["body"] == "1번 책"
    )
    assert code(nhn.phone.get(path, params={"recipientSeq": 9}).json()) == -2008


def test_results_are_told_by_when_they_came(nhn: Nhn) -> None:
    nhn.alimtalk(*PHONES)
    nhn.text(*PHONES)
    dates = window()
    span = {"startUpdateDate": dates["startCreateDate"], "endUpdateDate": dates["endCreateDate"]}

    def come() -> bool:
        return nhn.kakao.get("/message-results/count", params=span).json()["totalCount"] == 2

    wait_for(come)
    rows = nhn.kakao.get("/message-results", params=span).json()["messages"]
    assert [row["resultCode"] for row in rows] == ["1000", "3019"]
    rows = nhn.phone.get("/message-results", params=span).json()["body"]["data"]
    assert [row["resultCode"] for row in rows] == ["1000", "1000"]
    assert code(nhn.kakao.get("/message-results").json()) == -4103


@pytest.mark.parametrize("product", ["kakao", "phone"])
def test_callbacks_are_those_of_the_guides(nhn: Nhn, listener: Listener, product: str) -> None:
    target = {"url": listener.url, "protocol": "nhn", "secret": "agreed"}
    nhn.control.put("/callback", json=target).raise_for_status()
    nhn.alimtalk(*PHONES) if product == "kakao" else nhn.text(*PHONES)
    wait_for(lambda: sum(len(batch["hooks"]) for batch in listener.batches) == 2)
    assert_like(listener.batches[0], f"{product}_callback")
    assert listener.headers[0]["X-Toast-Webhook-Signature"] == "agreed"


def test_keys_and_forms_are_checked(nhn: Nhn) -> None:
    wrong = {"X-Secret-Key": "another"}
    assert code(nhn.kakao.get("/messages", headers=wrong).json()) == -1001
    assert code(nhn.phone.get("/sender/sms", headers=wrong).json()) == -1001
    elsewhere = str(nhn.kakao.base_url).replace("SANDBOX", "ANOTHER")
    assert code(nhn.kakao.get(f"{elsewhere}messages").json()) == -1000
    plain = {"Content-Type": "text/plain"}
    assert code(nhn.kakao.post("/raw-messages", content=b"{}", headers=plain).json()) == -9996
    broken = {"Content-Type": "application/json;charset=UTF-8"}
    assert code(nhn.kakao.post("/raw-messages", content=b"{", headers=broken).json()) == -9997
    assert code(nhn.kakao.get("/nowhere").json()) == -9998
    assert code(nhn.kakao.put("/messages", json={}).json()) == -9998
    reply = nhn.kakao.get("/nowhere")
    assert reply.status_code == 200


def test_a_key_is_taken_once_in_its_time(nhn: Nhn) -> None:
    nhn.control.put("/config", json={"nhn_key_seconds": 0.4}).raise_for_status()
    assert code(nhn.alimtalk(*PHONES, key="K1")) == 0
    repeated = nhn.alimtalk(*PHONES, key="K1")
    assert (set(repeated), code(repeated)) == ({"header"}, -1005)
    time.sleep(0.5)
    assert code(nhn.alimtalk(*PHONES, key="K1")) == 0


def test_all_refused_is_no_request(nhn: Nhn) -> None:
    told = nhn.alimtalk(*PHONES, templateCode="NOWHERE")
    assert_like(told, "kakao_all_refused")
    assert (code(told), told["message"]["requestId"]) == (-1031, None)
    assert {row["resultCode"] for row in told["message"]["sendResults"]} == {-3003}
    asked = {"senderGroupingKey": "grouping", **window()}
    listed = nhn.kakao.get("/messages", params=asked).json()
    assert listed["messageSearchResultResponse"] == {"messages": [], "totalCount": 0}


def test_some_refused_are_listed_as_failed(nhn: Nhn) -> None:
    told = nhn.alimtalk("01012345555", "공일공")
    assert [row["resultCode"] for row in told["message"]["sendResults"]] == [0, -5000]
    request = told["message"]["requestId"]

    def rows() -> list[tuple[str, str]]:
        found = nhn.kakao.get("/messages", params={"requestId": request}).json()
        messages = found["messageSearchResultResponse"]["messages"]
        return [(one["messageStatus"], one["resultCode"]) for one in messages]

    wait_for(lambda: rows() == [("COMPLETED", "1000"), ("FAILED", "-5000")])


def window(days: int = 1) -> dict[str, str]:
    at = time.time() + 9 * 3_600
    return {
        "startCreateDate": time.strftime("%Y-%m-%d %H:%M", time.gmtime(at - days * 86_400)),
        "endCreateDate": time.strftime("%Y-%m-%d %H:%M", time.gmtime(at)),
    }


def test_lists_have_bounds(nhn: Nhn) -> None:
    nhn.alimtalk(*PHONES)

    def listed(**params: Any) -> Any:
        return nhn.kakao.get("/messages", params=params).json()

    assert code(listed()) == -4103
    assert code(nhn.phone.get("/sender/sms").json()) == -2011
    assert code(listed(**window(40))) == -4003
    assert code(listed(**window(), pageSize=1_001)) == 4
    assert code(listed(**window(), pageNum="x")) == 4
    assert code(listed(startCreateDate="soon", endCreateDate="later")) == -4000
    page = listed(**window(), pageSize=1, pageNum=2)["messageSearchResultResponse"]
    assert (page["totalCount"], page["messages"][0]["recipientSeq"]) == (2, 2)
    for params, count in (
        ({"recipientNo": PHONES[0]}, 1),
        ({"recipientGroupingKey": "2-1"}, 1),
        ({"senderGroupingKey": "another"}, 0),
        ({"messageStatus": "CANCEL"}, 0),
    ):
        found = listed(**window(), **params)["messageSearchResultResponse"]
        assert found["totalCount"] == count
    requested = {name.replace("Create", "Request"): at for name, at in window().items()}
    assert listed(**requested)["messageSearchResultResponse"]["totalCount"] == 2


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({"content": "다른 글"}, -3010),
        ({"templateTitle": "다른 제목"}, -3010),
        ({"templateTitle": None}, -3010),
        ({"templateHeader": "머리"}, -3042),
        ({"templateItem": {"list": [{"title": "a", "description": "b"}]}}, -3043),
        ({"buttons": []}, -3011),
        ({"buttons": [{"type": "WL", "name": "다른 이름"}]}, -3011),
        ({"quickReplies": [{"type": "BK", "name": "연장"}]}, -3011),
        ({"content": "김*루 님, " + "길" * 1_300 + "까지 책을 돌려주십시오."}, -2019),
    ],
)
def test_every_part_is_compared(nhn: Nhn, row: dict[str, Any], refusal: int) -> None:
    told = nhn.alimtalk("01012345555", row=row)
    assert [one["resultCode"] for one in told["message"]["sendResults"]] == [refusal]


ITEMS = {
    "content": "대출 내역입니다.",
    "templateTitle": None,
    "templateHeader": "나루 대출",
    "templateItemHighlight": {"title": "파란 책", "description": "대출"},
    "templateItem": {
        "list": [
            {"title": "기한", "description": "11. 25."},
            {"title": "권수", "description": "1"},
        ],
        "summary": {"title": "합계", "description": "0"},
    },
    "buttons": None,
    "quickReplies": [{"type": "BK", "name": "연장"}],
}


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({}, 0),
        ({"templateHeader": "다른 머리"}, -3042),
        ({"templateItemHighlight": None}, -3043),
        ({"templateItem": {**ITEMS["templateItem"], "summary": None}}, -3043),  # type: ignore[dict-item]
        ({"quickReplies": []}, -3011),
        ({"buttons": [{"type": "WL", "name": "조회"}]}, -3033),
    ],
)
def test_item_lists_are_compared(nhn: Nhn, row: dict[str, Any], refusal: int) -> None:
    told = nhn.alimtalk("01012345555", templateCode="LIBITEMS", row={**ITEMS, **row})
    assert [one["resultCode"] for one in told["message"]["sendResults"]] == [refusal]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"senderKey": "another"}, -2017),
        ({"recipientList": []}, -2001),
        ({"requestDate": "2020-01-01 00:00"}, -2025),
        ({"requestDate": "2999-01-01 00:00"}, -2026),
        ({"requestDate": "tomorrow"}, -2027),
    ],
)
def test_what_is_wrong_with_the_whole_is_told_in_the_header(
    nhn: Nhn, more: dict[str, Any], refusal: int
) -> None:
    assert code(nhn.alimtalk("01012345555", **more)) == refusal


def test_a_thousand_and_no_more(nhn: Nhn) -> None:
    phones = [f"0101{at:04d}5555" for at in range(1_001)]
    assert code(nhn.alimtalk(*phones)) == 4
    assert code(nhn.text(*phones)) == -2016
    assert code(nhn.alimtalk(*phones[:1_000])) == 0
    assert len(nhn.text(*phones[:1_000])["body"]["data"]["sendResultList"]) == 1_000


@pytest.mark.parametrize(
    ("state", "refusal"), [("blocked", -1027), ("dormant", -1014), ("gone", -2017)]
)
def test_a_profile_may_be_stopped(nhn: Nhn, state: str, refusal: int) -> None:
    nhn.control.put("/config", json={"profile_states": {"nhn": state}}).raise_for_status()
    assert code(nhn.alimtalk("01012345555")) == refusal
    told = nhn.kakao.get(f"/senders/{nhn.profile}").json()
    assert code(told) == (-2017 if state == "gone" else 0)
    count = nhn.kakao.get("/senders").json()["totalCount"]
    assert count == (0 if state == "gone" else 1)


def test_values_are_filled_in(nhn: Nhn) -> None:
    body = {
        "senderKey": nhn.profile,
        "templateCode": "LIBITEMS",
        "recipientList": [{"recipientNo": "01012345555", "templateParameter": {}}],
    }
    assert code(nhn.kakao.post("/messages", json=body).json()) == 0
    body["templateCode"] = "LIBDUESOON"
    values = {"이름": "김*루", "기한": "11. 25."}
    row = {"recipientNo": "01012345555", "templateParameter": values}
    body["recipientList"] = [row, {**row, "templateParameter": {"이름": "김"}}]
    told = nhn.kakao.post("/messages", json=body).json()
    assert [one["resultCode"] for one in told["message"]["sendResults"]] == [0, -3049]
    assert nhn.said() == ["대출 내역입니다.", "김*루 님, 11. 25.까지 책을 돌려주십시오."]


def test_texts_are_cut_at_what_networks_carry(nhn: Nhn) -> None:
    nhn.text("01012345555", body="가" * 60)
    nhn.text("01012345555", body="##text##!", path="/sender/mms", title="제목")
    assert nhn.said() == ["가" * 45, "1번 책!"]
    values = {"text": "##text##", "other": "$1\\2"}
    row = {"recipientNo": "01012345555", "templateParameter": values}
    nhn.text(body="##text## ##other## ##none##", recipientList=[row])
    assert nhn.said()[-1] == "##text## $1\\2 ##none##"


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"body": ""}, -2014),
        ({"path": "/sender/mms"}, -2014),
        ({"sendNo": "1"}, -2312),
        ({"attachFileIdList": [9], "path": "/sender/mms", "title": "a"}, -2004),
        ({"requestDate": "2020-01-01 00:00"}, -2022),
        ({"requestDate": "soon"}, -2000),
    ],
)
def test_what_is_wrong_with_texts(nhn: Nhn, more: dict[str, Any], refusal: int) -> None:
    assert code(nhn.text("01012345555", **more)) == refusal


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({"recipientNo": ""}, -2018),
        ({"recipientNo": "공일공"}, -2019),
        ({"recipientNo": "", "internationalRecipientNo": "01012345555"}, 0),
        ({"countryCode": "1"}, -2024),
        ({"templateParameter": {"text": "가" * 256}}, -2015),
        ({"templateParameter": {"text": "책 📚"}}, -2023),
    ],
)
def test_what_is_wrong_with_one_text(nhn: Nhn, row: dict[str, Any], refusal: int) -> None:
    wanted = {"recipientNo": "01012345555", "templateParameter": {"text": "책"}, **row}
    told = nhn.text(recipientList=[wanted])
    assert [one["resultCode"] for one in told["body"]["data"]["sendResultList"]] == [refusal]


def test_what_is_held_is_taken_back(nhn: Nhn) -> None:
    later = time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() + 9 * 3_600 + 7_200))
    request = nhn.alimtalk(*PHONES, requestDate=later)["message"]["requestId"]
    path = f"/messages/{request}"
    assert code(nhn.kakao.delete(path, params={"recipientSeq": "1,9"}).json()) == 0
    assert code(nhn.kakao.delete(path).json()) == 0
    assert code(nhn.kakao.delete(path).json()) == -2029
    assert code(nhn.kakao.delete("/messages/NOWHERE").json()) == -2029
    number = nhn.text(*PHONES, requestDate=later)["body"]["data"]["requestId"]
    held = nhn.phone.get("/reservations", params={"requestId": number}).json()["body"]["data"]
    assert [row["messageStatus"] for row in held] == ["RESERVED"] * 2
    wanted = [{"requestId": number, "recipientSeq": at} for at in (1, 2, 3)]
    body = {"reservationList": wanted, "updateUser": "naru"}
    told = nhn.phone.put("/reservations/cancel", json=body).json()
    assert_like(told, "phone_cancelled")
    assert told["body"]["data"] == {"requestedCount": 3, "canceledCount": 2}
    assert nhn.said() == []


def test_its_own_fallback_is_on_unless_it_is_switched_off(nhn: Nhn) -> None:
    nhn.alimtalk("01012340001", row={"resendParameter": None})
    nhn.alimtalk("01012340001", row={"resendParameter": {"isResend": False}})
    replaced = nhn.control.get("/summary?protocol=nhn").json()["replacements"]
    assert sum(replaced.values()) == 1


def test_too_fast_is_the_gateway_s_to_say(nhn: Nhn) -> None:
    nhn.control.put("/config", json={"rate_limits": {"nhn": 0.5}}).raise_for_status()
    nhn.alimtalk("01012345555")
    body = {"body": "가", "sendNo": "021200000", "recipientList": [{"recipientNo": PHONES[0]}]}
    reply = nhn.phone.post("/sender/sms", json=body)
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "1")


@pytest.mark.parametrize(
    ("path", "strikes"),
    [
        ("list", ["GET /messages", "GET /message-results"]),
        ("cancel", ["DELETE /messages/R"]),
        ("templates", ["GET /senders/x", "GET /template/categories"]),
        ("send", ["POST /raw-messages", "POST /messages"]),
        ("other", ["GET /nowhere"]),
    ],
)
def test_faults_know_its_places(nhn: Nhn, path: str, strikes: list[str]) -> None:
    for line in strikes:
        fault = {"kind": "error_503", "path": path, "protocol": "nhn"}
        nhn.control.post("/faults", json=fault).raise_for_status()
        method, _, where = line.partition(" ")
        assert nhn.kakao.request(method, where).status_code == 503


def test_a_kill_forgets_nothing(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    first = start(journal=journal, arguments=["--report-delay-ms", "0"])
    before = Nhn(first)
    before.control.put("/templates", json={"templates": [TEMPLATE], "protocol": "nhn"})
    sent = before.alimtalk(*PHONES, key="K1")
    texts = before.text(*PHONES)
    before.close()
    first.kill()
    second = start(port=first.port, journal=journal, arguments=["--report-delay-ms", "0"])
    after = Nhn(second)
    try:
        assert code(after.alimtalk(*PHONES, key="K1")) == -1005
        asked = {"senderGroupingKey": "K1", **window()}
        rows = after.kakao.get("/messages", params=asked).json()["messageSearchResultResponse"]
        assert rows["totalCount"] == 2
        assert rows["messages"][0]["requestId"] == sent["message"]["requestId"]
        number = texts["body"]["data"]["requestId"]
        found = after.phone.get("/sender/sms", params={"requestId": number}).json()["body"]
        assert [row["body"] for row in found["data"]] == ["1번 책", "2번 책"]
    finally:
        after.close()
        second.stop()
