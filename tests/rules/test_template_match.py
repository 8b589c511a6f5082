"""Matching a finished message against what Kakao approved."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.template import (
    NEW_SENDER_GROWTH,
    Button,
    ButtonKind,
    Highlight,
    Item,
    Link,
    Rendered,
    Template,
    parse_template,
)
from alimnaru.rules.template_match import Approved, Mismatch, MismatchKind, Pattern, match
from alimnaru.rules.template_render import CompiledTemplate

WL = {"type": "WL", "name": "예약 확인", "link_mobile": "https://lib.example/#{코드}"}
FULL = parse_template(
    {
        "message_type": "EX",
        "emphasis": "ITEM_LIST",
        "body": "[#{도서관}] 도착 안내\n\n#{성명}님, 예약하신 도서가 도착했습니다.",
        "extra": "※ 예약하신 분께 보내는 안내입니다.",
        "header": "#{도서관} 안내",
        "highlight": {"title": "#{도서}", "description": "예약도서 #{권수}권"},
        "items": [
            {"title": "보관기한", "description": "#{기한}까지"},
            {"title": "찾는 곳", "description": "1층 자료실"},
        ],
        "summary": {"title": "합계", "description": "₩#{금액}"},
        "buttons": [WL, {"type": "TN", "name": "전화 연결", "tel": "02-123-4567"}],
        "quick_replies": [{"type": "BK", "name": "연장하기"}],
        "represent_link": {"link_mobile": "https://lib.example/#{코드}"},
    }
)
VALUES = {
    "도서관": "나루도서관",
    "성명": "김*루",
    "도서": "모래의 책",
    "권수": "3",
    "기한": "11/25(수)",
    "금액": "1,000",
    "코드": "a1",
}
SENT = CompiledTemplate(FULL, tuple(VALUES)).render(tuple(VALUES.values()))
TITLED = parse_template(
    {"emphasis": "TEXT", "body": "안내", "title": "#{처리} 됨", "subtitle": "결과"}
)


def item(at: int, **change: str) -> dict[str, object]:
    items = list(SENT.items)
    items[at] = replace(items[at], **change)
    return {"items": tuple(items)}


def button(at: int, **change: object) -> dict[str, object]:
    buttons = list(SENT.buttons)
    buttons[at] = buttons[at]._replace(**change)  # type: ignore[arg-type]  # one field of many types
    return {"buttons": tuple(buttons)}


def highlight(title: str = "모래의 책", description: str = "예약도서 3권") -> dict[str, object]:
    return {"highlight": Highlight(title, description)}


def summary(description: str, title: str = "합계") -> dict[str, object]:
    return {"summary": Item(title, description)}


def test_our_own_rendering_is_what_was_approved() -> None:
    assert match(FULL, SENT) is None


def test_a_copy_that_shares_nothing_with_the_template_matches_too() -> None:
    copy = SENT._replace(buttons=tuple(each._replace() for each in SENT.buttons))
    copy = copy._replace(quick_replies=(Button(ButtonKind.BK, "연장하기"),))
    assert match(FULL, copy) is None


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"text": "[나루] 도착 안내\n\n김님, 예약하신 도서가 왔습니다."}, "3016", "body"),
        ({"text": "  \n"}, "3013", "body"),
        ({"text": ""}, "3013", "body"),
        ({"text": f"[{'나' * 1000}] 도착 안내"}, "3014", "body"),
        ({"title": "안내"}, "3028", "title"),
        ({"title": "가" * 51}, "3029", "title"),
        ({"image": True}, "3030", "image"),
        ({"header": "나루도서관 알림"}, "3031", "header"),
        ({"header": None}, "3031", "header"),
        ({"header": f"{'나' * 14} 안내"}, "3032", "header"),
        (highlight(description="예약 도서 3권"), "3033", "highlight.description"),
        ({"highlight": None}, "3033", "highlight.title"),
        (highlight(title="가" * 31), "3034", "highlight.title"),
        (highlight(description=f"예약도서 {'3' * 14}권"), "3035", "highlight.description"),
        (item(0, description="11/25(수) 까 지"), "3036", "items[0].description"),
        (item(1, title="찾는곳"), "3036", "items[1].title"),
        ({"items": SENT.items[:1]}, "3036", "items[1].title"),
        ({"items": (*SENT.items, Item("", ""))}, "3036", "items[2].title"),
        (item(0, description="가" * 22 + "까지"), "3037", "items[0].description"),
        (summary("1,000"), "3038", "summary.description"),
        (summary("₩1,000", title="총계"), "3038", "summary.title"),
        ({"summary": None}, "3038", "summary.title"),
        (summary("₩" + "1" * 14), "3039", "summary.description"),
        (summary("₩1,000원"), "3040", "summary.description"),
        (button(0, kind=ButtonKind.BK), "3027", "buttons[0].kind"),
        (button(0, name="예약확인"), "3027", "buttons[0].name"),
        (button(0, link_mobile="http://lib.example/a1"), "3027", "buttons[0].link_mobile"),
        (button(0, link_mobile=None), "3027", "buttons[0].link_mobile"),
        (button(0, link_pc="https://lib.example/"), "3027", "buttons[0].link_pc"),
        (button(1, plugin_id="p"), "3027", "buttons[1].plugin_id"),
        (button(1, biz_form_id="7"), "3027", "buttons[1].biz_form_id"),
        ({"buttons": SENT.buttons[:1]}, "3027", "buttons"),
        ({"buttons": SENT.buttons[::-1]}, "3027", "buttons[0].kind"),
        ({"quick_replies": ()}, "3027", "quick_replies"),
        ({"represent_link": None}, "3042", "represent_link.link_mobile"),
        (
            {"represent_link": Link("https://lib.example/", scheme_ios="app://x")},
            "3042",
            "represent_link.scheme_ios",
        ),
    ],
)
def test_each_difference_has_kakaos_code(change: dict[str, object], code: str, where: str) -> None:
    found = match(FULL, SENT._replace(**change))  # type: ignore[arg-type]  # parts of many types
    assert found is not None
    assert (found.code, found.where) == (code, where)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "[] 도착 안내\n\n님, 예약하신 도서가 도착했습니다."},
        {"text": "[나\n루] 도착 안내\n\n김 루님, 예약하신 도서가 도착했습니다."},
        # One name, two values: Kakao looks at each mark by itself.
        {"header": "바다도서관 안내"},
        {"represent_link": Link("https://lib.example/b2")},
        # What carriers let differ from message to message.
        button(1, tel="02-765-4321"),
        button(0, chat_extra="x", chat_event="y", outside=True),
        # The fixed text of an approved template, marks and all, is one of its messages.
        {"text": FULL.body, "subject": "아무 제목"},
        {"highlight": Highlight("모래의 책", "예약도서 3권", thumbnail=True)},
    ],
)
def test_what_may_differ(change: dict[str, object]) -> None:
    assert match(FULL, SENT._replace(**change)) is None  # type: ignore[arg-type]  # as above


def test_the_difference_tells_the_piece_that_is_missing() -> None:
    sent = SENT._replace(text="[나루] 도착 안내\n\n김*루님, 도서가 도착했습니다.")
    missing = "님, 예약하신 도서가 도착했습니다."
    assert match(FULL, sent) == Mismatch(MismatchKind.BODY, "3016", "body", missing)
    assert "김*루" not in repr(match(FULL, sent))


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("완료 됨", None),
        (f"{'완' * 48} 됨", None),
        (f"{'완' * 49} 됨", "3029"),
        ("완료됨", "3028"),
        ("", "3028"),
        (None, "3028"),
        # The flag at the end strikes the title through; Kakao neither counts nor compares it.
        ("완료 됨\\s", None),
        (f"{'완' * 48} 됨\\s", None),
        ("완료 됨\\s ", "3028"),
    ],
)
def test_emphasised_titles(title: str | None, code: str | None) -> None:
    found = match(TITLED, Rendered("안내", title=title))
    assert (found and found.code) == code


def test_a_struck_highlight_is_as_long_as_an_unstruck_one() -> None:
    sent = SENT._replace(highlight=Highlight("가" * 30 + "\\s", "예약도서 3권"))
    assert match(FULL, sent) is None


@pytest.mark.parametrize(
    ("title", "description", "code"),
    [("가" * 21, "나" * 13, None), ("가" * 22, "나", "3034"), ("가", "나" * 14, "3035")],
)
def test_a_thumbnail_leaves_less_room(title: str, description: str, code: str | None) -> None:
    parts = {"title": "#{가}", "description": "#{나}", "thumbnail": True}
    approved = parse_template({"emphasis": "ITEM_LIST", "body": "안내", "highlight": parts})
    # The message need not say that there is a thumbnail: Kakao knows.
    found = match(approved, Rendered("안내", highlight=Highlight(title, description)))
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("parts", "limit", "room"),
    [
        ({}, 1000, 1000),
        ({}, 1300, 1300),
        ({"message_type": "EX", "extra": "안" * 100}, 1000, 900),
        ({"message_type": "AD"}, 1000, 960),
        ({"emphasis": "ITEM_LIST"}, 1300, 700),
    ],
)
def test_body_values_and_extra_share_the_room(parts: dict[str, str], limit: int, room: int) -> None:
    approved = parse_template({"body": "안내 #{내용}", **parts})
    fits, too_long = (Rendered("안내 " + "가" * (length - 3)) for length in (room, room + 1))
    assert match(approved, fits, limit=limit) is None
    found = match(approved, too_long, limit=limit)
    assert found == Mismatch(MismatchKind.BODY, "3014", "body")


def test_images_travel_as_images() -> None:
    approved = parse_template({"emphasis": "IMAGE", "body": "안내"})
    assert match(approved, Rendered("안내", image=True)) is None
    found = match(approved, Rendered("안내"))
    assert found == Mismatch(MismatchKind.IMAGE, "3030", "image")


@pytest.mark.parametrize(
    ("body", "text", "fits"),
    [
        ("안내", "안내", True),
        ("안내", "안내 ", False),
        ("안내", "안내문", False),
        ("안내", "", False),
        ("#{가}", "", True),
        ("#{가}#{나}", "무엇이든", True),
        ("가#{x}가", "가가", True),
        # First and last piece may not share a character.
        ("가#{x}가", "가", False),
        ("가나#{x}나가", "가나가", False),
        ("가#{x}나#{y}다", "가나나다다", True),
        ("가#{x}나#{y}다", "가다나다", True),
        ("가#{x}나#{y}다", "가다다", False),
        ("가#{x}나나#{y}나", "가나나나", True),
        ("가#{x}나나#{y}나", "가나나", False),
        ("가\n\n#{x}", "가\n\n나", True),
        ("가\n\n#{x}", "가\r\n\r\n나", False),
        ("가\n\n#{x}", "가\n나", False),
        ("가  #{x}", "가 나", False),
        ("▶ #{x}", "▷ 나", False),
        ("(#{x}) [#{y}] .* #{z}?", "(1) [2] .* 3?", True),
        ("(#{x}) [#{y}] .* #{z}?", "(1) [2] aa 3?", False),
    ],
)
def test_fixed_characters_must_be_equal(body: str, text: str, fits: bool) -> None:
    assert Pattern(body).fits(text) is fits


@pytest.mark.parametrize(
    ("body", "text", "missing"),
    [
        ("안내", "안내문", "안내"),
        ("가#{x}나", "다라나", "가"),
        ("가#{x}나", "가라", "나"),
        ("가#{x}나", "나", "가"),
        ("#{x}가#{y}나", "가라", "나"),
        ("#{x}가#{y}나#{z}다", "가라다", "나"),
        # Each piece stands behind the one before it.
        ("#{x}가나#{y}나다#{z}", "가나다", "나다"),
        ("가#{x}나가#{y}", "가나라", "나가"),
    ],
)
def test_the_first_piece_out_of_place(body: str, text: str, missing: str) -> None:
    assert Pattern(body).missing(text) == missing


@pytest.mark.parametrize(
    "change",
    [
        {"buttons": (Button(ButtonKind.BK, "다른 말"),)},
        {"quick_replies": (Button(ButtonKind.BK, "다른 말"),)},
        {"represent_link": Link("https://b.example")},
    ],
)
def test_what_is_shared_with_the_template_hides_no_other_difference(
    change: dict[str, object],
) -> None:
    taps = [{"type": "BK", "name": "연장하기"}]
    link = {"link_mobile": "https://a.example"}
    approved = parse_template(
        {"body": "안내", "buttons": taps, "quick_replies": taps, "represent_link": link}
    )
    sent = CompiledTemplate(approved, ()).render(())
    assert match(approved, sent) is None
    assert match(approved, sent._replace(**change)) is not None  # type: ignore[arg-type]  # as above


FIXED = "가나다라 \n▶"
VALUE = "xyz\n가"
APART = "xyz0"  # shares nothing with FIXED
marked = st.lists(st.tuples(st.text(FIXED, max_size=5), st.sampled_from("abc")), max_size=5)


def wording(parts: list[tuple[str, str]], tail: str) -> str:
    return "".join(f"{piece}#{{{name}}}" for piece, name in parts) + tail


@given(marked, st.text(FIXED, max_size=4), st.data())
def test_whatever_fills_the_marks_the_text_fits(
    parts: list[tuple[str, str]], tail: str, data: st.DataObject
) -> None:
    text = "".join(piece + data.draw(st.text(max_size=6)) for piece, _ in parts) + tail
    assert Pattern(wording(parts, tail)).fits(text)


@given(
    st.lists(st.tuples(st.text("가나", max_size=2), st.just("a")), max_size=4),
    st.text("가나", max_size=2),
    st.text("가나", max_size=9),
)
def test_it_fits_exactly_when_some_filling_gives_the_text(
    parts: list[tuple[str, str]], tail: str, text: str
) -> None:
    naive = "(?s:.*)".join(re.escape(piece) for piece in [*(piece for piece, _ in parts), tail])
    pattern = Pattern(wording(parts, tail))
    assert pattern.fits(text) is bool(re.fullmatch(naive, text))
    if not pattern.fits(text):
        assert pattern.missing(text) in {*(piece for piece, _ in parts), tail}


@given(
    st.lists(
        st.tuples(
            st.text("가나", max_size=2), st.sampled_from(["a", "ab"]), st.text("가나", max_size=5)
        ),
        max_size=4,
    ),
    st.text("가나", max_size=2),
    st.integers(-3, 2),
)
def test_growth_is_kept_exactly_when_some_short_filling_gives_the_text(
    filled: list[tuple[str, str, str]], tail: str, growth: int
) -> None:
    named = [(piece, name) for piece, name, _ in filled]
    text = "".join(piece + value for piece, _, value in filled) + tail
    pattern = Pattern(wording(named, tail))
    naive = "".join(
        f"{re.escape(piece)}(?s:.{{0,{len(name) + 3 + growth}}})" for piece, name in named
    )
    assert pattern.fits_within(text, growth) is bool(re.fullmatch(naive + re.escape(tail), text))


# A changed character beside a mark may pass for a value: '가#{x}나' takes '가다나나' for '가' +
# '다나' + '나' where the sender meant '가' + '나나' + '나'. It cannot where no value holds a
# character of the wording: then every fixed character is needed, and one of them has gone.
@given(marked, st.text(FIXED, min_size=1, max_size=4), st.data())
def test_a_changed_fixed_character_never_fits(
    parts: list[tuple[str, str]], tail: str, data: st.DataObject
) -> None:
    text, fixed = "", list[int]()
    for piece, _ in parts:
        fixed += range(len(text), len(text) + len(piece))
        text += piece + data.draw(st.text(APART, max_size=4))
    fixed += range(len(text), len(text) + len(tail))
    text += tail
    at = data.draw(st.sampled_from(fixed))
    other = data.draw(st.characters().filter(lambda sign: sign != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    dropped = text[:at] + text[at + 1 :]
    pattern = Pattern(wording(parts, tail))
    assert pattern.fits(text)
    assert not pattern.fits(changed)
    assert not pattern.fits(dropped)


# Before the first mark and behind the last one no value can hide a change, whatever it holds.
@given(st.text(FIXED, min_size=1), st.text(VALUE), st.text(FIXED, min_size=1), st.data())
def test_a_change_at_either_end_never_fits(
    head: str, value: str, tail: str, data: st.DataObject
) -> None:
    pattern = Pattern(f"{head}#{{x}}{tail}")
    text = head + value + tail
    ends = [*range(len(head)), *range(len(text) - len(tail), len(text))]
    at = data.draw(st.sampled_from(ends))
    other = data.draw(st.characters().filter(lambda sign: sign != text[at]))
    assert not pattern.fits(text[:at] + other + text[at + 1 :])


Put = Callable[[Rendered, str], Rendered]
READABLE: dict[str, tuple[str, Put]] = {
    "body": (SENT.text, lambda sent, text: sent._replace(text=text)),
    "header": ("나루도서관 안내", lambda sent, text: sent._replace(header=text)),
    "highlight.description": (
        "예약도서 3권",
        lambda sent, text: sent._replace(highlight=Highlight("모래의 책", text)),
    ),
    "items[0].title": (
        "보관기한",
        lambda sent, text: sent._replace(items=(replace(sent.items[0], title=text), sent.items[1])),
    ),
    "summary.title": ("합계", lambda sent, text: sent._replace(summary=Item(text, "₩1,000"))),
    "buttons[0].name": (
        "예약 확인",
        lambda sent, text: sent._replace(
            buttons=(sent.buttons[0]._replace(name=text), sent.buttons[1])
        ),
    ),
    "quick_replies[0].name": (
        "연장하기",
        lambda sent, text: sent._replace(quick_replies=(Button(ButtonKind.BK, text),)),
    ),
}


@given(st.sampled_from(sorted(READABLE)), st.data())
def test_a_changed_character_anywhere_in_a_message_is_found(
    where: str, data: st.DataObject
) -> None:
    text, put = READABLE[where]
    spans = [span for value in VALUES.values() for span in re.finditer(re.escape(value), text)]
    filled = {at for span in spans for at in range(*span.span())}
    at = data.draw(st.sampled_from([at for at in range(len(text)) if at not in filled]))
    other = data.draw(st.sampled_from("힣#").filter(lambda sign: sign != text[at]))
    assert match(FULL, put(SENT, text)) is None
    found = match(FULL, put(SENT, text[:at] + other + text[at + 1 :]))
    assert found is not None
    assert found.where == where


@given(st.fixed_dictionaries({name: st.text(max_size=7) for name in VALUES}), st.integers(0, 9999))
def test_whatever_values_fill_a_template_it_matches(values: dict[str, str], won: int) -> None:
    values = {**values, "금액": f"{won:,}"}
    sent = CompiledTemplate(FULL, tuple(values)).render(tuple(values.values()))
    assert match(FULL, sent) is None


@pytest.mark.parametrize(
    ("parts", "sent", "where"),
    [
        ({"body": "#{성명}님"}, Rendered("가" * 19 + "님"), None),
        ({"body": "#{성명}님"}, Rendered("가" * 20 + "님"), "body"),
        ({"body": "#{가}#{나}끝"}, Rendered("가" * 36 + "끝"), None),
        ({"body": "#{가}#{나}끝"}, Rendered("가" * 37 + "끝"), "body"),
        ({"body": "안내", "title": "#{가}"}, Rendered("안내", title="가" * 19), "title"),
        ({"body": "안내", "title": "#{가}"}, Rendered("안내", title="가" * 18), None),
    ],
)
def test_values_of_a_new_sender_stay_short(
    parts: dict[str, object], sent: Rendered, where: str | None
) -> None:
    template: Template = parse_template({"emphasis": "TEXT", **parts})
    found = Approved(template, growth=NEW_SENDER_GROWTH).match(sent)
    assert (found and (found.code, found.where)) == (where and ("3025", where))
    assert Approved(template).match(sent) is None


def test_growth_is_asked_only_of_what_matches() -> None:
    approved = Approved(FULL, growth=NEW_SENDER_GROWTH)
    found = approved.match(SENT._replace(header="나루도서관 알림"))
    assert found is not None
    assert found.code == "3031"


def test_no_text_makes_matching_slow() -> None:
    # A backtracking matcher tries every way to pick 39 of 433 places here.
    pattern = Pattern("#{x}aab" * 39 + "#{x}X#{x}")
    started = time.perf_counter()
    assert not pattern.fits("aab" * 433)
    assert time.perf_counter() - started < 0.1
