"""A text that goes as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.channel import Channel
from alimnaru.rules.plain_text import PlainText, plain_text
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.text import LMS_BYTES, SMS_BYTES, SUBJECT_BYTES, sms_bytes, unprintable

PLAIN = "오늘은 휴관일입니다"


def test_a_short_text_is_an_sms() -> None:
    assert plain_text(PLAIN) == PlainText(Channel.SMS, "", PLAIN)
    assert plain_text("가" * 45) == PlainText(Channel.SMS, "", "가" * 45)


@pytest.mark.parametrize(("text", "subject"), [("가" * 45 + "a", ""), (PLAIN, "휴관 안내")])
def test_a_longer_one_or_one_with_a_subject_is_an_lms(text: str, subject: str) -> None:
    assert plain_text(text, subject) == PlainText(Channel.LMS, subject, text)


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "\u00a0"])
def test_nothing_to_say_does_not_go(text: str) -> None:
    assert plain_text(text) is Refusal.VALUE_EMPTY


def test_what_no_network_takes_does_not_go() -> None:
    assert plain_text("가" * 1000) == PlainText(Channel.LMS, "", "가" * 1000)
    assert plain_text("가" * 1000 + "a") is Refusal.SMS_TOO_LONG


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("휴관\u00a0안내", "휴관 안내"),
        ("휴관\r\n안내\r\n", "휴관\n안내"),
        ("  휴관 안내 ", "  휴관 안내"),
        ("휴관 \U0001f600 안내", "휴관 ? 안내"),
        ("\ufeff휴관—안내", "휴관?안내"),
    ],
)
def test_it_is_shown_as_phones_show_it(text: str, shown: str) -> None:
    found = plain_text(text)
    assert isinstance(found, PlainText)
    assert found.text == shown


def test_a_subject_is_one_short_line() -> None:
    found = plain_text(PLAIN, "휴관\n안내" + "가" * 40)
    assert isinstance(found, PlainText)
    assert found.subject.startswith("휴관 안내")
    assert sms_bytes(found.subject) <= SUBJECT_BYTES


@given(st.text(), st.text())
def test_whatever_goes_can_be_carried(text: str, subject: str) -> None:
    found = plain_text(text, subject)
    if isinstance(found, PlainText):
        room = SMS_BYTES if found.channel is Channel.SMS else LMS_BYTES
        assert sms_bytes(found.text) <= room
        assert unprintable(found.text + found.subject) == ()
