"""Changes become deliveries, and deliveries are taken up in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from alimnaru.rules.webhooks import KEEP_TRYING, EventType
from alimnaru.store.ledger.base import ints, rows, run

# The webhooks that want to hear `taken.type` of a batch: of its department or one above. One that
# is paused hears of it later. Of a list that no program asked for only those are told that name the
# end of batches: whoever wants single messages is not to be flooded by the office's own 470,000.
_HEARERS = """
    JOIN store_department bd ON bd.id = b.department_id
    JOIN store_webhook w ON (w.events = '{}' OR taken.type = ANY (w.events))
        AND (b.api_key_id IS NOT NULL OR 'batch.finished' = ANY (w.events))
    JOIN store_department wd ON wd.id = w.department_id AND starts_with(bd.path, wd.path)
    JOIN store_notice n ON n.id = b.notice_id
    LEFT JOIN store_apikey k ON k.id = b.api_key_id
"""
_INTO = """
    INSERT INTO store_delivery
        (webhook_id, event_id, type, subject, body, created_at, state, tries, error, give_up_at)
    SELECT w.id, 'evt_' || replace(gen_random_uuid()::text, '-', ''), taken.type, {subject},
           json_build_object('type', taken.type, 'timestamp', taken.at, 'data', {data}),
           %s::timestamptz, 'waiting', 0, '', %s::timestamptz
"""
_TOLD_MESSAGE = f"""
    {
    _INTO.format(
        subject="'message:' || taken.message_id",
        data='''json_build_object(
            'message', taken.message_id::text, 'reference', coalesce(r.text, ''),
            'batch', b.id::text,
            'batch_reference', b.reference, 'notice', n.code,
            'state', split_part(taken.type, '.', 2), 'channel', taken.channel,
            'code', taken.code, 'attempt', taken.attempt_no,
            'sandbox', coalesce(k.is_sandbox, false))''',
    )
}
    FROM taken JOIN store_batch b ON b.id = taken.batch_id {_HEARERS}
    LEFT JOIN store_reference r ON r.message_id = taken.message_id
    ORDER BY taken.id, w.id
"""
_TOLD_BATCH = f"""
    {
    _INTO.format(
        subject="'batch:' || b.id",
        data='''json_build_object(
            'batch', b.id::text, 'reference', b.reference, 'notice', n.code, 'rows', b.rows,
            'refused', b.refused, 'delivered', c.delivered, 'failed', c.failed,
            'suppressed', c.suppressed, 'cancelled', c.cancelled, 'expired', c.expired,
            'unknown', c.unknown, 'sandbox', coalesce(k.is_sandbox, false))''',
    )
}
    FROM taken JOIN store_batch b ON b.id = taken.batch_id {_HEARERS}
    CROSS JOIN LATERAL (
        SELECT sum(delivered) AS delivered, sum(failed) AS failed, sum(suppressed) AS suppressed,
               sum(cancelled) AS cancelled, sum(expired) AS expired, sum(unknown) AS unknown
        FROM store_chunk WHERE batch_id = b.id
    ) c
    ORDER BY taken.id, w.id
