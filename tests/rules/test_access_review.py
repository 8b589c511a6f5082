"""What stands out in a month of the access log, by example."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from alimnaru.rules.access import Access, is_clear, people_of
from alimnaru.rules.access_review import (
    Failures,
    Oddity,
    Pair,
    ReviewFault,
    Share,
    anomalies,
    is_day_off,
    is_night,
    may_remark,
    may_sign,
)


def _kinds(*shares: Share) -> list[Oddity]:
    return [one.oddity for one in anomalies(shares)]


@pytest.mark.parametrize(
    ("share", "found"),
    [
        (Share(1, "김", 10, 10), []),
        (Share(1, "김", 10, 10, nights=1), [Oddity.NIGHT]),
        (Share(1, "김", 10, 10, holidays=2), [Oddity.HOLIDAY]),
        (Share(1, "김", 10, 10, elsewhere=1), [Oddity.OTHER_DEPARTMENT]),
        (Share(1, "김", 10, 10, files=5), []),
        (Share(1, "김", 10, 10, files=5, foreign_files=1), [Oddity.EXPORT]),
        (Share(1, "김", 99, 99, searches=59), []),
        (Share(1, "김", 99, 99, searches=60), [Oddity.SEARCHES]),
        (Share(1, "김", 9, 1_000, usual=400), []),
        (Share(1, "김", 9, 1_000, usual=333), [Oddity.VOLUME]),
        (Share(1, "김", 9, 999, usual=1), []),
        (Share(1, "김", 9, 90_000), []),
    ],
)
def test_one_member(share: Share, found: list[Oddity]) -> None:
    assert _kinds(share) == found


def test_against_colleagues() -> None:
    others = [Share(n, f"{n}", 5, 200) for n in (2, 3, 4)]
    one = anomalies([Share(1, "김", 5, 1_001), *others])
    assert [(o.oddity, o.count, o.against) for o in one] == [(Oddity.VOLUME, 1_001, 200)]
    assert anomalies([Share(1, "김", 5, 1_000), *others]) == []


def test_pairs_and_failures() -> None:
    pairs = [Pair(1, 2, "김, 이", 3), Pair(1, 3, "김, 박", 2)]
    found = anomalies([], pairs, [Failures(4, "최", 10), Failures(5, "정", 9)])
    assert [one.key for one in found] == ["odd_shared_address:1:2", "odd_failed_sign_ins:4"]


def test_nobody_signs_for_themselves() -> None:
    found = anomalies([Share(1, "김", 1, 1, nights=1)])
    key = found[0].key
    assert may_sign(1, found, {key}, over=True) is ReviewFault.OWN
    assert may_sign(2, found, {key}, over=False) is ReviewFault.NOT_OVER
    assert may_sign(2, found, set(), over=True) is ReviewFault.REMARKS_MISSING
    assert may_sign(2, found, {key}, over=True) is None
    assert may_remark(1, found[0]) is ReviewFault.OWN
    assert may_remark(2, found[0]) is None


@pytest.mark.parametrize(
    ("hour", "night"), [(6, True), (7, False), (12, False), (19, False), (20, True), (23, True)]
)
def test_hours(hour: int, night: bool) -> None:
    assert is_night(datetime(2026, 11, 25, hour)) is night


def test_days_off() -> None:
    assert is_day_off(date(2026, 11, 28), ())
    assert is_day_off(date(2026, 12, 25), {date(2026, 12, 25)})
    assert not is_day_off(date(2026, 11, 25), ())


def test_how_many_and_how_clear() -> None:
    assert people_of({"people": 12}) == 12
    assert people_of({"found": 0}) == 0
    assert people_of({"rows": "many"}) == 1
    assert is_clear("person.unmask")
    assert is_clear("download.unreached")
    assert not is_clear("batch.request")
    assert not is_clear("template.draft")
    assert Access("see.message") is Access.MESSAGE
