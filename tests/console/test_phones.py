"""Messages as phones: every notice of the catalogue, filled and with its places empty."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from alimnaru.console.phones import (
    AlimtalkPhone,
    SmsPhone,
    alimtalk_phone,
    draft_wording,
    saved_by_sms,
    sms_phone,
)
from alimnaru.flow.wordings import Wording, wording
from alimnaru.rules.channel import Channel
from alimnaru.rules.draft import DraftWording
from alimnaru.rules.longest import longest_value
from alimnaru.rules.template import parse_template
from alimnaru.rules.variables import variable_from_json
from alimnaru.store.catalogue import KindData, load_kinds, load_office, resolve
from alimnaru.store.models import Picture
from tests.cast import VALUES, Cast
from tests.console.conftest import SignIn
from tests.staff import Staff

OFFICE = load_office()
KINDS = load_kinds()


def _wording(kind: KindData) -> Wording:
    found = resolve(kind, OFFICE)
    return draft_wording(
        DraftWording(
            template=parse_template(found.template),
            variables=tuple(map(variable_from_json, found.variables)),
            sms=found.sms or "",
            lms_subject=found.lms.subject if found.lms else "",
            lms=found.lms.text if found.lms else "",
        )
    )


def _drawn(phone: AlimtalkPhone | SmsPhone) -> str:
    tag = "alimtalk" if isinstance(phone, AlimtalkPhone) else "sms"
    page = Template(CottonCompiler().process(f'<c-{tag} :phone="phone" />'))
    return page.render(Context({"phone": phone, "request": RequestFactory().get("/")}))


def _read(html: str) -> str:
    """What a browser shows, tags left out."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def _values(wording: Wording) -> list[str]:
    return [longest_value(variable) for variable in wording.variables]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_finished_alimtalk_reads_as_the_exit_renders_it(kind: KindData) -> None:
    wording = _wording(kind)
    values = _values(wording)
    rendered = wording.render(Channel.ALIMTALK, values)
    html = _drawn(alimtalk_phone(wording, values, channel_name="나루구청"))
    body = re.search(r'<p class="kt-text">(.*?)</p>', html, re.DOTALL)
    assert body is not None
    assert unescape(body[1]) == rendered.text
    shown = _read(html)
    assert "#{" not in shown
    assert "<c-" not in html
    for text in (rendered.title, rendered.header, wording.alimtalk.template.extra):
        assert not text or text in shown
    for item in rendered.items:
        assert item.title in shown
        assert item.description in shown
    for button in rendered.buttons:
        assert f'<span class="kt-btn">{button.name}</span>' in unescape(html)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_wording_shows_each_empty_place(kind: KindData) -> None:
    wording = _wording(kind)
    html = _drawn(alimtalk_phone(wording, channel_name="나루구청"))
    for name in wording.alimtalk.template.variables:
        in_link_only = name not in _read(html)
        assert in_link_only or f'<mark class="ph">#{{{name}}}</mark>' in html


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_text_message_reads_as_the_exit_renders_it(kind: KindData) -> None:
    wording = _wording(kind)
    values = _values(wording)
    for channel in (Channel.SMS, Channel.LMS):
        if not wording.speaks(channel):
            continue
        rendered = wording.render(channel, values)
        phone = sms_phone(wording, channel, values, sender="02-555-0101")
        html = _drawn(phone)
        assert rendered.text in _read(html)
        assert "#{" not in html
        assert phone.excess == 0
        blank = sms_phone(wording, channel, sender="02-555-0101")
        assert blank.bytes >= phone.bytes
        assert blank.at_most is ("#{" in _read(_drawn(blank)))


def _draft(template: dict[str, Any], **texts: str) -> Wording:
    return draft_wording(DraftWording(template=parse_template(template), **texts))


def test_what_stands_in_a_value_is_text() -> None:
    wording = _draft({"body": "#{성명}님께", "buttons": [{"type": "AC", "name": "<i>누름</i>"}]})
    html = _drawn(alimtalk_phone(wording, ["<em>#{성명}</em>"], channel_name="<u>채널</u>"))
    assert "&lt;em&gt;#{성명}&lt;/em&gt;님께" in html
    for tag in ("<em>", "<i>", "<u>", "<mark"):
        assert tag not in html


