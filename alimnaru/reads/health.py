"""How accounts fare, for people and for metrics: breakers, the last minutes, quotas and prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from alimnaru.reads import money
from alimnaru.rules.channel import Channel
from alimnaru.rules.health import LONG, Breaker
from alimnaru.store.ledger import health, quota
from alimnaru.store.models import CarrierAccount, Pulse

CLOSED = Breaker()


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """An account on one channel; calls and results are those of the last `rules.health.LONG`."""

    channel: Channel
    breaker: Breaker
    #: The price of a delivered message, or None while none has begun.
    price: money.DatedPrice | None
    calls: int = 0
    cuts: int = 0
    ok: int = 0
    bad: int = 0

    @property
    def won(self) -> Decimal | None:
        """Won for a delivered message."""
        return self.price.won if self.price else None


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """An account, and how it fares on each channel that it carries."""

    account: CarrierAccount
    used_today: int
    channels: Sequence[ChannelHealth]


def accounts(now: datetime) -> list[AccountHealth]:
    """Every account, in the order in which they are asked. Five queries, however many there are."""
    return _health(list(CarrierAccount.objects.all()), now)


def account_row(number: int) -> CarrierAccount | None:
    """A contract by its number, or None."""
    return CarrierAccount.objects.filter(pk=number).first()


def account(number: int, now: datetime) -> AccountHealth | None:
    """One of them, or None."""
    found = _health(list(CarrierAccount.objects.filter(pk=number)), now)
    return found[0] if found else None


def _health(known: list[CarrierAccount], now: datetime) -> list[AccountHealth]:
    today = timezone.localdate(now)
    stands = quota.stands([a.pk for a in known], today)
    breakers, seen, prices = health.breakers(), _seen(now), money.Prices()
    return [
        AccountHealth(
            account,
            stands[account.pk].used if account.pk in stands else 0,
            [
                ChannelHealth(
                    channel,
                    breakers.get((account.pk, channel), CLOSED),
                    prices.at(channel, today, account.pk),
                    *seen[account.pk, channel],
                )
                for channel in Channel
                if channel in account.channels.split(",")
            ],
        )
        for account in known
    ]


def _seen(now: datetime) -> defaultdict[tuple[int, str], tuple[int, int, int, int]]:
    found: defaultdict[tuple[int, str], tuple[int, int, int, int]] = defaultdict(
        lambda: (0, 0, 0, 0)
    )
    rows = (
        Pulse.objects.filter(at__gt=now - timedelta(seconds=LONG))
        .values_list("account_id", "channel")
        .annotate(Sum("calls"), Sum("cuts"), Sum("ok"), Sum("bad"))
        .order_by()
    )
    for account, channel, *sums in rows:
        found[account, channel] = (sums[0], sums[1], sums[2], sums[3])
    return found
