"""SENS's wire, spoken by a caller that owes nothing to our adapter."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from sandbox.process import Handle, start
from tests.sandbox.conversation import wait_for

EXAMPLES = Path(__file__).parent.parent / "carriers" / "sens" / "fixtures"
KST = timezone(timedelta(hours=9))
FORM = "%Y-%m-%d %H:%M:%S"

TEMPLATE = {
    "template_id": "NARU01",
    "name": "반납 안내",
    "body": "#{번호}번 책을 돌려주십시오.",
    "buttons": [{"type": "WL", "name": "대출 조회", "link_mobile": "https://lib.example/#{번호}"}],
}


class Caller:
    """Signs as the documents say, in Python's own words."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.keys = handle.protocols["sens"]
        self.kakao = f"/alimtalk/v2/services/{self.keys['service_id']}"
        self.sms = f"/sms/v2/services/{self.keys['sms_service_id']}"
        self.http = httpx.Client(base_url=handle.url, trust_env=False, timeout=20)

    def signed(self, method: str, target: str, *, off: float = 0.0) -> dict[str, str]:
        stamp = str(round((time.time() + off) * 1000))
        text = f"{method} {target}\n{stamp}\n{self.keys['api_key']}"
        digest = hmac.new(self.keys["api_secret"].encode(), text.encode(), hashlib.sha256).digest()
        return {
            "x-ncp-apigw-timestamp": stamp,
            "x-ncp-iam-access-key": self.keys["api_key"],
            "x-ncp-apigw-signature-v2": base64.b64encode(digest).decode(),
        }

    def call(
        self, method: str, path: str, body: object = None, *, off: float = 0.0, **asked: Any
    ) -> httpx.Response:
        target = str(httpx.URL(path, params=asked or None))
        headers = {**self.signed(method, target, off=off), "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        return self.http.request(method, target, headers=headers, content=content)

    def control(self, method: str, path: str, body: object = None) -> Any:
        reply = self.http.request(method, f"/_sandbox/{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def alimtalk(self, *numbers: str, **more: Any) -> httpx.Response:
        messages = [alimtalk(number, place) for place, number in enumerate(numbers, 1)]
        body = {"plusFriendId": self.keys["profile"], "templateCode": "NARU01"}
        return self.call("POST", f"{self.kakao}/messages", {**body, "messages": messages, **more})

    def text(self, *numbers: str, **more: Any) -> httpx.Response:
        body = {"type": "SMS", "from": "021200000", "content": "안내"}
        messages = [{"to": number} for number in numbers]
        return self.call("POST", f"{self.sms}/messages", {**body, "messages": messages, **more})

    def results(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        reply = self.call("GET", f"{path}/messages", **asked)
        if reply.status_code == 404:
            assert reply.content == b""
            return []
        assert reply.status_code == 200, reply.text
        found: list[dict[str, Any]] = reply.json()["messages"]
        return found

    def close(self) -> None:
        self.http.close()


def alimtalk(to: str, place: int = 1, **more: Any) -> dict[str, Any]:
    link = f"https://lib.example/{place}"
    button = {"type": "WL", "name": "대출 조회", "linkMobile": link, "linkPc": link}
    return {
        "countryCode": "82",
        "to": to,
        "content": f"{place}번 책을 돌려주십시오.",
        "buttons": [button],
        "useSmsFailover": False,
        **more,
    }


def window(first: float = -60, last: float = 60, what: str = "request") -> dict[str, str]:
    now = datetime.now(KST)
    return {
        f"{what}StartTime": (now + timedelta(seconds=first)).strftime(FORM),
        f"{what}EndTime": (now + timedelta(seconds=last)).strftime(FORM),
    }


@pytest.fixture(scope="module")
def handle() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    assert running.stop() == 0


@pytest.fixture
def sens(handle: Handle) -> Iterator[Caller]:
    caller = Caller(handle)
    defaults = caller.control("GET", "config")
    caller.control("POST", "reset")
    caller.control("PUT", "templates", {"templates": [TEMPLATE], "protocol": "sens"})
    yield caller
    caller.control("DELETE", "faults")
    caller.control("PUT", "config", defaults)
    caller.close()


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_bytes())


def has_the_fields_of(reply: dict[str, Any], shown: dict[str, Any]) -> None:
    """The same names, and strings for strings."""
    assert set(reply) == set(shown)
    for name, value in shown.items():
        assert type(reply[name]) is type(value), name


# ---- the documents' own examples -----------------------------------------------------------


def test_an_alimtalk_is_answered_as_documented(sens: Caller) -> None:
    reply = sens.alimtalk("01012340001")
    assert reply.status_code == 202
    shown = example("alimtalk_sent")
    has_the_fields_of(reply.json(), shown)
    has_the_fields_of(reply.json()["messages"][0], shown["messages"][0])
    assert reply.json()["requestId"].startswith("RBAA-")
    assert reply.json()["statusName"] == "processing"


def test_an_sms_is_answered_without_its_messages(sens: Caller) -> None:
    reply = sens.text("01012345555")
    assert reply.status_code == 202
    has_the_fields_of(reply.json(), example("sms_sent"))
    assert reply.json()["requestId"].startswith("RSSA-")


def test_lists_and_details_look_as_documented(sens: Caller) -> None:
    kakao = sens.alimtalk("01012345555", "01012340006", "01012340001").json()["requestId"]
    wait_for(lambda: len(done(sens.results(sens.kakao, requestId=kakao))) == 2)
    for found, shown in zip(
        sens.results(sens.kakao, requestId=kakao), example("alimtalk_list")["messages"], strict=True
    ):
        has_the_fields_of(found, shown)
    texts = sens.text("01012345555").json()["requestId"]
    wait_for(lambda: len(done(sens.results(sens.sms, requestId=texts))) == 1)
    page = sens.call("GET", f"{sens.sms}/messages", requestId=texts).json()
    has_the_fields_of(page, example("sms_list"))
    has_the_fields_of(page["messages"][0], example("sms_list")["messages"][0])
    one = sens.call("GET", f"{sens.sms}/messages/{page['messages'][0]['messageId']}").json()
    has_the_fields_of(one, example("sms_detail"))
    has_the_fields_of(one["messages"][0], example("sms_detail")["messages"][0])
    flat = sens.results(sens.kakao, requestId=kakao)[0]
    detail = sens.call("GET", f"{sens.kakao}/messages/{flat['messageId']}").json()
    assert detail == {**flat, "content": "1번 책을 돌려주십시오."}


def done(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if "completeTime" in row]


def test_channels_templates_and_files_look_as_documented(sens: Caller) -> None:
    [channel] = sens.call("GET", f"{sens.kakao}/channels").json()
    has_the_fields_of({**channel, "updateTime": ""}, example("channels")[0])
    channel_id = sens.keys["profile"]
    asked = {"channelId": channel_id, "templateCode": "NARU01"}
    [template] = sens.call("GET", f"{sens.kakao}/templates", **asked).json()
    assert set(example("template")[0]) <= set(template)
    file = sens.call("POST", f"{sens.sms}/files", jpeg("a.jpg")).json()
    has_the_fields_of(file, example("file"))


# ---- the gateway ---------------------------------------------------------------------------


def test_the_gateway_looks_at_time_key_and_signature(sens: Caller) -> None:
    path = f"{sens.kakao}/channels"
    good = sens.signed("GET", path)
    assert sens.http.get(path, headers=good).status_code == 200
    # Unlike SOLAPI, it takes a signature twice.
    assert sens.http.get(path, headers=good).status_code == 200
    for name, wrong in (
        ("x-ncp-apigw-timestamp", "soon"),
        ("x-ncp-apigw-timestamp", "1764052760899"),
        ("x-ncp-iam-access-key", "ELSE"),
        ("x-ncp-apigw-signature-v2", "c2lnbg=="),
    ):
        reply = sens.http.get(path, headers={**good, name: wrong})
        assert reply.status_code == 401
        assert reply.json()["error"]["errorCode"] == "200"
    reply = sens.http.get(f"{path}?a=1", headers=good)
    assert reply.status_code == 401, "the query is signed, too"
    assert sens.http.get(path).status_code == 401


@pytest.mark.parametrize(("off", "status"), [(290, 202), (-290, 202), (310, 401), (-310, 401)])
def test_five_minutes_are_forgiven(sens: Caller, off: float, status: int) -> None:
    body = {"type": "SMS", "from": "021200000", "content": "안내"}
    asked = {**body, "messages": [{"to": "01012345555"}]}
    assert sens.call("POST", f"{sens.sms}/messages", asked, off=off).status_code == status
    assert len(sens.control("GET", "accepted?protocol=sens")) == (status == 202)


def test_the_minutes_are_a_setting(sens: Caller) -> None:
    sens.control("PUT", "config", {"sens_skew_seconds": 2.0})
    assert sens.call("GET", f"{sens.kakao}/channels", off=-5).status_code == 401
    assert sens.call("GET", f"{sens.kakao}/channels").status_code == 200


def test_another_service_is_forbidden(sens: Caller) -> None:
    swapped = f"/alimtalk/v2/services/{sens.keys['sms_service_id']}/channels"
    reply = sens.call("GET", swapped)
    assert (reply.status_code, reply.json()["error"]) == (403, "Forbidden")


def test_errors_are_worded_as_naver_does(sens: Caller) -> None:
    missing = sens.call("GET", f"{sens.kakao}/nowhere")
    assert (missing.status_code, missing.json()["error"]["errorCode"]) == (404, "300")
    assert sens.call("PUT", f"{sens.kakao}/messages", {}).status_code == 405
    broken = sens.call("POST", f"{sens.kakao}/messages", {"templateCode": 7})
    assert (broken.status_code, broken.json()["status"]) == (400, 400)
    sens.control("PUT", "config", {"rate_limits": {"sens": 1.0}})
    assert sens.text("01012345555").status_code == 202
    busy = sens.text("01012345555")
    assert (busy.status_code, busy.json()["error"]["errorCode"]) == (429, "410")
    for kind, status, code in (
        ("too_many", 429, "410"),
        ("error_500", 500, "900"),
        ("error_503", 503, "500"),
    ):
        sens.control("POST", "faults", {"kind": kind, "path": "list", "protocol": "sens"})
        reply = sens.call("GET", f"{sens.kakao}/messages", requestId="x")
        assert (reply.status_code, reply.json()["error"]["errorCode"]) == (status, code)
    sens.control("POST", "faults", {"kind": "error_502", "path": "other", "protocol": "sens"})
    reserved = sens.call("GET", f"{sens.kakao}/reservations/x/reserve-status")
    assert reserved.status_code == 502


# ---- what is sent --------------------------------------------------------------------------


def test_a_hundred_at_most(sens: Caller) -> None:
    numbers = [f"0107{place:03d}5555" for place in range(101)]
    assert sens.text(*numbers).status_code == 400
    assert sens.text().status_code == 400
    assert sens.text(*numbers[:100]).status_code == 202
    assert sens.control("GET", "summary")["accepted"] == {"SMS": 100}


def test_each_message_is_judged_by_itself(sens: Caller) -> None:
    wrong = [
        alimtalk("01012345555"),
        alimtalk("01012345556", content="다른 글"),
        alimtalk("01012345557", buttons=[]),
        alimtalk("공일공"),
        alimtalk("01012345558", content=""),
        alimtalk("0212345678"),
    ]
    reply = sens.alimtalk(messages=wrong).json()
    codes = [one["requestStatusCode"] for one in reply["messages"]]
    assert codes == ["A000", "3016", "3027", "3008", "3013", "A000"]
    rows = sens.results(sens.kakao, requestId=reply["requestId"], requestStatusName="fail")
    assert [row["requestStatusCode"] for row in rows] == codes[1:5]
    wait_for(
        lambda: (
            sens.results(sens.kakao, requestId=reply["requestId"], to="0212345678")[0].get(
                "messageStatusCode"
            )
            == "3008"
        )
    )


def test_template_and_channel_must_be_known(sens: Caller) -> None:
    def code(**more: Any) -> str:
        told = sens.alimtalk("01012345555", **more).json()["messages"][0]
        return str(told["requestStatusCode"])

    assert code(templateCode="NOWHERE") == "3015"
    assert code(plusFriendId="@elsewhere") == "1003"
    sens.control("PUT", "config", {"profile_states": {"sens": "blocked"}})
    assert code() == "1007"
    sens.control("PUT", "config", {"profile_states": {}, "mismatch": "result"})
    reply = sens.alimtalk("01012345555", templateCode="NOWHERE").json()
    assert reply["messages"][0]["requestStatusCode"] == "A000"
    wait_for(
        lambda: (
            sens.results(sens.kakao, requestId=reply["requestId"])[0].get("messageStatusCode")
            == "3015"
        )
    )
    wrong = sens.alimtalk(messages=[alimtalk("01012345555", content="다른 글")]).json()
    wait_for(
        lambda: (
            sens.results(sens.kakao, requestId=wrong["requestId"])[0].get("messageStatusCode")
            == "3016"
        )
    )


def test_the_channel_falls_back_unless_it_is_told_not_to(sens: Caller) -> None:
    silent = alimtalk("01012340001")
    del silent["useSmsFailover"]
    sens.alimtalk(messages=[silent])
    assert sens.control("GET", "summary")["replacements"] == {"SMS": 1}
    sens.alimtalk("01012340001")
    assert sens.control("GET", "summary")["replacements"] == {"SMS": 1}


def test_what_is_too_long_is_cut_and_what_was_asked_for_is_shown(sens: Caller) -> None:
    long = "가" * 50
    request = sens.text("01012345555", content=long).json()["requestId"]
    [row] = sens.control("GET", "accepted?text=1&protocol=sens")
    assert row["text"] == "가" * 45
    [listed] = sens.results(sens.sms, requestId=request)
    detail = sens.call("GET", f"{sens.sms}/messages/{listed['messageId']}").json()
    assert detail["messages"][0]["content"] == long
    sens.text("01012345556", type="LMS", subject="가" * 30, content="나" * 1_001)
    rows = sens.control("GET", "accepted?text=1&protocol=sens&to=01012345556")
    assert [len(one["text"]) for one in rows] == [1_000]


def test_a_text_may_be_ones_own(sens: Caller) -> None:
    messages = [{"to": "01012345555"}, {"to": "01012345556", "content": "둘째 안내"}]
    sens.text(messages=messages, type="lms", subject="제목")
    rows = sens.control("GET", "accepted?text=1&protocol=sens")
    assert [(row["type"], row["text"]) for row in rows] == [("LMS", "안내"), ("LMS", "둘째 안내")]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"content": "안내 😀"}, "3022"),
        ({"from": "02-120-0000"}, "3023"),
        ({"type": "MMS", "files": [{"fileId": "none"}]}, "S006"),
        ({"messages": [{"to": "공일공"}]}, "3003"),
        ({"messages": [{"to": "0212345678"}]}, "3003"),
        ({"messages": [{"to": "01012340007"}]}, "2003"),
    ],
)
def test_what_a_text_fails_with(sens: Caller, more: dict[str, Any], code: str) -> None:
    reply = sens.text("01012345555", **more)
    assert reply.status_code == 202
    wait_for(lambda: done(sens.results(sens.sms, requestId=reply.json()["requestId"])))
    [row] = sens.results(sens.sms, requestId=reply.json()["requestId"])
    assert (row["status"], row["statusCode"], row["statusName"]) == ("COMPLETED", code, "fail")


