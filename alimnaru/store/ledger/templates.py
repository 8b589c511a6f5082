"""When wordings were last sent, and how much an account sends in a day."""

from __future__ import annotations

from datetime import datetime

from alimnaru.store.ledger.base import rows, run


def note_last_sends(account: int) -> None:
    """Bring the last send of each of the account's wordings up to date.

    Asked of the chunks once a day: a year's sleep does not need a write with every hand-over.
    """
    sql = """
        UPDATE store_templateregistration r SET last_sent_at = s.at
        FROM (
            SELECT b.version_id, max(c.sent_at) AS at
            FROM store_chunk c JOIN store_batch b ON b.id = c.batch_id
            WHERE c.account_id = %s AND c.channel = 'alimtalk' AND c.sent_at IS NOT NULL
            GROUP BY b.version_id
        ) s
        WHERE r.version_id = s.version_id AND r.account_id = %s
          AND (r.last_sent_at IS NULL OR r.last_sent_at < s.at)
    """
    run(sql, [account, account])


def sent_since(account: int, since: datetime) -> int:
    """Alimtalks that an account took since a moment."""
    sql = """
        SELECT coalesce(sum(cardinality(sent_ids)), 0) FROM store_chunk
        WHERE account_id = %s AND channel = 'alimtalk' AND sent_at >= %s
    """
    found: int = rows(sql, [account, since])[0][0]
    return found


def waiting_until(until: datetime) -> int:
    """Alimtalks that are to go before a moment and have not yet been handed over."""
    sql = """
        SELECT coalesce(sum(size), 0) FROM store_chunk
        WHERE channel = 'alimtalk' AND state IN ('ready', 'claimed', 'doubt') AND not_before < %s
    """
    found: int = rows(sql, [until])[0][0]
    return found
