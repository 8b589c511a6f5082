"""Which months a report looks at, and when what comes after a reminder is all in."""

from __future__ import annotations

from datetime import date

import pytest

from alimnaru.rules.document import Chart, Document, Section, Table
from alimnaru.rules.effects import PAIRS, is_final, is_whole, pair_of
from alimnaru.rules.periods import Period
from alimnaru.rules.reports import MONTHS, Report, report_period

DAY = date(2026, 10, 17)


@pytest.mark.parametrize(
    ("report", "months", "start"),
    [
        (Report.MONTH, None, date(2026, 10, 1)),
        (Report.MONTH, 12, date(2026, 10, 1)),
        (Report.COUNCIL, None, date(2023, 11, 1)),
        (Report.EFFECT, 3, date(2026, 8, 1)),
    ],
)
def test_whole_months_up_to_the_last(report: Report, months: int | None, start: date) -> None:
    assert report_period(report, DAY, months) == Period(start, date(2026, 10, 31))


def test_every_report_has_its_months() -> None:
    assert set(MONTHS) == set(Report)


def test_what_follows_a_reminder() -> None:
    pair = pair_of("lib.due.soon")
    assert pair is not None
    assert pair.follow == "lib.overdue"
    assert pair_of("lib.overdue") is None


def test_a_month_is_whole_once_the_days_ahead_have_passed() -> None:
    pair = pair_of("lib.due.soon")
    assert pair is not None
    october = date(2026, 10, 1)
    assert not is_whole(october, date(2026, 11, 14), pair)
    assert is_whole(october, date(2026, 11, 15), pair)


def test_a_month_is_final_once_no_pair_looks_at_it_any_more() -> None:
    october = date(2026, 10, 1)
    longest = max(pair.days for pair in PAIRS)
    assert longest == 60
    assert not is_final(october, date(2027, 1, 4))
    assert is_final(october, date(2027, 1, 5))


def test_the_tables_of_a_document_in_order() -> None:
    tables = [Table(name, name, [], []) for name in "abc"]
    chart = Chart("c", "c", [], [])
    sections = [Section("1", tables=tables[:2]), Section("2", charts=[chart], tables=tables[2:])]
    assert Document("t", "o", [], sections=sections).tables == tables