def test_a_type_must_be_one_and_files_are_for_mms(sens: Caller) -> None:
    assert sens.text("01012345555", type="FAX").status_code == 400
    assert sens.text("01012345555", files=[{"fileId": "a"}]).status_code == 400
    # Without a picture it is sent as an LMS.
    sens.text("01012345555", type="MMS")
    assert sens.control("GET", "summary")["accepted"] == {"LMS": 1}


# ---- lists ---------------------------------------------------------------------------------


def test_nothing_is_an_empty_404(sens: Caller) -> None:
    for path in (sens.kakao, sens.sms):
        for asked in ({"requestId": "RBAA-none"}, {**window(), "plusFriendId": "@x"}):
            reply = sens.call("GET", f"{path}/messages", **asked)
            assert (reply.status_code, reply.content) == (404, b"")
        assert sens.call("GET", f"{path}/messages/nowhere").content == b""
        assert sens.call("GET", f"{path}/messages/00000001-x").content == b""
    assert sens.call("GET", f"{sens.kakao}/templates", channelId="@else").content == b""


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"requestStartTime": "2026-01-01 00:00:00"},
        {"requestStartTime": "2026-01-01", "requestEndTime": "2026-01-02 00:00:00"},
        {"requestStartTime": "2026-01-02 00:00:00", "requestEndTime": "2026-01-01 00:00:00"},
        {"requestStartTime": "2026-01-01 00:00:00", "requestEndTime": "2026-03-01 00:00:00"},
        {"completeStartTime": "2026-01-01 00:00:00", "completeEndTime": "2026-01-03 00:00:00"},
        {**window(), **window(what="complete")},
    ],
)
def test_a_window_must_be_one_and_not_too_wide(sens: Caller, asked: dict[str, str]) -> None:
    sens.text("01012345555")
    wait_for(lambda: sens.control("GET", "summary")["groups"] == {"COMPLETE": 1})
    assert sens.call("GET", f"{sens.sms}/messages", **asked).status_code == 400
    more = {**asked, "plusFriendId": sens.keys["profile"]}
    assert sens.call("GET", f"{sens.kakao}/messages", **more).status_code == 400


