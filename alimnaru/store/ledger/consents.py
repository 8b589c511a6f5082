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
