"""Pieces: rows are added to a batch that its program has not closed yet.

Each piece is one transaction: what was answered is stored, what was not can be said again. The
batch is a draft until then, and all of it is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from alimnaru.flow.gathering import pack
from alimnaru.flow.intake import BULK_ROWS
from alimnaru.flow.paying import project_of
from alimnaru.flow.routing import chunk_size
from alimnaru.flow.wordings import wording
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import RowsDigest
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.store import crypto
from alimnaru.store.ledger import accepting, birth, pieces, settling
from alimnaru.store.models import (
    Batch,
    Department,
    Member,
    Notice,
    RefusedRow,
    Stage,
    TemplateVersion,
)

#: Who opens a batch and does not close it has forgotten it.
OPEN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Opening:
    """A batch that a program is about to fill."""

    notice: Notice
    version: TemplateVersion
    department: Department
    member: Member
    api_key: int
    origin: str
    reference: str = ""
    send_at: datetime | None = None
    hours_waived: bool = False
    #: The budget line that pays instead of the notice's.
    project: int | None = None


def open_batch(o: Opening) -> Batch:
    """An empty draft that takes rows for `OPEN_FOR`. In the caller's transaction."""
    now = timezone.now()
    start = max(o.send_at or now, now)
    batch = Batch.objects.create(
        notice=o.notice,
        department=o.department,
        version=o.version,
        member=o.member,
        api_key_id=o.api_key,
        origin=o.origin,
        reference=o.reference,
        lane=o.notice.lane,
        created_at=now,
        not_before=start,
        expires_at=start + timedelta(minutes=o.notice.ttl_minutes),
        open_until=now + OPEN_FOR,
        hours_waived=o.hours_waived,
        project_id=o.project or project_of(o.notice, start),
        needs=wording(o.version.pk).needs,
        stage=Stage.DRAFT,
    )
    batch.wrapped_key = crypto.BatchKey.new().wrap(batch.pk)
    batch.save(update_fields=["wrapped_key"])
    return batch


def add(batch: Batch, rows: Sequence[GoodRow | BadRow]) -> dict[int, int | BadRow]:
    """Add a piece to a locked batch: the message of each row by its number within the piece, or
    what is wrong with it. A row whose key the batch has already is refused as a repeated one."""
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    good, bad = _split(batch, rows)
    ids = dict(
        zip((row.number for row in good), accepting.message_ids.take(len(good)), strict=True)
    )
    _copy(batch, key, good, ids)
    RefusedRow.objects.bulk_create([_refused(batch, key, row) for row in bad])
    digest = RowsDigest(crypto.row_secret(), bytes(batch.rows_digest or b""))
    for row in good:
        digest.add(row.key, row.phone, *row.values)
    batch.rows_digest = digest.value
    batch.rows += len(rows)
    batch.refused += len(bad)
    batch.save(update_fields=["rows", "refused", "rows_digest"])
    return {**ids, **{row.number: row for row in bad}}


def _split(batch: Batch, rows: Sequence[GoodRow | BadRow]) -> tuple[list[GoodRow], list[BadRow]]:
    keys = [row.key for row in rows if isinstance(row, GoodRow)]
    seen = pieces.known_keys(batch.pk, keys)
    good: list[GoodRow] = []
    bad: list[BadRow] = []
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
        elif row.key in seen:
            code = Refusal.ROW_DUPLICATE
            bad.append(BadRow(row.number, "", code, row.phone, row.name, ""))
        else:
            seen.add(row.key)
            good.append(row)
    return good, bad


def _copy(batch: Batch, key: crypto.BatchKey, good: Sequence[GoodRow], ids: dict[int, int]) -> None:
    if not good:
        return
    hashes = {ids[row.number]: crypto.phone_hash(row.phone) for row in good}
    size = chunk_size(batch.version_id, hours_waived=batch.hours_waived)
    parts = pack([(message, 1, to_hash) for message, to_hash in hashes.items()], size)
    chunks = birth.chunk_ids(len(parts))
    chunk_of = {m: chunk for chunk, part in zip(chunks, parts, strict=True) for m, *_ in part}
    with birth.MessageCopy(batch.pk, Channel.ALIMTALK) as copy:
        for row in good:
            message = ids[row.number]
            payload = key.seal(message, [row.phone, row.name, *row.values])
            number = batch.rows + row.number
            to_hash = hashes[message]
            copy.add(birth.Birth(message, chunk_of[message], number, row.key, to_hash, payload))
    birth.insert_chunks(
        batch.pk,
        chunks=[(chunk, len(part)) for chunk, part in zip(chunks, parts, strict=True)],
        channel=Channel.ALIMTALK,
        lane=batch.lane,
        not_before=batch.not_before,
        hold=Refusal.RELEASE_AWAITED,
    )


def _refused(batch: Batch, key: crypto.BatchKey, row: BadRow) -> RefusedRow:
    number = batch.rows + row.number
    shown = [row.phone, row.name, row.shown]
    return RefusedRow(
        batch=batch,
        row_no=number,
        column=row.column[:100],
        code=row.code,
        payload=key.seal(number, shown, space=crypto.REFUSED),
    )


def close(batch: Batch) -> None:
    """Nothing is added to a locked batch any more. A long one travels in the bulk lane."""
    batch.open_until = None
    if batch.lane == Lane.NORMAL and batch.rows >= BULK_ROWS:
        batch.lane = Lane.BULK.value
        pieces.set_lane(batch.pk, batch.lane)
    batch.save(update_fields=["open_until", "lane"])


def cancel_one(message: int, now: datetime) -> bool:
    """Take a message back that was never handed over. In the caller's transaction. False: it has
    ended or is on its way."""
    chunk = pieces.lock_unsent(message)
    if chunk is None:
        return False
    state, code = MessageState.CANCELLED, Refusal.CANCELLED_BY_STAFF
    ended = settling.settle_chunk(chunk, state, code, now, only=[message])
    settling.count_on_chunks({chunk: {state: ended}}, now)
    return bool(ended)
