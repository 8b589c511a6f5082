"""NHN's templates under review and its pictures, as the sandbox plays them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sandbox.nhn_conversation import Nhn, assert_like, code

_BASIC = {"templateCode": "NEW", "templateName": "새 안내", "templateContent": "새 글입니다."}
_ADD = {"ordering": 1, "type": "AC", "name": "채널 추가"}
_WEB = {"ordering": 1, "type": "WL", "name": "보기", "linkMo": "https://lib.example"}


def templates(nhn: Nhn, rest: str = "") -> str:
    return f"/senders/{nhn.profile}/templates{rest}"


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"templateName": ""}, -2001),
        ({"templateCode": "X" * 21}, -2000),
        ({"templateContent": "가" * 1_301}, -2000),
        ({"templateEmphasizeType": "TEXT", "templateTitle": "제목"}, -3016),
        ({"templateTitle": "제목"}, -3027),
        ({"templateEmphasizeType": "IMAGE"}, -3032),
        ({"templateMessageType": "EX"}, -3018),
        ({"templateMessageType": "MI", "buttons": [_ADD]}, -3020),
        ({"templateExtra": "더"}, -3028),
        ({"templateMessageType": "AD", "templateExtra": "더", "buttons": [_ADD]}, -3030),
        ({"templateMessageType": "AD"}, -3050),
        ({"buttons": [_ADD]}, -3024),
        ({"templateMessageType": "AD", "buttons": [_WEB, _ADD]}, -3025),
        ({"templateCode": "LIBDUESOON"}, -3001),
        ({"templateName": "반납예정일 안내"}, -3001),
    ],
)
def test_what_is_not_registered(nhn: Nhn, more: dict[str, Any], refusal: int) -> None:
    assert code(nhn.kakao.post(templates(nhn), json={**_BASIC, **more}).json()) == refusal


def test_an_approved_template_is_changed_under_its_own_code(nhn: Nhn) -> None:
    nhn.control.put("/config", json={"review_delay_ms": None}).raise_for_status()
    body = {**_BASIC, "templateCode": "CHANGED", "templateName": "바뀌는 안내", "buttons": [_WEB]}
    one = templates(nhn, "/CHANGED")

    def decide(status: str, comment: str = "") -> None:
        decision = {"status": status, "comment": comment, "protocol": "nhn"}
        nhn.control.post("/templates/CHANGED/decide", json=decision).raise_for_status()

    def change(text: str) -> int:
        return code(nhn.kakao.put(one, json={**body, "templateContent": text}).json())

    def seen() -> list[tuple[str, str]]:
        shown = nhn.kakao.get(one).json()["templates"]
        found = nhn.kakao.get(f"{one}/modifications").json()
        changes = found["templateModificationsResponse"]["templates"]
        return [(each["status"], each["templateContent"]) for each in (shown, *changes)]

    assert code(nhn.kakao.post(templates(nhn), json=body).json()) == 0
    assert (seen(), change("둘")) == ([("TSC01", "새 글입니다.")], -3012)
    decide("inspecting")
    assert (seen()[0][0], change("둘")) == ("TSC02", -3012)
    decide("approved")
    assert change("둘") == 0
    assert seen() == [("TSC03", "새 글입니다."), ("TSC01", "둘")]
    assert change("셋") == -3013
    decide("rejected", "까닭")
    assert seen() == [("TSC03", "새 글입니다."), ("TSC04", "둘")]
    assert change("셋") == 0
    decide("approved")
    assert seen() == [("TSC03", "셋"), ("TSC03", "셋")]
    assert_like(nhn.kakao.get(f"{one}/modifications").json(), "modifications")


def test_comments_have_their_time(nhn: Nhn) -> None:
    nhn.control.put("/config", json={"review_delay_ms": None}).raise_for_status()
    body = {**_BASIC, "templateCode": "TALKED", "templateName": "말이 많은 안내"}
    nhn.kakao.post(templates(nhn), json=body)
    path = templates(nhn, "/TALKED/comments")

    def say(text: str = "왜요") -> int:
        return code(nhn.kakao.post(path, json={"comment": text}).json())

    assert (say(), say("")) == (-3100, -2001)
    decision = {"status": "rejected", "comment": "까닭", "protocol": "nhn"}
    nhn.control.post("/templates/TALKED/decide", json=decision).raise_for_status()
    assert say() == 0
    told = nhn.kakao.get(templates(nhn, "/TALKED")).json()["templates"]
    assert told["status"] == "TSC02"
    assert [(one["content"], one["status"]) for one in told["comments"]] == [
        ("까닭", "REJ"),
        ("왜요", "INQ"),
    ]
    assert say() == 0
    assert code(nhn.kakao.post(f"{path}_file", json={}).json()) == -9993


def test_what_was_sent_lately_is_not_deleted(nhn: Nhn) -> None:
    nhn.control.put("/config", json={"review_delay_ms": None}).raise_for_status()
    nhn.alimtalk("01012345555")
    assert code(nhn.kakao.delete(templates(nhn, "/LIBDUESOON")).json()) == -3034
    body = {**_BASIC, "templateCode": "DOOMED", "templateName": "지울 안내"}
    nhn.kakao.post(templates(nhn), json=body)
    decision = {"status": "inspecting", "protocol": "nhn"}
    nhn.control.post("/templates/DOOMED/decide", json=decision).raise_for_status()
    one = templates(nhn, "/DOOMED")
    assert code(nhn.kakao.delete(one).json()) == -3005
    nhn.control.post("/templates/DOOMED/decide", json={**decision, "status": "rejected"})
    assert code(nhn.kakao.delete(one).json()) == 0
    assert code(nhn.kakao.get(one).json()) == -3003
    assert code(nhn.kakao.get(one.replace(nhn.profile, "another")).json()) == -2017


def test_lists_of_templates_are_filtered(nhn: Nhn) -> None:
    def found(**params: Any) -> list[str]:
        told = nhn.kakao.get(templates(nhn), params=params).json()["templateListResponse"]
        return [one["templateCode"] for one in told["templates"]]

    assert found(templateCode="LIBITEMS") == ["LIBITEMS"]
    assert found(templateName="반납예정일 안내", templateStatus="TSC03") == ["LIBDUESOON"]
    assert found(templateCode="LIBITEMS", templateStatus="TSC04") == []
    assert found(pageSize=1, pageNum=1) != found(pageSize=1, pageNum=2)
    assert nhn.kakao.get("/template/categories").json()["categories"][0]["name"] == "기타"


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"fileName": "a.png"}, -2003),
        ({"fileName": ""}, -2002),
        ({"fileBody": "%%%"}, -9997),
        ({"fileBody": ""}, -2005),
        ({"fileBody": base64.b64encode(b"x" * 307_201).decode()}, -2005),
    ],
)
def test_pictures_that_an_mms_cannot_carry(nhn: Nhn, more: dict[str, str], refusal: int) -> None:
    picture = {"fileName": "a.jpg", "createUser": "naru", "fileBody": "eA==", **more}
    assert code(nhn.phone.post("/attachfile/binaryUpload", json=picture).json()) == refusal


def test_pictures_that_a_template_cannot_carry(nhn: Nhn) -> None:
    path = "/template-image"
    assert code(nhn.kakao.post(path, json={}).json()) == -9993
    assert code(nhn.kakao.post(path, files={"file": ("a.gif", b"x")}).json()) == -4009
    large = {"file": ("a.jpg", b"x" * 512_001)}
    assert code(nhn.kakao.post(f"{path}/item-highlight", files=large).json()) == -4007


def test_a_picture_goes_with_an_mms(nhn: Nhn) -> None:
    picture = {"fileName": "a.jpg", "createUser": "naru", "fileBody": "eA=="}
    number = nhn.phone.post("/attachfile/binaryUpload", json=picture).json()["body"]["data"][
        "fileId"
    ]
    more = {"title": "행사", "attachFileIdList": [number], "path": "/sender/mms"}
    request = nhn.text("01012345555", **more)["body"]["data"]["requestId"]
    rows = nhn.phone.get("/sender/mms", params={"requestId": request}).json()["body"]["data"]
    assert [(row["messageType"], row["title"]) for row in rows] == [("MMS", "행사")]
    # Each list has its own.
    asked = {"requestId": request}
    assert nhn.phone.get("/sender/sms", params=asked).json()["body"]["totalCount"] == 0
