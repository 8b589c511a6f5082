"""The rows that seals are made of, and their digests: computed where the rows are."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import msgspec

from alimnaru.rules.seals import Kind
from alimnaru.store.ledger.base import rows, run
from alimnaru.store.ledger.courses import AT, LAST, SEALING

TABLES = {
    Kind.AUDIT: "store_auditentry",
    Kind.ACCESS: "store_accessentry",
    Kind.OUTCOME: "store_outcome",
    Kind.CONTENT: "store_content",
    Kind.CERTIFICATE: "store_certificate",
}

# Every column by name, so that one added later changes no digest.
_FIELDS = {
    Kind.AUDIT: (
        f"r.id, {AT.format('r.at')}, r.actor_id, r.actor_name, r.department_id, r.act, r.subject, "
        "r.address, r.via, r.facts"
    ),
    Kind.ACCESS: (
        f"r.id, {AT.format('r.at')}, r.member_id, r.actor_name, r.api_key_id, r.address, "
        "r.via, r.act, r.subject, r.department_id, encode(r.to_hash, 'hex'), r.people, r.clear, "
        "r.reason, r.note"
    ),
    Kind.OUTCOME: (
        f"r.id, {AT.format('r.recorded_at')}, r.state, r.code, r.channel, r.attempt_no, "
        f"{AT.format('r.at')}, array_to_string(r.ids, ',')"
    ),
    Kind.CONTENT: (f"r.id, r.batch_id, {AT.format('r.at')}, r.messages, encode(r.digest, 'hex')"),
    Kind.CERTIFICATE: f"r.id, r.destruction_id, {AT.format('r.at')}, r.digest",
}
#: Fields that came later, in rows that have them: leaves of those without are what they were.
_LATER = {
    Kind.CONTENT: (
        " || CASE WHEN r.course IS NULL THEN '[]'::jsonb ELSE"
        " jsonb_build_array(encode(r.course, 'hex'), r.last_chunk, r.last_attempt) END"
    ),
}

#: Rows of one seal: 32 bytes each stand in its row.
MOST = 50_000
#: Below every id that a row can have, also one that no sequence gave.
LOWEST = -(2**63) - 1


class Stretch(msgspec.Struct, frozen=True):
    """Rows of a table with their digests, in the order of their ids."""

    ids: list[int]
    leaves: bytes


def last_sealed(kind: Kind) -> int:
    """The highest id that a seal of this kind covers; 0 without one. Index scan."""
    sql = "SELECT last_id FROM store_seal WHERE kind = %s ORDER BY last_id DESC LIMIT 1"
    found = rows(sql, [kind.value])
    return found[0][0] if found else 0


def wait_for_disk() -> None:
    """Have the caller's transaction on the disk, with all before it, when it has ended."""
    rows("SELECT set_config('synchronous_commit', 'on', true)", [])


def finished_up_to(kind: Kind, patience: float) -> int | None:
    """An id below which no row of the table can come any more; None if that cannot be said within
    `patience` seconds.

    Numbers are drawn before their transaction commits, so a row may appear below others that are
    visible. Whoever may have drawn one holds the table's lock for writers since before it did; all
    who hold it once the highest id has been seen are waited for, as CREATE INDEX CONCURRENTLY does.
    Nobody waits for us. Must run outside a transaction: each statement has to see what is new.
    """
    table = TABLES[kind]
    highest: int | None = rows(f"SELECT max(id) FROM {table}", [])[0][0]  # noqa: S608
    if highest is None:
        return None
    waited_for = _writers(table)
    end = time.monotonic() + patience
    while waited_for & _writers(table):
        if time.monotonic() > end:
            return None
        time.sleep(0.05)
    return highest


def _writers(table: str) -> set[str]:
    sql = """
        SELECT virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND relation = to_regclass(%s) AND pid <> pg_backend_pid()
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                       'AccessExclusiveLock')
    """
    return {row[0] for row in rows(sql, [table])}


