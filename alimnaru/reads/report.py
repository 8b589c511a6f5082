"""The office's report over some days, from tallies: what went, by what, how it ended, and won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from alimnaru.reads.money import price_list
from alimnaru.reads.statistics import long_notices, price_on, priced
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.tariff import PriceList, Saving
from alimnaru.store.models import Tally
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Messages of one notice that ended one way on one channel."""

    notice_code: str
    notice_name: str
    channel: str
    outcome: str
    messages: int
    won: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """`money` sums what was billed and what the delivered messages would have cost by each
    baseline."""

    start: date
    end: date
    rows: Sequence[ReportRow]
    money: Saving

    def messages(self, outcome: str, channel: str | None = None) -> int:
        """How many ended so, on one channel or on all."""
        return sum(
            row.messages
            for row in self.rows
            if row.outcome == outcome and channel in {None, row.channel}
        )


def report(scope: Scope, start: date, end: date) -> Report:
    """What ended from `start` to `end`, both included, in the scope's departments.

    Read by department and day (index `tally_by_department`); a day's prices are that day's. What
    reached a resident on both channels is billed twice by the carrier and counted once here.
    """
    long = Q(needs=Channel.LMS) | Q(needs="", notice__in=long_notices())
    daily = (
        Tally.objects.filter(department__in=scope.departments(), day__gte=start, day__lte=end)
        .values_list("day", "notice__code", "notice__name", "channel", "outcome")
        .annotate(
            total=Sum("messages"),
            cost=Sum("won"),
            long=Coalesce(Sum("messages", filter=long), 0),
        )
        .order_by()
    )
    prices = price_list()
    sums: dict[tuple[str, str, str, str], tuple[int, Decimal]] = {}
    money = Saving()
    for day, code, name, channel, outcome, total, cost, of_long in daily:
        key = (code, name, channel, outcome)
        messages, won = sums.get(key, (0, Decimal(0)))
        sums[key] = (messages + total, won + cost)
        if outcome == MessageState.DELIVERED:
            money += _saving(prices, day, total, of_long, cost)
    rows = [ReportRow(*key, *sums[key]) for key in sorted(sums) if sums[key][0]]
    return Report(start, end, rows, money)


def _saving(prices: PriceList, day: date, messages: int, long: int, won: Decimal) -> Saving:
    """Billed as it was tallied, beside what each message would have cost at the day's prices."""
    sms, lms = (price_on(prices, channel, day) for channel in (Channel.SMS, Channel.LMS))
    if sms is None or lms is None:
        # Where nobody knows a baseline, nothing was saved.
        return Saving(won, won, won, won)
    return priced(won, messages, long, sms, lms)
