"""Messages end: one update each, HOT, and the counters of their chunks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.utils import timezone

from alimnaru.rules.lifecycle import MessageState, before_message
from alimnaru.store.ledger.base import ints, rows, run, words
from alimnaru.store.ledger.journal import JOURNAL, MOVED
from alimnaru.store.ledger.pricing import narrowest


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """How one attempt ended."""

    message: int
    attempt_no: int
    code: str


class Settled(msgspec.Struct, frozen=True, gc=False):
    """A message that an update really moved, with what it was before."""

    message: int
    chunk: int
    before: str
    channel: str


def lock(messages: Collection[int]) -> frozenset[int]:
    """Lock messages in id order; return those that do not exist.

    One index scan by primary key; the statements that follow find the rows locked and hot.
    """
    if not messages:
        return frozenset()
    ids = sorted(messages)
    sql = """
        SELECT count(*) FROM (
            SELECT id FROM store_message WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE
        ) AS m
    """
    if rows(sql, [ints(ids)])[0][0] == len(ids):
        return frozenset()
    found = rows("SELECT id FROM store_message WHERE id = ANY(%s::bigint[])", [ids])
    return frozenset(ids) - {row[0] for row in found}


def lock_pending(chunks: Sequence[int]) -> list[int]:
    """Lock the pending messages of chunks in id order; return their ids."""
    sql = """
        SELECT id FROM store_message WHERE chunk_id = ANY(%s::bigint[]) AND state = 'pending'
        ORDER BY id FOR UPDATE
    """
    return [row[0] for row in rows(sql, [list(chunks)])]


def settle(state: MessageState, verdicts: Sequence[Verdict], at: datetime) -> list[Settled]:
    """Move messages to a final state, where their current attempt and the table of moves allow it.

    Locks in id order first; the update itself touches no indexed column, so it is HOT. Plan: hash
    of the array, index scan by primary key.
    """
    if not verdicts:
        return []
    sql = f"""
        WITH told AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[])
                AS t (id, attempt_no, code)
        ), old AS MATERIALIZED (
            SELECT m.id, m.chunk_id, m.state, m.channel, t.code
            FROM store_message m JOIN told t ON t.id = m.id AND t.attempt_no = m.attempt_no
            WHERE m.state = ANY(%s::text[])
            ORDER BY m.id
            FOR UPDATE OF m
        ), moved AS (
            UPDATE store_message m SET state = %s, code = old.code, done_at = %s
            FROM old WHERE m.id = old.id
            RETURNING {MOVED}, old.chunk_id AS chunk, old.state AS before
        ), {JOURNAL}
        SELECT id, chunk, before, channel FROM moved
    """  # noqa: S608 - constants
    params = [
        ints(v.message for v in verdicts),
        ints(v.attempt_no for v in verdicts),
        words(v.code for v in verdicts),
        before_message(state),
        state.value,
        at,
    ]
    return [Settled(*row) for row in rows(sql, params)]


def settle_chunk(
    chunk: int, state: MessageState, code: str, at: datetime, only: Sequence[int] | None = None
) -> int:
    """Settle all pending messages of a chunk (or `only` these) with one code; return how many."""
    sql = f"""
        WITH old AS MATERIALIZED (
            SELECT id FROM store_message
            WHERE chunk_id = %s AND state = 'pending' AND (%s::bigint[] IS NULL OR id = ANY(%s))
            ORDER BY id FOR UPDATE
        ), moved AS (
            UPDATE store_message m SET state = %s, code = %s, done_at = %s
            FROM old WHERE m.id = old.id RETURNING {MOVED}
        ), {JOURNAL}
        SELECT count(*) FROM moved
    """  # noqa: S608 - constants
    ids = None if only is None else list(only)
    settled: int = rows(sql, [chunk, ids, ids, state.value, code, at])[0][0]
    return settled


COUNTERS = ("delivered", "failed", "suppressed", "cancelled", "expired", "unknown", "moved")


def count_on_chunks(changes: dict[int, dict[str, int]], at: datetime) -> None:
    """Add to counters of chunks, close those that owe nothing any more, and tally the outcomes.

    `changes` maps chunk ids to counter changes. A chunk that is not recorded as sent yet stays
    open: recording closes it (`chunks.record_sent`).
    """
    chunks = sorted(changes)
    if not chunks:
        return
    columns = [[changes[c].get(name, 0) for c in chunks] for name in COUNTERS]
    run(
        f"""
        WITH d AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], {", ".join(["%s::int[]"] * len(COUNTERS))})
                AS d (id, {", ".join(COUNTERS)})
        ), locked AS MATERIALIZED (
            SELECT c.id FROM store_chunk c JOIN d USING (id) ORDER BY c.id FOR UPDATE OF c
        )
        UPDATE store_chunk c SET
            {", ".join(f"{n} = c.{n} + d.{n}" for n in COUNTERS)},
            unknown_due_at = CASE WHEN d.unknown > 0 THEN NULL ELSE c.unknown_due_at END,
            state = CASE WHEN c.state = 'sent' AND
                {" + ".join(f"c.{n} + d.{n}" for n in COUNTERS)} >= c.size
                THEN 'settled' ELSE c.state END
        FROM d JOIN locked USING (id) WHERE c.id = d.id
        """,  # noqa: S608 - names from the constant above
        [chunks, *columns],
    )
    _tally(changes, at)


_PRICE = narrowest(channel="c.channel", account="c.account_id", path="e.path", day="x.day")


def _tally(changes: dict[int, dict[str, int]], at: datetime) -> None:
    """Append tally rows, priced by the tariff of the day; only what was delivered is billed."""
    counted = [
        (chunk, outcome, number)
        for chunk, counters in changes.items()
        for outcome, number in counters.items()
        if outcome != "moved" and number
    ]
    run(
        f"""
        INSERT INTO store_tally (day, department_id, project_id, notice_id, account_id, channel,
                                 outcome, needs, messages, won)
        SELECT x.day, b.department_id, b.project_id, b.notice_id, c.account_id, c.channel,
               d.outcome, b.needs, sum(d.n),
               sum(CASE WHEN d.outcome = 'delivered' THEN d.n * coalesce(p.won, 0) ELSE 0 END)
        FROM (SELECT %s::date AS day) x
        CROSS JOIN unnest(%s::bigint[], %s::text[], %s::int[]) AS d (chunk, outcome, n)
        JOIN store_chunk c ON c.id = d.chunk
        JOIN store_batch b ON b.id = c.batch_id
        JOIN store_department e ON e.id = b.department_id
        {_PRICE}
        GROUP BY x.day, b.department_id, b.project_id, b.notice_id, c.account_id, c.channel,
                 d.outcome, b.needs
        """,  # noqa: S608 - the constant above
        [
            timezone.localdate(at),
            [c[0] for c in counted],
            [c[1] for c in counted],
            [c[2] for c in counted],
        ],
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands, and what its notice says about reaching people."""

    attempt_no: int
    state: str
    channel: str
    try_no: int
    fallback: str
    priority: str
    chunk: int


def standing(messages: Sequence[int]) -> dict[int, Standing]:
    """The current attempt of each message with its notice's policy. Primary-key look-ups."""
    sql = """
        SELECT m.id, m.attempt_no, m.state, c.channel, c.try_no, n.fallback, n.priority,
               m.chunk_id
        FROM store_message m
        JOIN store_chunk c ON c.id = m.chunk_id
        JOIN store_batch b ON b.id = m.batch_id
        JOIN store_notice n ON n.id = b.notice_id
        WHERE m.id = ANY(%s::bigint[])
    """
    return {row[0]: Standing(*row[1:]) for row in rows(sql, [list(messages)])}
