"""Intake: a list becomes a batch, its rows become messages, all in one transaction.

Rows stream through: checked rows are sealed and copied in slices, so memory stays flat whatever
the list's length. A list that is refused as a whole leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import IntegrityError, transaction
from django.utils import timezone

from alimnaru.flow.jobs import JobName, defer_new
from alimnaru.flow.paying import project_of
from alimnaru.flow.wordings import wording
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.crowd import Crowd
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import RowsDigest
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.store import crypto
from alimnaru.store.ledger import birth
from alimnaru.store.models import (
    Batch,
    Department,
    Member,
    Notice,
    RefusedRow,
    Stage,
    TemplateVersion,
)

#: Rows per COPY; between two of them ids are drawn and refused rows written.
SLICE = 10_000
#: Chunk ids drawn beyond what a slice fills: phones that stand more than once open further chunks.
SPARE_CHUNKS = 64
#: More than a day of anybody's, and what the column holds.
MOST_EACH = 32_767
#: A list of this length travels in the bulk lane, so that it cannot delay the small ones.
BULK_ROWS = 5_000


class Pause(Enum):
    """What a source of rows yields before it needs the connection (see `Refill`)."""

    PAUSE = auto()


#: Called between two COPYs, while the connection is free: a source that reads this database fetches
#: its next rows then.
Refill = Callable[[], None]


class IntakeRefused(Exception):  # noqa: N818
    """The list as a whole cannot be sent; nothing of it was stored."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: a notice in one wording, for a department, by a member."""

    notice: Notice
    version: TemplateVersion
    department: Department
    member: Member
    chunk_size: int
    origin: str = "list"
    source_name: str = ""
    source_sha256: str = ""
    not_before: datetime | None = None
    hours_waived: bool = False
    #: Stored and held until somebody releases it (`flow.release`).
    draft: bool = False
    corrects: int | None = None
    #: Another lane than the notice's, and the only contract that may carry it: for canaries.
    lane: Lane | None = None
    account: int | None = None
    #: The budget line that pays instead of the notice's.
    project: int | None = None


@dataclass(slots=True)
class _Loading:
    """The state of one intake: open chunks, drawn ids, and refused rows that wait to be written."""

    order: Order
    batch: Batch
    key: crypto.BatchKey
    #: On which channel its messages start.
    first: Channel
    refused: list[RefusedRow] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    spare_chunks: list[int] = field(default_factory=list)
    chunks: dict[int, set[bytes]] = field(default_factory=dict)
    full: list[tuple[int, int]] = field(default_factory=list)
    good: int = 0
    bad: int = 0
    crowd: Crowd = field(default_factory=Crowd)
    digest: RowsDigest = field(default_factory=lambda: RowsDigest(crypto.row_secret()))


def take_in(
    order: Order, rows: Iterable[GoodRow | BadRow | Pause], refill: Refill | None = None
) -> Batch:
    """Store a batch and ring for its chunks. Raises `IntakeRefused`.

    Sending starts when this transaction commits, never before the last row was checked; that of a
    draft starts with its release.
    """
    with transaction.atomic():
        batch = _new_batch(order)
        loading = _Loading(order, batch, crypto.BatchKey.new(), wording(order.version.pk).first)
        batch.wrapped_key = loading.key.wrap(batch.pk)
        source = iter(rows)
        while _load_slice(loading, source, refill):
            pass
        if not loading.good:
            raise IntakeRefused(Refusal.NOTHING_TO_SEND)
        _finish(loading)
    return batch


def _load_slice(
    loading: _Loading, source: Iterator[GoodRow | BadRow | Pause], refill: Refill | None
) -> bool:
    """Copy rows until the drawn ids are used up; False at the end of the list."""
    _draw_ids(loading)
    if refill is not None:
        refill()
    went_on = False
    try:
        with birth.MessageCopy(loading.batch.pk, loading.first) as copy:
            for row in source:
                if isinstance(row, GoodRow):
                    _add(loading, copy, row)
                elif isinstance(row, BadRow):
                    _add_refused(loading, row)
                else:
                    went_on = True
                    break
                if not loading.ids or not loading.spare_chunks or len(loading.refused) >= SLICE:
                    went_on = True
                    break
    except IntegrityError as error:
        # The check finds repeated rows; two that slip through must not both go.
        raise IntakeRefused(Refusal.ROW_DUPLICATE) from error
    if loading.refused:
        RefusedRow.objects.bulk_create(loading.refused)
        loading.refused.clear()
    return went_on


