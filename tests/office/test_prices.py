"""Whose price counts, and what a price that is entered late does to the days it covers."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alimnaru.office.accounts import MonthClosed, add_account, set_price
from alimnaru.reads import money
from alimnaru.rules.channel import Channel
from alimnaru.store.ledger import owing, settling
from alimnaru.store.models import (
    AuditEntry,
    CarrierAccount,
    Chunk,
    MonthClose,
    Project,
    Tally,
    Tariff,
)
from tests.cast import Cast, make_cast, phone


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


def account_of(office: Cast, name: str) -> CarrierAccount:
    return add_account(
        actor=office.librarian,
        kind="sandbox",
        name=name,
        base_url="http://127.0.0.1:1",
        api_key="k",
        secret="s",
        profile="p",
        is_sandbox=True,
    )


def delivered(office: Cast, account: CarrierAccount, count: int = 2) -> Tally:
    """A tally of so many of the library's by an account, today."""
    office.send(office.rows(phone()))
    chunk = Chunk.objects.latest("pk")
    Chunk.objects.filter(pk=chunk.pk).update(account=account)
    settling.count_on_chunks({chunk.pk: {"delivered": count}}, timezone.now())
    return Tally.objects.latest("pk")


WIDTHS = list(itertools.product([False, True], [None, "/gu/", "/gu/lib/", "/gu/health/"]))


@pytest.mark.parametrize("left_out", range(len(WIDTHS) + 1))
def test_tallies_and_estimates_choose_alike(office: Cast, left_out: int) -> None:
    """Each width in turn is the narrowest: the SQL at the result and the rule say the same."""
    Tariff.objects.all().delete()
    root = office.library.parent
    places = {None: None, "/gu/": root, "/gu/lib/": office.library, "/gu/health/": office.health}
    account = account_of(office, "one")
    for won, (own, path) in enumerate(WIDTHS[:left_out], start=1):
        Tariff.objects.create(
            account=account if own else None,
            department=places[path],
            channel="alimtalk",
            won=won,
            since=timezone.localdate(),
        )
    contracts, today = money.contracts(), timezone.localdate()
    found = contracts.at(
        Channel.ALIMTALK, today, account=account.pk, department=office.library.path
    )
    assert delivered(office, account, 1).won == (found.price.won if found else 0)


def test_a_late_price_is_put_on_the_days_it_covers(office: Cast) -> None:
    account, other = account_of(office, "one"), account_of(office, "two")
    today = timezone.localdate()
    before, covered = delivered(office, account), delivered(office, account)
    elsewhere = delivered(office, other)
    Tally.objects.filter(pk=before.pk).update(day=today - timedelta(days=2))
    set_price(
        account,
        actor=office.librarian,
        channel=Channel.ALIMTALK,
        won=Decimal("7.5"),
        since=today - timedelta(days=1),
        department=office.library.parent,
    )
    won = dict(Tally.objects.values_list("pk", "won"))
    assert (won[before.pk], won[covered.pk], won[elsewhere.pk]) == (10, 15, 10)
    facts = AuditEntry.objects.get(act="account.price").facts
    assert (facts["repriced"], Decimal(facts["repriced_won"])) == (2, 5)


def test_a_closed_month_keeps_its_prices(office: Cast) -> None:
    account, month = account_of(office, "one"), timezone.localdate().replace(day=1)
    tally = delivered(office, account)
    MonthClose.objects.create(month=month, closed_at=timezone.now(), closed_by=office.librarian)
    with pytest.raises(MonthClosed):
        set_price(
            account,
            actor=office.librarian,
            channel=Channel.ALIMTALK,
            won=Decimal(9),
            since=month,
        )
    tally.refresh_from_db()
    assert tally.won == 10
    assert not Tariff.objects.filter(account=account).exists()
    set_price(
        account,
        actor=office.librarian,
        channel=Channel.ALIMTALK,
        won=Decimal(9),
        since=month + timedelta(days=40),
    )


def test_folding_keeps_projects_and_accounts_apart(office: Cast) -> None:
    account, today = account_of(office, "one"), timezone.localdate()
    project = Project.objects.create(
        department=office.library, code="p", name="독서 진흥", starts_on=today
    )
    for whose, paid_by in itertools.product((None, account), (None, project)):
        for _ in range(51):
            Tally.objects.create(
                day=today,
                department=office.library,
                project=paid_by,
                notice=office.notice,
                account=whose,
                channel="sms",
                outcome="delivered",
                messages=1,
                won=8,
            )
    owing.fold_tallies()
    keys = [(t.account_id, t.project_id, t.messages, t.won) for t in Tally.objects.all()]
    assert sorted(keys, key=str) == sorted(
        ((a, p, 51, 408) for a in (None, account.pk) for p in (None, project.pk)), key=str
    )