def stretch(kind: Kind, after: int, until: int, limit: int | None = MOST) -> Stretch:
    """The table's rows with `after` < id <= `until`. Index scan by primary key."""
    sql = f"""
        SELECT coalesce(array_agg(id ORDER BY id), '{{}}'),
               coalesce(string_agg(leaf, '' ORDER BY id), '')
        FROM (
            SELECT r.id, sha256(convert_to((
                       jsonb_build_array({_FIELDS[kind]}){_LATER.get(kind, "")}
                   )::text, 'UTF8')) AS leaf
            FROM {TABLES[kind]} r WHERE r.id > %s AND r.id <= %s ORDER BY r.id LIMIT %s
        ) AS r
    """  # noqa: S608 - constants
    ids, leaves = rows(sql, [after, until, limit])[0]
    return Stretch(ids, bytes(leaves))


#: What is left of a payload once the data are destroyed is this hash after a zero byte. A batch
#: that still has its key may own such a payload by chance.
_HASH = """CASE WHEN b.wrapped_key IS NULL AND octet_length(p.payload) = 33
                     AND get_byte(p.payload, 0) = 0
                THEN substr(p.payload, 2) ELSE sha256(m.to_hash || p.payload) END"""

# A source may be asked again even later, for a text that follows an unknown outcome: what was
# sealed is then the first text kept beside (`store_revision`).
DIGEST_OF_BATCH = f"""
    SELECT count(*), sha256(coalesce(string_agg(int8send(m.id) || {_HASH}, '' ORDER BY m.id), ''))
    FROM store_message m JOIN store_batch b ON b.id = m.batch_id
    CROSS JOIN LATERAL (
        SELECT coalesce((SELECT v.was FROM store_revision v
                         WHERE v.message_id = m.id AND v.at > c.at
                         ORDER BY v.attempt_no LIMIT 1), m.payload) AS payload
    ) AS p
    WHERE m.batch_id = c.batch_id
"""  # noqa: S608 - constants


def through(now: datetime, limit: int = 2000) -> list[int]:
    """Batches that are through and have no content digest yet. Only those that expired within the
    last forty days or have yet to are looked at, by index: however long they were planned before.

    One that programs' single messages still join is not through while all that it holds is; a
    minute more for the transaction in which one joins at the last moment.
    """
    sql = """
        SELECT b.id FROM store_batch b
        WHERE b.expires_at > %s AND b.stage = 'released'
          AND (b.open_until IS NULL OR b.open_until < %s)
          AND NOT EXISTS (SELECT FROM store_content c WHERE c.batch_id = b.id)
          AND EXISTS (SELECT FROM store_chunk k WHERE k.batch_id = b.id)
          AND NOT EXISTS (SELECT FROM store_chunk k
                          WHERE k.batch_id = b.id AND k.state <> 'settled')
        ORDER BY b.id LIMIT %s
    """
    values = [now - timedelta(days=40), now - timedelta(minutes=1), limit]
    return [row[0] for row in rows(sql, values)]


def note_contents(batches: list[int], now: datetime) -> int:
    """Write the digests of what these batches said; return how many."""
    return run(
        f"""
        INSERT INTO store_content
            (batch_id, at, last_chunk, last_attempt, messages, digest, course)
        SELECT c.batch_id, c.at, c.last_chunk, c.last_attempt, d.*, w.*
        FROM unnest(%s::bigint[]) AS u (batch_id)
        CROSS JOIN LATERAL (
            SELECT c.batch_id, %s::timestamptz AS at, l.*
            FROM (SELECT u.batch_id) AS c
            CROSS JOIN LATERAL ({LAST}) AS l (last_chunk, last_attempt)
        ) AS c
        CROSS JOIN LATERAL ({DIGEST_OF_BATCH}) AS d
        CROSS JOIN LATERAL ({SEALING}) AS w
        ORDER BY c.batch_id
        ON CONFLICT (batch_id) DO NOTHING
        """,  # noqa: S608 - constants
        [batches, now],
    )
