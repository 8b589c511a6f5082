"""Phones that Kakao could not reach lately, by keyed hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from alimnaru.store.ledger.base import ints, rows, run, words


class Missed(msgspec.Struct, frozen=True, gc=False):
    """An Alimtalk that found nobody, and for how many days that is believed."""

    message: int
    attempt_no: int
    code: str
    days: int


def note(missed: Sequence[Missed], at: datetime) -> None:
    """Remember the phones behind these tries; who is known already is renewed.

    Only for the current try of messages that are still open, whose locks the caller holds: a late
    or repeated receipt renews nothing. Upserts in the order of the hashes, so that two drains
    cannot wait for each other. Plan: index scan by primary key on both tables.
    """
    if not missed:
        return
    run(
        """
        WITH told AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::int[])
                AS t (id, attempt_no, code, days)
        )
        INSERT INTO store_absence (to_hash, code, since, until)
        SELECT DISTINCT ON (m.to_hash) m.to_hash, t.code, %s::timestamptz,
               %s::timestamptz + make_interval(days => t.days)
        FROM told t JOIN store_message m ON m.id = t.id AND m.attempt_no = t.attempt_no
        WHERE m.channel = 'alimtalk' AND m.state IN ('pending', 'unknown')
        ORDER BY m.to_hash, t.days
        ON CONFLICT (to_hash) DO UPDATE
        SET code = excluded.code, since = excluded.since, until = excluded.until
        """,
        [
            ints(m.message for m in missed),
            ints(m.attempt_no for m in missed),
            words(m.code for m in missed),
            ints(m.days for m in missed),
            at,
            at,
        ],
    )


def drop(hashes: Sequence[bytes]) -> None:
    """Forget phones that Kakao is tried for all the same: the result says anew what holds."""
    run(
        """
        WITH tried AS MATERIALIZED (
            SELECT to_hash FROM store_absence WHERE to_hash = ANY(%s::bytea[])
            ORDER BY to_hash FOR UPDATE
        )
        DELETE FROM store_absence a USING tried WHERE a.to_hash = tried.to_hash
        """,
        [list(hashes)],
    )


def forget_over(now: datetime) -> int:
    """Delete entries whose time is over, a bounded number; return how many.

    Skips rows that a drain is renewing at this moment instead of waiting for it.
    """
    found = rows(
        """
        DELETE FROM store_absence WHERE to_hash IN (
            SELECT to_hash FROM store_absence WHERE until <= %s
            ORDER BY until LIMIT 10000 FOR UPDATE SKIP LOCKED
        ) RETURNING 1
        """,
        [now],
    )
    return len(found)
