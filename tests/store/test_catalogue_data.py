"""The 40 notice kinds, as they stand on a resident's phone for the built-in office."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path

import pytest

from alimnaru.rules.cell import Cell, holds_link, holds_resident_number
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.consent import Window
from alimnaru.rules.merging import specs_from_json
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.resident_link import EXAMPLES, OWN_NAMES
from alimnaru.rules.roster_header import HeaderFinder
from alimnaru.rules.template import marks, parse_template, template_to_json
from alimnaru.rules.template_check import check_template
from alimnaru.rules.text import outside_ks_x_1001, sms_bytes, unprintable
from alimnaru.rules.variables import (
    Formatter,
    Kind,
    format_value,
    variable_from_json,
    variable_to_json,
)
from alimnaru.store.catalogue import KindData, ResolvedKind, load_kinds, load_office, resolve
from alimnaru.store.catalogue.limits import longest_value
from alimnaru.store.catalogue.page import notices_page
from alimnaru.store.catalogue.reading import Fallback

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 23)

KINDS = {kind.code: kind for kind in load_kinds()}
OFFICE = load_office()
RESOLVED = {code: resolve(kind, OFFICE) for code, kind in KINDS.items()}

each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
each_resolved = pytest.mark.parametrize("resolved", RESOLVED.values(), ids=RESOLVED)


def texts(resolved: ResolvedKind) -> list[str]:
    """Everything a resident may read of a kind, on any channel."""
    template = parse_template(resolved.template)
    found = [template.body, template.title, template.subtitle, template.header, template.extra]
    found += [text for item in template.items for text in (item.title, item.description)]
    found += [button.name for button in template.buttons]
    found.append(resolved.sms)
    if resolved.lms:
        found += [resolved.lms.subject, resolved.lms.text]
    return [text for text in found if text]


def worst(resolved: ResolvedKind, text: str) -> str:
    """The text with every variable at its heaviest."""
    read = map(variable_from_json, resolved.variables)
    longest = {**EXAMPLES, **{v.name: longest_value(v, sms_bytes) for v in read}}
    for name in marks(text):
        text = text.replace(f"#{{{name}}}", longest[name])
    return text


# ---- the catalogue as a whole ------------------------------------------------------------------


def test_there_are_forty_kinds_and_sixteen_seeds() -> None:
    assert len(load_kinds()) == len(KINDS) == 40
    assert [code for code, kind in KINDS.items() if kind.seed] == [
        "hc.metabolic.appt",
        "hc.metabolic.recheck",
        "hc.bmd.appt",
        "lib.hold.ready",
        "lib.due.soon",
        "lib.overdue",
        "civil.result",
        "hc.cancer.target",
        "cd.notice",
        "cd.summons.edoc",
        "auto.class.notice",
        "edu.class.start",
        "hc.nutri.delivery",
        "hc.smoke.appt",
        "land.sarangbang",
        "event.applied",
    ]


@pytest.mark.parametrize("file", ["kinds.json", "office.toml"])
def test_no_real_office_and_no_person_stands_in_the_data(file: str) -> None:
    text = (ROOT / "alimnaru/store/catalogue" / file).read_text("utf-8")
    assert not re.search("은평|강남구|김해|사상구|수원|노원|etax", text)
    assert not re.search(r"01[016789][- ]?\d{3,4}[- ]?\d{4}", text)
    assert not holds_resident_number(text)
    assert set(re.findall(r"https?://([^/\"]+)", text)) <= {"alim.naru.example"}


def test_the_page_of_all_kinds_is_current() -> None:
    page = (ROOT / "docs/reference/notices.md").read_text("utf-8")
    assert page == notices_page(), (
        "run: python -m alimnaru.store.catalogue.page > docs/reference/notices.md"
    )


# ---- policy ------------------------------------------------------------------------------------


@each_kind
def test_priority_decides_the_lane(kind: KindData) -> None:
    lanes = {"P0": Lane.URGENT, "P1": Lane.NORMAL, "P2": Lane.NORMAL, "P3": Lane.BULK}
    assert kind.lane is lanes[kind.priority]


@each_kind
def test_urgent_kinds_wait_a_minute_for_kakao_others_ten(kind: KindData) -> None:
    assert kind.fallback.wait_seconds == (60 if kind.lane is Lane.URGENT else 600)


@each_kind
def test_only_the_leak_notice_is_long(kind: KindData) -> None:
    long = kind.code == "ops.breach"
    assert kind.fallback.channel == ("lms" if long else "sms")
    assert kind.fallback.next_channel is (Channel.LMS if long else Channel.SMS)
    assert (kind.sms is None, kind.lms is None) == (long, not long)


def test_a_notice_may_have_no_fallback() -> None:
    assert Fallback("none", 60).next_channel is None


@each_kind
def test_a_message_of_the_evening_lives_to_see_the_window_open(kind: KindData) -> None:
    closed_hours = {"default": 12, "campaign": 5 * 24, "always": 0}[kind.window]  # New Year: 5 days
    assert kind.ttl_minutes > closed_hours * 60


@each_kind
def test_health_and_welfare_need_two_people_and_are_never_gathered(kind: KindData) -> None:
    sensitive = kind.code.startswith(("hc.", "welf."))
    assert (kind.sensitivity == 3) is (kind.retention == "RD") is sensitive
    if sensitive:
        assert kind.approvals == 2
        assert kind.grouping == "none"


def test_who_a_notice_is_for() -> None:
    """Nothing here is typed by hand that must not be: the catalogue has no births and deaths."""
    others = {c: k.audience.value for c, k in KINDS.items() if k.audience != "residents"}
    assert others == {"staff.meeting": "staff", "edu.class.start": "members"}
    assert all(kind.hand_typed for kind in KINDS.values())


def test_what_starts_a_legal_period_is_marked_as_service() -> None:
    effects = {effect: {c for c, k in KINDS.items() if k.legal_effect == effect}
               for effect in ("notice", "service")}  # fmt: skip
    assert effects["service"] == {"cd.summons.edoc", "park.fine.edoc"}
    assert effects["notice"] == {
        "cd.notice", "civil.extended", "civil.received", "civil.result", "civil.supplement",
        "ops.breach", "tax.arrears.edoc", "welf.result",
    }  # fmt: skip


def test_loans_gather_into_one_message_a_person() -> None:
    assert {c for c, k in KINDS.items() if k.grouping == "person"} == {
        "lib.due.soon",
        "lib.hold.ready",
        "lib.overdue",
        "lib.request",
    }


@each_kind
def test_how_notices_merge_can_be_read(kind: KindData) -> None:
    """Who gathers says how, and names variables of its own; an emergency never waits."""
    variables = [variable_from_json(v) for v in RESOLVED[kind.code].variables]
    assert bool(specs_from_json(kind.merging, variables)) is (kind.grouping == "person")
    assert kind.merge_minutes <= kind.ttl_minutes / 10
    assert not (kind.merge_minutes and kind.priority == "P0")


@pytest.mark.parametrize(
    ("code", "window"),
    [
        ("lib.due.soon", Window(time(8), time(20))),
        ("hc.cancer.target", Window(time(10), time(18), working_days_only=True)),
        ("park.pre", Window(time(0), time(0))),
    ],
)
def test_windows_come_from_the_office(code: str, window: Window) -> None:
    assert RESOLVED[code].window == window


# ---- wordings ----------------------------------------------------------------------------------


@each_resolved
def test_kakao_would_take_every_template(resolved: ResolvedKind) -> None:
    assert check_template(parse_template(resolved.template)) == []


@each_resolved
def test_a_template_survives_the_round_trip(resolved: ResolvedKind) -> None:
    assert template_to_json(parse_template(resolved.template)) == resolved.template


@each_resolved
def test_every_office_word_is_filled_in(resolved: ResolvedKind) -> None:
    for text in texts(resolved):
        assert "{{" not in text
        assert "office:" not in text


@each_resolved
def test_every_text_can_be_carried_by_a_phone_network(resolved: ResolvedKind) -> None:
    for text in texts(resolved):
        assert unprintable(text) == ()
        assert outside_ks_x_1001(text) == ()


@each_resolved
def test_the_longest_alimtalk_fits(resolved: ResolvedKind) -> None:
    template = parse_template(resolved.template)
    assert len(worst(resolved, template.body)) <= template.room()
    assert len(worst(resolved, template.title or "")) <= 23  # more is cut off on an Android phone
    for item in template.items:
        assert len(worst(resolved, item.description)) <= 23


@each_resolved
def test_the_longest_sms_fits_and_carries_no_link(resolved: ResolvedKind) -> None:
    if resolved.sms is not None:
        assert sms_bytes(worst(resolved, resolved.sms)) <= 90
        assert not holds_link(resolved.sms)


@each_resolved
def test_the_longest_lms_fits(resolved: ResolvedKind) -> None:
    if resolved.lms is not None:
        assert sms_bytes(resolved.lms.subject) <= 40
        assert sms_bytes(worst(resolved, resolved.lms.text)) <= 2000


@each_resolved
def test_every_channel_names_its_sender_first(resolved: ResolvedKind) -> None:
    openings = [resolved.template["body"], resolved.sms]
    openings.append(resolved.lms.text if resolved.lms else None)
    for text in openings:
        assert text is None or re.match(r"\[(나루|#\{(도서관|동)\})", text)


@each_resolved
def test_every_alimtalk_says_why_it_came_and_how_to_refuse_it(resolved: ResolvedKind) -> None:
    template = parse_template(resolved.template)
    assert "\n※ " in f"\n{template.extra or template.body}"
    assert template.buttons[-1].name == "내 안내가 아니에요"
    assert all(button.link_mobile and button.link_pc for button in template.buttons)


@each_resolved
def test_what_stands_in_the_item_list_stands_in_the_body_too(resolved: ResolvedKind) -> None:
    template = parse_template(resolved.template)
    for item in template.items:
        for name in marks(item.description):
            # A screen reader may leave the list out. 월일 and 시각 stand there as a span of days.
            assert f"#{{{name}}}" in template.body or name in {"월일", "시각"}


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("hc.", "대사증후군|골밀도|금연|니코틴|영양플러스|치매|간암|폐암|임신|빈혈|위험군"),
        ("tax.", "체납|압류"),
        ("park.fine", "과태료"),
    ],
)
def test_words_that_shame_or_reveal_reach_no_phone(prefix: str, words: str) -> None:
    shown = [text for code in RESOLVED if code.startswith(prefix) for text in texts(RESOLVED[code])]
    assert [text for text in shown if re.search(words, text)] == []


def test_no_sms_of_a_library_names_a_book() -> None:
    for code in ("lib.hold.ready", "lib.due.soon", "lib.overdue", "lib.request"):
        assert not set(marks(RESOLVED[code].sms)) & {"대표도서", "희망도서"}


def test_a_refused_petition_is_not_announced_in_the_title() -> None:
    assert marks(RESOLVED["civil.result"].template["title"]) == ()


# ---- variables ---------------------------------------------------------------------------------


@each_resolved
def test_variables_are_exactly_those_the_texts_use(resolved: ResolvedKind) -> None:
    used = {name for text in texts(resolved) for name in marks(text)}
    declared = [variable["name"] for variable in resolved.variables]
    # What Alimnaru fills in itself has no column, so no list could be asked for it.
    assert sorted(declared) == sorted(used - set(OWN_NAMES))


@each_resolved
def test_who_was_not_meant_has_a_link_of_their_own(resolved: ResolvedKind) -> None:
    last = resolved.template["buttons"][-1]
    assert last["name"] == "내 안내가 아니에요"
    assert last["link_mobile"].endswith("/r/#{알림번호}")
    assert last["link_pc"] == last["link_mobile"]


def test_the_setting_says_where_the_residents_page_is() -> None:
    kind, office = KINDS["pref.confirm"], OFFICE
    buttons = resolve(kind, office, public_url="https://alim.other.example").template["buttons"]
    assert {b["link_mobile"] for b in buttons} == {"https://alim.other.example/r/#{알림번호}"}
    other = resolve(KINDS["tax.due"], office, public_url="https://alim.other.example")
    assert other.template["buttons"][0] == RESOLVED["tax.due"].template["buttons"][0]


@each_resolved
def test_a_variable_survives_the_round_trip(resolved: ResolvedKind) -> None:
    for data in resolved.variables:
        assert variable_to_json(variable_from_json(data)) == data


@each_resolved
def test_a_variable_has_headers_or_a_source(resolved: ResolvedKind) -> None:
    names = {variable["name"] for variable in resolved.variables}
    for variable in resolved.variables:
        assert variable.get("columns") or variable["from"] in names


@each_resolved
def test_no_header_means_two_variables(resolved: ResolvedKind) -> None:
    headers = [header for v in resolved.variables for header in {v["name"], *v.get("columns", ())}]
    assert sorted(headers) == sorted(set(headers))


@each_resolved
def test_a_residents_own_number_is_never_taken_for_the_offices(resolved: ResolvedKind) -> None:
    of_residents = {
        "전화번호",
        "연락처",
        "휴대폰",
        "휴대전화",
        "핸드폰",
        "휴대폰번호",
        "휴대전화번호",
    }
    for variable in resolved.variables:
        assert not of_residents & set(variable.get("columns", ()))


@each_resolved
def test_remarks_of_the_office_are_never_taken_for_words_to_residents(
    resolved: ResolvedKind,
) -> None:
    for variable in resolved.variables:
        assert not {"비고", "메모", "특이사항", "내용"} & set(variable.get("columns", ()))


@each_resolved
def test_defaults_are_values_the_variable_takes(resolved: ResolvedKind) -> None:
    for variable in map(variable_from_json, resolved.variables):
        if variable.default is not None:
            shown = format_value(variable, None, today=TODAY)
            assert not isinstance(shown, Refusal)


@each_resolved
def test_the_longest_value_is_one_the_formatter_writes(resolved: ResolvedKind) -> None:
    for variable in map(variable_from_json, resolved.variables):
        longest = longest_value(variable)
        # A tail and a number in a choice may be longer than any that was written out.
        if variable.kind is Kind.ENUM_SHORT:
            continue
        shown = format_value(variable, longest, today=TODAY)
        if variable.kind not in {Kind.ENUM, Kind.PLATE_TAIL}:
            assert not isinstance(shown, Refusal)
            assert len(shown) <= len(longest)


@pytest.mark.parametrize(
    ("code", "name", "phone"),
    [
        ("lib.due.soon", "나루중앙도서관", "02-555-0123"),
        ("cd.notice", "안전총괄과", "02-555-0122"),
        ("park.resident", "주차사업팀", "02-555-0136"),
    ],
)
def test_the_owners_number_is_the_one_to_call(code: str, name: str, phone: str) -> None:
    resolved = RESOLVED[code]
    assert (resolved.department.name, resolved.department.phone) == (name, phone)
    numbers = [v["default"] for v in resolved.variables if v["name"] == "전화"]
    assert numbers in ([], [phone])


def test_another_department_answers_its_own_phone() -> None:
    resolved = resolve(KINDS["lib.overdue"], OFFICE, "lib-solsup")
    assert [v["default"] for v in resolved.variables if v["name"] == "전화"] == ["02-555-0126"]


# ---- as a list would have it -------------------------------------------------------------------


LOANS = ["휴대폰", "성명", "도서관", "대표도서", "권수", "기한"]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("기한", "반납예정일"), ("기한", "반납일"), ("기한", "만기일"),
        ("대표도서", "대표서명"), ("대표도서", "서명"), ("대표도서", "도서명"),
        ("대표도서", "책제목"),
        ("권수", "대출권수"), ("권수", "대출책수"),
        ("도서관", "도서관명"), ("도서관", "대출도서관"), ("도서관", "소장처"),
        ("도서관", "자료실"),
        ("성명", "이름"), ("성명", "회원명"), ("성명", "대출자"),
    ],
)  # fmt: skip
def test_a_librarys_list_is_understood(name: str, header: str) -> None:
    variables = [variable_from_json(v) for v in RESOLVED["lib.due.soon"].variables]
    titles = [header if title == name else title for title in LOANS]
    found, _ = HeaderFinder(variables).find([(1, titles)])
    assert found.columns[name] == LOANS.index(name)


def test_the_day_a_book_is_due_wins_over_the_day_it_came_back() -> None:
    variables = [variable_from_json(v) for v in RESOLVED["lib.due.soon"].variables]
    found, _ = HeaderFinder(variables).find([(1, [*LOANS[:-1], "반납일", "반납예정일"])])
    assert found.columns["기한"] == 6


@each_resolved
def test_a_list_with_the_first_header_of_each_variable_is_complete(resolved: ResolvedKind) -> None:
    variables = [variable_from_json(v) for v in resolved.variables]
    titles = ["휴대폰", *(v.columns[0] for v in variables if v.columns)]
    found, _ = HeaderFinder(variables).find([(1, titles)])
    assert found.phone == 0
    assert set(found.columns) == {v.name for v in variables if v.columns}


@pytest.mark.parametrize(
    ("code", "cells", "shown"),
    [
        (
            "lib.due.soon",
            {
                "성명": "김나루", "도서관": "은행나루작은도서관", "대표도서": "물길을 따라",
                "권수": 3, "기한": date(2026, 11, 25),
            },
            "[나루구 은행나루] 대출도서 3권 반납일 11/25(수). 연장은 누리집",
        ),
        (
            "hc.metabolic.appt",
            {"성명": "김나루", "검사일": datetime(2026, 11, 25, 9, 30)},
            "[나루구보건소] 11/25(수) 09:30 검사예약. 전날22시부터 금식. 변경 02-555-0128",
        ),
        (
            "lottery.result",
            {
                "성명": "김나루", "추첨명": "수영 기초반", "당첨": "예비 12번",
                "등록기한": "2026-11-30",
            },
            "[나루구] 추첨결과 예비 12번. 등록기한 11/30(월). 문의 02-555-0109",
        ),
    ],
)  # fmt: skip
def test_a_row_becomes_an_sms(code: str, cells: dict[str, Cell], shown: str) -> None:
    resolved = RESOLVED[code]
    variables = [variable_from_json(variable) for variable in resolved.variables]
    values = Formatter(variables, TODAY).format_row(cells)
    text = resolved.sms or ""
    for variable, value in zip(variables, values, strict=True):
        assert not isinstance(value, Refusal)
        text = text.replace(f"#{{{variable.name}}}", value)
    assert text == shown
