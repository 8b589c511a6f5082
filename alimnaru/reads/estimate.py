"""What a list will probably cost, and what is left of the month's budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from alimnaru.reads.money import contracts, spent_in_month
from alimnaru.rules.channel import Channel
from alimnaru.store.models import Department, Tally

#: Days that say how a department's messages arrive, and how many messages it takes to say so.
DAYS = 30
LEAST = 100
#: Of a hundred residents so many are reached by Alimtalk, until a department's own figures say
#: otherwise. An assumption, and called one wherever it is used.
ASSUMED_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Line:
    """So many messages of one channel at a price."""

    channel: Channel
    percent: int
    count: int
    each: Decimal
    won: Decimal


@dataclass(frozen=True, slots=True)
class Estimate:
    """`lines` add up to `won`. `assumed`: there are no figures of one's own yet. `left` of the
    month's budget before this list; None: no budget is set. None for `won`: there is no tariff."""

    lines: Sequence[Line]
    won: Decimal | None
    assumed: bool
    left: Decimal | None

    @property
    def over(self) -> bool:
        """Whether it costs more than is left."""
        return self.left is not None and self.won is not None and self.won > self.left


def estimate(
    department: Department, people: int, fallback: Channel | None, now: datetime
) -> Estimate:
    """The cost of a message to so many people; who is missed on Kakao gets `fallback`."""
    on = timezone.localdate(now)
    cap = department.monthly_cap_won
    left = None if cap is None else max(cap - spent_in_month(department, now), Decimal(0))
    percent, assumed = _by_alimtalk(department, now)
    if fallback is None:
        percent, assumed = 100, False
    alimtalk = people * percent // 100 if fallback is not None else people
    counts = [(Channel.ALIMTALK, percent, alimtalk)]
    if fallback is not None:
        counts.append((fallback, 100 - percent, people - alimtalk))
    prices, path = contracts(), department.path
    try:
        lines = [
            Line(
                channel,
                share,
                count,
                each := prices.won(channel, on, department=path),
                each * count,
            )
            for channel, share, count in counts
        ]
    except ValueError:
        return Estimate((), None, assumed, left)
    return Estimate(lines, sum((line.won for line in lines), Decimal(0)), assumed, left)


def _by_alimtalk(department: Department, now: datetime) -> tuple[int, bool]:
    today = timezone.localdate(now)
    tallies = Tally.objects.filter(
        department=department,
        day__gte=today - timedelta(days=DAYS),
        day__lte=today,
        outcome="delivered",
    )
    told = Counter(
        dict(tallies.values("channel").annotate(n=Sum("messages")).values_list("channel", "n"))
    )
    total = told.total()
    if total < LEAST:
        return ASSUMED_PERCENT, True
    return round(told[Channel.ALIMTALK.value] * 100 / total), False
