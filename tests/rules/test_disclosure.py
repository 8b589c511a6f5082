"""Which reasons do, and which words may not stand in the audit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.disclosure import (
    NOTE_MOST,
    RIGHTS,
    Disclosed,
    DisclosureFault,
    Purpose,
    Reason,
    holds_number,
    purpose_of,
)


@pytest.mark.parametrize(
    ("reason", "note", "wanted"),
    [
        ("call_resident", "", Purpose(Reason.CALL_RESIDENT)),
        ("complaint", "  민원   12345번 ", Purpose(Reason.COMPLAINT, "민원 12345번")),
        ("other_reason", "유실물 확인", Purpose(Reason.OTHER, "유실물 확인")),
        ("", "사유를 적었음", DisclosureFault.REASON_MISSING),
        ("because", "", DisclosureFault.REASON_MISSING),
        ("other_reason", " 확 인 ", DisclosureFault.NOTE_MISSING),
        ("complaint", "가" * (NOTE_MOST + 1), DisclosureFault.NOTE_TOO_LONG),
        ("complaint", "010-1234-5678 님이 전화", DisclosureFault.NOTE_PERSONAL),
    ],
)
def test_a_reason(reason: str, note: str, wanted: Purpose | DisclosureFault) -> None:
    assert purpose_of(reason, note) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "01012345678",
        "010 1234 5678",
        "010-****-5678",
        "(02) 555-0101",
        "０１０－１２３４－５６７８",
        "5550101로 전화",
        "600302-1******",
        "600302-1234567",
        "계좌 110.234.567890",
    ],
)
def test_a_number_of_somebody(text: str) -> None:
    assert holds_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-25 민원",
        "2026. 11. 25.(수) 10:20 방문",
        "2026년 11월 25일 3명",
        "발송 12345번, 행 12번",
        "주민 3명, 2026년",
        "끝자리 5678",
    ],
)
def test_no_number_of_anybody(text: str) -> None:
    assert not holds_number(text)


@given(st.from_regex(r"010-?[0-9]{4}-?[0-9]{4}", fullmatch=True), st.text(), st.text())
def test_a_mobile_number_is_found_wherever_it_stands(phone: str, before: str, after: str) -> None:
    assert holds_number(f"{before} {phone} {after}")


def test_everything_that_is_disclosed_asks_for_a_right() -> None:
    assert set(RIGHTS) == set(Disclosed)
    assert all(RIGHTS.values())
