"""A shipment cut into calls: what is written, and what goes together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from bizgo import SendOmniRequest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.carriers.base import Outgoing, Shipment
from alimnaru.carriers.bizgo import wire
from alimnaru.carriers.bizgo.parts import Part, divide
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Button, ButtonKind, Highlight, Item, Link, Rendered

ATA = Shipment(Channel.ALIMTALK, "02-120-0000", (), "TPDUE", "PROFILE")


def outgoing(*rendered: Rendered) -> list[Outgoing]:
    return [Outgoing(f"{n}-1", f"0101234{n:04d}", one) for n, one in enumerate(rendered, start=1)]


def parts(shipment: Shipment, *rendered: Rendered) -> list[Part]:
    return list(divide(replace(shipment, messages=outgoing(*rendered))))


def written(part: Part) -> dict[str, Any]:
    body = wire.encode(wire.Omni(part.destinations, (part.step,), "key", 60, "group"))
    # Bizgo's own client refuses what Bizgo would: unknown fields, lengths, what is required.
    SendOmniRequest.model_validate(msgspec.json.decode(body))
    found: dict[str, Any] = msgspec.json.decode(body)
    return found


def filled(text: str, words: dict[str, str] | None) -> str:
    for key, word in (words or {}).items():
        text = text.replace(f"#{{{key}}}", word)
    return text


def test_it_works() -> None:
    [part] = parts(ATA, Rendered("가 님"), Rendered("나 님"))
    body = written(part)
    assert body == {
        "destinations": [
            {"to": "01012340001", "ref": "1-1", "replaceWords": {"text": "가 님"}},
            {"to": "01012340002", "ref": "2-1", "replaceWords": {"text": "나 님"}},
        ],
        "messageFlow": [
            {
                "alimtalk": {
                    "msgType": "AT",
                    "senderKey": "PROFILE",
                    "templateCode": "TPDUE",
                    "text": "#{text}",
                    "responseMethod": "push",
                }
            }
        ],
        "idempotencyKey": "key",
        "idempotencyTtl": 60,
        "groupKey": "group",
    }


def test_what_all_are_told_is_written_once() -> None:
    [part] = parts(
        ATA, Rendered("휴관합니다.", title="안내"), Rendered("휴관합니다.", title="안내")
    )
    body = written(part)
    assert body["messageFlow"][0]["alimtalk"]["text"] == "휴관합니다."
    assert body["messageFlow"][0]["alimtalk"]["title"] == "안내"
    assert all("replaceWords" not in one for one in body["destinations"])


def test_titles_differ_too() -> None:
    [part] = parts(ATA, Rendered("가", title="나루중앙"), Rendered("가", title="나루남부"))
    assert written(part)["messageFlow"][0]["alimtalk"]["title"] == "#{title}"
    assert [one.replace_words for one in part.destinations] == [
        {"text": "가", "title": "나루중앙"},
        {"text": "가", "title": "나루남부"},
    ]


def test_whoever_has_a_link_of_their_own_goes_alone() -> None:
    def linked(number: int) -> Rendered:
        link = Button(ButtonKind.WL, "조회", f"https://lib.example/{number}")
        return Rendered("가 님", buttons=(link,))

    found = parts(ATA, linked(1), linked(2), linked(1))
    assert [[one.ref for one in part.messages] for part in found] == [["1-1", "3-1"], ["2-1"]]
    assert len({part.name for part in found}) == 2


def test_a_mark_in_a_text_is_not_taken_for_ours() -> None:
    found = parts(ATA, Rendered("#{text} 님"), Rendered("나 님"), Rendered("다", title="#{x}"))
    assert [written(part)["messageFlow"][0]["alimtalk"]["text"] for part in found] == [
        "#{text} 님",
        "나 님",
        "다",
    ]
    assert all("replaceWords" not in written(part)["destinations"][0] for part in found)


WHOLE = Rendered(
    "가",
    title="제목",
    header="머리",
    highlight=Highlight("강조", "설명"),
    items=(Item("하나", "1"), Item("둘", "2")),
    summary=Item("합계", "3"),
    buttons=(
        Button(ButtonKind.WL, "조회", "https://m.example", "https://pc.example", outside=True),
        Button(ButtonKind.TN, "전화 연결", tel="02-120"),
    ),
    quick_replies=(Button(ButtonKind.BK, "문의", chat_extra="x"),),
    represent_link=Link(link_mobile="https://m.example"),
    image=True,
)


def test_everything_that_an_alimtalk_may_have() -> None:
    [part] = parts(ATA, WHOLE)
    alimtalk = written(part)["messageFlow"][0]["alimtalk"]
    assert alimtalk["msgType"] == "AI"
    assert alimtalk["attachment"] == {
        "button": [
            {
                "type": "WL",
                "name": "조회",
                "urlMobile": "https://m.example",
                "urlPc": "https://pc.example",
                "target": "out",
            },
            {"type": "TN", "name": "전화 연결", "telNumber": "02-120"},
        ],
        "item": {
            "list": [
                {"title": "하나", "description": "1"},
                {"title": "둘", "description": "2"},
            ],
            "summary": {"title": "합계", "description": "3"},
        },
        "itemHighlight": {"title": "강조", "description": "설명"},
    }
    assert alimtalk["supplement"] == {
        "quickReply": [{"type": "BK", "name": "문의", "chatExtra": "x"}]
    }
    assert alimtalk["link"] == {"urlPc": "https://m.example", "urlMobile": "https://m.example"}
    assert alimtalk["header"] == "머리"


@pytest.mark.parametrize(
    ("channel", "image", "step"),
    [
        (Channel.SMS, None, {"sms": {"from": "021200000", "text": "가"}}),
        (Channel.LMS, None, {"mms": {"from": "021200000", "text": "가", "title": "안내"}}),
        (
            Channel.MMS,
            "FILE_KEY_001",
            {
                "mms": {
                    "from": "021200000",
                    "text": "가",
                    "title": "안내",
                    "fileKey": ["FILE_KEY_001"],
                }
            },
        ),
    ],
)
def test_texts(channel: Channel, image: str | None, step: dict[str, Any]) -> None:
    [part] = parts(
        Shipment(channel, "02-120-0000", (), image=image), Rendered("가", subject="안내")
    )
    assert written(part)["messageFlow"] == [step]


def test_a_subject_that_is_too_long_is_cut() -> None:
    lms = Shipment(Channel.LMS, "02-120-0000", ())
    [part] = parts(lms, Rendered("가", subject="가" * 30), Rendered("나"))[:1]
    assert written(part)["messageFlow"][0]["mms"]["title"] == "가" * 20


def test_a_message_keeps_its_name_whoever_goes_with_it() -> None:
    one, two = Rendered("가", title="제목"), Rendered("나", title="제목")
    [both] = parts(ATA, one, two)
    [alone] = parts(ATA, one)
    assert both.name == alone.name
    [other] = parts(ATA, one._replace(header="머리글"))
    assert other.name != alone.name


def test_a_part_keeps_its_name_whichever_version_wrote_it() -> None:
    """The names are those of 0.4.0: a chunk that was cut off goes again after an upgrade."""
    full = Rendered(
        "가",
        title="제목",
        header="머리",
        highlight=Highlight("a", "b", True),
        items=(Item("x", "y"),),
        summary=Item("s", "t"),
        buttons=(Button(ButtonKind.WL, "보기", "https://a", "https://b", outside=True),),
        quick_replies=(Button(ButtonKind.BK, "문의", chat_extra="x"),),
        represent_link=Link("https://m"),
        image=True,
    )
    [alimtalk] = parts(ATA, full)
    [lms] = parts(replace(ATA, channel=Channel.LMS), full)
    assert [alimtalk.name, lms.name] == ["f93b5d053f7f", "a4cc5600d16e"]


texts = st.text("가나#{}text ", min_size=1, max_size=12)


@given(st.lists(st.tuples(texts, st.none() | texts), min_size=1, max_size=6))
def test_everybody_gets_their_own_words(pairs: list[tuple[str, str | None]]) -> None:
    messages = [Rendered(text, title=title) for text, title in pairs]
    got: dict[str, tuple[str, str | None]] = {}
    for part in parts(ATA, *messages):
        step = part.step.alimtalk
        assert isinstance(step, wire.Alimtalk)
        for one in part.destinations:
            words = one.replace_words if isinstance(one.replace_words, dict) else None
            title = None if step.title is None else filled(step.title, words)
            got[one.ref] = filled(step.text, words), title
    assert got == {f"{n}-1": pair for n, pair in enumerate(pairs, start=1)}


@pytest.mark.parametrize("channel", list(Channel))
def test_a_part_keeps_its_name_whatever_the_office_changes(
    shipment: Shipment, channel: Channel
) -> None:
    """Between a cut and its repeat a night may lie: under another key it would go once more."""
    before = replace(shipment, channel=channel, image="FILE-1")
    after = replace(
        before,
        sender_number="02-120-9999",
        template_code="ANOTHER",
        profile="another",
        image="FILE-2",
    )
    assert [part.name for part in divide(after)] == [part.name for part in divide(before)]