def test_an_alimtalk_is_looked_for_on_its_channel(sens: Caller) -> None:
    sens.alimtalk("01012345555")
    assert sens.call("GET", f"{sens.kakao}/messages", **window()).status_code == 400
    channel = sens.keys["profile"]
    assert len(sens.results(sens.kakao, **window(), plusFriendId=channel)) == 1
    assert sens.results(sens.kakao, **window(), plusFriendId="@else") == []
    assert sens.results(sens.kakao, **window(), plusFriendId=channel, templateCode="X") == []
    assert sens.results(sens.kakao, **window(-120, -60), plusFriendId=channel) == []
    assert sens.results(sens.sms, **window()) == [], "each service has its own"


def test_results_are_found_by_the_time_they_came(sens: Caller) -> None:
    # The second Alimtalk is never answered; no phone is silent.
    for path, send, answered in ((sens.sms, sens.text, 2), (sens.kakao, sens.alimtalk, 1)):
        request = send("01012345555", "01012340006").json()["requestId"]
        wait_for(lambda p=path, r=request, n=answered: len(done(sens.results(p, requestId=r))) == n)
        channel = {"plusFriendId": sens.keys["profile"]} if path == sens.kakao else {}
        assert len(sens.results(path, **window(what="complete"), **channel)) == answered
        assert sens.results(path, **window(-7200, -3600, what="complete"), **channel) == []


