"""Whether finished texts fit: the quick answer and the exact one are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules import roster_texts
from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster_texts import TextCheck, TextFault, looks_injected, text_checks
from alimnaru.rules.template import Emphasis, MessageType, Template
from alimnaru.rules.template_render import CompiledTemplate, CompiledText
from alimnaru.rules.text import sms_bytes

ORDER = ("성명", "책", "권수")


def _alimtalk(body: str, extra: str | None = None, limit: int = 1_000) -> TextCheck:
    kind = MessageType.BA if extra is None else MessageType.EX
    template = CompiledTemplate(Template(kind, Emphasis.NONE, body, extra=extra), ORDER)
    (check,) = text_checks(3, alimtalk=template, sms=None, lms=None, alimtalk_limit=limit)
    return check


def _titled(title: str) -> list[TextCheck]:
    template = Template(
        MessageType.BA, Emphasis.TEXT, "#{성명}", title=title, subtitle="반납예정일 안내"
    )
    wording = CompiledTemplate(template, ORDER)
    return text_checks(3, alimtalk=wording, sms=None, lms=None, alimtalk_limit=1_000)


@pytest.mark.parametrize(
    ("book", "fault"),
    [
        ("책" * 50, None),
        # Kakao: title ≤ 50, refused with 3029 after the fact; the check says it before.
        ("책" * 51, TextFault(Refusal.TEXT_TOO_LONG, None, "title")),
    ],
)
def test_a_filled_title_has_a_limit_of_its_own(book: str, fault: TextFault | None) -> None:
    body, parts = _titled("#{책}")
    assert body.fault(("김*루", book, "1")) is None
    assert parts.fault(("김*루", book, "1")) == fault


def test_a_title_without_a_variable_is_not_asked_of_every_row() -> None:
    assert len(_titled("반납 안내")) == 1


def _sms(text: str) -> TextCheck:
    sms = CompiledText(text, ORDER)
    return text_checks(3, alimtalk=None, sms=sms, lms=None, alimtalk_limit=0)[0]


def _lms(text: str, subject: str) -> TextCheck:
    lms = CompiledText(text, ORDER, subject)
    return text_checks(3, alimtalk=None, sms=None, lms=lms, alimtalk_limit=0)[0]


def test_no_wording_no_check() -> None:
    assert text_checks(3, alimtalk=None, sms=None, lms=None, alimtalk_limit=0) == []


@pytest.mark.parametrize(
    ("check", "values", "fault"),
    [
        (_alimtalk("#{성명} #{책}", limit=10), ("김*루", "일이삼사오육", "1"), None),
        (
            _alimtalk("#{성명} #{책}", limit=10),
            ("김*루", "일이삼사오육칠", "1"),
            TextFault(Refusal.TEXT_TOO_LONG, 1, "11/10"),
        ),
        # A value that the text does not hold takes no room, one that it holds twice takes double.
        (_alimtalk("#{성명}", limit=5), ("김*루", "책" * 99, "1"), None),
        (_alimtalk("#{성명}#{성명}", limit=6), ("김*루", "", ""), None),
        (
            _alimtalk("#{성명}#{성명}", limit=6),
            ("남궁*루", "", ""),
            TextFault(Refusal.TEXT_TOO_LONG, 0, "8/6"),
        ),
        # What Kakao appends itself counts.
        (
            _alimtalk("#{성명}", extra="일이삼사오", limit=7),
            ("김*루", "", ""),
            TextFault(Refusal.TEXT_TOO_LONG, 0, "3/2"),
        ),
        (
            _alimtalk("고정된 글", limit=3),
            ("", "", "x"),
            TextFault(Refusal.TEXT_TOO_LONG, None, "5/3"),
        ),
        (_sms("가" * 42 + "#{책}"), ("", "책제목", "1"), None),
        (
            _sms("가" * 42 + "#{책}#{권수}"),
            ("", "책제목", "1"),
            TextFault(Refusal.SMS_TOO_LONG, 1, "91/90"),
        ),
        (_sms("가" * 46), ("", "", ""), TextFault(Refusal.SMS_TOO_LONG, None, "92/90")),
        (_sms("#{책}"), ("", "고양이🐱—", ""), TextFault(Refusal.SMS_UNPRINTABLE, 1, "🐱—")),
        (_sms("#{책}"), ("🐱", "고양이", ""), None),
        (_sms("고양이🐱"), ("", "", ""), TextFault(Refusal.SMS_UNPRINTABLE, None, "🐱")),
        (_sms("#{책}"), ("", "똠방 뷁", ""), None),
        (_lms("가" * 990 + "#{책}", "제목"), ("", "책" * 10, ""), None),
        (
            _lms("가" * 990 + "#{책}", "제목"),
            ("", "책" * 11, ""),
            TextFault(Refusal.SMS_TOO_LONG, 1, "2002/2000"),
        ),
        (
            _lms("글", "#{책} 안내"),
            ("", "책" * 18, ""),
            TextFault(Refusal.SMS_TOO_LONG, 1, "41/40"),
        ),
    ],
)
def test_faults(check: TextCheck, values: tuple[str, ...], fault: TextFault | None) -> None:
    assert check.fault(values) == fault
    assert check.fault(values) == fault  # and again, from memory


@given(st.lists(st.tuples(*[st.text("가a1 ", max_size=30)] * 3), max_size=20))
def test_the_quick_answers_are_the_exact_ones(rows: list[tuple[str, str, str]]) -> None:
    body = "#{성명} #{책} #{책} 안내"
    alimtalk, sms = _alimtalk(body, limit=40), _sms(body)
    for name, book, count in rows:
        text = f"{name} {book} {book} 안내"
        assert (alimtalk.fault((name, book, count)) is None) == (len(text) <= 40)
        assert (sms.fault((name, book, count)) is None) == (sms_bytes(text) <= 90)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_texts, "_REMEMBERED", 2)
    check = _sms("가" * 44 + "#{책}")
    wanted = ["", "12", "123", "1", "1234", "12"]
    faults = [check.fault(("", book, "")) for book in wanted]
    assert [fault is None for fault in faults] == [True, True, False, True, False, True]


@pytest.mark.parametrize(
    ("cell", "is_injected"),
    [
        ("=cmd|'/C calc'!A0", True),
        ("+cmd|' /C calc'!A0", True),
        ("-2+3+cmd|' /C calc'!A0", True),
        ("@SUM(1+1)*cmd|x", True),
        ("=HYPERLINK(1)", True),
        (" =1+SUM(A1)", True),
        ("+82 10-1234-5678", False),
        ("-", False),
        ("@home 집에서 크는 아이", False),
        ("@home(집)", False),
        ("+1이 되는 습관(ABC(", False),
        ("=LOVE", False),
        ("1=SUM(2)", False),
        (5, False),
        (None, False),
    ],
)
def test_what_a_spreadsheet_would_run(cell: Cell, is_injected: bool) -> None:
    assert looks_injected(cell) is is_injected
