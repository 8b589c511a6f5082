"""Which messages of a chunk are copied for whom, and that they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from alimnaru.store.ledger.base import ints, rows


class Owed(msgspec.Struct, frozen=True, gc=False):
    """A message of a chunk that a guardian has no copy of. `phone` is sealed."""

    message: int
    guardian: int
    to_hash: bytes
    phone: bytes


def owed(
    chunk: int, *, notice: int, department: str, openly: bool, named: bool, at: datetime
) -> list[Owed]:
    """Copies that the pending messages of a chunk still owe, of a notice sent by a department (its
    path). `openly`: also to guardians of everything; `named`: to those of this notice. A guardian
    who is entered twice, or anew, has one copy of a message.

    From the chunk's messages into the small index of guardians by ward; an office that has none
    pays for a look at an empty table.
    """
    sql = """
        SELECT DISTINCT ON (m.id, g.to_hash) m.id, g.id, g.to_hash, g.phone
        FROM store_guardian g
        JOIN store_department d ON d.id = g.department_id
        JOIN store_message m ON m.to_hash = g.ward_hash
        WHERE m.chunk_id = %s AND m.state = 'pending' AND g.to_hash <> m.to_hash
          AND g.since <= %s AND g.until > %s
          AND ((%s AND g.notice_id = %s)
               OR (%s AND g.notice_id IS NULL AND starts_with(%s::text, d.path)))
          AND NOT EXISTS (
              SELECT FROM store_copy c JOIN store_guardian o ON o.id = c.guardian_id
              WHERE c.message_id = m.id AND o.to_hash = g.to_hash
          )
        ORDER BY m.id, g.to_hash, g.id
    """
    params = [chunk, at, at, named, notice, openly, department]
    return [Owed(r[0], r[1], bytes(r[2]), bytes(r[3])) for r in rows(sql, params)]


def note(copies: Sequence[tuple[Owed, int]]) -> set[int]:
    """Write down which message is whose copy; return the ids of those that were not there yet."""
    sql = """
        INSERT INTO store_copy (message_id, guardian_id, copy_id)
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
        ON CONFLICT (message_id, guardian_id) DO NOTHING RETURNING copy_id
    """
    params = [
        ints(o.message for o, _ in copies),
        ints(o.guardian for o, _ in copies),
        ints(copy for _, copy in copies),
    ]
    return {row[0] for row in rows(sql, params)}
