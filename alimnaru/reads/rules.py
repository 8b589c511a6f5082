"""What rules find and send: how much is usual, and what stands on their pages."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from statistics import median
from typing import Final

from django.db.models import F, Sum
from django.utils import timezone

from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Batch, Rule

#: Days that say what is usual.
_DAYS: Final = 90
#: Fewer messages a day say nothing about what would be too many.
USUAL_LEAST: Final = 10


def usual_size(rule: Rule) -> int:
    """How many messages a rule sends on a usual day: by its own days, and by what its approver saw.

    From the index on the rule's occasions by day.
    """
    today = timezone.localdate()
    sql = """
        SELECT count(DISTINCT message_id) FROM store_occasion
        WHERE rule_id = %s AND day >= %s AND day < %s AND state = 'sent' GROUP BY day
    """
    found = rows(sql, [rule.pk, today - timedelta(days=_DAYS), today])
    usual = int(median(row[0] for row in found)) if found else 0
    return max(usual, rule.approved_size or 0, USUAL_LEAST)


def sent_today(rule: Rule, now: datetime) -> int:
    """Messages of today's batches that went without asking anybody."""
    midnight = datetime.combine(timezone.localdate(now), time(), timezone.get_current_timezone())
    own = Batch.objects.filter(rule=rule, created_at__gte=midnight, approvals_needed=0)
    return own.aggregate(n=Sum(F("rows") - F("refused")))["n"] or 0
