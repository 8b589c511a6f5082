"""Every limit on registering a template: what passes, what is a fault, and where."""

from __future__ import annotations

import pytest

from alimnaru.rules.template import ButtonKind, Emphasis, parse_template
from alimnaru.rules.template_check import TemplateFault, TemplateProblem, check_template

F = TemplateFault
Parts = dict[str, object]

TEXT: Parts = {"emphasis": "TEXT", "title": "#{월일} #{시각}", "subtitle": "검사 예약"}
ITEMS = [{"title": "기한", "description": "#{기한}"}, {"title": "장소", "description": "1층"}]
LIST: Parts = {"emphasis": "ITEM_LIST", "items": ITEMS}
IMAGE: Parts = {"image": {"name": "a.png", "url": "https://a.example/a.png"}}
WEB = "https://a.example"


def wl(**change: object) -> Parts:
    return {"type": "WL", "name": "보기", "link_mobile": WEB, **change}


def one(kind: str, name: str = "보기", **fields: object) -> Parts:
    return {"buttons": [{"type": kind, "name": name, **fields}]}


AC: Parts = {"type": "AC", "name": "채널 추가"}
BK: Parts = {"type": "BK", "name": "연장하기"}
BF: Parts = {"type": "BF", "name": "톡에서 예약하기", "biz_form_id": "7"}


def highlight(title: str, description: str, *, thumbnail: bool = False) -> Parts:
    part = {"title": title, "description": description, "thumbnail": thumbnail}
    return {"emphasis": "ITEM_LIST", "highlight": part}


def summary(description: str, title: str = "합계") -> Parts:
    return {**LIST, "summary": {"title": title, "description": description}}


def rows(count: int) -> Parts:
    return {"emphasis": "ITEM_LIST", "items": [ITEMS[0]] * count}


def row(title: str, description: str) -> Parts:
    part = {"title": title, "description": description}
    return {"emphasis": "ITEM_LIST", "items": [ITEMS[0], part]}


def problems(parts: Parts) -> list[tuple[TemplateFault, str]]:
    found = check_template(parse_template({"body": "안내", **parts}))
    return [(each.code, each.where) for each in found]


GOOD: list[Parts] = [
    {},
    {"body": "가" * 1000},
    {"body": " ".join(f"#{{변수{n}}}" for n in range(40)) + " 안내"},
    {"body": "#{가}님 #{가}님, 제1항 {가} # 1 $5"},
    {"message_type": "EX", "body": "가" * 500, "extra": "나" * 500},
    {"message_type": "AD", "body": "가" * 960, "buttons": [AC]},
    {"message_type": "MI", "body": "가" * 500, "extra": "나" * 460, "buttons": [AC, wl()]},
    TEXT,
    {**TEXT, "title": "가" * 50, "subtitle": "나" * 50},
    {**TEXT, "security": True},
    {**IMAGE, "emphasis": "IMAGE"},
    {**IMAGE, "emphasis": "ITEM_LIST"},
    {"emphasis": "ITEM_LIST", "header": "#{도서관} 예약 안내문자"},
    {"emphasis": "ITEM_LIST", "body": "가" * 700, "header": "안내"},
    highlight("가" * 30, "나" * 19),
    highlight("가" * 21, "나" * 13, thumbnail=True),
    highlight("#{가}", "#{나}"),
    rows(2),
    rows(10),
    row("여섯글자까지", "가" * 23),
    summary("#{금액}"),
    summary("₩12,000.00"),
    summary("#{금액} KRW"),
    summary("12,345,678,901", title="여섯글자까지"),
    {"buttons": [wl()] * 5},
    {"buttons": [wl(name="열네 글자 단추 이름임다")]},
    {"buttons": [wl(link_pc=f"{WEB}/#{{코드}}", outside=True)]},
    {"buttons": [wl(link_mobile="#{주소}")]},
    {"buttons": [wl(link_mobile="http://#{호스트}/#{내 코드}")]},
    {"buttons": [wl(link_mobile=f"{WEB}/{'a' * (500 - len(WEB) - 1)}")]},
    one("AL", scheme_android="app://#{코드}", scheme_ios="#{앱}"),
    one("AL", link_mobile=WEB, scheme_ios="app://"),
    one("DS"),
    one("MD"),
    one("BC", chat_extra="도서"),
    one("BT", chat_extra="도서", chat_event="시작"),
    one("P1", plugin_id="p" * 24),
    one("TN", name="고객센터 연결", tel="02-1234-567890"),
    {"buttons": [BF, wl()]},
    {"buttons": [wl(), wl()], "quick_replies": [BK] * 10},
    {"quick_replies": [wl(), BK, {"type": "BC", "name": "상담"}, {"type": "BT", "name": "봇"}]},
    {"represent_link": {"link_mobile": f"{WEB}/#{{코드}}", "scheme_ios": "app://x"}},
]


