"""What a key has used of its limits. Taken out in advance, so that no call waits for another."""

from __future__ import annotations

from datetime import datetime

from alimnaru.store.ledger.base import rows, run


def take(key: int, window: str, starts_at: datetime, *, count: int, limit: int) -> int | None:
    """Take all of `count` out of a window; how much is taken now, None if so much is not left.
    One upsert by the unique index."""
    if count > limit:
        return None
    sql = """
        INSERT INTO store_apiuse AS u (key_id, "window", starts_at, taken)
        VALUES (%s, %s, %s, %s)
        ON CONFLICT (key_id, "window", starts_at) DO UPDATE SET taken = u.taken + excluded.taken
            WHERE u.taken + excluded.taken <= %s
        RETURNING taken
    """
    found = rows(sql, [key, window, starts_at, count, limit])
    return found[0][0] if found else None


def used(key: int, window: str, starts_at: datetime) -> int:
    """How much was taken out of a window so far, what is in a process's hand included."""
    sql = 'SELECT taken FROM store_apiuse WHERE key_id = %s AND "window" = %s AND starts_at = %s'
    found = rows(sql, [key, window, starts_at])
    return found[0][0] if found else 0


def forget(before: datetime, calls_before: datetime) -> None:
    """Delete windows that are over, and answers that are replayed no more."""
    run("DELETE FROM store_apiuse WHERE starts_at < %s", [before])
    run("DELETE FROM store_apicall WHERE at < %s", [calls_before])


def forget_references(before: datetime, limit: int = 5_000) -> None:
    """Delete what callers called messages so long ago. Ids rise with time, so the oldest are the
    first by the primary key; the next sweep goes on."""
    sql = """
        DELETE FROM store_reference WHERE at < %s AND message_id = ANY(ARRAY(
            SELECT message_id FROM store_reference ORDER BY message_id LIMIT %s))
    """
    run(sql, [before, limit])
