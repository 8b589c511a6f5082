"""Messages as they leave."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alimnaru.carriers.base import Outgoing, Shipment
from alimnaru.carriers.solapi.wire import encode_messages
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Button, ButtonKind, Highlight, Item, Rendered


def send(channel: Channel, *rendered: Rendered, image: str | None = None) -> list[dict[str, Any]]:
    messages = [
        Outgoing(f"{number}-1", f"0101234000{number}", one)
        for number, one in enumerate(rendered, start=1)
    ]
    shipment = Shipment(channel, "02-120-0000", messages, "KA01TP", "KA01PF", image)
    found: list[dict[str, Any]] = json.loads(encode_messages(shipment))["messages"]
    return found


def test_an_alimtalk() -> None:
    (message,) = send(Channel.ALIMTALK, Rendered("책을 돌려주십시오."))
    assert message == {
        "to": "01012340001",
        "from": "021200000",
        "text": "책을 돌려주십시오.",
        "type": "ATA",
        "country": "82",
        "autoTypeDetect": False,
        "customFields": {"ref": "1-1"},
        "kakaoOptions": {"pfId": "KA01PF", "templateId": "KA01TP", "disableSms": True},
    }


def test_an_sms_has_no_subject() -> None:
    (message,) = send(Channel.SMS, Rendered("11/25(수)까지 반납", subject="도서관"))
    assert message == {
        "to": "01012340001",
        "from": "021200000",
        "text": "11/25(수)까지 반납",
        "type": "SMS",
        "country": "82",
        "autoTypeDetect": False,
        "customFields": {"ref": "1-1"},
    }


def test_an_mms_has_its_picture() -> None:
    (message,) = send(Channel.MMS, Rendered("행사 안내", subject="나루"), image="ST01FL26")
    assert message == {
        "to": "01012340001",
        "from": "021200000",
        "text": "행사 안내",
        "type": "MMS",
        "subject": "나루",
        "imageId": "ST01FL26",
        "country": "82",
        "autoTypeDetect": False,
        "customFields": {"ref": "1-1"},
    }


def test_an_image_alimtalk_names_its_picture_and_a_plain_one_does_not() -> None:
    pictured, plain = Rendered("행사", image=True), Rendered("행사")
    sent = send(Channel.ALIMTALK, plain, pictured, plain, image="ST01FL26")
    assert [one["type"] for one in sent] == ["ATA"] * 3
    assert [one["kakaoOptions"].get("imageId") for one in sent] == [None, "ST01FL26", None]
    # A template's own picture needs no name.
    (message,) = send(Channel.ALIMTALK, pictured)
    assert "imageId" not in message["kakaoOptions"]


@pytest.mark.parametrize(
    ("subject", "sent"),
    [
        (None, None),
        ("", None),
        ("반납 안내", "반납 안내"),
        ("가" * 20, "가" * 20),
        ("가" * 21, "가" * 20),
        ("a" + "가" * 20, "a" + "가" * 19),
    ],
)
def test_a_subject_of_an_lms_has_40_bytes(subject: str | None, sent: str | None) -> None:
    (message,) = send(Channel.LMS, Rendered("긴 안내", subject=subject))
    assert (message["type"], message.get("subject")) == ("LMS", sent)


@pytest.mark.parametrize(
    ("button", "wire"),
    [
        (
            Button(ButtonKind.WL, "대출 조회", "https://m.lib.example", "https://lib.example"),
            {"linkMo": "https://m.lib.example", "linkPc": "https://lib.example"},
        ),
        (
            Button(ButtonKind.WL, "밖에서 열기", "https://m.lib.example", outside=True),
            {"linkMo": "https://m.lib.example", "targetOut": True},
        ),
        (
            Button(ButtonKind.AL, "앱", scheme_android="lib://a", scheme_ios="lib://i"),
            {"linkAnd": "lib://a", "linkIos": "lib://i"},
        ),
        (Button(ButtonKind.BC, "상담하기", chat_extra="loan"), {"chatExtra": "loan"}),
        (Button(ButtonKind.AC, "채널 추가"), {}),
    ],
)
def test_buttons_and_quick_replies(button: Button, wire: dict[str, object]) -> None:
    rendered = Rendered("글", buttons=(button,), quick_replies=(button,))
    (message,) = send(Channel.ALIMTALK, rendered)
    options = message["kakaoOptions"]
    kind, name = button.kind.value, button.name
    assert options["buttons"] == [{"buttonType": kind, "buttonName": name, **wire}]
    assert options["quickReplies"] == [{"linkType": kind, "name": name, **wire}]


def test_what_stands_around_the_text() -> None:
    rendered = Rendered(
        "글",
        title="반납예정일 안내",
        header="나루구립도서관",
        highlight=Highlight("11. 25.(수)", "반납예정일"),
        items=(Item("책", "채식주의자"), Item("도서관", "나루중앙")),
        summary=Item("연체료", "300원"),
    )
    (message,) = send(Channel.ALIMTALK, rendered)
    assert message["kakaoOptions"] == {
        "pfId": "KA01PF",
        "templateId": "KA01TP",
        "disableSms": True,
        "title": "반납예정일 안내",
        "header": "나루구립도서관",
        "highlight": {"title": "11. 25.(수)", "description": "반납예정일"},
        "item": {
            "list": [
                {"title": "책", "description": "채식주의자"},
                {"title": "도서관", "description": "나루중앙"},
            ],
            "summary": {"title": "연체료", "description": "300원"},
        },
    }


def test_an_item_list_without_a_summary() -> None:
    (message,) = send(
        Channel.ALIMTALK, Rendered("글", items=(Item("책", "1권"), Item("곳", "나루")))
    )
    assert set(message["kakaoOptions"]["item"]) == {"list"}


BUTTONS = (Button(ButtonKind.WL, "조회", "https://m.lib.example"),)
OTHER = (Button(ButtonKind.WL, "조회", "https://m.lib.example/2"),)
ITEMS = (Item("책", "1권"), Item("곳", "나루"))


@pytest.mark.parametrize(
    "other",
    [
        Rendered("글", buttons=OTHER),
        Rendered("글", title="제목", buttons=BUTTONS),
        Rendered("글", header="머리", buttons=BUTTONS),
        Rendered("글", highlight=Highlight("제목", "설명"), buttons=BUTTONS),
        Rendered("글", items=ITEMS, buttons=BUTTONS),
        Rendered("글", items=ITEMS, summary=Item("합계", "1"), buttons=BUTTONS),
        Rendered("글", buttons=BUTTONS, quick_replies=OTHER),
    ],
)
def test_nobody_gets_the_parts_of_another(other: Rendered) -> None:
    plain = Rendered("글", buttons=BUTTONS)
    together = send(Channel.ALIMTALK, plain, plain, other, other, plain)
    alone = [send(Channel.ALIMTALK, one)[0]["kakaoOptions"] for one in (plain, other)]
    assert [message["kakaoOptions"] for message in together] == [
        alone[0],
        alone[0],
        alone[1],
        alone[1],
        alone[0],
    ]
    assert alone[0] != alone[1]
