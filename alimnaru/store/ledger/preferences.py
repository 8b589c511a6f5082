"""What residents asked for, written in sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alimnaru.store.ledger.base import rows, run

#: Of the lock under which choices are entered: two clerks at two desks must not both find nothing.
_LOCK = 0x0A11_1A57


def lock() -> None:
    """One at a time enters choices, until the caller's transaction ends."""
    rows("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def stop_all(
    hashes: Sequence[bytes], *, member: int, provenance: str, note: str, at: datetime
) -> int:
    """Enter that these phones want nothing that the law does not ask for; how many are new.

    Other choices of theirs end, those for single notices too, which would go before this one.
    Needs `lock`. Plan: hash join of the list with the index by phone.
    """
    given = list(hashes)
    new = rows(
        """
        WITH told AS MATERIALIZED (SELECT DISTINCT h FROM unnest(%s::bytea[]) AS t (h))
        INSERT INTO store_preference
               (to_hash, notice_id, choice, provenance, member_id, since, until, note)
        SELECT h, NULL, 'stop', %s, %s::bigint, %s, NULL, %s FROM told
        WHERE NOT EXISTS (
            SELECT FROM store_preference p WHERE p.to_hash = told.h AND p.notice_id IS NULL
               AND p.choice = 'stop' AND (p.until IS NULL OR p.until > %s)
        )
        ORDER BY h RETURNING 1
        """,
        [given, provenance, member, at, note, at],
    )
    run(
        """
        UPDATE store_preference SET until = %s
        WHERE to_hash = ANY(%s::bytea[]) AND choice <> 'stop'
          AND (until IS NULL OR until > %s)
        """,
        [at, given, at],
    )
    return len(new)
