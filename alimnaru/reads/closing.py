"""What a month's close rests on: which accounts were used, what differs, what is carried over."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from alimnaru.rules.periods import after
from alimnaru.rules.statement import Verdict, vat_of, within_tolerance
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Statement, StatementLine, Tally


def _bounds(month: date) -> list[datetime]:
    days = (month, after(month, 1))
    return [timezone.make_aware(datetime.combine(day, time())) for day in days]


def accounts_used(month: date) -> set[str]:
    """Names of the accounts to which something of the month is charged."""
    sql = """
        SELECT DISTINCT a.name FROM store_charge c JOIN store_carrieraccount a
            ON a.id = c.account_id WHERE c.month = %s
    """
    return {row[0] for row in rows(sql, [month])}


def has_deliveries(month: date) -> bool:
    """Whether the counts know of anything delivered in it."""
    days = {"day__gte": month, "day__lt": after(month, 1)}
    return Tally.objects.filter(**days, outcome="delivered").exists()


def unknowns_of(month: date) -> int:
    """Messages handed over in the month of which nobody knows and nobody has decided what became
    of them. Few chunks have any (partial index)."""
    sql = """
        SELECT count(*) FROM store_chunk c JOIN store_message m ON m.chunk_id = c.id
        WHERE c.unknown > 0 AND c.sent_at >= %s AND c.sent_at < %s AND m.state = 'unknown'
          AND NOT EXISTS (SELECT FROM store_unknowndecision u WHERE u.message_id = m.id)
    """
    found: int = rows(sql, _bounds(month))[0][0]
    return found


def carried_over(month: date) -> list[dict[str, Any]]:
    """What was handed over in the month and had no result when it ended, by account and channel,
    and what has become of it by now. One scan of the month's chunks and of their messages."""
    start, end = _bounds(month)
    sql = """
        SELECT coalesce(a.name, ''), c.channel, count(*),
               count(*) FILTER (WHERE m.state = 'delivered'),
               count(*) FILTER (WHERE m.state NOT IN ('delivered', 'unknown', 'pending')),
               count(*) FILTER (WHERE m.state IN ('unknown', 'pending'))
        FROM store_chunk c JOIN store_message m ON m.chunk_id = c.id
        LEFT JOIN store_carrieraccount a ON a.id = c.account_id
        WHERE c.sent_at >= %s AND c.sent_at < %s
          AND (m.state IN ('pending', 'unknown') OR m.done_at >= %s)
        GROUP BY 1, 2 ORDER BY 1, 2
    """
    names = ("account", "channel", "messages", "delivered", "failed", "open")
    return [dict(zip(names, row, strict=True)) for row in rows(sql, [start, end, end])]


def charges_of(month: date) -> list[dict[str, Any]]:
    """The month's charges by account and channel: `account`, `channel`, `messages`, `won`."""
    sql = """
        SELECT coalesce(a.name, ''), c.channel, count(*), sum(c.won) FROM store_charge c
        LEFT JOIN store_carrieraccount a ON a.id = c.account_id
        WHERE c.month = %s GROUP BY 1, 2 ORDER BY 1, 2
    """
    return [
        {"account": account, "channel": channel, "messages": number, "won": str(won)}
        for account, channel, number, won in rows(sql, [month])
    ]


def figures(month: date) -> dict[str, Any]:
    """The month in figures: charges by account and channel, verdicts, VAT, unknown outcomes."""
    charged = charges_of(month)
    ours = sum((Decimal(row["won"]) for row in charged), Decimal(0))
    theirs = sum((s.won for s in Statement.objects.filter(month=month)), Decimal(0))
    return {
        "charges": charged,
        "messages": sum(row["messages"] for row in charged),
        "ours": str(ours),
        "theirs": str(theirs),
        "vat": str(vat_of([ours])),
        "within_tolerance": within_tolerance(ours, theirs),
        "verdicts": verdicts(month),
        "unknown": unknowns_of(month),
    }


def verdicts(month: date) -> dict[str, int]:
    """How many lines of the month's statements got which verdict."""
    counts = {verdict.value: 0 for verdict in Verdict}
    for statement in Statement.objects.filter(month=month, compared_at__isnull=False):
        for row in statement.result.get("rows", []):
            counts[row["verdict"]] += row["lines"]
    return counts


def disputes(month: date, account: int | None = None) -> QuerySet[StatementLine]:
    """Lines that differ, by statement and line; those that we alone have come first."""
    found = StatementLine.objects.filter(
        statement__month=month, statement__compared_at__isnull=False
    ).exclude(verdict=Verdict.MATCHED)
    if account is not None:
        found = found.filter(statement__account=account)
    return found.select_related("statement__account").order_by("statement", "line_no", "id")


def dispute(pk: int) -> StatementLine | None:
    """One line that differs."""
    found = StatementLine.objects.exclude(verdict=Verdict.MATCHED).select_related("statement")
    return found.filter(pk=pk).first()
