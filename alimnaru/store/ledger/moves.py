"""Messages move to another try: the next channel, a retry, or a preference for SMS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alimnaru.store.ledger.base import ints, rows, run, words
from alimnaru.store.ledger.journal import JOURNAL, MOVED
from alimnaru.store.ledger.settling import Verdict


@dataclass(frozen=True, slots=True)
class Handover:
    """A try that ended without reaching anybody, and the try that is due instead."""

    message: int
    attempt_no: int
    code: str
    next_channel: str
    next_try: int
    due_at: datetime


def hand_over(handovers: Sequence[Handover], at: datetime) -> list[tuple[int, int]]:
    """Record superseded tries; return (batch, number) for the batches that now owe a next try.

    Only the current attempt of a pending message is recorded, and once: a repeated or late
    receipt finds its attempt number gone or the row there already.
    """
    if not handovers:
        return []
    sql = """
        WITH told AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::text[],
                                 %s::smallint[], %s::timestamptz[])
                AS t (id, attempt_no, code, next_channel, next_try, due_at)
        ), old AS MATERIALIZED (
            SELECT m.id, m.batch_id, m.chunk_id, m.channel, t.attempt_no, t.code, t.next_channel,
                   t.next_try, t.due_at
            FROM store_message m JOIN told t ON t.id = m.id AND t.attempt_no = m.attempt_no
            WHERE m.state = 'pending' ORDER BY m.id FOR UPDATE OF m
        ), born AS (
            INSERT INTO store_attempt (message_id, attempt_no, batch_id, chunk_id, channel, code,
                                       at, next_channel, next_try, due_at)
            SELECT id, attempt_no, batch_id, chunk_id, channel, code, %s, next_channel, next_try,
                   due_at
            FROM old
            ON CONFLICT (message_id, attempt_no) DO NOTHING
            RETURNING batch_id
        )
        SELECT batch_id, count(*) FROM born GROUP BY batch_id
    """
    columns = [
        ints(h.message for h in handovers), ints(h.attempt_no for h in handovers),
        words(h.code for h in handovers), words(h.next_channel for h in handovers),
        ints(h.next_try for h in handovers), [h.due_at for h in handovers],
    ]  # fmt: skip
    return [(row[0], row[1]) for row in rows(sql, [*columns, at])]


def mark_reached(verdicts: Sequence[Verdict], at: datetime) -> list[tuple[int, int, str, str]]:
    """Note successes of superseded tries; return (message, current attempt, state, channel).

    The channel is that of the superseded try. With a delivered message the resident was reached
    on both; with a failed or unknown one this success decides (the caller settles it).
    """
    if not verdicts:
        return []
    sql = """
        WITH told AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::smallint[]) AS t (id, attempt_no)
        ), old AS MATERIALIZED (
            SELECT m.id, m.attempt_no AS now_no, m.state, t.attempt_no
            FROM store_message m JOIN told t ON t.id = m.id AND t.attempt_no < m.attempt_no
            ORDER BY m.id FOR UPDATE OF m
        )
        UPDATE store_attempt a SET reached_at = %s
        FROM old WHERE a.message_id = old.id AND a.attempt_no = old.attempt_no
            AND a.reached_at IS NULL
        RETURNING old.id, old.now_no, old.state, a.channel
    """
    params = [[v.message for v in verdicts], [v.attempt_no for v in verdicts], at]
    return [(r[0], r[1], r[2], r[3]) for r in rows(sql, params)]


@dataclass(frozen=True, slots=True)
class Credited:
    """A message that an earlier try reached after all."""

    message: int
    before: str
    chunk: int
    earlier_chunk: int
    channel: str


def credit_earlier(messages: Sequence[int], at: datetime) -> list[Credited]:
    """Settle as delivered those messages that an earlier try is known to have reached.

    For messages whose later try failed, is unknown or has not gone yet. The channel becomes that
    of the try that reached them, so that reports and money name the right one.
    """
    if not messages:
        return []
    sql = f"""
        WITH old AS MATERIALIZED (
            SELECT id, state, chunk_id FROM store_message
            WHERE id = ANY(%s::bigint[]) AND state IN ('pending', 'failed', 'unknown')
            ORDER BY id FOR UPDATE
        ), reached AS (
            SELECT DISTINCT ON (old.id) old.id, old.state, old.chunk_id, a.chunk_id AS earlier,
                   a.channel, a.id AS attempt
            FROM old JOIN store_attempt a ON a.message_id = old.id
            WHERE a.reached_at IS NOT NULL
            ORDER BY old.id, a.attempt_no
        ), moved AS (
            UPDATE store_message m
            SET state = 'delivered', code = 'delivered', channel = r.channel, done_at = %s
            FROM reached r WHERE m.id = r.id
            RETURNING {MOVED}, r.state AS before, r.chunk_id AS later, r.earlier, r.attempt
        ), credited AS (
            UPDATE store_attempt a SET credited_at = %s FROM moved WHERE a.id = moved.attempt
        ), {JOURNAL}
        SELECT id, before, later, earlier, channel FROM moved
    """  # noqa: S608 - constants
    return [Credited(*row) for row in rows(sql, [list(messages), at, at])]


def changes_of(credited: Sequence[Credited]) -> dict[int, dict[str, int]]:
    """What crediting changes on chunks: the later one lost the message, the earlier one has it."""
    changes: dict[int, dict[str, int]] = {}
    for c in credited:
        later = changes.setdefault(c.chunk, {})
        later["moved"] = later.get("moved", 0) + 1
        if c.before != "pending":
            later[c.before] = later.get(c.before, 0) - 1
        earlier = changes.setdefault(c.earlier_chunk, {})
        earlier["moved"] = earlier.get("moved", 0) - 1
        earlier["delivered"] = earlier.get("delivered", 0) + 1
    return changes


@dataclass(frozen=True, slots=True)
class Due:
    """A superseded try whose successor is due; its message is locked."""

    attempt: int
    message: int
    attempt_no: int
    chunk: int
    to_hash: bytes
    next_channel: str
    next_try: int


def due_moves(batch: int, at: datetime, limit: int) -> tuple[list[Due], bool]:
    """Lock and return up to `limit` messages of a batch whose next try is due, and whether there
    may be more.

    Rows whose message was settled or moved meanwhile are closed on the way. The check against
    the message comes after its lock: another worker may have moved it while this one waited.
    """
    sql = """
        WITH due AS MATERIALIZED (
            SELECT id, message_id, attempt_no, chunk_id, next_channel, next_try
            FROM store_attempt
            WHERE batch_id = %s AND moved_at IS NULL AND due_at <= %s
            ORDER BY message_id LIMIT %s
        )
        SELECT due.id, m.id, due.attempt_no, due.chunk_id, m.to_hash, due.next_channel,
               due.next_try, m.state = 'pending' AND m.attempt_no = due.attempt_no
        FROM store_message m JOIN due ON due.message_id = m.id
        ORDER BY m.id
        FOR UPDATE OF m
    """
    found = rows(sql, [batch, at, limit])
    over = [row[0] for row in found if not row[-1]]
    if over:
        run("UPDATE store_attempt SET moved_at = %s WHERE id = ANY(%s)", [at, over])
    return [Due(*row[:-1]) for row in found if row[-1]], len(found) == limit


def move_messages(moves: Sequence[tuple[int, int, int]], channel: str) -> int:
    """Give pending messages a new chunk and attempt number; moves are (message, attempt, chunk).

    The one update that touches an index (chunk_id): eight messages in a hundred take it.
    """
    sql = f"""
        WITH t AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[])
                AS t (id, attempt_no, chunk)
        ), locked AS MATERIALIZED (
            SELECT m.id FROM store_message m JOIN t ON t.id = m.id
                AND t.attempt_no = m.attempt_no
            WHERE m.state = 'pending' ORDER BY m.id FOR UPDATE OF m
        ), moved AS (
            UPDATE store_message m
            SET chunk_id = t.chunk, channel = %s, attempt_no = t.attempt_no + 1
            FROM t JOIN locked USING (id) WHERE m.id = t.id RETURNING {MOVED}
        ), {JOURNAL}
        SELECT count(*) FROM moved
    """  # noqa: S608 - constants
    columns = [ints(m[0] for m in moves), ints(m[1] for m in moves), ints(m[2] for m in moves)]
    moved: int = rows(sql, [*columns, channel])[0][0]
    return moved


def close_attempts(attempts: Sequence[int], at: datetime) -> None:
    """Note that these superseded tries have their successor."""
    run("UPDATE store_attempt SET moved_at = %s WHERE id = ANY(%s)", [at, list(attempts)])
