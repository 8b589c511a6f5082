"""What differs between two wordings."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.draft import DraftWording
from alimnaru.rules.template import parse_template
from alimnaru.rules.variables import variable_from_json
from alimnaru.rules.wording_diff import Change, Line, changes

WHOLE = {
    "message_type": "EX",
    "emphasis": "ITEM_LIST",
    "body": "첫 줄\n둘째 줄\n셋째 줄",
    "extra": "덧붙임",
    "header": "머리말",
    "items": [{"title": "가", "description": "1"}, {"title": "나", "description": "2"}],
    "buttons": [
        {"type": "WL", "name": "보기", "link_mobile": "https://a.kr", "link_pc": "https://a.kr"},
        {"type": "TN", "name": "전화 연결", "tel": "120"},
    ],
    "represent_link": {"link_mobile": "https://a.kr", "link_pc": "https://b.kr"},
    "image": {"name": "a.png", "url": "https://a.kr/a.png"},
    "security": True,
}
OLD = DraftWording(
    parse_template(WHOLE),
    (
        variable_from_json({"name": "기한", "kind": "date_long"}),
        variable_from_json(
            {"name": "동", "kind": "enum", "max": 5, "values": ["가동", "나동"], "default": "가동"}
        ),
    ),
    sms="문자",
    lms_subject="제목",
    lms="긴 글",
    category="001001",
)


def changed(**template: object) -> DraftWording:
    return replace(OLD, template=parse_template({**WHOLE, **template}))


def test_alike_wordings_do_not_differ() -> None:
    assert changes(OLD, OLD) == []


def test_lines_that_stay_stand_around_those_that_do_not() -> None:
    (change,) = changes(OLD, changed(body="첫 줄\n두 번째 줄\n셋째 줄\n넷째 줄"))
    assert change == Change(
        "body",
        (
            Line(" ", "첫 줄"),
            Line("-", "둘째 줄"),
            Line("+", "두 번째 줄"),
            Line(" ", "셋째 줄"),
            Line("+", "넷째 줄"),
        ),
    )


def test_buttons_are_compared_with_where_they_lead() -> None:
    buttons = [{"type": "WL", "name": "보기", "link_mobile": "https://b.kr"}, WHOLE["buttons"][1]]  # type: ignore[index]  # a list
    assert changes(OLD, changed(buttons=buttons)) == [
        Change(
            "buttons",
            (
                Line("-", "보기 · WL · https://a.kr"),
                Line("+", "보기 · WL · https://b.kr"),
                Line(" ", "전화 연결 · TN · 120"),
            ),
        )
    ]


def test_parts_that_come_and_go_are_told() -> None:
    new = changed(header=None, security=False, image=None, represent_link=None)
    assert [(c.where, c.lines[0].sign) for c in changes(OLD, new)] == [
        *(("represent_link", "-"), ("image", "-"), ("security", "-"), ("header", "-"))
    ]
    assert [(c.where, c.lines[0].sign) for c in changes(new, OLD)] == [
        *(("header", "+"), ("represent_link", "+"), ("image", "+"), ("security", "+"))
    ]


def test_text_messages_variables_and_category_are_compared() -> None:
    new = replace(
        OLD, sms="짧은 글", lms="", lms_subject="", variables=OLD.variables[1:], category="002001"
    )
    assert [(c.where, [line.text for line in c.lines]) for c in changes(OLD, new)] == [
        ("sms", ["문자", "짧은 글"]),
        ("variables", ["기한 · date_long", "동 · enum · ≤5 · 가동, 나동 · 가동"]),
        ("category", ["001001", "002001"]),
        ("lms_subject", ["제목"]),
        ("lms", ["긴 글"]),
    ]


@given(st.lists(st.sampled_from("가나다")), st.lists(st.sampled_from("가나다")))
def test_the_lines_give_both_wordings_back(before: list[str], after: list[str]) -> None:
    old, new = (changed(body="\n".join(text) or "x") for text in (before, after))
    for change in changes(old, new):
        assert change.where == "body"
        for wording, sign in ((old, "-"), (new, "+")):
            kept = [line.text for line in change.lines if line.sign in {" ", sign}]
            assert "\n".join(kept) == wording.template.body
