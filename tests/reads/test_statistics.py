"""Statistics: the sums of tallies, beside the messages themselves; whose they are; what is open."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from alimnaru.reads.deliveries import count_from_messages
from alimnaru.reads.statistics import Sums, is_provisional, statistics
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.periods import Period
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.tariff import Saving
from alimnaru.store.models import Department, Notice, Tally, Tariff
from alimnaru.store.scoping import Scope, whole_office
from tests.cast import Cast
from tests.reads.fates import end_unsent, fall_back, hand_over, list_of, tell

MONDAY = date(2031, 3, 3)
DAY = timedelta(days=1)
SMS, LMS = Decimal("8.063"), Decimal("26.763")


def tally(notice: Notice, messages: int, day: date = MONDAY, **more: Any) -> None:
    values = {"channel": "alimtalk", "outcome": "delivered", "won": 5 * messages, **more}
    Tally.objects.create(
        day=day, department=values.pop("department", notice.department), notice=notice,
        messages=messages, **values,
    )  # fmt: skip


@pytest.fixture
def check(office: Cast) -> Notice:
    return Notice.objects.create(code="hc.check", name="검진 안내", department=office.health)


def test_the_sums_are_those_of_the_messages(office: Cast) -> None:
    batch = list_of(office, 8)
    end_unsent(batch, {7: (MessageState.SUPPRESSED, Refusal.OPTED_OUT)})
    hand_over(batch)
    fates = {0: Result.DELIVERED, 1: Result.DELIVERED, 2: Result.NOT_A_USER, 3: Result.NOT_A_USER}
    tell(batch, fates | {4: Result.NUMBER_WRONG})
    fall_back(batch)
    tell(batch, {2: Result.DELIVERED, 3: Result.HANDSET_OFF})
    today = timezone.localdate()
    found = statistics(whole_office(), Period(today - DAY, today)).total
    counted = count_from_messages(batch.pk)
    assert found.delivered == {
        channel: counted[f"delivered:{channel}"] for channel in ("alimtalk", "sms")
    }
    assert found.ends == {state: counted[state] for state in ("failed", "suppressed")}
    assert found.reached == 3
    assert found.tried == 5
    assert found.total == 6
    assert counted["pending"] == 2
    assert found.spent == 2 * 5 + SMS


def test_each_table_adds_up_to_the_total(office: Cast, check: Notice) -> None:
    for n, notice in enumerate((office.notice, check, office.notice), 1):
        tally(notice, 10 * n, MONDAY + (n - 1) * 20 * DAY)
        tally(notice, n, MONDAY + n * DAY, channel="sms", won=n * SMS)
        tally(notice, n, MONDAY + n * DAY, channel="sms", outcome="unknown", won=0)
    found = statistics(whole_office(), Period(MONDAY, MONDAY + 60 * DAY))
    assert found.total.reached == 66
    assert found.total.unknown == 6
    assert found.total.won_text == 6 * SMS
    tables = (found.by_day, found.by_month, found.by_department, found.by_notice)
    for table in tables:
        assert sum((sums for _, sums in table), Sums()) == found.total
    assert len(found.by_day) == 61
    assert [month for month, _ in found.by_month] == [
        date(2031, 3, 1), date(2031, 4, 1), date(2031, 5, 1),
    ]  # fmt: skip
    assert [d.code for d, _ in found.by_department] == ["health", "lib"]
    assert [n.code for n, _ in found.by_notice] == ["lib.due.soon", "hc.check"]


def test_a_correction_takes_away(office: Cast) -> None:
    tally(office.notice, 2, outcome="failed", won=0)
    tally(office.notice, -2, outcome="failed", won=0)
    tally(office.notice, 2)
    found = statistics(whole_office(), Period(MONDAY, MONDAY))
    assert found.total.failed == 0
    assert found.total.total == 2


def test_nothing_at_all(office: Cast) -> None:
    found = statistics(whole_office(), Period(MONDAY, MONDAY))
    assert found.total.is_empty
    assert found.total == Sums()
    assert found.by_department == found.by_notice == []


# ---- whose ---------------------------------------------------------------------------------------


def test_a_scope_counts_its_own_alone(office: Cast, check: Notice) -> None:
    tally(office.notice, 5)
    tally(check, 9)
    found = statistics(Scope(("/gu/health/",)), Period(MONDAY, MONDAY))
    assert found.total.reached == 9
    assert [n.code for n, _ in found.by_notice] == ["hc.check"]


def test_a_department_is_counted_with_those_below_it(office: Cast, check: Notice) -> None:
    branch = Department.objects.create(
        code="lib_a", name="가람분관", parent=office.library, path="/gu/lib/lib_a/"
    )
    tally(office.notice, 5)
    tally(office.notice, 2, department=branch)
    tally(check, 9)
    found = statistics(whole_office(), Period(MONDAY, MONDAY), department=office.library)
    assert found.total.reached == 7
    assert [d.code for d, _ in found.by_department] == ["lib", "lib_a"]
    outside = statistics(Scope(("/gu/health/",)), Period(MONDAY, MONDAY), department=office.library)
    assert outside.total.is_empty


def test_one_notice(office: Cast, check: Notice) -> None:
    tally(office.notice, 5)
    tally(check, 9)
    found = statistics(whole_office(), Period(MONDAY, MONDAY), notice=check.pk)
    assert found.total.reached == 9


# ---- money ---------------------------------------------------------------------------------------


def test_an_old_tally_needs_what_the_newest_wording_needs(office: Cast, check: Notice) -> None:
    """The cast's wording fits an SMS; a notice whose wording does not needs an LMS."""
    office.version.template = {**office.version.template, "body": "가" * 46}
    office.version.pk, office.version.notice = None, check
    office.version.save()
    tally(office.notice, 1)
    tally(check, 10)
    money = statistics(whole_office(), Period(MONDAY, MONDAY)).total
    assert money.as_text == SMS + 10 * LMS
    assert money.money == Saving(Decimal(55), 11 * SMS, 11 * LMS, SMS + 10 * LMS)
    assert money.saved == SMS + 10 * LMS - 55


