"""Quotas in the database: one row for all workers, whoever asks and however many at once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from alimnaru.rules import quota as rule
from alimnaru.store.ledger import quota
from alimnaru.store.ledger.quota import Stand
from alimnaru.store.models import CarrierAccount, Quota
from tests.flow.racing import at_once

TODAY = date(2026, 11, 25)
TOMORROW = TODAY + timedelta(days=1)


def an_account(name: str = "main") -> int:
    return CarrierAccount.objects.create(
        name=name, kind="sandbox", base_url="", api_key="k", secret=b"", callback_token=name
    ).pk


@pytest.fixture
def account(db: None) -> int:
    return an_account()


def take(account: int, n: int, *, rate: int | None = None, day: int | None = None) -> float | None:
    with transaction.atomic():
        return quota.take_turn(account, n, per_second=rate, per_day=day, today=TODAY)


def test_turns_follow_each_other(account: int) -> None:
    waits = [take(account, 40, rate=100) for _ in range(4)]
    assert waits[0] == 0
    step = rule.seconds_for(40, 100)
    # The database's clock goes on between two of them.
    assert waits[1] == pytest.approx(step, abs=0.2)
    assert waits[2] is not None
    assert waits[2] == pytest.approx(2 * step, abs=0.2)
    assert waits[2] > waits[1]
    assert waits[3] is None  # more than a second ahead
    assert Quota.objects.get().used == 120


def test_a_turn_costs_what_the_rule_says(account: int) -> None:
    take(account, 5, rate=100)
    before = Quota.objects.get().free_at
    take(account, 7, rate=100)
    after = Quota.objects.get().free_at
    assert (after - before).total_seconds() == pytest.approx(rule.seconds_for(7, 100), abs=1e-5)


def test_a_day_is_used_up_and_begins_again(account: int) -> None:
    assert take(account, 6, day=10) == 0
    assert take(account, 5, day=10) is None
    assert take(account, 4, day=10) == 0
    assert quota.stands([account], TODAY)[account].used == 10
    assert quota.stands([account], TOMORROW)[account].used == 0
    assert quota.take_turn(account, 10, per_second=None, per_day=10, today=TOMORROW) == 0
    assert quota.stands([account], TOMORROW)[account].used == 10


def test_what_nobody_took_is_given_back(account: int) -> None:
    take(account, 6, day=10)
    quota.give_back(account, 4, TODAY)
    assert quota.stands([account], TODAY)[account].used == 2
    quota.give_back(account, 9, TODAY)
    assert quota.stands([account], TODAY)[account].used == 0
    take(account, 3, day=10)
    quota.give_back(account, 3, TOMORROW)  # of a day that is over
    assert quota.stands([account], TODAY)[account].used == 3


def test_nobody_stands_anywhere_yet(account: int) -> None:
    assert quota.stands([account], TODAY) == {}


def test_places_in_a_line(account: int) -> None:
    def stand(lane: str, n: int) -> float:
        return quota.stand_in_line(account, lane, n, per_second=100, today=TODAY)

    for _ in range(3):
        take(account, 97, rate=100)
    assert quota.stands([account], TODAY)[account].ahead > rule.AHEAD
    assert stand("bulk", 970) == pytest.approx(2 - rule.EARLY, abs=0.3)
    assert stand("bulk", 970) == pytest.approx(12 - rule.EARLY, abs=0.3)
    # Another lane has a line of its own.
    assert stand("normal", 1) == pytest.approx(2 - rule.EARLY, abs=0.3)
    assert quota.stands([account], TODAY, "bulk")[account].ahead == pytest.approx(22, abs=0.3)


def test_accounts_do_not_share(account: int) -> None:
    other = an_account("other")
    take(account, 100, rate=100)
    assert take(other, 100, rate=100) == 0
    assert quota.stands([account, other], TODAY).keys() == {account, other}
    assert quota.stands([other + 1], TODAY).get(other + 1, Stand()) == Stand()


def test_a_quota_is_not_touched_outside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="one transaction"):
        quota.take_turn(an_account(), 1, per_second=1, per_day=None, today=TODAY)


def test_workers_never_share_a_turn(transactional_db: None) -> None:
    account = an_account()
    got = [w for w in at_once(*[lambda: take(account, 10, rate=100)] * 8) if w is not None]
    assert len(got) == 8
    row = Quota.objects.get()
    assert row.used == 80
    # Eight turns lie behind each other, whoever came first.
    ordered = sorted(float(str(w)) for w in got)
    step = rule.seconds_for(10, 100)
    assert all(later - sooner < 2 * step for sooner, later in pairwise(ordered))
    assert ordered[-1] <= 7 * step + 1e-3


def test_workers_never_use_up_more_than_a_day(transactional_db: None) -> None:
    account = an_account()
    got = at_once(*[lambda: take(account, 30, day=100)] * 6)
    assert sum(w is not None for w in got) == 3
    assert Quota.objects.get().used == 90
