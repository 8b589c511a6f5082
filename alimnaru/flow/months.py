"""The months are counted at night: why messages failed, and what came after reminders.

A report reads tallies, which know no reasons and no residents. What it takes from messages is
counted here once a day, as long as a month can still change, and stays when messages are forgotten.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.rules.effects import PAIRS, is_final
from alimnaru.rules.periods import Period, after
from alimnaru.store.ledger import months
from alimnaru.store.models import MonthCounted, Tally

#: When nobody works and little goes: the counting reads each message of a month.
HOUR = 4


def ring(now: datetime) -> None:
    """Have counted what has not been since this night. One look-up by key, but once a day."""
    local = timezone.localtime(now)
    this = local.date().replace(day=1)
    night = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if local < night or MonthCounted.objects.filter(month=this, at__gte=night).exists():
        return
    first = Tally.objects.order_by("day").values_list("day", flat=True).first() or this
    counted = dict(MonthCounted.objects.values_list("month", "at"))
    for month in Period(first, local.date()).months():
        at = counted.get(month)
        if at is None or (at < night and not is_final(month, timezone.localdate(at))):
            defer(JobName.COUNT_MONTH, key_of(month), queue=LISTS)


def key_of(month: date) -> int:
    """A month as the key of its job: 202611."""
    return month.year * 100 + month.month


def count(key: int) -> None:
    """Count a month anew, in a transaction of its own."""
    count_month(date(key // 100, key % 100, 1))


def count_month(month: date) -> None:
    """Count a month (its first day) anew. A month of 1,000,000 messages takes some seconds."""
    start, end = (
        timezone.make_aware(datetime.combine(day, time())) for day in (month, after(month, 1))
    )
    with transaction.atomic():
        months.forget(month)
        months.count_reasons(month, start, end)
        for pair in PAIRS:
            months.count_effect(
                month, start, end, reminder=pair.reminder, follow=pair.follow, days=pair.days
            )
        months.count_occasions(month)
        months.mark(month, timezone.now())
