"""The counts of a month, made anew from what is there: one pass over its messages each."""

from __future__ import annotations

from datetime import date, datetime

from alimnaru.rules.periods import after
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger.base import run

#: A batch may be made so many days before its last result: it is scheduled, goes on for its time
#: of life, and its results may come for days.
_BEFORE = "40 days"


def forget(month: date) -> None:
    """Leave the counts of a month out, to be made anew."""
    run("DELETE FROM store_monthcount WHERE month = %s", [month])


def mark(month: date, now: datetime) -> None:
    """Note when it was counted."""
    sql = """
        INSERT INTO store_monthcounted (month, at) VALUES (%s, %s)
        ON CONFLICT (month) DO UPDATE SET at = excluded.at
    """
    run(sql, [month, now])


# Plan: the month's batches by the index on time, their messages by that on batch: 1,000,000 rows
# in some 2 s, once a day and beside everything else.
_ENDS = f"""
    INSERT INTO store_monthcount (month, department_id, notice_id, kind, channel, code, messages)
    SELECT %s, b.department_id, b.notice_id, m.state, m.channel, coalesce(m.code, ''), count(*)
    FROM store_batch b JOIN store_message m ON m.batch_id = b.id
    WHERE b.created_at >= %s::timestamptz - interval '{_BEFORE}' AND b.created_at < %s
      AND m.state IN ('failed', 'suppressed', 'cancelled', 'expired', 'unknown')
      AND m.done_at >= %s AND m.done_at < %s
    GROUP BY b.department_id, b.notice_id, m.state, m.channel, coalesce(m.code, '')
"""  # noqa: S608 - the constant above
_MOVED = f"""
    INSERT INTO store_monthcount (month, department_id, notice_id, kind, channel, code, messages)
    SELECT %s, b.department_id, b.notice_id, 'moved', a.channel, a.code, count(*)
    FROM store_attempt a JOIN store_batch b ON b.id = a.batch_id
    WHERE b.created_at >= %s::timestamptz - interval '{_BEFORE}' AND b.created_at < %s
      AND a.at >= %s AND a.at < %s
    GROUP BY b.department_id, b.notice_id, a.channel, a.code
"""  # noqa: S608 - the constant above


def count_reasons(month: date, start: datetime, end: datetime) -> None:
    """Why messages of a month were not delivered, and why tries of it were followed by others."""
    for sql in (_ENDS, _MOVED):
        run(sql, [month, start, end, start, end])


# Each resident once a month, at the first reminder that reached them; what came after is looked up
# by the index on phone: some messages of a year.
_EFFECT = f"""
    WITH reminded AS MATERIALIZED (
        SELECT b.department_id, b.notice_id, m.to_hash, min(m.done_at) AS at
        FROM store_batch b JOIN store_message m ON m.batch_id = b.id
        WHERE b.notice_id = (SELECT id FROM store_notice WHERE code = %s)
          AND b.created_at >= %s::timestamptz - interval '{_BEFORE}' AND b.created_at < %s
          AND m.state = 'delivered' AND m.done_at >= %s AND m.done_at < %s
        GROUP BY b.department_id, b.notice_id, m.to_hash
    ), told AS MATERIALIZED (
        SELECT r.department_id, r.notice_id, EXISTS (
            SELECT FROM store_message m JOIN store_batch b ON b.id = m.batch_id
            WHERE m.to_hash = r.to_hash AND m.state = 'delivered'
              AND m.done_at > r.at AND m.done_at <= r.at + %s * interval '1 day'
              AND b.notice_id = (SELECT id FROM store_notice WHERE code = %s)
        ) AS again FROM reminded r
    )
    INSERT INTO store_monthcount (month, department_id, notice_id, kind, channel, code, messages)
    SELECT %s, department_id, notice_id, k.kind, '', k.code,
           CASE k.kind WHEN 'reminded' THEN count(*) ELSE count(*) FILTER (WHERE again) END
    FROM told, (VALUES ('reminded', ''), ('followed', %s)) AS k (kind, code)
    GROUP BY department_id, notice_id, k.kind, k.code
"""  # noqa: S608 - the constant above


def count_effect(
    month: date, start: datetime, end: datetime, *, reminder: str, follow: str, days: int
) -> None:
    """How many residents a notice reached in a month, and how many of them got another within so
    many days after it. Residents whose data is destroyed are not found any more."""
    run(_EFFECT, [reminder, start, end, start, end, days, follow, month, follow])


# By the index on rule and day.
_OCCASIONS = """
    INSERT INTO store_monthcount (month, department_id, notice_id, kind, channel, code, messages)
    SELECT %s, coalesce(s.department_id, n.department_id), r.notice_id, k.kind, '', '',
           CASE k.kind WHEN 'due' THEN count(*) ELSE count(*) FILTER (WHERE o.code = %s) END
    FROM store_rule r JOIN store_notice n ON n.id = r.notice_id
    LEFT JOIN store_source s ON s.id = r.source_id
    JOIN store_occasion o ON o.rule_id = r.id,
         (VALUES ('due'), ('settled')) AS k (kind)
    WHERE o.day >= %s AND o.day < %s
      AND (o.state = 'sent' OR (o.state = 'dropped' AND o.code = %s))
    GROUP BY coalesce(s.department_id, n.department_id), r.notice_id, k.kind
"""


def count_occasions(month: date) -> None:
    """How many records rules found to be due on days of a month, and how many of them no longer
    held when they were asked about again, just before the message would have gone."""
    gone = Refusal.NO_LONGER_TRUE.value
    run(_OCCASIONS, [month, gone, month, after(month, 1), gone])
