"""Prices and spending."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from alimnaru.rules.channel import Channel
from alimnaru.rules.tariff import Price, PriceList
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


def spent_in_month(department: Department, now: datetime) -> Decimal:
    """Won that a department has spent in the month of `now`."""
    today = timezone.localdate(now)
    total = Tally.objects.filter(
        department=department, day__gte=today.replace(day=1), day__lte=today
    ).aggregate(won=Sum("won"))["won"]
    return total or Decimal(0)
