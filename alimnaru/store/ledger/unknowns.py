"""Messages whose outcome nobody tells: found, decided about, opened again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from alimnaru.store.ledger.base import ints, rows, run
from alimnaru.store.ledger.journal import JOURNAL, MOVED

#: Stands on chunks in which nothing is left to decide. Not infinity, which Python cannot read.
NEVER = "9999-01-01T00:00:00Z"


class Open(msgspec.Struct, frozen=True, gc=False):
    """An unknown message whose lock the caller holds."""

    message: int
    attempt_no: int
    chunk: int
    channel: str
    to_hash: bytes


def lock_open(
    batch: int,
    *,
    only: Sequence[int] | None = None,
    before: datetime | None = None,
    again: bool = False,
    limit: int | None = None,
) -> list[Open]:
    """Lock a batch's unknown messages about which nothing is decided, in id order.

    `only` these; those that became unknown `before`; with `again` also those that were left. From
    the partial index of chunks with unknown messages into the messages of these chunks. Decisions
    are read after the locks: another one may have been taken while this waited.
    """
    ids = None if only is None else list(only)
    sql = """
        SELECT m.id, m.attempt_no, m.chunk_id, m.channel, m.to_hash FROM store_message m
        WHERE m.chunk_id IN (SELECT id FROM store_chunk WHERE batch_id = %s AND unknown > 0)
          AND m.state = 'unknown'
          AND (%s::bigint[] IS NULL OR m.id = ANY(%s))
          AND (%s::timestamptz IS NULL OR m.done_at <= %s)
          AND (%s OR NOT EXISTS (SELECT FROM store_unknowndecision d
                                 WHERE d.message_id = m.id AND d.attempt_no = m.attempt_no))
        ORDER BY m.id LIMIT %s FOR UPDATE OF m
    """
    found = [Open(*row) for row in rows(sql, [batch, ids, ids, before, before, again, limit])]
    if again or not found:
        return found
    decided = rows(
        """
        SELECT d.message_id FROM store_unknowndecision d
        JOIN store_message m ON m.id = d.message_id AND m.attempt_no = d.attempt_no
        WHERE d.message_id = ANY(%s::bigint[])
        """,
        [ints(o.message for o in found)],
    )
    gone = {row[0] for row in decided}
    return [o for o in found if o.message not in gone]


def record(
    decided: Sequence[Open], *, batch: int, choice: str, at: datetime, member: int | None
) -> None:
    """Write down what was decided; a later decision about the same try replaces the first."""
    run(
        """
        INSERT INTO store_unknowndecision (message_id, attempt_no, batch_id, choice, at, member_id)
        SELECT t.id, t.attempt_no, %s, %s, %s, %s
        FROM unnest(%s::bigint[], %s::smallint[]) AS t (id, attempt_no)
        ON CONFLICT (message_id, attempt_no) DO UPDATE
        SET choice = excluded.choice, at = excluded.at, member_id = excluded.member_id
        """,
        [
            batch, choice, at, member,
            ints(o.message for o in decided), ints(o.attempt_no for o in decided),
        ],
    )  # fmt: skip


def reopen(decided: Sequence[Open], *, channel: str, at: datetime) -> None:
    """Make unknown messages pending again, for a text that follows at once on `channel`.

    Their try becomes a superseded one, so that a success that still comes is known as reaching the
    resident on both. The caller moves them to a chunk in the same transaction.
    """
    columns = [ints(o.message for o in decided), ints(o.attempt_no for o in decided)]
    run(
        """
        WITH t AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::smallint[]) AS t (id, attempt_no)
        )
        INSERT INTO store_attempt (message_id, attempt_no, batch_id, chunk_id, channel, code, at,
                                   next_channel, next_try, due_at, moved_at)
        SELECT m.id, m.attempt_no, m.batch_id, m.chunk_id, m.channel, m.code, m.done_at,
               %s, 1, %s, %s
        FROM store_message m JOIN t ON t.id = m.id AND t.attempt_no = m.attempt_no
        WHERE m.state = 'unknown'
        ON CONFLICT (message_id, attempt_no) DO UPDATE SET moved_at = excluded.moved_at
        """,
        [*columns, channel, at, at],
    )
    run(
        f"""
        WITH moved AS (
            UPDATE store_message m SET state = 'pending', code = NULL, done_at = NULL
            FROM unnest(%s::bigint[], %s::smallint[]) AS t (id, attempt_no)
            WHERE m.id = t.id AND m.attempt_no = t.attempt_no AND m.state = 'unknown'
            RETURNING {MOVED}
        ), {JOURNAL}
        SELECT count(*) FROM moved
        """,  # noqa: S608 - constants
        columns,
    )


def due_batches(now: datetime, limit: int = 500) -> list[int]:
    """Batches with unknown messages whose time to be decided about may have come."""
    sql = """
        SELECT DISTINCT batch_id FROM store_chunk
        WHERE unknown > 0 AND (unknown_due_at IS NULL OR unknown_due_at <= %s) LIMIT %s
    """
    return [row[0] for row in rows(sql, [now, limit])]


def schedule(batch: int, hours: int) -> None:
    """Note on a batch's chunks when the first of their unknown messages is due.

    Locks the chunks before it looks: whoever makes a message unknown meanwhile comes after, and
    sets the note back.
    """
    run(
        """
        SELECT FROM store_chunk WHERE batch_id = %s AND unknown > 0 ORDER BY id FOR UPDATE
        """,
        [batch],
    )
    run(
        """
        WITH due AS MATERIALIZED (
            SELECT c.id, min(m.done_at) + make_interval(hours => %s) AS at
            FROM store_chunk c LEFT JOIN store_message m
              ON m.chunk_id = c.id AND m.state = 'unknown'
             AND NOT EXISTS (SELECT FROM store_unknowndecision d
                             WHERE d.message_id = m.id AND d.attempt_no = m.attempt_no)
            WHERE c.batch_id = %s AND c.unknown > 0 GROUP BY c.id
        )
        UPDATE store_chunk c SET unknown_due_at = coalesce(due.at, %s::timestamptz)
        FROM due WHERE c.id = due.id
        """,
        [hours, batch, NEVER],
    )
