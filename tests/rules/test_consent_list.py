"""A list of agreements to be served: its columns, and its rows one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from alimnaru.rules import consent_list
from alimnaru.rules.consent_list import read_consents
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import SourceRow
from alimnaru.rules.roster_rows import RosterRefused

TODAY = date(2026, 11, 2)
TITLES = ("성명", "휴대 전화", "동의일", "근거", "만료일", "비고")
GOOD = ("김나루", "010-3000-1234", "2026-11-02", "1호")


def rows(*cells: Sequence[object]) -> list[SourceRow]:
    return [SourceRow(at, list(row)) for at, row in enumerate(cells, 1)]  # type: ignore[arg-type]


def test_each_row_is_read() -> None:
    last = ("이도담", "010-3000-1236", date(2026, 1, 1), "4호", "2027-11-01")
    found = read_consents(rows(("전자송달 대장",), TITLES, GOOD, (None, ""), last), TODAY)
    assert found.refused == []
    first, second = found.good
    assert (first.row, first.phone, first.name, first.evidence) == (
        3,
        "01030001234",
        "김나루",
        "1호",
    )
    assert (first.starts_on, first.ends_on, first.address) == (TODAY, None, "")
    assert (second.row, second.ends_on) == (5, date(2027, 11, 1))


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("김나루", "02-555-0101", "2026-11-02", "1호"), Refusal.PHONE_LANDLINE),
        (("김나루", "010-3000-1234", "언젠가", "1호"), Refusal.VALUE_NOT_A_DATE),
        ((*GOOD, "언젠가"), Refusal.VALUE_NOT_A_DATE),
        ((*GOOD, "2026-11-01"), Refusal.VALUE_NOT_A_DATE),
        (("", "010-3000-1234", "2026-11-02", "1호"), Refusal.VALUE_EMPTY),
        (("김나루", "010-3000-1234", "2026-11-02", None), Refusal.VALUE_EMPTY),
        (("김나루", "010-3000-1234", "2026-11-02", "010-3000-1234"), Refusal.VALUE_TWO_PHONES),
    ],
)
def test_what_cannot_be_recorded(row: Sequence[object], code: Refusal) -> None:
    found = read_consents(rows(TITLES, row), TODAY)
    assert (found.good, found.refused) == ([], [(2, code)])


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ((), Refusal.HEADER_NOT_FOUND),
        (("무엇",), Refusal.HEADER_NOT_FOUND),
        (("이름", "전화번호"), Refusal.COLUMN_MISSING),
        ((*TITLES, "연락처"), Refusal.COLUMN_TWICE),
        (TITLES, Refusal.HEADER_ONLY),
    ],
)
def test_lists_of_another_kind(header: Sequence[object], code: Refusal) -> None:
    with pytest.raises(RosterRefused) as refused:
        read_consents(rows(header), TODAY)
    assert refused.value.code is code


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent_list, "MOST", 2)
    assert len(read_consents(rows(TITLES, GOOD, GOOD), TODAY).good) == 2
    with pytest.raises(RosterRefused) as refused:
        read_consents(rows(TITLES, GOOD, GOOD, GOOD), TODAY)
    assert refused.value.code is Refusal.FILE_TOO_MANY_ROWS
