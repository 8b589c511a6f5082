"""Whom a batch has reached, or may have: counted from chunks, read in pages by row key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alimnaru.rules.outcomes import ACTIONS, Action
from alimnaru.store.ledger.base import rows

#: Codes of superseded tries that may have arrived all the same: the carrier stayed silent, or could
#: not tell.
_UNSURE = sorted(["silent", *(r.value for r, a in ACTIONS.items() if a is Action.UNCERTAIN)])

#: A message was delivered, may have been, or is with a carrier. A chunk with a token was handed
#: over once, whatever has become of it since.
_REACHED = """
    (m.state IN ('delivered', 'unknown')
     OR (m.state = 'pending' AND (c.state IN ('sent', 'doubt') OR c.token <> ''))
     OR EXISTS (SELECT FROM store_attempt a
                WHERE a.message_id = m.id AND a.code = ANY(%s::text[])))
"""

#: A correction knows the phone: it has told its owner, or still will, or cannot. What was cancelled
#: or came too late has told nobody, unless an earlier try of it may have.
_KNOWN = """
    EXISTS (SELECT FROM store_message d
            WHERE d.batch_id = ANY(%s::bigint[]) AND d.row_key = m.to_hash
              AND (d.state NOT IN ('cancelled', 'expired')
                   OR EXISTS (SELECT FROM store_attempt a
                              WHERE a.message_id = d.id AND a.code = ANY(%s::text[]))))
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody who was told, or may have been; sealed under their batch's key."""

    message: int
    row_key: bytes
    to_hash: bytes
    payload: bytes


def page(batch: int, after: bytes, corrections: Sequence[int], limit: int) -> list[Reached]:
    """The next of those who were reached and of whose phones none of `corrections` knows, by row
    key. By the unique index on (batch, row key); a row of a correction is keyed by the phone."""
    sql = f"""
        SELECT m.id, m.row_key, m.to_hash, m.payload
        FROM store_message m JOIN store_chunk c ON c.id = m.chunk_id
        WHERE m.batch_id = %s AND m.row_key > %s AND {_REACHED}
          AND NOT {_KNOWN}
        ORDER BY m.row_key LIMIT %s
    """  # noqa: S608 - the literal above
    found = rows(sql, [batch, after, _UNSURE, list(corrections), _UNSURE, limit])
    return [Reached(*row) for row in found]


def count(batch: int, corrections: Sequence[int]) -> int:
    """How many phones `page` would find in all. Reads every message of the batch."""
    sql = f"""
        SELECT count(DISTINCT m.to_hash)
        FROM store_message m JOIN store_chunk c ON c.id = m.chunk_id
        WHERE m.batch_id = %s AND {_REACHED}
          AND NOT {_KNOWN}
    """  # noqa: S608 - the literal above
    return int(rows(sql, [batch, _UNSURE, list(corrections), _UNSURE])[0][0])


def any_message(batch: int) -> tuple[int, bytes] | None:
    """One message of a batch: (id, payload)."""
    sql = "SELECT id, payload FROM store_message WHERE batch_id = %s ORDER BY row_key LIMIT 1"
    found = rows(sql, [batch])
    return (found[0][0], found[0][1]) if found else None


def affected(batches: Sequence[int], messages: Sequence[int]) -> list[tuple[int, int, bytes]]:
    """(batch, message, keyed hash) of whom these batches reached, and of these messages themselves.
    Reads every message of the batches."""
    sql = f"""
        SELECT m.batch_id, m.id, m.to_hash
        FROM store_message m JOIN store_chunk c ON c.id = m.chunk_id
        WHERE m.batch_id = ANY(%s::bigint[]) AND {_REACHED}
        UNION
        SELECT m.batch_id, m.id, m.to_hash FROM store_message m WHERE m.id = ANY(%s::bigint[])
        ORDER BY 1, 2
    """  # noqa: S608 - the literal above
    return [(b, m, h) for b, m, h in rows(sql, [list(batches), _UNSURE, list(messages)])]


def affected_people(batches: Sequence[int], messages: Sequence[int]) -> int:
    """How many phones `affected` finds."""
    sql = f"""
        SELECT count(*) FROM (
            SELECT m.to_hash FROM store_message m JOIN store_chunk c ON c.id = m.chunk_id
            WHERE m.batch_id = ANY(%s::bigint[]) AND {_REACHED}
            UNION SELECT to_hash FROM store_message WHERE id = ANY(%s::bigint[])
        ) AS people
    """  # noqa: S608 - the literal above
    return int(rows(sql, [list(batches), _UNSURE, list(messages)])[0][0])
