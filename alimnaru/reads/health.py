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
    #: Won for a delivered message, or None while no price has begun.
    won: Decimal | None
    calls: int = 0
    cuts: int = 0
    ok: int = 0
    bad: int = 0


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """An account, and how it fares on each channel that it carries."""

    account: CarrierAccount
    used_today: int
    channels: Sequence[ChannelHealth]


def accounts(now: datetime) -> list[AccountHealth]:
    """Every account, in the order in which they are asked."""
    known = list(CarrierAccount.objects.all())
    stands = quota.stands([a.pk for a in known], timezone.localdate(now))
    breakers, seen = health.breakers(), _seen(now)
    return [
        AccountHealth(
            account,
            stands[account.pk].used if account.pk in stands else 0,
            [
                ChannelHealth(
                    channel,
                    breakers.get((account.pk, channel), CLOSED),
                    _won(channel, account.pk, now),
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


def _won(channel: Channel, account: int, now: datetime) -> Decimal | None:
    try:
        return money.won(channel, timezone.localdate(now), account)
    except ValueError:
        return None
