"""Whether anything may leave, asked in one statement for each chunk; what a copy is given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from django.db import connection

from alimnaru.rules.standing import Identity
from alimnaru.store.ledger.base import ints, prepared, rows, run
from alimnaru.store.ledger.chunks import Claim

#: A copy begins its numbers anew so far behind those that it knows: under a number that was given
#: out after the copy was made a carrier has something else. Blocks of a thousand messages; chunks.
JUMP = 1_000_000

# The log's own name says the timeline at once; the control file would after the next checkpoint.
_TIMELINE = "('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int"
_OURS = "SELECT oid::bigint FROM pg_database WHERE datname = current_database()"
_SYSTEM = f"SELECT system_identifier::text, ({_OURS}) FROM pg_control_system()"  # noqa: S608
_STAND = f"""
    SELECT {_TIMELINE}, s.system, s.timeline, coalesce(s.database, 0), s.pause,
           EXISTS (SELECT FROM store_recalled)
    FROM (SELECT 1) AS one LEFT JOIN store_officestate s ON s.id = 1
"""  # noqa: S608 - constants

#: The cluster and database of each open connection. The server reads its control file anew each
#: time, by a path that somebody may have closed since it was started; a connection changes neither.
_systems: WeakKeyDictionary[object, tuple[str, int]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database says about itself. `known` is None before anybody has written it down."""

    here: Identity
    known: Identity | None
    pause: str
    recalls: bool


def look() -> Seen:
    """A single row and a function that reads memory: 0.1 ms. Raises Django's `DatabaseError`."""
    timeline, known_system, known_timeline, known_database, pause, recalls = prepared(_STAND, [])[0]
    system, database = _system()
    known = None
    if known_system is not None:
        known = Identity(known_system, known_timeline, known_database)
    return Seen(Identity(system, timeline, database), known, pause or "", recalls)


def _system() -> tuple[str, int]:
    connection.ensure_connection()
    on = connection.connection
    found = _systems.get(on)
    if found is None:
        system, database = rows(_SYSTEM, [])[0]
        found = _systems[on] = (str(system), int(database))
    return found


def flushed() -> int:
    """How far the log is on the disk, in bytes: what is there never goes back."""
    found: int = rows("SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint", [])[0][0]
    return found


def last_commit() -> datetime | None:
    """The last commit that was replayed when this server recovered from an archive."""
    found: datetime | None = rows("SELECT pg_last_xact_replay_timestamp()", [])[0][0]
    return found


def adopt(now: datetime) -> None:
    """Write down that this database is the office."""
    sql = f"""
        INSERT INTO store_officestate AS s
            (id, system, database, timeline, seen_at, pause, why, found)
        SELECT 1, %s, %s, {_TIMELINE}, %s, '', '', '[]'
        ON CONFLICT (id) DO UPDATE SET system = excluded.system, database = excluded.database,
            timeline = excluded.timeline
    """
    run(sql, [*_system(), now])


def see(now: datetime, before: datetime) -> bool:
    """Note that the office lives, unless that was noted after `before`."""
    sql = """
        UPDATE store_officestate SET seen_at = %s
        WHERE id = 1 AND pause <> 'copy' AND (seen_at IS NULL OR seen_at < %s)
    """
    return bool(run(sql, [now, before]))


def jump() -> None:
    """Move the numbers of messages, chunks and batches beyond whatever was given out elsewhere."""
    for sequence in (
        "'store_message_block'",
        "pg_get_serial_sequence('store_chunk', 'id')",
        "pg_get_serial_sequence('store_batch', 'id')",
    ):
        rows(f"SELECT setval({sequence}, nextval({sequence}) + %s)", [JUMP])


def keep_recalled(
    account: int, tries: Sequence[tuple[int, int, str]], now: datetime
) -> tuple[int, int]:
    """Keep what an account has, given as (message, attempt, token), unless it is known here.

    Returns how many are not known here as handed over, and of how many there is no message at all.
    """
    sql = """
        WITH told AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[])
                AS t (message_id, attempt_no, token)
        ), fresh AS MATERIALIZED (
            SELECT t.*, m.id IS NULL AND a.id IS NULL AS strange
            FROM told t LEFT JOIN store_message m ON m.id = t.message_id
            LEFT JOIN store_accepted a ON a.id = t.message_id
            LEFT JOIN store_chunk c ON c.id = m.chunk_id
            WHERE m.id IS NULL
               OR m.attempt_no < t.attempt_no
               OR (m.attempt_no = t.attempt_no AND m.state = 'pending' AND c.token <> t.token)
        ), kept AS (
            INSERT INTO store_recalled (message_id, attempt_no, account_id, token, at)
            SELECT message_id, attempt_no, %s, token, %s FROM fresh WHERE NOT strange
            ON CONFLICT DO NOTHING
        )
        SELECT count(*) FILTER (WHERE NOT strange), count(*) FILTER (WHERE strange) FROM fresh
    """
    columns = [ints(t[0] for t in tries), ints(t[1] for t in tries), [t[2] for t in tries]]
    found = rows(sql, [*columns, account, now])[0]
    return found[0], found[1]


