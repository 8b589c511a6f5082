"""What rules find and send: how much is usual, and what stands on their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from statistics import median
from typing import Final

from django.db.models import F, Sum
from django.utils import timezone

from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Batch, Notice, Rule, Source
from alimnaru.store.scoping import Scope

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


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in a list. Counts are of the last seven days, in records."""

    rule: Rule
    sent: int
    dropped: int
    due: int


def rules_of(scope: Scope) -> list[RuleLine]:
    """The rules of these departments: of the system that they read, else of their notice. Two
    queries, whatever their number."""
    found = list(scope.rules().select_related("notice__department", "source__department"))
    week = timezone.localdate() - timedelta(days=7)
    sql = """
        SELECT rule_id, count(*) FILTER (WHERE state = 'sent'),
               count(*) FILTER (WHERE state = 'dropped'), count(*) FILTER (WHERE state = 'due')
        FROM store_occasion WHERE rule_id = ANY(%s::bigint[]) AND day >= %s GROUP BY rule_id
    """
    counts = {row[0]: row[1:] for row in rows(sql, [[rule.pk for rule in found], week])}
    return [RuleLine(rule, *counts.get(rule.pk, (0, 0, 0))) for rule in found]


@dataclass(frozen=True, slots=True)
class Dropped:
    """So many records of a day did not go, for one reason."""

    day: date
    code: str
    count: int


def dropped_lately(rule: Rule) -> list[Dropped]:
    """What did not go in the last two weeks, the newest day first."""
    since = timezone.localdate() - timedelta(days=14)
    sql = """
        SELECT day, code, count(*) FROM store_occasion
        WHERE rule_id = %s AND day >= %s AND state = 'dropped'
        GROUP BY day, code ORDER BY day DESC, count(*) DESC LIMIT 60
    """
    return [Dropped(*row) for row in rows(sql, [rule.pk, since])]


def batches_of(rule: Rule) -> list[Batch]:
    """Its last ten batches."""
    return list(Batch.objects.filter(rule=rule).select_related("notice").order_by("-pk")[:10])


def waiting_for_source(rule: Rule) -> int:
    """Messages that wait because the source cannot be asked whether they still hold."""
    sql = """
        SELECT coalesce(sum(c.size - c.delivered - c.failed - c.suppressed - c.cancelled
                            - c.expired - c.unknown - c.moved), 0)
        FROM store_chunk c JOIN store_batch b ON b.id = c.batch_id
        WHERE b.rule_id = %s AND c.state = 'ready' AND c.setbacks > 0
    """
    return int(rows(sql, [rule.pk])[0][0])


def table_sources(scope: Scope) -> list[Source]:
    """Systems of these departments whose tables rules may read."""
    own = Source.objects.filter(kind=Source.Kind.TABLE, department__in=scope.departments())
    return list(own.select_related("department").order_by("name", "code"))


def free_code(notice: Notice) -> str:
    """A code for a new rule of a notice that none has yet."""
    base = notice.code.replace(".", "-")[:50]
    taken = set(Rule.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for n in count(1) if (code := f"{base}-{n}") not in taken)