@pytest.mark.parametrize("parts", GOOD)
def test_what_kakao_takes(parts: Parts) -> None:
    assert problems(parts) == []


MANY = " ".join(f"#{{변수{n}}}" for n in range(41)) + " 안내"
BAD: list[tuple[Parts, TemplateFault, str]] = [
    # The body.
    ({"body": ""}, F.BODY_MISSING, "body"),
    ({"body": " \n"}, F.BODY_MISSING, "body"),
    ({"body": "가" * 1001}, F.TOO_LONG, "body"),
    ({"body": "#{성명}"}, F.BODY_ONLY_VARIABLES, "body"),
    ({"body": "[#{성명}]\n#{기한} - #{장소}!"}, F.BODY_ONLY_VARIABLES, "body"),
    ({"body": MANY}, F.VARIABLES_TOO_MANY, "variables"),
    (
        {"body": MANY.replace("#{변수40}", ""), **one("WL", link_mobile="#{변수40}")},
        F.VARIABLES_TOO_MANY,
        "variables",
    ),
    # Message types.
    ({"message_type": "EX"}, F.EXTRA_MISSING, "extra"),
    ({"message_type": "MI", "buttons": [AC]}, F.EXTRA_MISSING, "extra"),
    ({"message_type": "BA", "extra": "부가"}, F.EXTRA_FORBIDDEN, "extra"),
    ({"message_type": "AD", "extra": "부가", "buttons": [AC]}, F.EXTRA_FORBIDDEN, "extra"),
    ({"message_type": "EX", "extra": "#{성명}님"}, F.HAS_VARIABLE, "extra"),
    ({"message_type": "EX", "extra": "나" * 501}, F.TOO_LONG, "extra"),
    ({"message_type": "MI", "extra": "나" * 461, "buttons": [AC]}, F.TOO_LONG, "extra"),
    ({"message_type": "EX", "body": "가" * 501, "extra": "나" * 500}, F.TOO_LONG, "body"),
    ({"message_type": "AD", "body": "가" * 961, "buttons": [AC]}, F.TOO_LONG, "body"),
    ({"message_type": "AD"}, F.CHANNEL_BUTTON_MISSING, "buttons"),
    ({"message_type": "MI", "extra": "부가"}, F.CHANNEL_BUTTON_MISSING, "buttons"),
    ({"buttons": [AC]}, F.CHANNEL_BUTTON_FORBIDDEN, "buttons[0]"),
    # Emphasis by text.
    ({"emphasis": "TEXT", "subtitle": "검사"}, F.TITLE_MISSING, "title"),
    ({"emphasis": "TEXT", "title": "검사"}, F.SUBTITLE_MISSING, "subtitle"),
    ({"title": "검사"}, F.TITLE_FORBIDDEN, "title"),
    ({"subtitle": "검사"}, F.SUBTITLE_FORBIDDEN, "subtitle"),
    ({**LIST, "title": "검사"}, F.TITLE_FORBIDDEN, "title"),
    ({**TEXT, "title": "가" * 51}, F.TOO_LONG, "title"),
    ({**TEXT, "subtitle": "가" * 51}, F.TOO_LONG, "subtitle"),
    ({**TEXT, "subtitle": "#{월일}"}, F.HAS_VARIABLE, "subtitle"),
    ({**TEXT, "title": "87,000원\\s"}, F.STRIKE_IN_TEMPLATE, "title"),
    # Images.
    ({"emphasis": "IMAGE"}, F.IMAGE_MISSING, "image"),
    ({"emphasis": "IMAGE", "image": {"name": "a.png"}}, F.IMAGE_INCOMPLETE, "image"),
    ({**LIST, "image": {"url": WEB}}, F.IMAGE_INCOMPLETE, "image"),
    (IMAGE, F.IMAGE_FORBIDDEN, "image"),
    ({**TEXT, **IMAGE}, F.IMAGE_FORBIDDEN, "image"),
    (
        {"emphasis": "IMAGE", "image": {"name": "a", "url": "a.example/a.png"}},
        F.LINK_BAD,
        "image.url",
    ),
    # Item lists.
    ({"emphasis": "ITEM_LIST"}, F.ITEM_LIST_EMPTY, "items"),
    ({"items": ITEMS}, F.ITEM_LIST_FORBIDDEN, "items"),
    ({**TEXT, "header": "안내"}, F.ITEM_LIST_FORBIDDEN, "items"),
    ({**LIST, "security": True}, F.ITEM_LIST_SECURITY, "security"),
    ({**LIST, "body": "가" * 701}, F.TOO_LONG, "body"),
    ({**LIST, "header": "가" * 17}, F.TOO_LONG, "header"),
    (highlight("가" * 31, "나"), F.TOO_LONG, "highlight.title"),
    (highlight("가", "나" * 20), F.TOO_LONG, "highlight.description"),
    (highlight("가" * 22, "나", thumbnail=True), F.TOO_LONG, "highlight.title"),
    (highlight("가", "나" * 14, thumbnail=True), F.TOO_LONG, "highlight.description"),
    (highlight("", "나"), F.HIGHLIGHT_INCOMPLETE, "highlight.title"),
    (highlight("가", ""), F.HIGHLIGHT_INCOMPLETE, "highlight.description"),
    (highlight("가\\s", "나"), F.STRIKE_IN_TEMPLATE, "highlight.title"),
    (rows(1), F.ITEMS_TOO_FEW, "items"),
    (rows(11), F.ITEMS_TOO_MANY, "items"),
    (row("일곱글자의제목", "가"), F.TOO_LONG, "items[1].title"),
    (row("#{가}", "가"), F.HAS_VARIABLE, "items[1].title"),
    (row("", "가"), F.ITEM_INCOMPLETE, "items[1].title"),
    (row("가", ""), F.ITEM_INCOMPLETE, "items[1].description"),
    (row("가", "나" * 24), F.TOO_LONG, "items[1].description"),
    ({**summary("1"), "items": [], "header": "가"}, F.SUMMARY_WITHOUT_ITEMS, "summary"),
    (summary("1", title="일곱글자의제목"), F.TOO_LONG, "summary.title"),
    (summary("1", title="#{가}"), F.HAS_VARIABLE, "summary.title"),
    (summary("1", title=""), F.SUMMARY_INCOMPLETE, "summary.title"),
    (summary(""), F.SUMMARY_INCOMPLETE, "summary.description"),
    (summary("123,456,789,012"), F.TOO_LONG, "summary.description"),
    (summary("#{금액}원"), F.SUMMARY_NOT_AN_AMOUNT, "summary.description"),
    (summary("1.234"), F.SUMMARY_NOT_AN_AMOUNT, "summary.description"),
    # Marks and characters.
    ({"body": "안내 #{성명"}, F.MARK_MALFORMED, "body"),
    ({"body": "안내 #{}"}, F.MARK_MALFORMED, "body"),
    ({"body": "안내 #{가#{나}}"}, F.MARK_MALFORMED, "body"),
    ({"body": "안내 # {성명}"}, F.MARK_MALFORMED, "body"),
    ({"body": "안내 ＃｛성명｝"}, F.MARK_MALFORMED, "body"),
    ({"body": "안내 ${성명}"}, F.MARK_MALFORMED, "body"),
    ({"body": "안내 {{성명}}"}, F.MARK_MALFORMED, "body"),
    ({"body": "안내 #{ 성명}"}, F.VARIABLE_NAME_BAD, "body"),
    ({"body": "안내 #{성명 }"}, F.VARIABLE_NAME_BAD, "body"),
    ({"body": "안내 #{회원.성명}"}, F.VARIABLE_NAME_BAD, "body"),
    ({"body": "안내 #{@성명}"}, F.VARIABLE_NAME_BAD, "body"),
    ({"body": "안내\r\n문"}, F.CONTROL_CHARACTER, "body"),
    ({"body": "안내\t문"}, F.CONTROL_CHARACTER, "body"),
    ({**TEXT, "subtitle": "\ufeff검사"}, F.CONTROL_CHARACTER, "subtitle"),
    # Buttons.
    ({"buttons": [wl()] * 6}, F.BUTTONS_TOO_MANY, "buttons"),
    ({"buttons": [wl()] * 3, "quick_replies": [BK]}, F.BUTTONS_WITH_QUICK_REPLIES, "buttons"),
    ({"buttons": [wl(name="")]}, F.NAME_MISSING, "buttons[0].name"),
    ({"buttons": [wl(name="가" * 15)]}, F.TOO_LONG, "buttons[0].name"),
    ({"buttons": [wl(name="#{성명}님")]}, F.HAS_VARIABLE, "buttons[0].name"),
    (one("WL"), F.FIELD_MISSING, "buttons[0].link_mobile"),
    (one("WL", link_mobile="a.example"), F.LINK_BAD, "buttons[0].link_mobile"),
    (one("WL", link_mobile="#{주소}/길"), F.LINK_BAD, "buttons[0].link_mobile"),
    (one("WL", link_mobile="http#{에스}://a"), F.LINK_BAD, "buttons[0].link_mobile"),
    (one("WL", link_mobile="https://a b"), F.LINK_BAD, "buttons[0].link_mobile"),
    (one("WL", link_mobile="https://"), F.LINK_BAD, "buttons[0].link_mobile"),
    ({"buttons": [wl(link_pc="ftp://a.example")]}, F.LINK_BAD, "buttons[0].link_pc"),
    (
        {"buttons": [wl(link_pc=f"{WEB}/{'a' * (500 - len(WEB))}")]},
        F.TOO_LONG,
        "buttons[0].link_pc",
    ),
    ({"buttons": [wl(tel="02")]}, F.FIELD_FORBIDDEN, "buttons[0].tel"),
    (one("BK", outside=True), F.FIELD_FORBIDDEN, "buttons[0].outside"),
    (one("AL", scheme_ios="app://"), F.APP_LINKS_TOO_FEW, "buttons[0]"),
    (one("AL", scheme_ios="app://", link_pc=WEB), F.APP_LINKS_TOO_FEW, "buttons[0]"),
    (one("AL", link_mobile=WEB, scheme_ios="앱"), F.LINK_BAD, "buttons[0].scheme_ios"),
    ({"buttons": [wl(), BF]}, F.BUTTON_NOT_FIRST, "buttons[1]"),
    (
        {"message_type": "AD", "buttons": [wl(), AC]},
        F.BUTTON_NOT_FIRST,
        "buttons[1]",
    ),
    (
        {"message_type": "AD", "buttons": [{**AC, "name": "친구 추가"}]},
        F.NAME_FIXED,
        "buttons[0].name",
    ),
    (one("BF", "예약", biz_form_id="7"), F.NAME_FIXED, "buttons[0].name"),
    (one("BF", "톡에서 예약하기"), F.FIELD_MISSING, "buttons[0].biz_form_id"),
    (one("TN", "전화", tel="02-123-4567"), F.NAME_FIXED, "buttons[0].name"),
    (one("TN", "전화 연결"), F.FIELD_MISSING, "buttons[0].tel"),
    (one("TN", "전화 연결", tel="02)123-4567"), F.TEL_BAD, "buttons[0].tel"),
    (one("TN", "전화 연결", tel="0" * 15), F.TEL_BAD, "buttons[0].tel"),
    (one("P2"), F.FIELD_MISSING, "buttons[0].plugin_id"),
    (one("P3", plugin_id="p" * 25), F.TOO_LONG, "buttons[0].plugin_id"),
    # Quick replies and the representative link.
    ({"quick_replies": [BK] * 11}, F.QUICK_REPLIES_TOO_MANY, "quick_replies"),
    ({"quick_replies": [{**BK, "name": ""}]}, F.NAME_MISSING, "quick_replies[0].name"),
    ({"quick_replies": [{**BK, "name": "가" * 15}]}, F.TOO_LONG, "quick_replies[0].name"),
    ({"quick_replies": [{**BK, "name": "#{가}"}]}, F.HAS_VARIABLE, "quick_replies[0].name"),
    (
        {"quick_replies": [{"type": "WL", "name": "가"}]},
        F.FIELD_MISSING,
        "quick_replies[0].link_mobile",
    ),
    ({"represent_link": {"link_mobile": "a.example"}}, F.LINK_BAD, "represent_link.link_mobile"),
    (
        {"represent_link": {"scheme_android": "a://" + "a" * 500}},
        F.TOO_LONG,
        "represent_link.scheme_android",
    ),
]