"""  # noqa: S608 - constants


def anything_changed() -> bool:
    """Whether a change waits to be told. A batch that goes on is none."""
    return bool(rows("SELECT EXISTS (SELECT FROM store_change)", [])[0][0])


def tell_messages(now: datetime, limit: int) -> int:
    """Turn up to `limit` changes of messages into deliveries; return how many changes.

    By rising id: of one message that is the order in which they were committed, for each waited for
    the one before at the message's row. The caller sees to it that nobody else does this meanwhile.
    Batches whose messages ended for the first time are noted, to be told when they are through.
    """
    sql = f"""
        WITH taken AS (
            DELETE FROM store_change WHERE id = ANY (ARRAY(
                SELECT id FROM store_change WHERE message_id IS NOT NULL
                ORDER BY id LIMIT %s FOR UPDATE
            )) RETURNING *
        ), told AS (
            {_TOLD_MESSAGE}
        ), noted AS (
            INSERT INTO store_change (batch_id, type, was, channel, attempt_no, code, at)
            SELECT DISTINCT batch_id, %s, '', '', 1, '', %s::timestamptz
            FROM taken WHERE was = 'pending'
            ON CONFLICT (batch_id) WHERE message_id IS NULL DO NOTHING
        )
        SELECT count(*) FROM taken
    """  # noqa: S608 - constants
    params = [limit, now, now + KEEP_TRYING, EventType.BATCH_FINISHED.value, now]
    return int(rows(sql, params)[0][0])


def tell_batches(now: datetime) -> None:
    """Turn watched batches that nobody adds to and that owe nothing any more into deliveries.

    Call it when no great number of changes waits: they are searched for each batch. A batch is
    noted by the first of its messages to end, so none is forgotten; one that is opened again by a
    decision is told again when it has ended again.
    """
    sql = f"""
        WITH taken AS (
            DELETE FROM store_change c USING store_batch b
            WHERE c.message_id IS NULL AND b.id = c.batch_id
              AND (b.open_until IS NULL OR b.open_until <= %s)
              AND NOT EXISTS (
                SELECT FROM store_chunk k WHERE k.batch_id = b.id AND k.size > k.delivered
                    + k.failed + k.suppressed + k.cancelled + k.expired + k.unknown + k.moved)
              -- What ended since `tell_messages` looked would note the batch a second time.
              AND NOT EXISTS (
                SELECT FROM store_change o
                WHERE o.batch_id = c.batch_id AND o.message_id IS NOT NULL)
            RETURNING c.id, c.batch_id, c.type, %s::timestamptz AS at
        )
        {_TOLD_BATCH}
    """  # noqa: S608 - constants
    run(sql, [now, now, now, now + KEEP_TRYING])


class Event(msgspec.Struct, frozen=True, gc=False):
    """A delivery whose turn it is."""

    id: int
    event_id: str
    subject: str
    body: str
    tries: int
    give_up_at: datetime


def due_events(webhook: int, now: datetime, limit: int) -> list[Event]:
    """The first waiting deliveries of a webhook, in their order. Where one waits longer than its
    webhook, what follows about the same thing waits behind it."""
    sql = """
        WITH held AS MATERIALIZED (
            SELECT subject, min(id) AS id FROM store_delivery
            WHERE webhook_id = %s AND state = 'waiting' AND next_at > %s GROUP BY subject
        )
        SELECT d.id, d.event_id, d.subject, d.body, d.tries, d.give_up_at FROM store_delivery d
        WHERE d.webhook_id = %s AND d.state = 'waiting'
          AND NOT EXISTS (SELECT FROM held WHERE held.subject = d.subject AND held.id <= d.id)
        ORDER BY d.id LIMIT %s
    """
    return [Event(*row) for row in rows(sql, [webhook, now, webhook, limit])]


def mark_done(events: Sequence[int], at: datetime, status: Sequence[int]) -> None:
    """Note deliveries that were taken, with the status of each answer."""
    run(
        """
        UPDATE store_delivery d SET state = 'done', done_at = %s, tried_at = %s, status = t.status,
               tries = d.tries + 1, error = '', next_at = NULL
        FROM unnest(%s::bigint[], %s::smallint[]) AS t (id, status)
        WHERE d.id = t.id AND d.state = 'waiting'
        """,
        [at, at, ints(events), ints(status)],
    )


def release_held(webhook: int) -> None:
    """A webhook that was down takes again: none of its events waits longer than the others."""
    run(
        """
        UPDATE store_delivery SET next_at = NULL
        WHERE webhook_id = %s AND state = 'waiting' AND next_at IS NOT NULL
        """,
        [webhook],
    )


def give_up(webhook: int, now: datetime) -> int:
    """Keep as failed what a failing webhook has not taken in time; return how many."""
    sql = """
        UPDATE store_delivery SET state = 'failed', next_at = NULL
        WHERE webhook_id = %s AND state = 'waiting' AND give_up_at <= %s
    """
    return run(sql, [webhook, now])


def give_up_paused(now: datetime) -> int:
    """Keep as failed what has waited too long for a webhook that is paused."""
    sql = """
        UPDATE store_delivery d SET state = 'failed', next_at = NULL FROM store_webhook w
        WHERE NOT w.is_active AND d.webhook_id = w.id AND d.state = 'waiting'
          AND d.give_up_at <= %s
    """
    return run(sql, [now])


def forget(done_before: datetime, failed_before: datetime, limit: int = 10_000) -> None:
    """Delete old deliveries. By the partial index of those that do not wait."""
    for state, before in (("done", done_before), ("failed", failed_before)):
        run(
            """
            DELETE FROM store_delivery WHERE id = ANY (ARRAY(
                SELECT id FROM store_delivery WHERE state = %s AND created_at <= %s
                    AND state <> 'waiting' LIMIT %s
            ))
            """,
            [state, before, limit],
        )
