"""What we ask of a wording before Kakao does."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.advertising import Offer, offers
from alimnaru.rules.channel import Channel
from alimnaru.rules.draft import DraftWording
from alimnaru.rules.longest import longest_value, shortest_length
from alimnaru.rules.template import parse_template
from alimnaru.rules.template_faults import TemplateFault
from alimnaru.rules.template_review import (
    ReviewFault,
    ReviewProblem,
    ReviewTerms,
    Severity,
    review,
)
from alimnaru.rules.variables import Variable, variable_from_json
from alimnaru.store.catalogue.offices import load_office
from alimnaru.store.catalogue.reading import ResolvedKind, load_kinds, resolve

_F = ReviewFault
TERMS = ReviewTerms(frozenset({"naru.example"}), fallback=Channel.SMS)
REASON = "※ 대출하신 분께 보내는 안내입니다."
BODY = f"[나루구] 반납예정일 안내\n\n#{{성명}}님, 반납예정일은 #{{기한}}입니다.\n\n{REASON}"
NAME = {"name": "성명", "kind": "person", "max": 10}
DUE = {"name": "기한", "kind": "date_long"}


def draft(
    body: str = BODY,
    *variables: dict[str, object],
    sms: str = "[나루구] 반납일 #{기한}",
    lms: str = "",
    lms_subject: str = "",
    category: str = "004001",
    **template: object,
) -> DraftWording:
    return DraftWording(
        parse_template({"body": body, **template}),
        tuple(variable_from_json(v) for v in (NAME, DUE, *variables)),
        sms,
        lms_subject,
        lms,
        category,
    )


def found(wording: DraftWording, terms: ReviewTerms = TERMS) -> list[tuple[str, str, str]]:
    return [(p.code.value, p.where, p.detail) for p in review(wording, terms)]


def codes(wording: DraftWording, terms: ReviewTerms = TERMS) -> list[str]:
    return [p.code.value for p in review(wording, terms)]


def test_a_good_wording_passes() -> None:
    assert found(draft()) == []


def test_kakaos_limits_are_among_what_is_asked() -> None:
    problems = review(draft(title="제목"), TERMS)
    assert [(p.code, p.severity) for p in problems] == [
        (TemplateFault.TITLE_FORBIDDEN, Severity.STOP)
    ]


def test_a_body_too_long_once_it_is_filled_is_found() -> None:
    # The wording alone has room; the longest value takes more than is left.
    text = BODY + "가" * (1000 - len(BODY))
    long = {"name": "성명", "kind": "person", "max": 30}
    assert "too_long" in codes(
        replace(draft(text), variables=tuple(map(variable_from_json, (long, DUE))))
    )


# ---- the 40 notices ------------------------------------------------------------------------------

OFFICE = load_office()
HOSTS = frozenset(str(urlsplit(link.mobile).hostname) for link in OFFICE.links.values())
KINDS = [resolve(kind, OFFICE) for kind in load_kinds()]


@pytest.mark.parametrize("new_profile", [False, True])
@pytest.mark.parametrize("resolved", KINDS, ids=lambda r: r.kind.code)
def test_no_wording_of_the_catalogue_is_stopped(resolved: ResolvedKind, new_profile: bool) -> None:
    wording = DraftWording(
        parse_template(resolved.template),
        tuple(variable_from_json(v) for v in resolved.variables),
        resolved.sms or "",
        resolved.lms.subject if resolved.lms else "",
        resolved.lms.text if resolved.lms else "",
    )
    terms = ReviewTerms(
        HOSTS, fallback=resolved.kind.fallback.next_channel, new_profile=new_profile
    )
    allowed = {_F.CATEGORY_OTHER, _F.VALUE_GROWS, _F.ADVERTISING_PERHAPS}
    if new_profile:
        # A span of dates is 31 characters at the least: no new profile can send it.
        allowed.add(_F.VALUE_GROWS_TOO_FAR)
    problems = review(wording, terms)
    assert {p.code for p in problems} <= allowed
    perhaps = [p.detail for p in problems if p.code is _F.ADVERTISING_PERHAPS]
    assert perhaps == (["당첨"] if resolved.kind.code == "lottery.result" else [])


# ---- advertising ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("봄맞이 할인 안내", "할인"),
        ("10% 할인해 드립니다", "할인"),
        ("특별할인 기간", "할인"),
        ("쿠폰을 드립니다", "쿠폰"),
        ("추석 특가", "특가"),
        ("기념품을 증정합니다", "증정"),
        ("무료 증정", "무료 증정"),
        ("무료 체험 신청", "무료 체험"),
        ("가을 이벤트", "이벤트"),
        ("이벤트", "이벤트"),
        ("경품 추첨", "경품"),
        ("사은품", "사은품"),
        ("바겐 세일", "바겐 세일"),
        ("구정 소식지", "소식지"),
        ("(광고) 나루구", "(광고)"),
        ("SALE 시작", "SALE"),
        ("１＋１ 행사", "1+1"),
        ("특별 혜택", "특별 혜택"),
    ],
)
def test_an_offer_is_stopped(text: str, word: str) -> None:
    wording = draft(f"{text}\n{BODY}")
    assert (_F.ADVERTISING, "body", word) in found(wording)
    assert Severity.STOP in {p.severity for p in review(wording, TERMS)}


@pytest.mark.parametrize(
    "text", ["수강생 모집", "복지 혜택", "무료로 드립니다", "자동차세 연납 할인", "경로 할인 적용"]
)
def test_what_may_be_an_offer_is_pointed_out(text: str) -> None:
    problems = review(draft(f"{text}\n{BODY}"), TERMS)
    assert [(p.code, p.severity) for p in problems] == [(_F.ADVERTISING_PERHAPS, Severity.WARN)]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "인증정보 변경",
            "보증정책",
            "기증정보",
            "환경품질 조사",
            "관할인 나루구",
            "중요한 역할인",
        ),
        *("특가법 위반", "세일고등학교", "상세일정", "wholesale", "eventually"),
    ],
)
def test_words_that_hold_an_offer_by_chance_are_none(text: str) -> None:
    assert offers(text) == []


def test_each_word_is_named_once_and_in_order() -> None:
    assert offers("이벤트! 쿠폰, 이벤트, 모집") == [
        Offer("이벤트", True),
        Offer("쿠폰", True),
        Offer("모집", False),
    ]


def test_an_offer_is_found_wherever_it_stands() -> None:
    button = {"type": "WL", "name": "할인 받기", "link_mobile": "https://naru.example/"}
    wording = draft(
        f"#{{성명}}\n{REASON}",
        message_type="EX",
        emphasis="ITEM_LIST",
        header="쿠폰",
        highlight={"title": "특가", "description": "경품"},
        items=[{"title": "증정", "description": "가"}, {"title": "나", "description": "이벤트"}],
        summary={"title": "반값", "description": "1"},
        extra="사은품",
        buttons=[button],
        quick_replies=[{**button, "name": "파격"}],
        sms="대박",
        lms="프로모션 #{기한}",
        lms_subject="세일",
    )
    where = [p.where for p in review(wording, TERMS) if p.code is _F.ADVERTISING]
    assert where == [
        *("header", "highlight.title", "highlight.description", "items[0].title"),
        *("items[1].description", "summary.title", "extra", "buttons[0].name"),
        *("quick_replies[0].name", "sms", "lms_subject", "lms"),
    ]


def test_a_value_does_not_join_what_stands_around_it() -> None:
    assert offers("할#{성명}인") == []
    assert found(draft(BODY.replace("안내\n", "안내 010#{성명}1234 5678\n"))) == []


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    assert all(offer.word for offer in offers(text))
    assert review(replace(draft(), sms=text, lms=text), TERMS) is not None


# ---- personal data -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("문의 010-1234-5678", _F.MOBILE_NUMBER),
        ("문의 01012345678", _F.MOBILE_NUMBER),
        ("문의 +82 10 1234 5678", _F.MOBILE_NUMBER),
        ("문의 ０１０-1234-5678", _F.MOBILE_NUMBER),
        ("예: 900101-1234567", _F.RESIDENT_NUMBER),
        ("메일 hong@mail.example", _F.EMAIL),
    ],
)
def test_a_persons_own_data_is_stopped(text: str, code: ReviewFault) -> None:
    assert review(draft(f"{text}\n{BODY}"), TERMS) == [ReviewProblem(code, "body")]
    assert ReviewProblem(code, "sms") in review(draft(sms=text), TERMS)


@pytest.mark.parametrize(
    "text", ["문의 02-555-0101", "문의 120", "접수번호 202611-1234567", "메일 lib@naru.example"]
)
def test_the_offices_own_data_is_not(text: str) -> None:
    assert found(draft(f"{text}\n{BODY}")) == []


# ---- the reason ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        *("※ 대출하신 분께 보내는 안내입니다.", "신청하신 분들에게 발송되는 메시지입니다."),
        *("예약하신 내역에 따라 안내드립니다.", "수신에 동의하셔서 보내드립니다."),
        *("※ 참여 업소에 보내는 안내입니다.", "※ 본인 확인이 필요한 안내입니다."),
    ],
)
def test_a_line_tells_why(line: str) -> None:
    assert found(draft(BODY.replace(REASON, line))) == []
    extra = draft(BODY.replace(REASON, ""), message_type="EX", extra=line)
    assert found(extra) == []


@pytest.mark.parametrize("line", ["", "감사합니다.", "안내입니다.", "곧 보내 주세요."])
def test_a_wording_that_does_not_tell_why_is_stopped(line: str) -> None:
    problems = review(draft(BODY.replace(REASON, line)), TERMS)
    assert [(p.code, p.where, p.severity) for p in problems] == [
        (_F.REASON_MISSING, "body", Severity.STOP)
    ]


# ---- links ---------------------------------------------------------------------------------------


def linked(address: str, field: str = "link_mobile") -> DraftWording:
    button = {"type": "WL", "name": "보기", "link_mobile": "https://naru.example/"}
    return draft(buttons=[{**button, field: address}])


@pytest.mark.parametrize(
    "address",
    [
        *("https://naru.example", "https://NARU.example/a?b=c", "https://alim.naru.example:8443/"),
        *(
            "https://naru.example/#{성명}",
            "https://naru.example?b=#{성명}",
            "https://naru.example.",
        ),
    ],
)
def test_our_own_links_pass(address: str) -> None:
    assert found(linked(address)) == []


@pytest.mark.parametrize(
    ("address", "code", "detail"),
    [
        ("https://elsewhere.example/", _F.LINK_NOT_ALLOWED, "elsewhere.example"),
        ("https://notnaru.example/", _F.LINK_NOT_ALLOWED, "notnaru.example"),
        ("https://naru.example@elsewhere.example/", _F.LINK_NOT_ALLOWED, "elsewhere.example"),
        ("https://naru.example.kr/", _F.LINK_NOT_ALLOWED, "naru.example.kr"),
        ("#{성명}", _F.LINK_OPEN, ""),
        ("https://#{성명}/a", _F.LINK_OPEN, ""),
        ("https://#{성명}.naru.example/", _F.LINK_OPEN, ""),
    ],
)  # fmt: skip
def test_other_links_are_stopped(address: str, code: ReviewFault, detail: str) -> None:
    for field in ("link_mobile", "link_pc"):
        assert found(linked(address, field)) == [(code, f"buttons[0].{field}", detail)]


def test_a_link_in_the_clear_is_pointed_out() -> None:
    (problem,) = review(linked("http://naru.example/"), TERMS)
    assert (problem.code, problem.severity) == (_F.LINK_PLAIN, Severity.WARN)


def test_links_are_found_wherever_they_stand() -> None:
    away = "https://elsewhere.example/"
    wording = draft(
        f"보기: elsewhere.kr/a {BODY} (www.naru.example)",
        quick_replies=[{"type": "WL", "name": "보기", "link_mobile": away}],
        represent_link={"link_mobile": away, "scheme_ios": "app://x"},
    )
    assert [(c, w) for c, w, _ in found(wording)] == [
        (_F.LINK_NOT_ALLOWED, where)
        for where in ("body", "quick_replies[0].link_mobile", "represent_link.link_mobile")
    ]


@pytest.mark.parametrize("text", ["naru.kr/m #{기한}", "https://naru.example", "www.naru.kr"])
def test_a_text_message_has_no_link_at_all(text: str) -> None:
    assert (_F.LINK_IN_TEXT_MESSAGE, "sms", "") in found(draft(sms=text))
    assert (_F.LINK_IN_TEXT_MESSAGE, "lms", "") in found(draft(lms=text))


# ---- variables -----------------------------------------------------------------------------------


def test_a_mark_without_a_variable_is_stopped() -> None:
    text = f"#{{권수}}권\n{BODY}"
    assert found(draft(text, sms="#{기한} #{장소}")) == [
        (_F.VARIABLE_UNKNOWN, "variables", "권수"),
        (_F.VARIABLE_UNKNOWN, "variables", "장소"),
    ]


PAGE = {
    "type": "WL",
    "name": "내 안내가 아니에요",
    "link_mobile": "https://naru.example/r/#{알림번호}",
}


def test_marks_of_our_own_need_no_variable() -> None:
    wording = draft(
        f"{BODY}\n확인코드 #{{확인코드}}", sms="반납일 #{기한} #{확인코드}", buttons=[PAGE]
    )
    assert found(wording, replace(TERMS, new_profile=True)) == []


def test_marks_of_our_own_have_their_places() -> None:
    code = {**PAGE, "link_mobile": "https://naru.example/#{확인코드}"}
    reply = {"type": "WL", "name": "열기", "link_mobile": "https://naru.example/#{확인코드}"}
    link = {"link_mobile": "https://naru.example/#{알림번호}"}
    text = f"{BODY}\n#{{알림번호}}"
    wrong = draft(text, buttons=[code], quick_replies=[reply], represent_link=link)
    assert found(replace(wrong, sms="반납일 #{기한} #{알림번호}")) == [
        (_F.OWN_LINK_IN_TEXT, "body", ""),
        (_F.OWN_LINK_IN_TEXT, "sms", ""),
        (_F.OWN_CODE_IN_LINK, "buttons[0]", ""),
        (_F.OWN_CODE_IN_LINK, "quick_replies[0]", ""),
    ]


def test_nobody_takes_a_name_of_our_own_for_a_variable() -> None:
    taken = {"name": "확인코드", "kind": "text", "max": 10}
    wording = draft(f"{BODY}\n#{{확인코드}}", taken)
    assert found(wording) == [(_F.VARIABLE_RESERVED, "variables", "확인코드")]


def test_a_variable_that_nothing_uses_is_pointed_out() -> None:
    spare = {"name": "권수", "kind": "integer", "max": 3}
    fed = {"name": "권수끝", "kind": "code_tail", "from": "권수"}
    assert found(draft(BODY, spare)) == [(_F.VARIABLE_UNUSED, "variables", "권수")]
    # What feeds another is used.
    assert found(draft(f"{BODY} #{{권수끝}}", spare, fed)) == []


def test_a_variable_of_any_length_is_pointed_out() -> None:
    free = {"name": "제목", "kind": "text"}
    assert found(draft(f"{BODY} #{{제목}}", free)) == [(_F.VARIABLE_UNBOUNDED, "variables", "제목")]


def test_a_text_that_could_say_anything_is_pointed_out() -> None:
    free = {"name": "내용", "kind": "text", "max": 41}
    wording = draft(f"{BODY} #{{내용}}", free)
    assert (_F.VARIABLE_LOOSE, "variables", "내용") in found(wording)
    assert {p.severity for p in review(wording, TERMS)} == {Severity.WARN}


SPAN = {"name": "기간", "kind": "date_range"}
PLACE = {"name": "장소", "kind": "place", "max": 25}


def test_values_that_grow_matter_while_the_profile_is_new() -> None:
    wording = draft(f"{BODY} #{{기간}} #{{장소}}", SPAN, PLACE)
    assert found(wording) == [(_F.VALUE_GROWS, "variables", "기간, 장소")]
    new = replace(TERMS, new_profile=True)
    assert found(wording, new) == [
        (_F.VALUE_GROWS_TOO_FAR, "variables", "기간"),
        (_F.VALUE_GROWS, "variables", "장소"),
    ]


@pytest.mark.parametrize(
    ("more", "shortest", "longest"),
    [
        ({"kind": "date_range"}, 31, 35),
        ({"kind": "datetime"}, 20, 22),
        ({"kind": "date_long"}, 14, 16),
        ({"kind": "enum", "values": ["가나", "다"], "max": 5}, 1, 2),
        ({"kind": "enum", "values": ["예비 n번"], "max": 8}, 5, 8),
        ({"kind": "enum_short", "short": {"가나다": "가"}}, 1, 1),
        ({"kind": "enum_short", "max": 6}, 1, 6),
        ({"kind": "integer", "max": 3}, 1, 3),
    ],
)
def test_how_long_a_value_can_be(more: dict[str, object], shortest: int, longest: int) -> None:
    variable = variable_from_json({"name": "가", **more})
    assert (shortest_length(variable), len(longest_value(variable))) == (shortest, longest)


def test_a_value_of_any_length_has_no_longest() -> None:
    with pytest.raises(ValueError, match="greatest length"):
        longest_value(Variable("가", variable_from_json({"name": "가", "kind": "text"}).kind))


# ---- text messages -------------------------------------------------------------------------------


def test_an_sms_too_long_at_its_longest_is_stopped() -> None:
    text = "가" * 36 + "."  # 73 bytes, and the longest date has 17
    assert found(draft(sms=f"{text}#{{기한}}")) == []
    assert found(draft(sms=f"{text}.#{{기한}}")) == [(_F.TEXT_MESSAGE_TOO_LONG, "sms", "91 > 90")]


def test_an_lms_has_limits_of_its_own() -> None:
    wording = draft(lms="가" * 1001, lms_subject="가" * 21)
    assert found(wording) == [
        (_F.TEXT_MESSAGE_TOO_LONG, "lms_subject", "42 > 40"),
        (_F.TEXT_MESSAGE_TOO_LONG, "lms", "2002 > 2000"),
    ]


def test_characters_that_phones_lose_are_stopped_or_pointed_out() -> None:
    assert found(draft(sms="📚 #{기한}")) == [(_F.TEXT_MESSAGE_UNPRINTABLE, "sms", "📚")]
    (problem,) = review(draft(sms="똠 #{기한}"), TERMS)
    assert (problem.code, problem.detail) == (_F.TEXT_MESSAGE_RISKY, "똠")
    assert problem.severity is Severity.WARN


@pytest.mark.parametrize(
    ("channel", "missing"),
    [(Channel.SMS, True), (Channel.LMS, True), (Channel.MMS, True), (None, False)],
)
def test_a_fallback_without_words_is_pointed_out(channel: Channel | None, missing: bool) -> None:
    problems = review(draft(sms=""), replace(TERMS, fallback=channel))
    assert [p.code for p in problems] == ([_F.FALLBACK_MISSING] if missing else [])
    assert all(p.severity is Severity.WARN for p in problems)


# ---- the rest ------------------------------------------------------------------------------------


def test_a_category_has_six_digits() -> None:
    assert found(draft(category="12")) == [(_F.CATEGORY_BAD, "category", "12")]
    assert found(draft(category="999999")) == [(_F.CATEGORY_OTHER, "category", "")]


def test_a_picture_of_ours_stands_for_the_carriers() -> None:
    wording = draft(emphasis="IMAGE")
    assert codes(wording) == ["image_missing"]
    assert codes(wording, replace(TERMS, has_picture=True)) == []
    assert codes(draft(), replace(TERMS, has_picture=True)) == []