@pytest.mark.parametrize(("parts", "code", "where"), BAD)
def test_what_kakao_refuses(parts: Parts, code: TemplateFault, where: str) -> None:
    assert problems(parts) == [(code, where)]


@pytest.mark.parametrize("kind", sorted({"DS", "MD", "AC", "P1", "P2", "P3", "TN"}))
def test_kinds_that_are_no_quick_replies(kind: str) -> None:
    found = problems({"quick_replies": [{"type": kind, "name": "가"}]})
    assert (F.QUICK_REPLY_KIND, "quick_replies[0]") in found


def test_a_quick_reply_may_stand_anywhere() -> None:
    assert problems({"quick_replies": [BK, BF]}) == []


def test_every_fault_has_an_example() -> None:
    shown = {code for _, code, _ in BAD}
    assert set(TemplateFault) - shown == {F.QUICK_REPLY_KIND, F.CHAT_NOT_ENABLED}


def test_every_button_kind_has_an_example_that_passes() -> None:
    good = [parse_template(parts) for parts in GOOD]
    shown = {button.kind for each in good for button in (*each.buttons, *each.quick_replies)}
    assert shown >= set(ButtonKind) - {ButtonKind.P2, ButtonKind.P3}
    assert {each.emphasis for each in good} == set(Emphasis)


