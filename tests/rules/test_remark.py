"""What must not stand in the audit trail."""

from __future__ import annotations

import pytest

from alimnaru.rules.remark import names_somebody


@pytest.mark.parametrize(
    "text",
    [
        "010-1234-5678 주민 요청",
        "번호는 01012345678입니다",
        "1012345678",
        "+82 10 1234 5678",
        "010.1234.5678",
        "900101-1234567",
    ],
)
def test_a_number_of_somebody_is_found(text: str) -> None:
    assert names_somebody(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "카카오 공지 2026-11-25 10:00부터 점검",
        "접수 2026-001234",
        "문의 02-555-0101",
        "예산 5,000,000원",
        "1588-1234로 걸려 온 전화",
    ],
)
def test_what_names_nobody_may_stand(text: str) -> None:
    assert not names_somebody(text)
