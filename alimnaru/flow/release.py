"""Release: what is held until people have decided goes, or is taken back. All in one transaction.

The caller holds the batch's lock (`for_change`) and has decided; here the chunks follow. The exit
asks again, whatever rang for a chunk: nothing goes before its release.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from alimnaru.flow.gathering import pack
from alimnaru.flow.jobs import LISTS, RECEIPTS, JobName, defer, defer_at
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import release_hash
from alimnaru.store.ledger import birth, releasing
from alimnaru.store.models import Batch, Stage
from alimnaru.store.models.batches import SliceState


@dataclass(frozen=True, slots=True)
class Start:
    """When a batch goes: `at`, and until when its sender may take it back (None: at once).
    `slice_size` people go first; 0: all together."""

    at: datetime
    undo_until: datetime | None
    slice_size: int


def for_change(batch_id: int) -> Batch:
    """The batch, locked until the caller commits. Others may still refer new chunks to it."""
    own = Batch.objects.select_for_update(of=("self",), no_key=True)
    return own.select_related("notice", "department", "version", "member").get(pk=batch_id)


def pin_of(batch: Batch) -> str:
    """What an approval of the batch, as it stands, would pin.

    The moment of the request is part of it: what was said about an earlier one counts no more.
    """
    asked = batch.requested_at or batch.created_at
    moments = f"{_utc(batch.not_before)} asked {_utc(asked)}"
    digest = bytes(batch.rows_digest or b"")
    return release_hash(batch.version.sha256, digest, batch.rows - batch.refused, moments)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def request(batch: Batch, *, approvals: int, risks: list[str], now: datetime) -> None:
    """A stored draft waits for people to agree: asked for by a program, which asks nobody else."""
    batch.stage = Stage.REQUESTED
    batch.requested_at = now
    batch.approvals_needed = approvals
    batch.risks = risks
    batch.release_hash = pin_of(batch)
    batch.save(update_fields=["stage", "requested_at", "approvals_needed", "risks", "release_hash"])


def release(batch: Batch, start: Start, now: datetime) -> None:
    """Let a locked batch go. One that somebody stopped meanwhile waits for its resume."""
    batch.stage = Stage.RELEASED
    batch.released_at = now
    batch.undo_until = start.undo_until
    batch.not_before = start.at
    batch.expires_at = start.at + timedelta(minutes=batch.notice.ttl_minutes)
    batch.slice_size = _cut_slice(batch, start.slice_size)
    batch.slice_state = SliceState.WATCHING if batch.slice_size else ""
    batch.slice_since = None
    batch.save(update_fields=_RELEASE)
    freed = releasing.free(batch.pk, start.at, only_slice=bool(batch.slice_size))
    at = start.at if start.at > now else None
    defer_at(JobName.DISPATCH, freed, queue=batch.lane, at=at)
    if batch.slice_size:
        defer_at(JobName.SLICE, [batch.pk], queue=RECEIPTS, at=at)
    # Only what goes is remembered (`flow.memory`), and what is taken back does not go.
    defer_at(JobName.REMEMBER, [batch.pk], queue=LISTS, at=at)


_RELEASE = [
    "stage", "released_at", "undo_until", "not_before", "expires_at", "slice_size", "slice_state",
    "slice_since",
]  # fmt: skip


def _cut_slice(batch: Batch, size: int) -> int:
    """Put so many people into chunks of their own; return how many."""
    if not size:
        return 0
    drawn = releasing.draw(batch.pk, size)
    was_in = {message: chunk for message, _, chunk, _ in drawn}
    items = [(message, attempt, to_hash) for message, attempt, _, to_hash in drawn]
    packed = pack(items, settings.CHUNK_SIZE)
    ids = birth.chunk_ids(len(packed))
    birth.insert_chunks(
        batch.pk,
        chunks=[(chunk, len(part)) for chunk, part in zip(ids, packed, strict=True)],
        channel=Channel.ALIMTALK,
        lane=batch.lane,
        not_before=batch.not_before,
        hold=Refusal.RELEASE_AWAITED,
        in_slice=True,
    )
    releasing.move(
        [
            (item[0], was_in[item[0]], chunk)
            for chunk, part in zip(ids, packed, strict=True)
            for item in part
        ]
    )
    return len(drawn)


def take_back(batch: Batch) -> bool:
    """Make a locked batch a draft again. False: something of it is on its way; roll back then."""
    if not releasing.take_back(batch.pk):
        return False
    batch.stage = Stage.DRAFT
    batch.released_at = batch.undo_until = batch.stopped_at = batch.slice_since = None
    batch.slice_size, batch.slice_state = 0, ""
    batch.save(update_fields=[*_RELEASE, "stopped_at"])
    return True


def discard(batch: Batch) -> None:
    """Give up a locked batch that was never released: nobody can read it from this moment on, and a
    worker clears it away (`flow.drafts`)."""
    batch.stage = Stage.DISCARDED
    batch.wrapped_key = None
    batch.save(update_fields=["stage", "wrapped_key"])
    defer(JobName.ERASE, batch.pk, queue=LISTS)