@pytest.mark.parametrize("kind", ["BK", "MD", "BC", "BT"])
def test_some_buttons_need_a_channel_that_answers(kind: str) -> None:
    template = parse_template({"body": "안내", **one(kind)})
    assert check_template(template, chat_enabled=True) == []
    found = check_template(template, chat_enabled=False)
    assert found == [TemplateProblem(F.CHAT_NOT_ENABLED, "buttons[0]")]


def test_all_quick_replies_need_a_channel_that_answers() -> None:
    template = parse_template({"body": "안내", "quick_replies": [wl()]})
    assert check_template(template) == []
    found = check_template(template, chat_enabled=False)
    assert found == [TemplateProblem(F.CHAT_NOT_ENABLED, "quick_replies")]


def test_the_detail_tells_what_broke_the_rule() -> None:
    template = parse_template(
        {**TEXT, "body": "가" * 1001, "subtitle": "#{월일}", "buttons": [wl()] * 6}
    )
    assert check_template(template) == [
        TemplateProblem(F.BUTTONS_TOO_MANY, "buttons", "6 > 5"),
        TemplateProblem(F.TOO_LONG, "body", "1001 > 1000"),
        TemplateProblem(F.HAS_VARIABLE, "subtitle", "월일"),
    ]
    [few] = check_template(parse_template({"body": "안내", **rows(1)}))
    assert few.detail == "1 < 2"
    [fixed] = check_template(parse_template({"body": "안내", **one("TN", "전화", tel="02")}))
    assert fixed.detail == "전화 연결 · 고객센터 연결 · 상담원 연결"