def test_pages_are_turned_by_their_token(sens: Caller) -> None:
    sens.text(*[f"0107{place:03d}5555" for place in range(5)])
    found: list[str] = []
    token: dict[str, Any] = {}
    while True:
        asked = {**window(), "pageSize": 2, **token}
        page = sens.call("GET", f"{sens.sms}/messages", **asked).json()
        found += [row["to"] for row in page["messages"]]
        if not page["hasMore"]:
            break
        token = {"nextToken": page["nextToken"]}
    assert found == [f"0107{place:03d}5555" for place in range(5)]
    assert page["itemCount"] == 1


# ---- later ---------------------------------------------------------------------------------


def in_an_hour() -> dict[str, str]:
    later = datetime.now(KST) + timedelta(hours=1)
    return {"reserveTime": later.strftime("%Y-%m-%d %H:%M"), "reserveTimeZone": "Asia/Seoul"}


@pytest.mark.parametrize("service", ["kakao", "sms"])
def test_a_reservation_is_held_and_given_up(sens: Caller, service: str) -> None:
    path = getattr(sens, service)
    send = sens.alimtalk if service == "kakao" else sens.text
    reply = send("01012345555", **in_an_hour()).json()
    assert (reply["statusName"], "messages" in reply) == ("reserved", False)
    request = reply["requestId"]
    held = sens.call("GET", f"{path}/messages", requestId=request).json()
    assert held == {"requestId": request, "statusCode": "202", "statusName": "reserved"}
    channel = {"plusFriendId": sens.keys["profile"]} if service == "kakao" else {}
    assert sens.results(path, **window(), **channel) == []
    where = f"{path}/reservations/{request}"
    shown = sens.call("GET", f"{where}/reserve-status").json()
    assert set(shown) == set(example("reservation_canceled"))
    assert shown["reserveStatus"] == "READY"
    other = sens.sms if service == "kakao" else sens.kakao
    assert sens.call("DELETE", f"{other}/reservations/{request}").status_code == 404
    assert sens.call("DELETE", where).status_code == 204
    assert sens.call("GET", f"{where}/reserve-status").json()["reserveStatus"] == "CANCELED"
    assert sens.call("DELETE", where).status_code == 400
    assert sens.control("GET", "accepted?protocol=sens") == []


