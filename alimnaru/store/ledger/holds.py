"""Putting messages apart for a hold, and blanking them at its end, some at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from alimnaru.store.ledger.base import rows, run

#: Copies blanked in one transaction: about a tenth of a second.
BLANKED = 5000


def next_messages(batch: int, only: Sequence[int] | None, after: int, limit: int) -> list[int]:
    """The next messages to put apart, by number."""
    if only is None:
        sql = """
            SELECT id FROM store_message WHERE batch_id = %s AND id > %s ORDER BY id LIMIT %s
        """
        return [row[0] for row in rows(sql, [batch, after, limit])]
    sql = """
        SELECT id FROM store_message WHERE batch_id = %s AND id = ANY(%s) AND id > %s
        ORDER BY id LIMIT %s
    """
    return [row[0] for row in rows(sql, [batch, list(only), after, limit])]


def digest_of(hold: int) -> str:
    """SHA-256 over, in the order of their messages, each copy's message and SHA-256(payload). The
    sealed payload: it is compared without opening anything, and a new root does not change it."""
    sql = """
        SELECT encode(sha256(coalesce(
            string_agg(int8send(message) || sha256(payload), ''::bytea ORDER BY message), ''::bytea
        )), 'hex') FROM store_heldcopy WHERE hold_id = %s
    """
    found: str = rows(sql, [hold])[0][0]
    return found


def drop_keys(now: datetime, today: date) -> list[int]:
    """Destroy the keys of holds whose day is over, or whose end two people have agreed on."""
    sql = """
        UPDATE store_legalhold SET wrapped_key = NULL, key_gone_at = %s, state = 'hold_ending'
        WHERE id IN (
            SELECT id FROM store_legalhold
            WHERE state IN ('hold_copying', 'hold_kept')
              AND (until < %s OR end_agreed_at IS NOT NULL)
            ORDER BY id FOR UPDATE SKIP LOCKED
        )
        RETURNING id
    """
    return sorted(row[0] for row in rows(sql, [now, today]))


def blank(hold: int, after: int) -> int | None:
    """Take payload and hash from the next copies; the last message that was blanked, None where
    nothing is left."""
    sql = """
        WITH next AS (
            SELECT id FROM store_heldcopy WHERE hold_id = %s AND message > %s
            ORDER BY message LIMIT %s
        ), gone AS (
            UPDATE store_heldcopy c SET payload = ''::bytea, to_hash = ''::bytea
            FROM next WHERE c.id = next.id RETURNING c.message
        )
        SELECT max(message) FROM gone
    """
    found: int | None = rows(sql, [hold, after, BLANKED])[0][0]
    if found is not None:
        run("UPDATE store_legalhold SET blanked_to = %s WHERE id = %s", [found, hold])
    return found


#: Holds whose copies are not those that the audit says were put apart, or that no audit tells of.
#: One whose key is destroyed has none left to compare.
ALTERED = """
    SELECT h.id, h.copied_at FROM store_legalhold h
    CROSS JOIN LATERAL (
        SELECT count(*) AS many, encode(sha256(coalesce(
            string_agg(int8send(c.message) || sha256(c.payload), ''::bytea ORDER BY c.message),
            ''::bytea)), 'hex') AS digest
        FROM store_heldcopy c WHERE c.hold_id = h.id
    ) AS now
    WHERE h.state = 'hold_kept' AND (
        now.many <> h.copies OR now.digest <> h.digest OR NOT EXISTS (
            SELECT FROM store_auditentry e
            WHERE e.subject = 'hold:' || h.id AND e.act = 'hold.copied'
              AND e.facts->>'digest' = h.digest AND e.facts->>'messages' = h.copies::text))
    ORDER BY 1
"""


def altered() -> list[tuple[int, datetime | None]]:
    """(number, when it was put apart) of holds whose copies were touched since."""
    return [(number, at) for number, at in rows(ALTERED, [])]