def test_every_part_of_an_item_list_is_shown_and_told() -> None:
    wording = _draft(
        {
            "message_type": "MI",
            "emphasis": "ITEM_LIST",
            "body": "본문",
            "extra": "부가",
            "header": "머리",
            "highlight": {"title": "큰 말", "description": "작은 말"},
            "items": [
                {"title": "날짜", "description": "#{날}"},
                {"title": "곳", "description": "창구"},
            ],
            "summary": {"title": "합계", "description": "1,000"},
            "buttons": [{"type": "AC", "name": "채널 추가"}],
            "quick_replies": [{"type": "BK", "name": "처음으로"}],
        }
    )
    phone = alimtalk_phone(wording, channel_name="나루구청")
    html = _drawn(phone)
    told = {part.name: part.text for part in phone.parts}
    assert told["머리말"] == "머리"
    assert told["강조 항목"] == "큰 말\n작은 말"
    assert told["날짜"] == "#{날}"
    assert told["합계"] == "1,000"
    assert told["바로연결"] == "처음으로"
    assert told["부가 정보"] == "부가"
    for part in phone.parts:
        for line in part.text.splitlines():
            # Once on the phone, once in words.
            assert _read(html).count(line) >= 2
    assert "채널 추가하고" in html
    assert phone.room == 700 - 40 - 2
    assert phone.characters == 2


def test_a_title_that_is_struck_through_loses_its_sign() -> None:
    wording = _draft({"emphasis": "TEXT", "body": "본문", "title": "#{값}", "subtitle": "보조"})
    phone = alimtalk_phone(wording, ["5,000\\s"], channel_name="나루구청")
    assert phone.struck
    assert phone.title[0].text == "5,000"


def test_a_missing_picture_leaves_its_place() -> None:
    wording = _draft({"emphasis": "IMAGE", "body": "본문"})
    phone = alimtalk_phone(wording, channel_name="나루구청")
    assert phone.picture_missing
    assert "그림이 올 자리" in _drawn(phone)


def test_an_lms_nearly_short_enough_says_what_to_cut(cast: Cast) -> None:
    wording = _draft({"body": "본문"}, lms="가" * 47)
    saves = saved_by_sms(cast.version.created_at.date())
    phone = sms_phone(wording, Channel.LMS, [], sender="02-555-0101", saves=saves)
    assert phone.near == 4
    assert "4바이트만 줄이면 단문으로 보낼 수 있어 한 건에 약 19원을 아낍니다." in _drawn(phone)
    longer = _draft({"body": "본문"}, lms="가" * 61)
    assert sms_phone(longer, Channel.LMS, [], sender="02-555-0101").near == 0


def test_an_sms_too_long_says_by_how_much() -> None:
    wording = _draft({"body": "본문"}, sms="가" * 46)
    phone = sms_phone(wording, Channel.SMS, [], sender="02-555-0101")
    assert phone.excess == 2
    assert "한도를 2바이트 넘습니다." in _drawn(phone)


def test_a_stored_version_is_a_phone(cast: Cast) -> None:
    stored = wording(cast.version.pk)
    phone = alimtalk_phone(stored, VALUES, channel_name="나루구청")
    assert "김*루님" in phone.body[0].text
    with pytest.raises(LookupError):
        sms_phone(stored, Channel.LMS, VALUES, sender="02-555-0101")


def test_a_tariff_that_has_not_begun_saves_nothing(cast: Cast) -> None:
    assert saved_by_sms(cast.version.created_at.date().replace(year=2000)) is None


def _picture(cast: Cast) -> Picture:
    picture = Picture.objects.create(
        name="a.png", content=b"\x89PNG\r\n", sha256="0" * 64, width=800, height=400
    )
    cast.version.picture = picture
    cast.version.save()
    return picture


def test_a_picture_is_seen_where_its_notice_is(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    picture = _picture(cast)
    answer = sign_in(staff.viewer).get(f"/pictures/{picture.pk}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer.content == b"\x89PNG\r\n"
    assert sign_in(staff.neighbour).get(f"/pictures/{picture.pk}").status_code == 404


def test_a_picture_of_no_wording_is_seen_by_who_brought_it(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    picture = Picture.objects.create(
        name="b.jpg", content=b"\xff\xd8", sha256="1" * 64, width=800, height=400
    )
    browser = sign_in(staff.manager)
    assert browser.get(f"/pictures/{picture.pk}").status_code == 404
    session = browser.session
    session["pictures"] = [picture.pk]
    session.save()
    answer = browser.get(f"/pictures/{picture.pk}")
    assert answer["Content-Type"] == "image/jpeg"