def test_what_went_at_once_was_never_reserved(sens: Caller) -> None:
    request = sens.text("01012345555").json()["requestId"]
    where = f"{sens.sms}/reservations/{request}"
    assert sens.call("DELETE", where).content == b""
    assert sens.call("GET", f"{where}/reserve-status").status_code == 404


def test_a_reservation_that_can_reach_nobody_has_failed(sens: Caller) -> None:
    reply = sens.text("공일공", **in_an_hour()).json()
    where = f"{sens.sms}/reservations/{reply['requestId']}/reserve-status"
    assert sens.call("GET", where).json()["reserveStatus"] == "FAIL"


@pytest.mark.parametrize(
    "when",
    [
        {"reserveTime": "2020-01-01 00:00"},
        {"reserveTime": "2099-01-01 00:00:00"},
        {"reserveTime": "2099-01-01 00:00", "reserveTimeZone": "UTC"},
    ],
)
def test_a_reservation_needs_a_time_to_come(sens: Caller, when: dict[str, str]) -> None:
    assert sens.text("01012345555", **when).status_code == 400


# ---- templates and pictures ----------------------------------------------------------------


def test_templates_are_shown_with_what_was_said_of_them(sens: Caller) -> None:
    sens.control(
        "POST",
        "templates/NARU01/decide",
        {"status": "rejected", "comment": "변수가 너무 깁니다.", "protocol": "sens"},
    )
    channel = sens.keys["profile"]
    [shown] = sens.call(
        "GET", f"{sens.kakao}/templates", channelId=channel, templateCode="NARU01"
    ).json()
    assert shown["templateInspectionStatus"] == "REJECT"
    assert [one["content"] for one in shown["comments"]] == ["변수가 너무 깁니다."]
    listed = sens.call("GET", f"{sens.kakao}/templates", channelId=channel, templateName="반납")
    assert "comments" not in listed.json()[0]
    none = sens.call("GET", f"{sens.kakao}/templates", channelId=channel, templateName="없음")
    assert none.content == b""
    assert sens.call("GET", f"{sens.kakao}/templates").status_code == 400
    beyond = sens.call("GET", f"{sens.kakao}/templates", channelId=channel, pageIndex=1)
    assert beyond.status_code == 404


