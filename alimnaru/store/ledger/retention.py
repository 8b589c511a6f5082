"""What is through, and blanking what its time is over for, some chunks at a time.

Of a destroyed payload stays a mark and SHA-256 over hash and payload: what was sealed into the
proof of a batch can still be shown to have been there, and nobody reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alimnaru.store.ledger.base import rows, run

#: Chunks blanked in one transaction: at 2,000 messages each about a tenth of a second.
CHUNKS = 5
_NOT_COPYING = """
    NOT EXISTS (SELECT FROM store_legalhold h
                WHERE h.batch = k.batch_id AND h.state = 'hold_copying')
"""


@dataclass(frozen=True, slots=True)
class Through:
    """A batch of which it is not written down yet that it is through."""

    batch: int
    retention: str
    expires: datetime
    last: datetime | None
    owing: bool


def newly_through(now: datetime, before: datetime, overdue: datetime, limit: int) -> list[Through]:
    """Batches made before `before` that owe nothing, or expired before `overdue`, the oldest first.

    Only those that nobody discarded: of a draft that was given up nothing is left.
    """
    sql = """
        SELECT b.id, n.retention, b.expires_at,
               (SELECT max(m.done_at) FROM store_message m
                WHERE m.batch_id = b.id AND m.done_at <= %s), o.owing
        FROM store_batch b
        JOIN store_notice n ON n.id = b.notice_id
        CROSS JOIN LATERAL (
            SELECT b.stage <> 'released' OR coalesce(b.open_until > %s, false)
                OR EXISTS (SELECT FROM store_chunk c
                           WHERE c.batch_id = b.id AND c.state <> 'settled')
                OR EXISTS (SELECT FROM store_attempt a
                           WHERE a.batch_id = b.id AND a.moved_at IS NULL) AS owing
        ) o
        WHERE b.stage IN ('released', 'requested') AND b.created_at < %s
          AND NOT EXISTS (SELECT FROM store_kept k WHERE k.batch_id = b.id)
          AND (NOT o.owing OR b.expires_at < %s)
        ORDER BY b.created_at LIMIT %s
    """
    return [Through(*row) for row in rows(sql, [now, now, before, overdue, limit])]


def drop_keys(now: datetime, limit: int) -> list[int]:
    """Destroy the keys of batches whose texts are due; their numbers. From here on nobody reads
    them, whatever becomes of the rest.

    Not before it has expired where something of it is to go after all, as when somebody has decided
    on an SMS between asking for its end and agreeing: that goes first. And not while it is being
    put apart for a hold: whoever agrees to one locks the row of `Kept`, so a second statement that
    sees what was agreed on since the first began asks again. Call it in a transaction.
    """
    sql = f"""
        SELECT k.batch_id FROM store_kept k JOIN store_batch b ON b.id = k.batch_id
        WHERE k.text_gone_at IS NULL AND k.text_until <= %s AND k.key_gone_at IS NULL
          AND (b.expires_at <= %s OR NOT (
              EXISTS (SELECT FROM store_chunk c
                      WHERE c.batch_id = b.id AND c.state <> 'settled')
              OR EXISTS (SELECT FROM store_attempt a
                         WHERE a.batch_id = b.id AND a.moved_at IS NULL)))
          AND {_NOT_COPYING}
        ORDER BY k.batch_id LIMIT %s FOR UPDATE OF k SKIP LOCKED
    """  # noqa: S608 - a constant
    due = [row[0] for row in rows(sql, [now, now, limit])]
    sql = f"""
        WITH due AS (
            SELECT k.batch_id FROM store_kept k WHERE k.batch_id = ANY(%s) AND {_NOT_COPYING}
        ), keyless AS (
            UPDATE store_batch b SET wrapped_key = NULL FROM due WHERE b.id = due.batch_id
        )
        UPDATE store_kept k SET key_gone_at = %s FROM due
        WHERE k.batch_id = due.batch_id RETURNING k.batch_id
    """  # noqa: S608 - a constant
    return [row[0] for row in rows(sql, [due, now])]


def chunks_after(batch: int, after: int) -> list[int]:
    """The next chunks of a batch."""
    sql = "SELECT id FROM store_chunk WHERE batch_id = %s AND id > %s ORDER BY id LIMIT %s"
    return [row[0] for row in rows(sql, [batch, after, CHUNKS])]


def blank(batch: int, chunks: Sequence[int], now: datetime) -> int:
    """Blank the messages of these chunks and what hangs on them, and note how far it has come.
    How many messages. Twice would hash a digest: the caller holds the row of `Kept`, and what a
    late receipt has moved on into another chunk meanwhile is known by its mark."""
    sql = """
        UPDATE store_message SET payload = '\\x00'::bytea || sha256(to_hash || payload)
        WHERE batch_id = %s AND chunk_id = ANY(%s)
          AND NOT (octet_length(payload) = 33 AND get_byte(payload, 0) = 0)
    """
    own = "SELECT id FROM store_message WHERE batch_id = %s AND chunk_id = ANY(%s)"
    many = run(sql, [batch, list(chunks)])
    others = run(
        f"UPDATE store_revision SET was = '\\x00'::bytea || sha256(was) WHERE message_id IN ({own})",  # noqa: S608, E501
        [batch, list(chunks)],
    )
    others += run(
        f"UPDATE store_occasion SET payload = NULL WHERE payload IS NOT NULL AND message_id IN ({own})",  # noqa: S608, E501
        [batch, list(chunks)],
    )
    sql = """
        UPDATE store_kept SET blanked_to = %s, messages = messages + %s, others = others + %s
        WHERE batch_id = %s
    """
    run(sql, [max(chunks), many, others, batch])
    return many


def end_texts(batch: int, now: datetime) -> None:
    """The last step: refused rows, and what was left of the file."""
    sql = """
        UPDATE store_refusedrow SET payload = '\\x00'::bytea || sha256(payload) WHERE batch_id = %s
    """
    many = run(sql, [batch])
    run("UPDATE store_listupload SET content = NULL WHERE batch_id = %s", [batch])
    sql = "UPDATE store_kept SET text_gone_at = %s, others = others + %s WHERE batch_id = %s"
    run(sql, [now, many, batch])


def unhash(batch: int, chunks: Sequence[int]) -> int:
    """Take the phone's hash and the row's key from the messages of these chunks, and the names of
    records in other systems. The row's own number keeps it apart from the others."""
    own = "SELECT id FROM store_message WHERE batch_id = %s AND chunk_id = ANY(%s)"
    given = [batch, list(chunks)]
    run(
        "UPDATE store_occasion SET to_hash = ''::bytea, record = 'gone:' || id"  # noqa: S608
        f" WHERE message_id IN ({own})",
        given,
    )
    run(f"UPDATE store_agentrow SET said = NULL WHERE message_id IN ({own})", given)  # noqa: S608
    run(f"DELETE FROM store_reference WHERE message_id IN ({own})", given)  # noqa: S608
    sql = """
        UPDATE store_message SET to_hash = ''::bytea, row_key = int8send(id)
        WHERE batch_id = %s AND chunk_id = ANY(%s)
    """
    many = run(sql, given)
    run("UPDATE store_kept SET unhashed_to = %s WHERE batch_id = %s", [max(chunks), batch])
    return many


def end_hashes(batch: int, now: datetime) -> None:
    """The last step: what the list was called, and by what it would be known again."""
    sql = """
        UPDATE store_batch SET source_name = '', source_sha256 = '', rows_digest = NULL
        WHERE id = %s
    """
    run(sql, [batch])
    run("UPDATE store_listupload SET name = '', sha256 = '' WHERE batch_id = %s", [batch])
    run("UPDATE store_kept SET hash_gone_at = %s WHERE batch_id = %s", [now, batch])
