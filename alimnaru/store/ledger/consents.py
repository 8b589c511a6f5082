"""Who agreed to be served electronically: asked for a chunk or a list at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alimnaru.store.ledger.base import rows


def in_force(notice: int, hashes: Sequence[bytes], day: date) -> set[tuple[bytes, bytes]]:
    """(phone hash, person hash) of those who agreed for this notice, on this day. Index by phone
    and notice."""
    sql = """
        SELECT to_hash, person_hash FROM store_serviceconsent
        WHERE to_hash = ANY(%s::bytea[]) AND notice_id = %s AND withdrawn_at IS NULL
          AND starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)
    """
    return {(row[0], row[1]) for row in rows(sql, [list(set(hashes)), notice, day, day])}


def agreed_phones(batch: int, notice: int, day: date) -> list[tuple[int, bytes, list[bytes]]]:
    """The batch's messages whose phone somebody agreed with: id, payload, persons' hashes."""
    sql = """
        SELECT m.id, m.payload, array_agg(c.person_hash) FROM store_message m
        JOIN store_serviceconsent c ON c.to_hash = m.to_hash AND c.notice_id = %s
             AND c.withdrawn_at IS NULL AND c.starts_on <= %s
             AND (c.ends_on IS NULL OR c.ends_on >= %s)
        WHERE m.batch_id = %s GROUP BY m.id, m.payload
    """
    return [(row[0], row[1], row[2]) for row in rows(sql, [notice, day, day, batch])]
