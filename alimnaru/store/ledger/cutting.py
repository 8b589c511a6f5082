"""A chunk is cut into several: the same messages, attempts and tries, in shorter calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alimnaru.store.ledger.base import ints, rows, run
from alimnaru.store.ledger.chunks import Claim


@dataclass(frozen=True, slots=True)
class Part:
    """A new chunk that takes `messages` of an old one."""

    chunk: int
    messages: Sequence[int]
    not_before: datetime


def lock_waiting(chunk: int) -> list[int]:
    """Lock the messages that a chunk is about to send; return their ids, in order."""
    sql = """
        SELECT id FROM store_message WHERE chunk_id = %s AND state = 'pending'
        ORDER BY id FOR UPDATE
    """
    return [row[0] for row in rows(sql, [chunk])]


def cut(claim: Claim, parts: Sequence[Part], account: int | None) -> None:
    """Move locked messages of a claimed chunk into new chunks, all in one statement.

    The old chunk shrinks by what leaves it: no try ended, so nothing counts as moved on. `account`
    is the one in whose line the parts stand, if they do. Plan: hash of the arrays, messages by
    primary key.
    """
    run(
        """
        WITH parts AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[])
                AS p (id, size, not_before)
        ), moves AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS m (id, chunk)
        ), moved AS (
            UPDATE store_message m SET chunk_id = moves.chunk FROM moves WHERE m.id = moves.id
        ), born AS (
            INSERT INTO store_chunk
                (id, batch_id, channel, lane, try_no, account_id, state, claim, token, setbacks,
                 hold_code, not_before, in_slice, size,
                 delivered, failed, suppressed, cancelled, expired, unknown, moved)
            SELECT parts.id, c.batch_id, c.channel, c.lane, c.try_no, %s, 'ready', 0, '', 0,
                   '', parts.not_before, c.in_slice, parts.size, 0, 0, 0, 0, 0, 0, 0
            FROM parts, store_chunk c WHERE c.id = %s
        )
        UPDATE store_chunk SET size = size - (SELECT sum(size) FROM parts) WHERE id = %s
        """,
        [
            ints(p.chunk for p in parts),
            ints(len(p.messages) for p in parts),
            [p.not_before for p in parts],
            ints(m for p in parts for m in p.messages),
            ints(p.chunk for p in parts for _ in p.messages),
            account,
            claim.chunk,
            claim.chunk,
        ],
    )
