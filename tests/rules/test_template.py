"""The template model: JSON form, marks, room for the body."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.template import (
    Button,
    ButtonKind,
    Emphasis,
    Highlight,
    Item,
    Link,
    MessageType,
    Rendered,
    Template,
    is_amount,
    marks,
    parse_template,
    split_text,
    template_to_json,
)
from alimnaru.rules.template_reader import TemplateUnreadable

FULL = {
    "message_type": "MI",
    "emphasis": "ITEM_LIST",
    "body": "[#{도서관}] 도착 안내\n\n#{성명}님, 예약하신 도서가 도착했습니다.",
    "extra": "※ 도서를 예약하신 분께 보내는 안내입니다.",
    "header": "#{도서관} 예약 안내",
    "highlight": {"title": "#{대표도서}", "description": "예약도서", "thumbnail": True},
    "items": [
        {"title": "보관기한", "description": "#{기한}"},
        {"title": "찾는 곳", "description": "#{도서관} 자료실"},
    ],
    "summary": {"title": "합계", "description": "₩#{금액}"},
    "buttons": [
        {"type": "AC", "name": "채널 추가"},
        {
            "type": "WL",
            "name": "예약 확인",
            "link_mobile": "https://lib.example/#{코드}",
            "link_pc": "https://lib.example/pc",
            "outside": True,
        },
    ],
    "quick_replies": [{"type": "BT", "name": "물어보기", "chat_extra": "a", "chat_event": "b"}],
    "image": {"name": "a.png", "url": "https://img.example/a.png"},
    "represent_link": {"link_mobile": "https://lib.example/#{코드}", "scheme_ios": "app://#{앱}"},
    "security": True,
}


def test_every_key_of_the_json_form_is_read() -> None:
    assert parse_template(FULL) == Template(
        message_type=MessageType.MI,
        emphasis=Emphasis.ITEM_LIST,
        body="[#{도서관}] 도착 안내\n\n#{성명}님, 예약하신 도서가 도착했습니다.",
        extra="※ 도서를 예약하신 분께 보내는 안내입니다.",
        header="#{도서관} 예약 안내",
        highlight=Highlight("#{대표도서}", "예약도서", thumbnail=True),
        items=(Item("보관기한", "#{기한}"), Item("찾는 곳", "#{도서관} 자료실")),
        summary=Item("합계", "₩#{금액}"),
        buttons=(
            Button(ButtonKind.AC, "채널 추가"),
            Button(
                ButtonKind.WL,
                "예약 확인",
                link_mobile="https://lib.example/#{코드}",
                link_pc="https://lib.example/pc",
                outside=True,
            ),
        ),
        quick_replies=(Button(ButtonKind.BT, "물어보기", chat_extra="a", chat_event="b"),),
        image_name="a.png",
        image_url="https://img.example/a.png",
        represent_link=Link(link_mobile="https://lib.example/#{코드}", scheme_ios="app://#{앱}"),
        security=True,
    )


def test_the_json_form_comes_back_unchanged() -> None:
    assert template_to_json(parse_template(FULL)) == FULL


def test_a_body_alone_is_a_plain_template() -> None:
    plain = Template(MessageType.BA, Emphasis.NONE, "안내")
    assert parse_template({"body": "안내"}) == plain
    assert template_to_json(plain) == {"message_type": "BA", "emphasis": "NONE", "body": "안내"}


def test_empty_fields_of_a_form_are_absent_parts() -> None:
    form: dict[str, object] = {
        "message_type": "",
        "emphasis": None,
        "body": "안내",
        "extra": "",
        "title": None,
        "highlight": {"title": "", "description": "", "thumbnail": False},
        "items": None,
        "summary": {"title": "", "description": ""},
        "buttons": [],
        "image": {},
        "represent_link": {"link_mobile": ""},
        "security": None,
    }
    assert parse_template(form) == Template(MessageType.BA, Emphasis.NONE, "안내")


@pytest.mark.parametrize(
    ("data", "where", "problem"),
    [
        ({"boddy": "안내"}, "boddy", "unknown key"),
        ({"body": 3}, "body", "text is needed"),
        ({"message_type": "XX"}, "message_type", "one of BA, EX, AD, MI is needed"),
        ({"emphasis": 1}, "emphasis", "text is needed"),
        ({"security": "yes"}, "security", "true or false is needed"),
        ({"items": "보관기한"}, "items", "a list is needed"),
        ({"items": {"title": "a"}}, "items", "a list is needed"),
        ({"items": [{"title": "a"}, "b"]}, "items[1]", "an object is needed"),
        ({"items": [{"titel": "a"}]}, "items[0].titel", "unknown key"),
        ({"highlight": "a"}, "highlight", "an object is needed"),
        ({"highlight": {"thumbnail": 1}}, "highlight.thumbnail", "true or false is needed"),
        ({"summary": {"x": "a"}}, "summary.x", "unknown key"),
        ({"image": {"path": "a"}}, "image.path", "unknown key"),
        ({"represent_link": {"link": "a"}}, "represent_link.link", "unknown key"),
        ({"buttons": [{"type": "WL", "nmae": "보기"}]}, "buttons[0].nmae", "unknown key"),
        ({"buttons": [{"type": "wl"}]}, "buttons[0].type", "one of WL, AL, DS"),
        ({"buttons": [{"name": "보기"}]}, "buttons[0].type", "one of WL, AL, DS"),
        ([], "", "an object is needed"),
    ],
)
def test_what_is_no_template_is_refused_by_path(data: object, where: str, problem: str) -> None:
    with pytest.raises(TemplateUnreadable) as refusal:
        parse_template(data)  # type: ignore[arg-type]  # what a form may send
    assert refusal.value.where == where
    assert refusal.value.problem.startswith(problem)
    assert str(refusal.value).startswith(where or "template")


some = st.text(min_size=1, max_size=12)
maybe = st.none() | some
buttons = st.builds(
    Button,
    kind=st.sampled_from(ButtonKind),
    name=st.text(max_size=5),
    link_mobile=maybe,
    link_pc=maybe,
    scheme_android=maybe,
    scheme_ios=maybe,
    tel=maybe,
    chat_extra=maybe,
    chat_event=maybe,
    plugin_id=maybe,
    biz_form_id=maybe,
    outside=st.booleans(),
)
templates = st.builds(
    Template,
    message_type=st.sampled_from(MessageType),
    emphasis=st.sampled_from(Emphasis),
    body=st.text(max_size=30),
    extra=maybe,
    title=maybe,
    subtitle=maybe,
    header=maybe,
    highlight=st.none() | st.builds(Highlight, some, st.text(max_size=4), st.booleans()),
    items=st.lists(st.builds(Item, st.text(max_size=4), st.text(max_size=4))).map(tuple),
    summary=st.none() | st.builds(Item, some, st.text(max_size=4)),
    buttons=st.lists(buttons, max_size=3).map(tuple),
    quick_replies=st.lists(buttons, max_size=2).map(tuple),
    image_name=maybe,
    image_url=maybe,
    represent_link=st.none() | st.builds(Link, some, maybe, maybe, maybe),
    security=st.booleans(),
)


@given(templates)
def test_json_round_trip(template: Template) -> None:
    stored = json.loads(json.dumps(template_to_json(template)))
    assert parse_template(stored) == template


@pytest.mark.parametrize(
    ("text", "pieces", "names"),
    [
        ("안내", ("안내",), ()),
        ("", ("",), ()),
        ("#{성명}", ("", ""), ("성명",)),
        ("#{성명}님, #{기한}까지", ("", "님, ", "까지"), ("성명", "기한")),
        ("#{가}#{나}", ("", "", ""), ("가", "나")),
        ("#{가}와 #{가}", ("", "와 ", ""), ("가", "가")),
        ("#{09:50}에 배달", ("", "에 배달"), ("09:50",)),
        # What is no mark is fixed text.
        ("#{}", ("#{}",), ()),
        ("#{성명", ("#{성명",), ()),
        ("#{성\n명}", ("#{성\n명}",), ()),
        ("#{바깥#{안}", ("#{바깥", ""), ("안",)),
        ("{성명} #성명", ("{성명} #성명",), ()),
    ],
)
def test_marks_split_a_text(text: str, pieces: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert split_text(text) == (pieces, names)
    assert marks(text) == names


@given(st.text(alphabet="#{}가 \n", max_size=20))
def test_pieces_and_marks_put_together_are_the_text(text: str) -> None:
    pieces, names = split_text(text)
    assert len(pieces) == len(names) + 1
    joined = "".join(f"{piece}#{{{name}}}" for piece, name in zip(pieces, names, strict=False))
    assert joined + pieces[-1] == text


def test_variables_come_in_order_of_first_appearance() -> None:
    template = parse_template({**FULL, "title": "#{제목} #{성명}"})
    # Title, body, header, highlight, items, summary, buttons, quick replies, representative link.
    assert template.variables == (
        *("제목", "성명", "도서관"),
        *("대표도서", "기한", "금액", "코드", "앱"),
    )


def test_a_body_without_marks_has_no_variables() -> None:
    assert parse_template({"body": "안내"}).variables == ()


def test_marks_where_kakao_fills_nothing_are_no_variables() -> None:
    wording = {"body": "안내", "subtitle": "#{가}", "extra": "#{나}"}
    assert parse_template(wording).variables == ()


@pytest.mark.parametrize(
    ("parts", "alike"),
    [
        ({"title": "#{나}"}, True),
        ({"header": "안내", "buttons": [{"type": "WL", "link_mobile": "https://a.kr"}]}, True),
        ({"buttons": [{"type": "WL", "link_mobile": "https://a.kr/#{알림번호}"}]}, False),
        ({"items": [{"title": "기한", "description": "#{기한}"}]}, False),
    ],
)
def test_what_all_messages_of_a_wording_share(parts: dict[str, object], alike: bool) -> None:
    assert parse_template({"body": "#{가}", **parts}).is_alike_beside_text is alike


@pytest.mark.parametrize(
    ("parts", "limit", "room"),
    [
        ({}, 1000, 1000),
        ({}, 1300, 1300),
        ({"message_type": "EX", "extra": "안" * 100}, 1000, 900),
        ({"message_type": "AD"}, 1000, 960),
        ({"message_type": "MI", "extra": "안" * 100}, 1300, 1160),
        ({"emphasis": "ITEM_LIST"}, 1300, 700),
        ({"emphasis": "ITEM_LIST", "message_type": "EX", "extra": "안" * 50}, 1000, 650),
        ({"emphasis": "ITEM_LIST"}, 600, 600),
    ],
)
def test_room_for_the_filled_body(parts: dict[str, str], limit: int, room: int) -> None:
    assert parse_template({"body": "안내", **parts}).room(limit) == room


@pytest.mark.parametrize(
    "text", ["1", "12,000", "₩12,000", "12,000 KRW", "USD 3.50", "$ 1.5", "￦3", "1 2", "€1KRW"]
)
def test_amounts(text: str) -> None:
    assert is_amount(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12,000원",
        "만",
        "1.234",
        "1.",
        ".5",
        "KRWX",
        "krw",
        "-1",
        "1\n",
        "１",
        "약 3",
        "1,1,1,x",
    ],
)
def test_not_amounts(text: str) -> None:
    assert not is_amount(text)


def test_a_finished_message_does_not_show_its_text_in_a_log() -> None:
    message = Rendered("김*루님, 반납일입니다.", title="김*루", items=(Item("성명", "김*루"),))
    assert "김*루" not in repr(message)
    assert repr(message) == "Rendered(<13 characters>)"
