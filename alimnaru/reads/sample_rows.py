"""A few rows of a stored list that tell most about it: the longest, the shortest, some by lot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from alimnaru.reads.draft_rows import DraftRow
from alimnaru.store import crypto
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Batch, ListUpload, Message

#: Rows by lot, beside the longest and the shortest.
BY_LOT: Final = 3


class Picked(StrEnum):
    """Why a row is shown."""

    LONGEST = "longest"
    SHORTEST = "shortest"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Sample:
    """A row, opened, and why it was picked."""

    picked: Picked
    row: DraftRow


def samples(batch: Batch, lot: str) -> list[Sample]:
    """Up to five different rows of a batch; the same ones for the same `lot`.

    Raises `crypto.Unreadable` where the batch's key is destroyed.
    """
    longest, shortest = _ends(batch)
    picked = [(Picked.LONGEST, longest), (Picked.SHORTEST, shortest)]
    picked += [(Picked.LOT, message) for message in _drawn(batch.pk, lot)]
    ids: dict[int, Picked] = {}
    for why, message in picked:
        if message is not None:
            ids.setdefault(message, why)
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    found = {m.pk: m for m in Message.objects.filter(pk__in=ids).only("row_no", "payload")}
    return [Sample(why, _opened(key, found[pk])) for pk, why in ids.items() if pk in found]


def _opened(key: crypto.BatchKey, message: Message) -> DraftRow:
    phone, name, *values = key.open(message.pk, bytes(message.payload))
    return DraftRow(message.pk, message.row_no, phone, name, values)


def _ends(batch: Batch) -> tuple[int | None, int | None]:
    """The longest and the shortest row: as the check noted them, else by their sealed length,
    which is that of their texts and costs a look at every row."""
    upload = ListUpload.objects.filter(batch=batch).values_list("findings", flat=True).first()
    if upload and upload.get("longest"):
        return int(upload["longest"]), int(upload.get("shortest") or 0)
    sql = """
        SELECT (array_agg(id ORDER BY n DESC, id))[1], (array_agg(id ORDER BY n, id))[1] FROM (
            SELECT id, octet_length(payload) AS n FROM store_message WHERE batch_id = %s
        ) AS m
    """
    found = rows(sql, [batch.pk])[0]
    return found[0], found[1]


def _drawn(batch: int, lot: str) -> list[int]:
    """Rows by lot: the first ones by row key from places that the lot decides. By the index."""
    drawn = []
    for number in range(BY_LOT):
        place = sha256(f"{lot} {number}".encode()).digest()[:16]
        sql = """
            (SELECT id FROM store_message WHERE batch_id = %s AND row_key >= %s
             ORDER BY row_key LIMIT 1)
            UNION ALL
            (SELECT id FROM store_message WHERE batch_id = %s ORDER BY row_key LIMIT 1)
        """
        found = rows(sql, [batch, place, batch])
        drawn += [row[0] for row in found[:1]]
    return drawn
