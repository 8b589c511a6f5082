"""SOLAPI's template calls, beyond what our own adapter makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conversation import GREETING, Client

V2, V1 = "/kakao/v2/templates", "/kakao/v1/templates"


def wanted(sandbox: Client, **more: Any) -> dict[str, Any]:
    return {
        "channelId": sandbox.handle.profile,
        "name": "반납 안내",
        "content": "#{이름}님, #{책}을 돌려주십시오.",
        "categoryCode": "999999",
        **more,
    }


def create(sandbox: Client, **more: Any) -> dict[str, Any]:
    reply = sandbox.call("POST", V2, wanted(sandbox, **more))
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def refusal(sandbox: Client, method: str, path: str, body: object = None) -> tuple[int, str]:
    reply = sandbox.call(method, path, body)
    return reply.status_code, reply.json()["errorCode"]


def test_a_template_is_told_as_the_javascript_client_reads_it(sandbox: Client) -> None:
    made = create(
        sandbox,
        messageType="EX",
        emphasizeType="TEXT",
        emphasizeTitle="#{책}",
        emphasizeSubTitle="도서관",
        extra="안내",
        buttons=[{"buttonType": "WL", "buttonName": "조회", "linkMo": "https://lib.example"}],
        quickReplies=[{"linkType": "BK", "name": "상담"}],
        item={"list": [{"title": "책", "description": "#{책}"}], "summary": {"title": "합"}},
    )
    assert made["templateId"].startswith("KA01TP")
    assert (made["status"], made["code"], made["commentable"]) == ("PENDING", None, False)
    assert (made["emphasizeTitle"], made["emphasizeSubtitle"]) == ("#{책}", "도서관")
    assert made["variables"] == [{"name": "#{이름}"}, {"name": "#{책}"}]
    assert made["buttons"] == [
        {"buttonType": "WL", "buttonName": "조회", "linkMo": "https://lib.example"}
    ]
    assert made["quickReplies"] == [{"linkType": "BK", "name": "상담"}]
    assert made["item"]["summary"]["title"] == "합"
    assert sandbox.call("GET", f"{V2}/{made['templateId']}").json() == made


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"content": ""}, 400, "ValidationError"),
        ({"content": "가" * 1_301}, 400, "ValidationError"),
        ({"categoryCode": "123456"}, 400, "ValidationError"),
        ({"channelId": None}, 400, "ValidationError"),
        ({"name": None}, 400, "ValidationError"),
        ({"channelId": "KA01PFNOBODY"}, 404, "ResourceNotFound"),
        ({"imageId": "ST01FLNOTHING"}, 404, "ResourceNotFound"),
    ],
)
def test_what_is_not_registered(
    sandbox: Client, change: dict[str, Any], status: int, code: str
) -> None:
    assert refusal(sandbox, "POST", V2, wanted(sandbox, **change)) == (status, code)


def test_ids_are_never_given_twice(sandbox: Client) -> None:
    first, second = (create(sandbox)["templateId"] for _ in "ab")
    sandbox.call("DELETE", f"{V2}/{first}")
    third = create(sandbox)["templateId"]
    assert len({first, second, third}) == 3


def test_each_step_has_its_states(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"review_delay_ms": None})
    code = create(sandbox)["templateId"]
    one = f"{V2}/{code}"
    assert refusal(sandbox, "PUT", f"{one}/inspection/cancel") == (400, "InvalidStatus")
    assert refusal(sandbox, "PUT", f"{one}/release-dormant") == (400, "InvalidStatus")
    asked = sandbox.call("PUT", f"{V1}/{code}/inspection", {"comment": "급합니다"}).json()
    assert asked["status"] == "INSPECTING"
    assert [(one["isAdmin"], one["content"]) for one in asked["comments"]] == [(False, "급합니다")]
    for method, path in (("PUT", f"{V1}/{code}/inspection"), ("DELETE", one)):
        assert refusal(sandbox, method, path, {}) == (400, "InvalidStatus")
    assert refusal(sandbox, "PUT", one, wanted(sandbox)) == (400, "InvalidStatus")
    assert sandbox.call("PUT", f"{one}/name", {"name": "새 이름"}).json()["name"] == "새 이름"
    assert sandbox.call("PUT", f"{one}/inspection/cancel").json()["status"] == "PENDING"
    assert refusal(sandbox, "POST", f"{V1}/{code}/comment", {}) == (400, "ValidationError")
    changed = sandbox.call("PUT", one, wanted(sandbox, content="다른 문안")).json()
    assert changed["content"] == "다른 문안"
    assert sandbox.call("DELETE", one).status_code == 200
    assert refusal(sandbox, "GET", one) == (404, "ResourceNotFound")


def test_lists_are_newest_first_filtered_and_paged(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"review_delay_ms": None})
    codes = [create(sandbox)["templateId"] for _ in range(3)]
    reply = sandbox.call("GET", V2, params={"status": "PENDING", "limit": 2}).json()
    pending = [one["templateId"] for one in reply["templateList"]]
    assert pending == codes[:0:-1]
    rest = sandbox.call("GET", V2, params={"startKey": reply["nextKey"], "limit": 1}).json()
    assert [one["templateId"] for one in rest["templateList"]] == codes[:1]
    only = sandbox.call("GET", V2, params={"templateId": GREETING}).json()["templateList"]
    assert [(one["templateId"], one["status"]) for one in only] == [(GREETING, "APPROVED")]
    nobody = sandbox.call("GET", V2, params={"channelId": "KA01PFNOBODY"}).json()
    assert nobody["templateList"] == []


def test_categories_and_channels(sandbox: Client) -> None:
    categories = sandbox.call("GET", f"{V2}/categories").json()
    assert {"code": "999999", "name": "기타"} in categories
    profile = sandbox.handle.profile
    listed = sandbox.call("GET", "/kakao/v2/channels").json()["channelList"]
    assert profile in {one["channelId"] for one in listed}
    assert sandbox.call("GET", f"/kakao/v2/channels/{profile}").json()["channelId"] == profile


def test_templates_need_a_signature(sandbox: Client) -> None:
    assert sandbox.http.get(V2).status_code == 403


def stored(sandbox: Client, kind: str) -> str:
    body = {"file": "/9j/", "type": kind, "name": "event.jpg"}
    return str(sandbox.call("POST", "/storage/v1/files", body).json()["fileId"])


@pytest.mark.parametrize(
    ("kind", "code"), [("MMS", "2000"), ("KAKAO", "1034")], ids=["mms", "kakao"]
)
def test_an_mms_needs_a_picture_of_its_kind(sandbox: Client, kind: str, code: str) -> None:
    message = {"to": "01012345678", "from": "021200000", "text": "행사", "type": "MMS"}
    image = stored(sandbox, kind)
    reply = sandbox.add(sandbox.group(), {**message, "imageId": image}).json()
    assert reply["resultList"][0]["statusCode"] == code


@pytest.mark.parametrize(("kind", "code"), [("KAKAO", "2000"), ("MMS", "1034")])
def test_so_does_an_alimtalk_that_names_one(sandbox: Client, kind: str, code: str) -> None:
    message = sandbox.alimtalk(kakaoOptions={"imageId": stored(sandbox, kind)})
    reply = sandbox.add(sandbox.group(), message).json()
    assert reply["resultList"][0]["statusCode"] == code


def test_a_file_has_to_be_base64(sandbox: Client) -> None:
    body = {"file": "그림", "type": "MMS"}
    assert refusal(sandbox, "POST", "/storage/v1/files", body) == (400, "ValidationError")


def test_a_rate_that_is_exceeded(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"rate_limits": {"solapi": 0.5}})
    message = {"to": "01012345678", "from": "021200000", "text": "안내"}
    for expected in (200, 429):
        group = sandbox.group()
        sandbox.add(group, message)
        assert sandbox.fire(group).status_code == expected


def test_a_review_is_stopped_by_whatever_comes_between(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"review_delay_ms": 600_000})
    code = create(sandbox)["templateId"]
    sandbox.call("PUT", f"{V1}/{code}/inspection", {})
    sandbox.call("PUT", f"{V2}/{code}/inspection/cancel")
    assert sandbox.call("GET", f"{V2}/{code}").json()["status"] == "PENDING"
