"""The rows of a batch, some at a time, with names and phones masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from alimnaru.reads.sealed import key_of, masked_in
from alimnaru.reads.what_next import REFUSED
from alimnaru.rules.lifecycle import MessageState
from alimnaru.store import crypto
from alimnaru.store.ledger.base import rows as select
from alimnaru.store.models import Batch, RefusedRow

_M = MessageState
_PENDING = "size - delivered - failed - suppressed - cancelled - expired - unknown - moved"
#: How many messages of a chunk are in a state: what its counters say.
_IN_CHUNK: Final[Mapping[str, str]] = {
    "": "size - moved",
    _M.PENDING: _PENDING,
    **{state.value: state.value for state in _M if state is not _M.PENDING},
}


class Place(NamedTuple):
    """Where a page of rows ended: a chunk and a message in it (of refused rows: 0 and the row)."""

    chunk: int
    message: int

    def __str__(self) -> str:
        return f"{self.chunk}-{self.message}"


def place_from(text: str) -> Place | None:
    """What `str(place)` wrote; None for anything else."""
    parts = text.split("-")
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 19 for p in parts):
        return None
    return Place(int(parts[0]), int(parts[1]))


@dataclass(frozen=True, slots=True, repr=False)
class BatchRow:
    """A row of the list. `message` is 0 for one that the check refused; `column` is its column.

    Name and phone are masked; empty once the batch's key is destroyed.
    """

    message: int
    row_no: int
    name: str
    phone: str
    state: str
    channel: str
    code: str
    column: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows, and where the next ones begin (None: there are no more)."""

    rows: Sequence[BatchRow]
    next: Place | None


def batch_rows(
    batch: Batch, state: str = "", after: Place | None = None, limit: int = 50
) -> RowPage:
    """Rows of a batch in one `state` (a message state, `REFUSED`, or '' for every message).

    For a batch that the caller got through its scope. In the order of chunks and, in these, of the
    list: a state that one message in 10,000 has is then found by the chunks' counters, and a page
    never reads more chunks than it shows rows.
    """
    after = after or Place(0, 0)
    if state == REFUSED:
        return _refused(batch, after, limit)
    sql = f"""
        WITH counted AS (
            SELECT id, CASE WHEN id = %s THEN 0 ELSE {_IN_CHUNK[state]} END AS n
            FROM store_chunk WHERE batch_id = %s AND id >= %s AND {_IN_CHUNK[state]} > 0
        ), near AS (
            SELECT id FROM (SELECT id, sum(n) OVER (ORDER BY id) - n AS before FROM counted) AS c
            WHERE before <= %s
        )
        SELECT chunk_id, id, row_no, payload, state, channel, coalesce(code, ''), done_at
        FROM store_message
        WHERE chunk_id = ANY(ARRAY(SELECT id FROM near)) AND (chunk_id, id) > (%s, %s)
          AND (%s = '' OR state = %s)
        ORDER BY chunk_id, id LIMIT %s
    """  # noqa: S608 - the pieces are those of the table above
    chunk, message = after
    found = select(sql, [chunk, batch.pk, chunk, limit, chunk, message, state, state, limit + 1])
    key = key_of(batch)
    shown = [
        BatchRow(m, row_no, *masked_in(key, m, payload), state_, channel, code, "", done_at)
        for _, m, row_no, payload, state_, channel, code, done_at in found[:limit]
    ]
    last = found[limit - 1] if len(found) > limit else None
    return RowPage(shown, Place(last[0], last[1]) if last else None)


def _refused(batch: Batch, after: Place, limit: int) -> RowPage:
    """Index scan on refusedrow.batch_id."""
    found = list(
        RefusedRow.objects.filter(batch=batch, pk__gt=after.message).order_by("pk")[: limit + 1]
    )
    key = key_of(batch)
    shown = [
        BatchRow(
            0,
            row.row_no,
            *masked_in(key, row.row_no, bytes(row.payload), crypto.REFUSED),
            REFUSED,
            "",
            row.code,
            row.column,
            None,
        )
        for row in found[:limit]
    ]
    return RowPage(shown, Place(0, found[limit - 1].pk) if len(found) > limit else None)