def _draw_ids(loading: _Loading) -> None:
    """Message and chunk ids for a slice: while a COPY is open nothing else can be asked."""
    if not loading.ids:
        for first in reversed(birth.message_blocks(SLICE // birth.BLOCK)):
            loading.ids.extend(range(first + birth.BLOCK - 1, first - 1, -1))
    wanted = SLICE // loading.order.chunk_size + SPARE_CHUNKS - len(loading.spare_chunks)
    if wanted > 0:
        loading.spare_chunks += birth.chunk_ids(wanted)


def _new_batch(order: Order) -> Batch:
    now = timezone.now()
    start = max(order.not_before or now, now)
    return Batch.objects.create(
        notice=order.notice,
        department=order.department,
        version=order.version,
        member=order.member,
        origin=order.origin,
        source_name=order.source_name[:200],
        source_sha256=order.source_sha256,
        lane=order.lane or order.notice.lane,
        account_id=order.account,
        created_at=now,
        not_before=start,
        expires_at=start + timedelta(minutes=order.notice.ttl_minutes),
        hours_waived=order.hours_waived,
        stage=Stage.DRAFT if order.draft else Stage.RELEASED,
        released_at=None if order.draft else now,
        corrects_id=order.corrects,
        project_id=order.project or project_of(order.notice, start),
        needs=wording(order.version.pk).needs,
    )


def _add(loading: _Loading, copy: birth.MessageCopy, row: GoodRow) -> None:
    message = loading.ids.pop()
    to_hash = crypto.phone_hash(row.phone)
    payload = loading.key.seal(message, [row.phone, row.name, *row.values])
    chunk = _chunk_for(loading, to_hash)
    copy.add(birth.Birth(message, chunk, row.number, row.key, to_hash, payload))
    # What is said counts too: the same people are told a new date every week.
    loading.digest.add(row.key, row.phone, *row.values)
    loading.crowd.add(to_hash)
    loading.good += 1


def _chunk_for(loading: _Loading, to_hash: bytes) -> int:
    """An open chunk that does not hold this phone yet.

    Carriers drop a second message to a number of the same call (SOLAPI 1026), and that very rule
    protects us from a chunk that two processes hand over: so each number stands in a chunk once.
    """
    chunk = next((c for c, hashes in loading.chunks.items() if to_hash not in hashes), None)
    if chunk is None:
        chunk = loading.spare_chunks.pop(0)
        loading.chunks[chunk] = set()
    hashes = loading.chunks[chunk]
    hashes.add(to_hash)
    if len(hashes) >= loading.order.chunk_size:
        loading.full.append((chunk, len(hashes)))
        del loading.chunks[chunk]
    return chunk


def _add_refused(loading: _Loading, row: BadRow) -> None:
    loading.bad += 1
    loading.refused.append(
        RefusedRow(
            batch=loading.batch,
            row_no=row.number,
            column=row.column[:100],
            code=row.code,
            payload=loading.key.seal(
                row.number, [row.phone, row.name, row.shown], space=crypto.REFUSED
            ),
        )
    )


def _finish(loading: _Loading) -> None:
    batch = loading.batch
    batch.rows = loading.good + loading.bad
    batch.refused = loading.bad
    if batch.lane == Lane.NORMAL and batch.rows >= BULK_ROWS:
        batch.lane = Lane.BULK.value
    batch.rows_digest = loading.digest.value
    batch.most_each = min(loading.crowd.most, MOST_EACH)
    batch.save()
    chunks = loading.full + [(chunk, len(hashes)) for chunk, hashes in loading.chunks.items()]
    birth.insert_chunks(
        batch.pk,
        chunks=chunks,
        channel=loading.first,
        lane=batch.lane,
        not_before=batch.not_before,
        hold=Refusal.RELEASE_AWAITED if loading.order.draft else "",
    )
    if loading.order.draft:
        return
    later = batch.not_before if batch.not_before > batch.created_at else None
    defer_new(JobName.DISPATCH, [chunk for chunk, _ in chunks], queue=batch.lane, at=later)
