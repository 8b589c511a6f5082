"""Chunks of a batch that nobody has released yet: freed together, or taken back together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger.base import ints, rows, run


def free(batch: int, not_before: datetime, *, only_slice: bool) -> list[int]:
    """Make what waits for the release ready from `not_before` on; return the chunks.

    `only_slice`: the others go on waiting, for the first slice. By the index on the batch.
    """
    if only_slice:
        sql = """
            UPDATE store_chunk SET hold_code = %s
            WHERE batch_id = %s AND state = 'held' AND hold_code = %s AND NOT in_slice
        """
        run(sql, [Refusal.FIRST_SLICE.value, batch, Refusal.RELEASE_AWAITED.value])
    return _free(batch, Refusal.RELEASE_AWAITED, not_before)


def free_rest(batch: int, now: datetime) -> list[int]:
    """Make ready what waited for the first slice; return the chunks."""
    return _free(batch, Refusal.FIRST_SLICE, now)


def _free(batch: int, code: Refusal, not_before: datetime) -> list[int]:
    sql = """
        UPDATE store_chunk SET state = 'ready', hold_code = '', not_before = %s
        WHERE batch_id = %s AND state = 'held' AND hold_code = %s RETURNING id
    """
    return sorted(row[0] for row in rows(sql, [not_before, batch, code.value]))


def hold_rest(batch: int, code: Refusal) -> None:
    """What waits for the first slice, or is ready to go, waits for a person."""
    sql = """
        UPDATE store_chunk SET state = 'held', hold_code = %s
        WHERE batch_id = %s AND (state = 'ready' OR (state = 'held' AND hold_code = %s))
    """
    run(sql, [code.value, batch, Refusal.FIRST_SLICE.value])


def take_back(batch: int) -> bool:
    """Hold every chunk of a batch as before its release. False: one of them is on its way, or was;
    the caller then rolls back.

    A chunk that a worker claims at this moment is found changed by whoever comes second, and that
    worker's own lock is not waited for: it may wait for the batch.
    """
    sql = """
        UPDATE store_chunk SET state = 'held', hold_code = %s, in_slice = false
        WHERE batch_id = %s AND state IN ('ready', 'held') AND token = ''
    """
    run(sql, [Refusal.RELEASE_AWAITED.value, batch])
    left = """
        SELECT count(*) FROM store_chunk
        WHERE batch_id = %s AND NOT (state = 'held' AND hold_code = %s AND token = '')
          AND NOT (state = 'settled' AND size = 0)
    """
    return bool(rows(left, [batch, Refusal.RELEASE_AWAITED.value])[0][0] == 0)


def draw(batch: int, size: int) -> list[tuple[int, int, int, bytes]]:
    """Lock `size` messages of a held batch, drawn fairly: (id, attempt, chunk, phone hash).

    The first by row key: a keyed hash has no order that a list could have, so they lie spread over
    it; the same list gives the same ones. The first rows of the unique index, nothing is sorted.
    """
    sql = """
        WITH drawn AS MATERIALIZED (
            SELECT id FROM store_message WHERE batch_id = %s ORDER BY row_key LIMIT %s
        )
        SELECT m.id, m.attempt_no, m.chunk_id, m.to_hash
        FROM store_message m JOIN drawn USING (id) WHERE m.state = 'pending'
        ORDER BY m.id FOR UPDATE OF m
    """
    return [(r[0], r[1], r[2], r[3]) for r in rows(sql, [batch, size])]


def move(moves: Sequence[tuple[int, int, int]]) -> None:
    """Give locked messages of held chunks other chunks: (message, old chunk, new chunk).

    Old chunks shrink: no try ended, so nothing counts as moved on. One that is empty is settled.
    """
    run(
        """
        WITH moves AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS t (id, old, new)
        ), moved AS (
            UPDATE store_message m SET chunk_id = moves.new FROM moves WHERE m.id = moves.id
        ), left_by AS (
            SELECT old AS id, count(*)::int AS n FROM moves GROUP BY old
        )
        UPDATE store_chunk c SET size = c.size - l.n,
               state = CASE WHEN c.size = l.n THEN 'settled' ELSE c.state END
        FROM left_by l WHERE c.id = l.id
        """,
        [ints(m[0] for m in moves), ints(m[1] for m in moves), ints(m[2] for m in moves)],
    )


def erase(batch: int) -> int:
    """Delete the messages, refused rows and chunks of a batch; return how many messages."""
    gone = run("DELETE FROM store_message WHERE batch_id = %s", [batch])
    run("DELETE FROM store_refusedrow WHERE batch_id = %s", [batch])
    run("DELETE FROM store_chunk WHERE batch_id = %s", [batch])
    return gone


def watched(limit: int = 500) -> list[int]:
    """Batches whose first slice is being watched. By the partial index of these."""
    sql = """
        SELECT id FROM store_batch
        WHERE slice_state = 'watching' AND stage = 'released' AND stopped_at IS NULL
        ORDER BY id LIMIT %s
    """
    return [row[0] for row in rows(sql, [limit])]