def test_a_batch_notes_what_its_wording_needs(office: Cast) -> None:
    """A later wording changes nothing about what went."""
    office.version.template = {**office.version.template, "body": "가" * 46}
    office.version.save()
    batch = list_of(office, 3)
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED, 1: Result.DELIVERED})
    office.version.template = {**office.version.template, "body": "가"}
    office.version.save()
    today = timezone.localdate()
    assert statistics(whole_office(), Period(today - DAY, today)).total.as_text == 2 * LMS


def test_each_day_has_its_own_price(office: Cast) -> None:
    Tariff.objects.create(channel="sms", won=10, since=MONDAY + DAY)
    tally(office.notice, 1)
    tally(office.notice, 1, MONDAY + DAY)
    found = statistics(whole_office(), Period(MONDAY, MONDAY + DAY)).total
    assert found.money.all_sms == SMS + 10


def test_a_day_without_prices_saves_nothing(office: Cast) -> None:
    long_ago = date(2001, 1, 1)
    tally(office.notice, 1, long_ago)
    found = statistics(whole_office(), Period(long_ago, long_ago)).total
    assert found.saved == 0
    assert found.money == Saving(*[Decimal(5)] * 4)


# ---- and the rest --------------------------------------------------------------------------------


@pytest.mark.parametrize(("days_ago", "open_"), [(0, True), (2, True), (3, False), (30, False)])
def test_figures_of_the_last_days_may_change(days_ago: int, open_: bool) -> None:
    assert is_provisional(MONDAY - days_ago * DAY, MONDAY) is open_


@pytest.mark.parametrize("size", [1, 30])
def test_the_number_of_queries_does_not_grow(
    office: Cast, size: int, django_assert_num_queries: Any
) -> None:
    for n in range(size):
        notice = Notice.objects.create(code=f"lib.{n}", name="안내", department=office.library)
        tally(notice, 1, MONDAY + n * DAY)
    with django_assert_num_queries(5):
        statistics(whole_office(), Period(MONDAY, MONDAY + size * DAY))
