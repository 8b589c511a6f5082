"""Gathering: messages that go on to another try are packed into new chunks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from alimnaru.flow.jobs import JobName, defer_new
from alimnaru.flow.wordings import wording
from alimnaru.rules.channel import Channel
from alimnaru.store.ledger import birth, moves, settling
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.exit import Waiting
from alimnaru.store.models import Batch
from alimnaru.store.models.batches import SliceState


def gather(
    batch: Batch,
    items: Sequence[tuple[int, int, bytes]],
    *,
    channel: Channel,
    try_no: int,
    now: datetime,
) -> None:
    """Move messages, given as (id, attempt, phone hash), into new chunks of `channel`.

    In the caller's transaction, which holds the messages' locks; the jobs ring when it commits.
    Where there is no picture for an MMS, its text goes as LMS.
    """
    channel = wording(batch.version_id).way_by(channel)
    packed = pack(items, settings.CHUNK_SIZE)
    ids = birth.chunk_ids(len(packed))
    birth.insert_chunks(
        batch.pk,
        chunks=[(chunk, len(part)) for chunk, part in zip(ids, packed, strict=True)],
        channel=channel,
        lane=batch.lane,
        not_before=now,
        try_no=try_no,
        # While a first slice is watched nothing else is under way: how it fares is told by all of
        # its tries.
        in_slice=batch.slice_state == SliceState.WATCHING,
    )
    plan = [
        (message, attempt_no, chunk)
        for chunk, part in zip(ids, packed, strict=True)
        for message, attempt_no, _ in part
    ]
    moves.move_messages(plan, channel)
    defer_new(JobName.DISPATCH, ids, queue=batch.lane)


def pack(items: Sequence[tuple[int, int, bytes]], size: int) -> list[list[tuple[int, int, bytes]]]:
    """Split into parts of at most `size` in which no phone stands twice (see flow/intake.py)."""
    parts: list[list[tuple[int, int, bytes]]] = []
    seen: list[set[bytes]] = []
    first_open = 0
    for item in items:
        for n in range(first_open, len(parts)):
            if len(parts[n]) < size and item[2] not in seen[n]:
                break
        else:
            parts.append([])
            seen.append(set())
            n = len(parts) - 1
        parts[n].append(item)
        seen[n].add(item[2])
        while first_open < len(parts) and len(parts[first_open]) >= size:
            first_open += 1
    return parts


def divert(claim: Claim, batch: Batch, messages: Sequence[Waiting], now: datetime) -> None:
    """Move residents who asked for SMS out of an Alimtalk chunk before it goes."""
    items = [(m.id, m.attempt_no, m.to_hash) for m in messages]
    gather(batch, items, channel=Channel(batch.notice.fallback), try_no=1, now=now)
    settling.count_on_chunks({claim.chunk: {"moved": len(items)}}, now)
