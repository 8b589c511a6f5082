"""How long what is kept, and when a batch counts as through."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alimnaru.rules.retention import (
    GRACE,
    OVERDUE,
    RECORD_YEARS,
    TERMS,
    Record,
    RetentionClass,
    class_of,
    dates,
    ended_before,
    is_late,
    through_at,
)

NOW = datetime(2026, 7, 8, 9, 0, tzinfo=UTC)
LAST = NOW - timedelta(hours=3)
EXPIRES = NOW - timedelta(hours=1)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("kind", RetentionClass)
def test_a_class_is_known_by_its_code(kind: RetentionClass) -> None:
    assert class_of(kind.value) is kind


@pytest.mark.parametrize("code", ["", "RE", "ra"])
def test_an_unknown_class_is_kept_as_ordinary(code: str) -> None:
    assert class_of(code) is RetentionClass.ORDINARY


@pytest.mark.parametrize(
    ("kind", "text", "hashes"),
    [
        (RetentionClass.ORDINARY, 90, 365),
        (RetentionClass.LONG, 365, 1095),
        (RetentionClass.EVIDENCE, 1825, 1825),
        (RetentionClass.SENSITIVE, 30, 365),
    ],
)
def test_both_dates_count_from_when_the_batch_was_through(
    kind: RetentionClass, text: int, hashes: int
) -> None:
    found = dates(kind, NOW)
    assert found.text == NOW + timedelta(days=text)
    assert found.hash == NOW + timedelta(days=hashes)


def test_no_hash_goes_before_its_text() -> None:
    assert set(TERMS) == set(RetentionClass)
    assert all(term.text_days <= term.hash_days for term in TERMS.values())


@pytest.mark.parametrize(("last", "end"), [(LAST, LAST), (None, EXPIRES)])
def test_through_with_the_last_result_or_else_when_it_expired(
    last: datetime | None, end: datetime
) -> None:
    assert through_at(last=last, expires=EXPIRES, owing=False, now=NOW) == end


def test_what_hangs_is_under_way_until_it_is_overdue() -> None:
    end = EXPIRES + OVERDUE
    assert through_at(last=LAST, expires=EXPIRES, owing=True, now=end - TICK) is None
    assert through_at(last=LAST, expires=EXPIRES, owing=True, now=end) == end


def test_late_after_the_five_days_of_grace() -> None:
    assert not is_late(NOW, NOW + GRACE)
    assert is_late(NOW, NOW + GRACE + TICK)


@pytest.mark.parametrize("record", Record)
def test_a_record_is_kept_for_whole_years_from_the_next_january(record: Record) -> None:
    years = RECORD_YEARS[record]
    last = date(2026, 12, 31)
    assert last >= ended_before(record, date(2026 + years, 12, 31))
    assert last < ended_before(record, date(2027 + years, 1, 1))
    assert ended_before(record, date(2028, 2, 29)).day == 1
