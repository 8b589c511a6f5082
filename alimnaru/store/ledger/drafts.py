"""A draft's messages as a whole: whom they would reach, and what of them is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alimnaru.store.ledger.base import rows, run


def ids_of(batch: int) -> tuple[int, int]:
    """The first and the last message id of a batch. Rows of a list lie between them, in order.

    Reads the whole batch by its unique index: once per list, and not for a page.
    """
    sql = "SELECT min(id), max(id) FROM store_message WHERE batch_id = %s"
    first, last = rows(sql, [batch])[0]
    return first, last


def id_of(batch: int, row_key: bytes) -> int:
    """The message of a row."""
    sql = "SELECT id FROM store_message WHERE batch_id = %s AND row_key = %s"
    return int(rows(sql, [batch, row_key])[0][0])


def unwilling(batch: int, notice: int, *, statutory: bool, at: datetime) -> int:
    """How many of a batch the exit will leave out: they said stop, or the number is not theirs.

    Starts from the wishes, of which an office has few, and finds their messages by phone hash. A
    number that is only not one person's is not counted: whom a row means is sealed.
    """
    sql = """
        WITH said AS (
            SELECT to_hash,
                   (array_agg(choice ORDER BY notice_id IS NULL, since DESC))[1] = 'stop' AS stop
            FROM store_preference
            WHERE (notice_id = %s OR notice_id IS NULL)
              AND since <= %s AND (until IS NULL OR until > %s)
            GROUP BY to_hash
        ), out AS (
            SELECT to_hash FROM said WHERE stop AND NOT %s
            UNION
            SELECT to_hash FROM store_suspension
            WHERE person_hash IS NULL AND since <= %s AND (until IS NULL OR until > %s)
        )
        SELECT count(*) FROM out JOIN store_message m USING (to_hash) WHERE m.batch_id = %s
    """
    return int(rows(sql, [notice, at, at, statutory, at, at, batch])[0][0])


def repeated(batch: int) -> tuple[int, int]:
    """How many phones stand more than once in a batch, and in how many rows. Reads all of it."""
    sql = """
        SELECT count(*), coalesce(sum(n), 0) FROM (
            SELECT count(*) AS n FROM store_message
            WHERE batch_id = %s GROUP BY to_hash HAVING count(*) > 1
        ) AS again
    """
    people, lines = rows(sql, [batch])[0]
    return int(people), int(lines)


def known_values(phones: Sequence[bytes]) -> list[tuple[bytes, str, bytes]]:
    """What earlier lists said of these phones: (phone, field, value), all of them hashes."""
    sql = """
        SELECT to_hash, field, value_hash FROM store_knownvalue WHERE to_hash = ANY(%s::bytea[])
    """
    return [(r[0], r[1], r[2]) for r in rows(sql, [list(phones)])]


def remember_values(
    phones: Sequence[bytes], fields: Sequence[str], values: Sequence[bytes], at: datetime
) -> None:
    """Note what a list that went out said of its phones. A phone may have several values."""
    run(
        """
        INSERT INTO store_knownvalue (to_hash, field, value_hash, seen_at)
        SELECT DISTINCT p, f, v, %s::timestamptz
        FROM unnest(%s::bytea[], %s::text[], %s::bytea[]) AS new (p, f, v)
        ORDER BY p, f, v  -- as everybody does, or two lists could wait for one another for ever
        ON CONFLICT (to_hash, field, value_hash) DO UPDATE SET seen_at = excluded.seen_at
        """,
        [at, list(phones), list(fields), list(values)],
    )


def forget_values(phones: Sequence[bytes], fields: Sequence[str], values: Sequence[bytes]) -> None:
    """Forget what a list said of its phones. Another list may have said the same: it will again."""
    run(
        """
        WITH old AS MATERIALIZED (
            SELECT k.id FROM store_knownvalue k
            JOIN unnest(%s::bytea[], %s::text[], %s::bytea[]) AS t (p, f, v)
              ON (k.to_hash, k.field, k.value_hash) = (t.p, t.f, t.v)
            ORDER BY k.to_hash, k.field, k.value_hash FOR UPDATE OF k  -- as they are written
        )
        DELETE FROM store_knownvalue k USING old WHERE k.id = old.id
        """,
        [list(phones), list(fields), list(values)],
    )


def copy_phones(batch: int, saved_list: int) -> None:
    """Note the phones of a batch as those of a saved list."""
    run(
        """
        INSERT INTO store_savedphone (saved_list_id, to_hash)
        SELECT DISTINCT %s::bigint, to_hash FROM store_message WHERE batch_id = %s
        ON CONFLICT DO NOTHING
        """,
        [saved_list, batch],
    )
