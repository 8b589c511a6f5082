"""NHN's two products as an HTTP client sees them, and what its guides answer.

The guides' answers lie as fixtures beside the adapter's tests: same keys, same types.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from sandbox.process import Handle

GUIDES = Path(__file__).parents[1] / "carriers" / "nhn" / "fixtures"

TEMPLATE = {
    "template_id": "LIBDUESOON",
    "name": "반납예정일 안내",
    "body": "#{이름} 님, #{기한}까지 책을 돌려주십시오.",
    "title": "#{도서관} 반납 안내",
    "subtitle": "반납예정일",
    "buttons": [{"type": "WL", "name": "대출 조회", "link_mobile": "https://lib.example/#{번호}"}],
}
ITEMS_TEMPLATE = {
    "template_id": "LIBITEMS",
    "name": "대출 내역 안내",
    "body": "대출 내역입니다.",
    "emphasis": "ITEM_LIST",
    "header": "#{도서관} 대출",
    "highlight": {"title": "#{책}", "description": "대출"},
    "items": [{"title": "기한", "description": "#{기한}"}, {"title": "권수", "description": "1"}],
    "summary": {"title": "합계", "description": "#{금액}"},
    "quick_replies": [{"type": "BK", "name": "연장"}],
}


class Nhn:
    """Both apps as an HTTP client sees them."""

    def __init__(self, handle: Handle) -> None:
        told = handle.protocols["nhn"]
        self.profile = told["profile"]
        self.signature = told["callback_secret"]
        self.kakao = httpx.Client(
            base_url=f"{handle.url}/alimtalk/v2.3/appkeys/{told['api_key']}",
            headers={"X-Secret-Key": told["api_secret"]},
            trust_env=False,
        )
        self.phone = httpx.Client(
            base_url=f"{handle.url}/sms/v3.0/appKeys/{told['sms_key']}",
            headers={"X-Secret-Key": told["sms_secret"]},
            trust_env=False,
        )
        self.control = httpx.Client(base_url=f"{handle.url}/_sandbox", trust_env=False)

    def close(self) -> None:
        for client in (self.kakao, self.phone, self.control):
            client.close()

    def alimtalk(self, *phones: str, key: str = "", **more: Any) -> Any:
        """Hand Alimtalks over; `more` changes the request, `row` every recipient."""
        row = {
            "content": "김*루 님, 11. 25.까지 책을 돌려주십시오.",
            "templateTitle": "나루 반납 안내",
            "buttons": [
                {
                    "ordering": 1,
                    "type": "WL",
                    "name": "대출 조회",
                    "linkMo": "https://lib.example/7",
                }
            ],
            "resendParameter": {"isResend": False},
            **more.pop("row", {}),
        }
        body = {
            "senderKey": self.profile,
            "templateCode": "LIBDUESOON",
            "senderGroupingKey": key or "grouping",
            "recipientList": [
                {"recipientNo": phone, "recipientGroupingKey": f"{at}-1", **row}
                for at, phone in enumerate(phones, start=1)
            ],
            **more,
        }
        headers = {"X-NC-API-IDEMPOTENCY-KEY": key} if key else {}
        return self.kakao.post("/raw-messages", json=body, headers=headers).json()

    def text(self, *phones: str, path: str = "/sender/sms", **more: Any) -> Any:
        """Hand texts over."""
        body = {
            "body": "##text##",
            "sendNo": "021200000",
            "senderGroupingKey": "grouping",
            "recipientList": [
                {
                    "recipientNo": phone,
                    "recipientGroupingKey": f"{at}-1",
                    "templateParameter": {"text": f"{at}번 책"},
                }
                for at, phone in enumerate(phones, start=1)
            ],
            **more,
        }
        return self.phone.post(path, json=body).json()

    def said(self) -> list[str]:
        """The texts on the phones."""
        rows = self.control.get("/accepted?text=1&protocol=nhn").json()
        return [row["text"] for row in rows]


def guide(name: str) -> Any:
    return json.loads((GUIDES / f"{name}.json").read_bytes())


def shape(value: Any) -> Any:
    """Keys all the way down; of a list its first element."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def assert_like(told: Any, name: str) -> None:
    """`told` has exactly the keys of the guide's answer; a null may stand for an object."""
    assert_same(shape(told), shape(guide(name)), name)


def assert_same(found: Any, wanted: Any, where: str) -> None:
    if found is None or found == []:
        return
    if isinstance(wanted, list):
        assert isinstance(found, list), where
        if wanted:
            assert_same(found[0], wanted[0], where)
    elif isinstance(wanted, dict):
        assert set(found) == set(wanted), where
        for key, inner in wanted.items():
            assert_same(found[key], inner, f"{where}.{key}")


def code(told: Any) -> int:
    header = told["header"]
    assert header["isSuccessful"] is (header["resultCode"] == 0)
    found: int = header["resultCode"]
    return found


PHONES = ("01012345555", "01012340001")