def take_recalled(chunk: int) -> list[tuple[int, str, int]]:
    """What carriers have of the waiting messages of a chunk: (account, token, message), one token
    a message; what was taken under another waits until this one turns out to be nothing."""
    sql = """
        WITH first AS MATERIALIZED (
            SELECT DISTINCT ON (m.id) r.id
            FROM store_message m JOIN store_recalled r
                ON r.message_id = m.id AND r.attempt_no = m.attempt_no
            WHERE m.chunk_id = %s AND m.state = 'pending' ORDER BY m.id, r.id
        )
        DELETE FROM store_recalled r USING first WHERE r.id = first.id
        RETURNING r.account_id, r.token, r.message_id
    """
    return sorted((r[0], r[1], r[2]) for r in rows(sql, [chunk]))


def doubt_under(claim: Claim, account: int, token: str, now: datetime) -> bool:
    """A whole chunk went under this token: its carrier is asked what became of it."""
    sql = """
        UPDATE store_chunk SET state = 'doubt', account_id = %s, token = %s, lease_until = NULL,
               doubt_since = %s, not_before = %s, setbacks = 0
        WHERE id = %s AND claim = %s AND state IN ('claimed', 'doubt')
    """
    return run(sql, [account, token, now, now, claim.chunk, claim.claim]) == 1


def part_under(
    claim: Claim, account: int, token: str, now: datetime, *, chunk: int, messages: Sequence[int]
) -> None:
    """Some messages of a chunk went under this token: they become a chunk of their own, in doubt.

    The caller holds the messages' locks and the claim.
    """
    run(
        """
        INSERT INTO store_chunk
            (id, batch_id, channel, lane, try_no, state, claim, token, account_id, setbacks,
             hold_code, not_before, doubt_since, in_slice, size,
             delivered, failed, suppressed, cancelled, expired, unknown, moved)
        SELECT %s, batch_id, channel, lane, try_no, 'doubt', 0, %s, %s, 0, '', %s, %s, in_slice, %s,
               0, 0, 0, 0, 0, 0, 0
        FROM store_chunk WHERE id = %s
        """,
        [chunk, token, account, now, now, len(messages), claim.chunk],
    )
    sql = "UPDATE store_message SET chunk_id = %s WHERE id = ANY(%s::bigint[])"
    run(sql, [chunk, ints(messages)])


def forget_recalled(before: datetime) -> None:
    """Whatever of it has not come up in so long never will."""
    run("DELETE FROM store_recalled WHERE at < %s", [before])


def unsure_chunks(now: datetime) -> list[int]:
    """Chunks that are due and wait without a token: were they handed over after the copy was made,
    it would not know. Partial index of open chunks."""
    sql = """
        SELECT c.id FROM store_chunk c JOIN store_batch b ON b.id = c.batch_id
        WHERE c.state IN ('ready', 'claimed', 'held') AND c.token = '' AND c.not_before <= %s
          AND b.stage = 'released'
        ORDER BY c.id
    """
    return [r[0] for r in rows(sql, [now])]


def waiting_in(chunks: Sequence[int]) -> int:
    """How many messages wait in chunks."""
    sql = """
        SELECT count(*) FROM store_message WHERE chunk_id = ANY(%s::bigint[]) AND state = 'pending'
    """
    found: int = rows(sql, [ints(chunks)])[0][0]
    return found


def close(chunks: Sequence[int]) -> None:
    """Settle chunks of which nothing waits any more."""
    sql = """
        UPDATE store_chunk SET state = 'settled', lease_until = NULL, claim = claim + 1
        WHERE id = ANY(%s::bigint[]) AND state IN ('ready', 'claimed', 'held')
    """
    run(sql, [ints(chunks)])
