"""A batch that comes in pieces, and one message that is taken back before it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alimnaru.store.ledger.accepting import Entry
from alimnaru.store.ledger.base import rows, run


def known_keys(batch: int, keys: Sequence[bytes]) -> set[bytes]:
    """Which of these row keys the batch has already. By its unique index."""
    sql = """
        SELECT row_key FROM store_message
        WHERE batch_id = %s AND row_key = ANY(%s::bytea[])
    """
    return {bytes(row[0]) for row in rows(sql, [batch, list(keys)])}


def ids_by_row(batch: int) -> dict[int, int]:
    """The message of each good row. For a batch of one call: it reads all of them."""
    return dict(rows("SELECT row_no, id FROM store_message WHERE batch_id = %s", [batch]))


def name(key: int, named: Sequence[tuple[int, str]], at: datetime) -> None:
    """Note what a caller calls messages, given as (message, text)."""
    sql = """
        INSERT INTO store_reference (message_id, key_id, text, at)
        SELECT m, %s, t, %s FROM unnest(%s::bigint[], %s::text[]) AS n (m, t)
    """
    run(sql, [key, at, [n[0] for n in named], [n[1] for n in named]])


def set_lane(batch: int, lane: str) -> None:
    """Another lane for the chunks of a batch that nobody has released."""
    run("UPDATE store_chunk SET lane = %s WHERE batch_id = %s", [lane, batch])


def take_one(message: int) -> Entry | None:
    """Take a single message out that waits to be gathered; gone when the caller commits. None if it
    is not there, or was gathered meanwhile."""
    sql = """
        DELETE FROM store_accepted WHERE id = %s
        RETURNING id, key_id, notice_id, version_id, department_id, member_id, origin, lane,
                  to_hash, payload, accepted_at, gather_at, expires_at, is_sandbox
    """
    found = rows(sql, [message])
    if not found:
        return None
    r = found[0]
    return Entry(
        id=r[0], key=r[1], notice=r[2], version=r[3], department=r[4], member=r[5],
        origin=r[6], lane=r[7], to_hash=bytes(r[8]), payload=bytes(r[9]),
        accepted_at=r[10], gather_at=r[11], expires_at=r[12], is_sandbox=r[13],
    )  # fmt: skip


def lock_unsent(message: int) -> int | None:
    """Lock a message that was never handed over, and its chunk; return the chunk.

    None: it has ended, was handed over, or a worker is at it this moment. The message first, as
    whoever settles does; the chunk is not waited for: who holds it may wait for the message.
    """
    sql = """
        SELECT chunk_id FROM store_message
        WHERE id = %s AND state = 'pending' AND attempt_no = 1 FOR UPDATE
    """
    found = rows(sql, [message])
    if not found:
        return None
    sql = """
        SELECT id FROM store_chunk
        WHERE id = %s AND state IN ('ready', 'held') AND token = '' FOR UPDATE SKIP LOCKED
    """
    locked = rows(sql, [found[0][0]])
    return locked[0][0] if locked else None
