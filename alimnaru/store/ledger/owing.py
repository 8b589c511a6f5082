"""What still owes something although no job waits for it: the net under lost jobs.

Procrastinate can lose a job whose worker was pruned, and a worker can die between two steps.
Rows decide what is due; these statements find it. Each starts from a small partial index.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alimnaru.store.ledger.base import rows, run

#: One sweep rings for at most this many of a kind; the next one goes on.
LIMIT = 500


def chunks_without_job(
    now: datetime, quiet_since: datetime, *, ready: bool = True
) -> list[tuple[int, str]]:
    """Chunks that could go, were due before `quiet_since`, and for which nobody rings: (id, lane).

    Ready (unless nothing may leave) and doubtful ones whose time has come, and claimed ones whose
    lease has run out.
    """
    sql = """
        SELECT c.id, c.lane FROM store_chunk c
        WHERE (
            (c.state = 'ready' AND %s AND c.not_before <= %s)
            OR (c.state = 'doubt' AND c.not_before <= %s
                AND (c.lease_until IS NULL OR c.lease_until < %s))
            OR (c.state = 'claimed' AND c.lease_until < %s)
        ) AND NOT EXISTS (
            SELECT FROM procrastinate_jobs j
            WHERE j.queueing_lock = 'dispatch:' || c.id AND j.status = 'todo'
        )
        ORDER BY c.not_before LIMIT %s
    """
    values = [ready, quiet_since, quiet_since, now, now, LIMIT]
    return [(r[0], r[1]) for r in rows(sql, values)]


def chunks_to_poll(now: datetime) -> list[int]:
    """Sent chunks that still miss results and whose time to be asked for them has come."""
    sql = """
        SELECT id FROM store_chunk WHERE state = 'sent' AND poll_at <= %s ORDER BY poll_at LIMIT %s
    """
    return [r[0] for r in rows(sql, [now, LIMIT])]


def silent_chunks(now: datetime, wait: float) -> list[int]:
    """Alimtalk chunks that were asked for results after their wait ended, and still miss some.

    `wait` in seconds replaces the notice's own if it is not 0. A chunk whose answers still lie
    in the inbox is not silent.
    """
    sql = """
        SELECT c.id FROM store_chunk c
        JOIN store_batch b ON b.id = c.batch_id
        JOIN store_notice n ON n.id = b.notice_id
        CROSS JOIN LATERAL (
            SELECT c.sent_at + make_interval(
                secs => CASE WHEN %s::float8 > 0 THEN %s::float8 ELSE n.fallback_wait END
            ) AS over
        ) w
        WHERE c.state = 'sent' AND c.channel = 'alimtalk' AND n.fallback <> ''
          AND w.over <= %s AND c.polled_at >= w.over
          AND EXISTS (
            SELECT FROM store_message m WHERE m.chunk_id = c.id AND m.state = 'pending'
              AND NOT EXISTS (SELECT FROM store_attempt a
                              WHERE a.message_id = m.id AND a.attempt_no = m.attempt_no)
          )
          AND NOT EXISTS (
            SELECT FROM store_receiptinbox i
            WHERE i.drained_at IS NULL AND i.received_at <= c.polled_at
          )
        LIMIT %s
    """
    return [r[0] for r in rows(sql, [wait, wait, now, LIMIT])]


def forgotten_chunks(before: datetime) -> list[int]:
    """Chunks sent before `before` for which no result will come any more."""
    sql = "SELECT id FROM store_chunk WHERE state = 'sent' AND sent_at < %s ORDER BY id LIMIT %s"
    return [r[0] for r in rows(sql, [before, LIMIT])]


def batches_with_due_moves(now: datetime) -> list[int]:
    """Batches that owe a message its next try."""
    sql = """
        SELECT DISTINCT batch_id FROM store_attempt
        WHERE moved_at IS NULL AND due_at <= %s LIMIT %s
    """
    return [r[0] for r in rows(sql, [now, LIMIT])]


def is_rung_for(lock: str) -> bool:
    """Whether a job already waits under this key. Unique partial index of Procrastinate's.

    Under load most rings are for something that is rung for already, and asking is one look-up,
    where being refused is an error, a savepoint and its rollback. A job of another transaction
    that is not committed yet is not seen here: that one the unique index refuses.
    """
    sql = """
        SELECT FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo' LIMIT 1
    """
    return bool(rows(sql, [lock]))


def ring_now(locks: Sequence[str]) -> None:
    """Let jobs that wait under these keys for a later moment ring at once."""
    ring_at(locks, None)


def ring_at(locks: Sequence[str], at: datetime | None) -> frozenset[str]:
    """Let jobs that wait under these keys ring at this moment instead; return the keys found."""
    sql = """
        UPDATE procrastinate_jobs SET scheduled_at = %s
        WHERE queueing_lock = ANY(%s) AND status = 'todo' RETURNING queueing_lock
    """
    return frozenset(row[0] for row in rows(sql, [at, list(locks)]))


def inbox_waits(since: datetime) -> bool:
    """Whether something received before `since` has not been drained."""
    sql = """
        SELECT FROM store_receiptinbox WHERE drained_at IS NULL AND received_at <= %s LIMIT 1
    """
    return bool(rows(sql, [since]))


_KEY = "day, department_id, project_id, notice_id, account_id, channel, outcome, needs"


def fold_tallies() -> None:
    """Add up tally rows of the same key, so that pages read few; skips days still busy."""
    run(
        f"""
        WITH crowded AS (
            SELECT {_KEY} FROM store_tally GROUP BY {_KEY} HAVING count(*) > 50
        ), gone AS (
            DELETE FROM store_tally t USING crowded k
            WHERE (t.day, t.department_id, t.notice_id, t.channel, t.outcome, t.needs)
                = (k.day, k.department_id, k.notice_id, k.channel, k.outcome, k.needs)
              AND t.project_id IS NOT DISTINCT FROM k.project_id
              AND t.account_id IS NOT DISTINCT FROM k.account_id
            RETURNING t.*
        )
        INSERT INTO store_tally ({_KEY}, messages, won)
        SELECT {_KEY}, sum(messages), sum(won) FROM gone GROUP BY {_KEY}
        """,  # noqa: S608 - the constant above
        [],
    )


def forget_wire(before: datetime) -> None:
    """Delete drained raw callbacks and logged exchanges older than `before`, a bounded number."""
    for table, age, more in (
        ("store_receiptinbox", "received_at", "AND drained_at IS NOT NULL"),
        ("store_wireexchange", "at", ""),
    ):
        run(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {age} < %s {more}"  # noqa: S608
            " ORDER BY id LIMIT 10000)",
            [before],
        )
