"""Prices and spending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from alimnaru.rules.channel import Channel
from alimnaru.rules.tariff import DEFAULT_PRICES, Contract, Contracts, Price, PriceList
from alimnaru.store.models import Tariff


def contracts() -> Contracts:
    """Every price that was entered, read once."""
    return Contracts(
        Contract(
            Price(Channel(t.channel), t.won, t.since),
            account=t.account_id,
            department=t.department.path if t.department else "",
        )
        for t in Tariff.objects.select_related("department")
    )


def price_list() -> PriceList:
    """The office's general tariff: what baselines are reckoned with."""
    rows = Tariff.objects.filter(account=None, department=None).order_by("since")
    return PriceList([Price(Channel(t.channel), t.won, t.since) for t in rows])


def won(channel: str, on: date, account: int | None = None, department: str = "") -> Decimal:
    """The price of one delivered message of a channel on a day: the narrowest (`Contracts.at`).
    Raises `ValueError` if none has begun."""
    return contracts().won(Channel(channel), on, account=account, department=department)


def price_of(channel: Channel, day: date) -> Decimal:
    """What counts against a ceiling; the public price where the office has entered none."""
    try:
        return won(channel, day)
    except ValueError:
        return PriceList(DEFAULT_PRICES).won(channel, day)


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A price and the day from which it counts; `own`: of the contract, not the office's.
    `department`: the name of the only one for which it holds, with those below it."""

    channel: Channel
    won: Decimal
    since: date
    own: bool
    department: str = ""


class Prices:
    """Every price that was entered, read once: for lists of accounts."""

    def __init__(self) -> None:
        self._contracts = contracts()

    def at(self, channel: Channel, on: date, account: int) -> DatedPrice | None:
        """What counts for a contract on a day, as `won` finds it; None if none has begun."""
        found = self._contracts.at(channel, on, account=account)
        if found is None:
            return None
        return DatedPrice(channel, found.price.won, found.price.since, found.account is not None)


def prices_of(account: int) -> list[DatedPrice]:
    """The prices that a contract goes by, the narrowest first, the newest first."""
    rows = Tariff.objects.filter(Q(account=account) | Q(account=None)).select_related("department")
    found = [
        DatedPrice(
            Channel(t.channel),
            t.won,
            t.since,
            t.account_id == account,
            t.department.name if t.department else "",
        )
        for t in rows
    ]
    order = list(Channel)
    return sorted(
        found,
        key=lambda p: (
            order.index(p.channel),
            not p.department,
            p.department,
            not p.own,
            -p.since.toordinal(),
        ),
    )