def test_a_carrier_that_takes_more_is_told_so() -> None:
    template = parse_template({"body": "가" * 1300})
    assert check_template(template, limit=1300) == []
    [found] = check_template(parse_template({"body": "가" * 1301}), limit=1300)
    assert found == TemplateProblem(F.TOO_LONG, "body", "1301 > 1300")


@pytest.mark.parametrize(
    ("parts", "longest", "expected"),
    [
        # 12 + 3 characters fit a header of 16, 14 + 3 do not.
        ({"header": "#{관} 안내"}, {"관": 13}, []),
        ({"header": "#{관} 안내"}, {"관": 14}, [("header", "17 > 16")]),
        # Used twice, it fills twice. A name without a known length counts as its mark.
        ({"body": "#{가}#{가} 안내", "header": "안"}, {"가": 348}, []),
        ({"body": "#{가}#{가} 안내", "header": "안"}, {"가": 349}, [("body", "701 > 700")]),
        ({"header": "#{관}#{이름이긴변수} 안내"}, {"관": 4}, []),
        ({"header": "#{관}#{이름이긴변수} 안내"}, {"관": 5}, [("header", "17 > 16")]),
        # Kakao counts the mark itself at registration, however short its values are.
        ({"header": "#{이름이아주긴변수} 안내문구"}, {"이름이아주긴변수": 1}, []),
        (
            {"header": "#{이름이아주긴변수} 안내문구다"},
            {"이름이아주긴변수": 1},
            [("header", "17 > 16")],
        ),
    ],
)
def test_a_text_that_grows_too_long_when_filled(
    parts: Parts, longest: dict[str, int], expected: list[tuple[str, str]]
) -> None:
    template = parse_template({"body": "안내", "emphasis": "ITEM_LIST", **parts})
    found = check_template(template, longest=longest)
    assert [(each.where, each.detail) for each in found] == expected
    assert {each.code for each in found} <= {F.TOO_LONG}
