"""Prices and spending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from alimnaru.rules.channel import Channel
from alimnaru.rules.tariff import DEFAULT_PRICES, Price, PriceList
from alimnaru.store.models import Department, Tally, Tariff


def price_list(account: int | None = None) -> PriceList:
    """The office's tariff, or that of one contract alone."""
    rows = Tariff.objects.filter(account=account).order_by("since")
    return PriceList([Price(Channel(t.channel), t.won, t.since) for t in rows])


def won(channel: str, on: date, account: int | None = None) -> Decimal:
    """The price of one delivered message of a channel on a day: the contract's own, else the
    office's. Raises `ValueError` if neither has begun."""
    if account is not None:
        try:
            return price_list(account).won(Channel(channel), on)
        except ValueError:
            pass  # it has none of its own
    return price_list().won(Channel(channel), on)


def price_of(channel: Channel, day: date) -> Decimal:
    """What counts against a ceiling; the public price where the office has entered none."""
    try:
        return won(channel, day)
    except ValueError:
        return PriceList(DEFAULT_PRICES).won(channel, day)


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A price and the day from which it counts; `own`: of the contract, not the office's."""

    channel: Channel
    won: Decimal
    since: date
    own: bool


class Prices:
    """Every price that was entered, read once: for lists of accounts."""

    def __init__(self) -> None:
        self._rows = [
            (t.account_id, DatedPrice(Channel(t.channel), t.won, t.since, t.account_id is not None))
            for t in Tariff.objects.order_by("-since")
        ]

    def at(self, channel: Channel, on: date, account: int) -> DatedPrice | None:
        """What counts for a contract on a day, as `won` finds it; None if none has begun."""
        begun = [(whose, p) for whose, p in self._rows if p.channel is channel and p.since <= on]
        own = (price for whose, price in begun if whose == account)
        general = (price for whose, price in begun if whose is None)
        return next(own, None) or next(general, None)


def prices_of(account: int) -> list[DatedPrice]:
    """The prices that a contract goes by, its own before the office's, the newest first."""
    rows = Tariff.objects.filter(Q(account=account) | Q(account=None))
    found = [DatedPrice(Channel(t.channel), t.won, t.since, t.account_id == account) for t in rows]
    order = list(Channel)
    return sorted(found, key=lambda p: (order.index(p.channel), not p.own, -p.since.toordinal()))


def spent_in_month(department: Department, now: datetime) -> Decimal:
    """Won that a department has spent in the month of `now`."""
    today = timezone.localdate(now)
    total = Tally.objects.filter(
        department=department, day__gte=today.replace(day=1), day__lte=today
    ).aggregate(won=Sum("won"))["won"]
    return total or Decimal(0)
