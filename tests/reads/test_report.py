"""The report over some days: what ended, by what, and what it cost and would have cost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from alimnaru.reads.report import report
from alimnaru.rules.tariff import Saving
from alimnaru.store.models import Member, Membership, Notice, Role, Tally, Tariff
from alimnaru.store.scoping import scope_of, whole_office
from tests.cast import Cast

MONDAY = date(2031, 3, 3)
DAY = timedelta(days=1)
SMS, LMS = Decimal("8.063"), Decimal("26.763")


def tally(
    office: Cast,
    messages: int,
    *,
    day: date = MONDAY,
    channel: str = "alimtalk",
    outcome: str = "delivered",
    won: str = "0",
    notice: Notice | None = None,
    needs: str = "",
) -> None:
    Tally.objects.create(
        day=day,
        department=(notice or office.notice).department,
        notice=notice or office.notice,
        channel=channel,
        outcome=outcome,
        messages=messages,
        won=Decimal(won),
        needs=needs,
    )


def test_it_works(office: Cast) -> None:
    tally(office, 100, won="500")
    tally(office, 50, won="250")
    tally(office, 10, channel="sms", won="80.63", needs="lms")
    tally(office, 3, channel="sms", outcome="failed")
    found = report(whole_office(), MONDAY, MONDAY)
    assert [(r.channel, r.outcome, r.messages, r.won) for r in found.rows] == [
        ("alimtalk", "delivered", 150, Decimal(750)),
        ("sms", "delivered", 10, Decimal("80.63")),
        ("sms", "failed", 3, Decimal(0)),
    ]
    assert found.messages("delivered") == 160
    assert found.messages("delivered", "sms") == 10
    assert found.money == Saving(Decimal("830.63"), 160 * SMS, 160 * LMS, 150 * SMS + 10 * LMS)


def test_both_ends_of_the_period_count(office: Cast) -> None:
    for days in range(-1, 4):
        tally(office, 10**days if days >= 0 else 7, day=MONDAY + days * DAY)
    assert report(whole_office(), MONDAY, MONDAY + 2 * DAY).messages("delivered") == 111


def test_a_correction_takes_away(office: Cast) -> None:
    tally(office, 2, outcome="failed")
    tally(office, -2, outcome="failed")
    tally(office, 2, won="10")
    assert [r.outcome for r in report(whole_office(), MONDAY, MONDAY).rows] == ["delivered"]


def test_each_day_has_its_own_baseline(office: Cast) -> None:
    Tariff.objects.create(channel="sms", won=10, since=MONDAY + DAY)
    tally(office, 1, won="5")
    tally(office, 1, day=MONDAY + DAY, won="5")
    money = report(whole_office(), MONDAY, MONDAY + DAY).money
    assert money.all_sms == Decimal("8.063") + 10


def test_a_day_without_prices_saves_nothing(office: Cast) -> None:
    tally(office, 1, day=date(2001, 1, 1), won="5")
    money = report(whole_office(), date(2001, 1, 1), date(2001, 1, 1)).money
    assert money == Saving(*[Decimal(5)] * 4)


def test_a_neighbour_sees_only_its_own(office: Cast) -> None:
    other = Notice.objects.create(code="hc.x", name="검사 안내", department=office.health)
    tally(office, 5)
    tally(office, 9, notice=other)
    nurse = Member.objects.create(login="nurse", name="이간호")
    Membership.objects.create(member=nurse, department=office.health, role=Role.VIEWER)
    found = report(scope_of(nurse), MONDAY, MONDAY)
    assert [(r.notice_code, r.messages) for r in found.rows] == [("hc.x", 9)]


@pytest.mark.parametrize("size", [10, 20])
def test_the_number_of_queries_does_not_grow(
    office: Cast, size: int, django_assert_num_queries: Any
) -> None:
    for n in range(size):
        tally(office, 1, day=MONDAY + n * DAY)
    with django_assert_num_queries(3):
        report(whole_office(), MONDAY, MONDAY + size * DAY)
