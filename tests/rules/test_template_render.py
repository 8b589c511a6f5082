"""Filling wordings with values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.template import (
    Button,
    ButtonKind,
    Highlight,
    Item,
    Link,
    Rendered,
    parse_template,
)
from alimnaru.rules.template_render import (
    CompiledTemplate,
    CompiledText,
    MissingVariables,
    WrongWidth,
)

DUE_SOON = (
    "[#{도서관}] 반납예정일 안내\n\n#{성명}님, 반납예정일이 다가왔습니다.\n\n"
    "▶ 도서: #{대표도서} 포함 모두 #{권수}권\n▶ 반납예정일: #{기한}\n\n"
    "100% 무인 반납함에 반납하실 수 있습니다.\n\n※ 대출하신 분께 보내는 안내입니다."
)
ORDER = ("성명", "도서관", "대표도서", "권수", "기한", "전화")
VALUES = ("김*루", "나루도서관", "모래의 책", "3", "2026. 11. 25.(수)", "02-123-4567")


def render(values: tuple[str, ...] = VALUES, **parts: object) -> Rendered:
    template = parse_template({"body": "안내", **parts})
    return CompiledTemplate(template, ORDER).render(values)


def test_a_body_is_filled_by_name_not_by_position() -> None:
    assert render(body=DUE_SOON).text == (
        "[나루도서관] 반납예정일 안내\n\n김*루님, 반납예정일이 다가왔습니다.\n\n"
        "▶ 도서: 모래의 책 포함 모두 3권\n▶ 반납예정일: 2026. 11. 25.(수)\n\n"
        "100% 무인 반납함에 반납하실 수 있습니다.\n\n※ 대출하신 분께 보내는 안내입니다."
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("안내", "안내"),
        ("#{성명}", "김*루"),
        ("#{성명}#{권수}", "김*루3"),
        ("#{권수}권, #{권수}권", "3권, 3권"),
        ("50% 할인 %s %(x)s {0} #{권수}%", "50% 할인 %s %(x)s {0} 3%"),
        ("#{} #{성명", "#{} #{성명"),
    ],
)
def test_bodies(body: str, text: str) -> None:
    assert render(body=body).text == text


@pytest.mark.parametrize("value", ["#{성명}", "%s", "{0}", "\\1", "가\n나", "", "$x"])
def test_a_value_is_put_in_as_it_is(value: str) -> None:
    text = CompiledTemplate(parse_template({"body": "<#{성명}|#{기한}>"}), ("성명", "기한"))
    assert text.render((value, "끝")).text == f"<{value}|끝>"


def test_every_part_that_kakao_fills() -> None:
    message = render(
        emphasis="ITEM_LIST",
        title="#{기한} 반납",
        header="#{도서관} 안내",
        highlight={"title": "#{대표도서}", "description": "#{권수}권", "thumbnail": True},
        items=[
            {"title": "기한", "description": "#{기한}"},
            {"title": "장소", "description": "1층"},
        ],
        summary={"title": "합계", "description": "₩#{권수}"},
        buttons=[
            {"type": "WL", "name": "보기", "link_mobile": "https://a.example/#{권수}"},
            {"type": "TN", "name": "전화 연결", "tel": "02-123-4567"},
        ],
        quick_replies=[{"type": "WL", "name": "연장", "link_pc": "https://b.example/#{권수}"}],
        represent_link={"link_mobile": "https://c.example", "scheme_ios": "app://#{권수}"},
    )
    assert message == Rendered(
        text="안내",
        title="2026. 11. 25.(수) 반납",
        header="나루도서관 안내",
        highlight=Highlight("모래의 책", "3권", thumbnail=True),
        items=(Item("기한", "2026. 11. 25.(수)"), Item("장소", "1층")),
        summary=Item("합계", "₩3"),
        buttons=(
            Button(ButtonKind.WL, "보기", link_mobile="https://a.example/3"),
            Button(ButtonKind.TN, "전화 연결", tel="02-123-4567"),
        ),
        quick_replies=(Button(ButtonKind.WL, "연장", link_pc="https://b.example/3"),),
        represent_link=Link(link_mobile="https://c.example", scheme_ios="app://3"),
    )


def test_a_button_keeps_everything_but_its_links() -> None:
    button = {
        "type": "AL",
        "name": "열기",
        "link_mobile": "https://a.example/#{권수}",
        "link_pc": "https://a.example",
        "scheme_android": "and://#{권수}",
        "scheme_ios": "ios://x",
        "tel": "1",
        "chat_extra": "2",
        "chat_event": "3",
        "plugin_id": "4",
        "biz_form_id": "5",
        "outside": True,
    }
    filled = {**button, "link_mobile": "https://a.example/3", "scheme_android": "and://3"}
    [expected] = parse_template({"buttons": [filled]}).buttons
    assert render(buttons=[button]).buttons == (expected,)


def test_parts_without_marks_are_shared_between_messages() -> None:
    template = parse_template(
        {
            "body": "#{성명}님",
            "emphasis": "TEXT",
            "title": "안내",
            "items": [{"title": "가", "description": "나"}],
            "buttons": [{"type": "WL", "name": "보기", "link_mobile": "https://a.example"}],
        }
    )
    message = CompiledTemplate(template, ORDER).render(VALUES)
    assert message.title is template.title
    assert message.items is template.items
    assert message.buttons is template.buttons


def test_one_moving_button_leaves_the_others_shared() -> None:
    template = parse_template(
        {
            "body": "안내",
            "buttons": [
                {"type": "WL", "name": "보기", "link_mobile": "https://a.example"},
                {"type": "WL", "name": "연장", "link_mobile": "https://a.example/#{권수}"},
            ],
        }
    )
    message = CompiledTemplate(template, ORDER).render(VALUES)
    assert message.buttons[0] is template.buttons[0]
    assert message.buttons[1].link_mobile == "https://a.example/3"


@pytest.mark.parametrize(("body", "title"), [("안내", None), ("#{성명}", None), ("가", "#{성명}")])
@pytest.mark.parametrize(("emphasis", "image"), [("IMAGE", True), ("ITEM_LIST", False)])
def test_an_image_template_travels_as_one(
    body: str, title: str | None, emphasis: str, image: bool
) -> None:
    assert render(body=body, title=title, emphasis=emphasis).image is image


def test_the_template_stays_at_hand() -> None:
    template = parse_template({"body": "안내", "extra": "부가", "message_type": "EX"})
    assert CompiledTemplate(template, ()).template is template


def test_a_mark_without_a_value_is_told_when_compiling() -> None:
    template = parse_template({"body": "#{성명} #{없음}", "title": "#{또없음}"})
    with pytest.raises(MissingVariables, match="또없음, 없음") as missing:
        CompiledTemplate(template, ORDER)
    assert missing.value.names == ("또없음", "없음")


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        CompiledText("#{성명}", ("성명", "성명"))


@pytest.mark.parametrize("values", [VALUES[:-1], (*VALUES, "남는 값")])
def test_a_shifted_row_never_goes_out(values: tuple[str, ...]) -> None:
    with pytest.raises(WrongWidth, match=f"6 values expected, {len(values)} given"):
        render(values, body=DUE_SOON)
    with pytest.raises(WrongWidth):
        CompiledText("#{성명}", ORDER).render(values)


def test_sms_and_lms() -> None:
    sms = CompiledText("[나루구] 대출도서 #{권수}권 반납일 #{기한}", ORDER)
    assert sms.render(VALUES) == Rendered("[나루구] 대출도서 3권 반납일 2026. 11. 25.(수)")
    lms = CompiledText("#{성명}님 안내", ORDER, subject="#{도서관} 안내")
    assert lms.render(VALUES) == Rendered("김*루님 안내", subject="나루도서관 안내")


def test_the_subject_of_an_lms_needs_its_values_too() -> None:
    with pytest.raises(MissingVariables):
        CompiledText("안내", ORDER, subject="#{없음}")


names = st.text(alphabet="가나다라", min_size=1, max_size=2)


@given(
    st.lists(st.tuples(st.text(alphabet="ab%s{} ", max_size=6), names), max_size=6),
    st.dictionaries(names, st.text(max_size=8)),
    st.text(alphabet="ab%", max_size=4),
)
def test_filling_in_is_replacing_each_mark_by_its_value(
    marked: list[tuple[str, str]], values: dict[str, str], tail: str
) -> None:
    known = {**dict.fromkeys((name for _, name in marked), "0"), **values}
    body = "".join(f"{piece}#{{{name}}}" for piece, name in marked) + tail
    expected = "".join(piece + known[name] for piece, name in marked) + tail
    order, row = list(known), list(known.values())
    assert CompiledText(body, order).render(row).text == expected
    assert CompiledTemplate(parse_template({"body": body}), order).render(row).text == expected


OWN_LINK = "https://naru.example/r/#{알림번호}"


def test_marks_of_our_own_are_filled_beside_the_values() -> None:
    button = {
        "type": "WL",
        "name": "내 안내가 아니에요",
        "link_mobile": OWN_LINK,
        "link_pc": OWN_LINK,
    }
    template = parse_template({"body": "#{성명} #{확인코드}", "buttons": [button]})
    compiled = CompiledTemplate(template, ORDER)
    assert compiled.own == ("알림번호", "확인코드")
    filled = compiled.render(VALUES, ("LINK", "CODE"))
    assert filled.text == "김*루 CODE"
    assert (
        filled.buttons[0].link_mobile == filled.buttons[0].link_pc == "https://naru.example/r/LINK"
    )
    assert "7K3QM-XW9RT" in compiled.render(VALUES).text
    with pytest.raises(WrongWidth):
        compiled.render((*VALUES, "LINK"), ("LINK", "CODE"))


def test_a_text_message_has_the_code_alone() -> None:
    compiled = CompiledText("반납 #{기한} #{확인코드}", ORDER)
    assert compiled.own == ("확인코드",)
    assert compiled.render(VALUES, ("CODE",)).text == "반납 2026. 11. 25.(수) CODE"


def test_an_old_variable_of_such_a_name_stays_one() -> None:
    compiled = CompiledText("#{확인코드}", ["확인코드"])
    assert compiled.own == ()
    assert compiled.render(["A-1"]).text == "A-1"
