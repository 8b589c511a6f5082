"""Rows of SMS agents' tables: taken on once, and what of them still has to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from alimnaru.store.ledger.base import ints, rows, run


class Taken(msgspec.Struct, frozen=True):
    """A row about to be taken on: `message` that it becomes, or why it becomes none. `said`: a
    keyed hash of what tells it from another row that is given the same key one day."""

    record: str
    said: bytes
    message: int | None
    refusal: str
    recognised: bool


class EndedRow(msgspec.Struct, frozen=True):
    """A row whose message has come to its end, or that was refused (`refusal`)."""

    id: int
    record: str
    refusal: str
    state: str | None
    channel: str | None
    code: str | None
    at: datetime


_OF_THESE = """
    unnest(%s::text[], %s::bytea[]) AS t (record, said)
    WHERE r.source_id = %s AND r.record = t.record
"""
# One that is not marked yet is the same whatever was changed in it meanwhile.
_ANOTHER = "r.said <> t.said AND r.told <> 'nothing'"


def known(source: int, found: Sequence[tuple[str, bytes]]) -> set[str]:
    """Those (record, said) that were taken on before. Probes of the unique index."""
    sql = f"""
        SELECT r.record FROM store_agentrow r, {_OF_THESE} AND ({_ANOTHER}) IS NOT TRUE
    """  # noqa: S608 - constants
    return {row[0] for row in rows(sql, [[f[0] for f in found], [f[1] for f in found], source])}


def _give_way(source: int, taken: Sequence[Taken]) -> None:
    """Rows whose keys were given to other messages keep their story under another name. Their own
    rows are gone, so nothing is left to be told."""
    sql = f"""
        UPDATE store_agentrow r SET record = left(r.record, 96) || '~' || r.id, told = 'result'
        FROM {_OF_THESE} AND {_ANOTHER}
    """  # noqa: S608 - constants
    run(sql, [[t.record for t in taken], [t.said for t in taken], source])


def take_on(source: int, taken: Sequence[Taken], at: datetime) -> set[str]:
    """Store rows; return the records that nobody else has taken on. One that is being taken on
    just now is waited for.

    In the caller's transaction, whose commit will be on the disk before it returns although
    workers do not wait for theirs: the other system's table is marked right after it, and what is
    marked there must not be forgotten here.
    """
    run("SELECT set_config('synchronous_commit', 'on', true)", [])
    _give_way(source, taken)
    found = rows(
        """
        INSERT INTO store_agentrow
            (source_id, record, said, message_id, refusal, recognised, taken_at, told)
        SELECT %s, record, said, message, refusal, recognised, %s, 'nothing'
        FROM unnest(%s::text[], %s::bytea[], %s::bigint[], %s::text[], %s::bool[])
            AS t (record, said, message, refusal, recognised)
        ON CONFLICT (source_id, record) DO NOTHING RETURNING record
        """,
        [
            source, at, [t.record for t in taken], [t.said for t in taken],
            [t.message for t in taken], [t.refusal for t in taken], [t.recognised for t in taken],
        ],
    )  # fmt: skip
    return {row[0] for row in found}


def note_taken(source: int, records: Sequence[str], at: datetime) -> None:
    """The other system's table shows that these were taken on. One that waited there again (a
    backup was restored) is told its result again."""
    run(
        """
        UPDATE store_agentrow SET told = 'taken', told_at = %s
        WHERE source_id = %s AND record = ANY(%s::text[]) AND told <> 'taken'
        """,
        [at, source, list(records)],
    )


def ended(source: int, table: str, unknown_before: datetime, limit: int) -> list[EndedRow]:
    """Rows of a table whose result has not been told, oldest first: all recipients of at most
    `limit` rows, and only where none of them is still under way.

    An unknown outcome counts as an end once it became so before `unknown_before`. Plan: the open
    rows of the source by their partial index, messages by primary key.
    """
    found = rows(
        """
        WITH open AS MATERIALIZED (
            SELECT r.id, r.record, split_part(r.record, '#', 1) AS row, r.refusal, m.state,
                   m.channel, m.code, coalesce(m.done_at, r.taken_at) AS at,
                   r.refusal <> '' OR coalesce(m.state NOT IN ('pending', 'unknown')
                       OR m.state = 'unknown' AND m.done_at < %s, false) AS over
            FROM store_agentrow r LEFT JOIN store_message m ON m.id = r.message_id
            WHERE r.source_id = %s AND r.told <> 'result' AND starts_with(r.record, %s)
        ), over AS (
            SELECT row FROM open GROUP BY row HAVING bool_and(over) ORDER BY min(id) LIMIT %s
        )
        SELECT id, record, refusal, state, channel, code, at
        FROM open WHERE row IN (SELECT row FROM over) ORDER BY id
        """,
        [unknown_before, source, f"{table}:", limit],
    )
    return [EndedRow(*row) for row in found]


def note_told(ids: Sequence[int], at: datetime) -> None:
    """The other system knows what became of these."""
    run(
        "UPDATE store_agentrow SET told = 'result', told_at = %s WHERE id = ANY(%s::bigint[])",
        [at, ints(ids)],
    )
