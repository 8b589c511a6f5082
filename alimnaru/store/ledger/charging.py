"""What the carriers may bill for a month, message by message, and whether our counts agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.rules.periods import after
from alimnaru.store.ledger.base import rows, run
from alimnaru.store.ledger.pricing import narrowest

_TRIES = """
    CREATE TEMP TABLE month_try (
        message_id bigint, attempt_no smallint, batch_id bigint, chunk_id bigint, day date
    ) ON COMMIT DROP
"""
# A message that an earlier try has reached after all carries the later one's number, which reached
# nobody and may never have gone: there the earlier one is billed, on the day on which it counted.
_FILL = """
    INSERT INTO month_try
    SELECT m.id, m.attempt_no, m.batch_id, m.chunk_id, (m.done_at AT TIME ZONE %s)::date
    FROM store_message m WHERE m.state = 'delivered' AND m.done_at >= %s AND m.done_at < %s
      AND NOT EXISTS (SELECT FROM store_attempt a
                      WHERE a.message_id = m.id AND a.credited_at IS NOT NULL)
    UNION ALL
    SELECT message_id, attempt_no, batch_id, chunk_id,
           (coalesce(credited_at, reached_at) AT TIME ZONE %s)::date
    FROM store_attempt WHERE reached_at IS NOT NULL
      AND coalesce(credited_at, reached_at) >= %s AND coalesce(credited_at, reached_at) < %s
"""
# Prices are looked up once for each contract, department, channel and day, not once a message.
_CHARGE = f"""
    WITH chunks AS MATERIALIZED (
        SELECT c.id, c.account_id, c.channel, c.sent_ids, c.carrier_refs, b.department_id,
               b.notice_id, b.project_id, d.path
        FROM store_chunk c
        JOIN store_batch b ON b.id = c.batch_id
        JOIN store_department d ON d.id = b.department_id
        WHERE c.id IN (SELECT chunk_id FROM month_try)
    ), refs AS MATERIALIZED (
        SELECT c.id AS chunk_id, r.message_id, r.ref
        FROM chunks c, unnest(c.sent_ids, c.carrier_refs) AS r (message_id, ref)
    ), prices AS MATERIALIZED (
        SELECT k.chunk_id, k.day, coalesce(p.won, 0) AS won
        FROM (SELECT DISTINCT chunk_id, day FROM month_try) k
        JOIN chunks c ON c.id = k.chunk_id
        {narrowest(channel="c.channel", account="c.account_id", path="c.path", day="k.day")}
    )
    INSERT INTO store_charge (month, day, account_id, department_id, project_id, notice_id,
                              batch_id, message_id, attempt_no, channel, ref, won)
    SELECT %s::date, t.day, c.account_id, c.department_id, c.project_id, c.notice_id, t.batch_id,
           t.message_id, t.attempt_no, c.channel, coalesce(r.ref, ''), p.won
    FROM month_try t
    JOIN chunks c ON c.id = t.chunk_id
    JOIN prices p ON p.chunk_id = t.chunk_id AND p.day = t.day
    LEFT JOIN refs r ON r.chunk_id = t.chunk_id AND r.message_id = t.message_id
"""  # noqa: S608 - the price's own SQL""


def charge(month: date) -> int:
    """Write the month's charges anew; return how many. One scan of the messages, hash joins."""
    zone = settings.TIME_ZONE
    start, end = (_midnight(day) for day in (month, after(month, 1)))
    with transaction.atomic():
        run("DELETE FROM store_charge WHERE month = %s", [month])
        run("DROP TABLE IF EXISTS month_try", [])
        run(_TRIES, [])
        run(_FILL, [zone, start, end, zone, start, end])
        run("ANALYZE month_try", [])
        return run(_CHARGE, [month])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the counts of a day say something else than the charges do."""

    day: date
    department: int
    notice: int
    channel: str
    tallied: int
    charged: int
    tallied_won: Decimal
    charged_won: Decimal


def against_tallies(month: date) -> list[Difference]:
    """Days, departments, notices and channels whose tallies do not equal the charges.

    A try that arrived beside another is billed and not tallied: the report counts residents. So
    those are left out here.
    """
    sql = """
        WITH counted AS (
            SELECT day, department_id, notice_id, channel, sum(messages) AS n, sum(won) AS won
            FROM store_tally WHERE day >= %s AND day < %s AND outcome = 'delivered'
            GROUP BY 1, 2, 3, 4
        ), charged AS (
            SELECT c.day, c.department_id, c.notice_id, c.channel, count(*) AS n, sum(c.won) AS won
            FROM store_charge c
            LEFT JOIN store_attempt a
                ON a.message_id = c.message_id AND a.attempt_no = c.attempt_no
                AND a.reached_at IS NOT NULL AND a.credited_at IS NULL
            WHERE c.month = %s AND a.message_id IS NULL GROUP BY 1, 2, 3, 4
        )
        SELECT day, department_id, notice_id, channel, coalesce(t.n, 0)::bigint,
               coalesce(c.n, 0)::bigint, coalesce(t.won, 0), coalesce(c.won, 0)
        FROM counted t FULL JOIN charged c USING (day, department_id, notice_id, channel)
        WHERE coalesce(t.n, 0) <> coalesce(c.n, 0) OR coalesce(t.won, 0) <> coalesce(c.won, 0)
        ORDER BY 1, 2, 3, 4
    """
    return [Difference(*row) for row in rows(sql, [month, after(month, 1), month])]