def jpeg(name: str, size: tuple[int, int] = (64, 64), form: str = "JPEG") -> dict[str, str]:
    into = io.BytesIO()
    Image.new("RGB", size, "navy").save(into, form)
    return {"fileName": name, "fileBody": base64.b64encode(into.getvalue()).decode()}


def test_a_picture_of_the_same_name_and_size_is_the_same(sens: Caller) -> None:
    first = sens.call("POST", f"{sens.sms}/files", jpeg("event.jpg")).json()
    again = sens.call("POST", f"{sens.sms}/files", jpeg("event.jpg")).json()
    other = sens.call("POST", f"{sens.sms}/files", jpeg("other.jpg")).json()
    assert first["fileId"] == again["fileId"] != other["fileId"]
    until = datetime.fromisoformat(first["expireTime"]).replace(tzinfo=KST)
    left = until - datetime.now(UTC)
    assert timedelta(days=5) < left <= timedelta(days=6)
    reply = sens.text("01012345555", type="MMS", files=[{"fileId": first["fileId"]}])
    assert reply.json()["requestId"].startswith("RSMA-")
    assert sens.control("GET", "summary")["accepted"] == {"MMS": 1}


@pytest.mark.parametrize(
    "body",
    [
        jpeg("event.png"),
        jpeg("x" * 40 + ".jpg"),
        jpeg("event.jpg", (1_501, 10)),
        jpeg("event.jpg", (10, 1_441)),
        jpeg("event.jpg", form="PNG"),
        {"fileName": "event.jpg", "fileBody": "data:image/jpeg;base64,AAAA"},
        {"fileName": "event.jpg", "fileBody": "AAAA"},
    ],
)
def test_a_picture_that_is_not_taken(sens: Caller, body: dict[str, str]) -> None:
    assert sens.call("POST", f"{sens.sms}/files", body).status_code == 400


# ---- a power cut ---------------------------------------------------------------------------


def test_nothing_is_forgotten_over_a_kill(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    handle = start(arguments=["--report-delay-ms", "0"], journal=journal)
    before = Caller(handle)
    before.control("PUT", "templates", {"templates": [TEMPLATE], "protocol": "sens"})
    kakao = before.alimtalk("01012345555").json()["requestId"]
    held = before.text("01012345556", **in_an_hour()).json()["requestId"]
    file = before.call("POST", f"{before.sms}/files", jpeg("event.jpg")).json()["fileId"]
    wait_for(lambda: done(before.results(before.kakao, requestId=kakao)))
    rows = before.results(before.kakao, requestId=kakao)
    before.close()
    handle.kill()

    handle = start(port=handle.port, journal=journal)
    try:
        after = Caller(handle)
        wait_for(lambda: done(after.results(after.kakao, requestId=kakao)))
        again = after.results(after.kakao, requestId=kakao)
        assert [(r["messageId"], r["messageStatusCode"]) for r in again] == [
            (r["messageId"], r["messageStatusCode"]) for r in rows
        ]
        detail = after.call("GET", f"{after.kakao}/messages/{rows[0]['messageId']}").json()
        assert detail["content"] == "1번 책을 돌려주십시오."
        where = f"{after.sms}/reservations/{held}"
        assert after.call("GET", f"{where}/reserve-status").json()["reserveStatus"] == "READY"
        assert after.call("DELETE", where).status_code == 204
        assert after.call("POST", f"{after.sms}/files", jpeg("event.jpg")).json()["fileId"] == file
        new = after.alimtalk("01012345557").json()["requestId"]
        assert new not in {kakao, held}
        after.close()
    finally:
        handle.stop()
