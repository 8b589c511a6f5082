"""Gather: single messages that were accepted are packed into chunks, many at a time.

Every worker looks some ten times a second, in its own lanes; one of them gathers a lane at a time.
So a job is not needed for each message, and load makes chunks bigger, not slower. Messages of one
program and notice share a batch for a few minutes: a batch for each would be a hundred thousand a
day, a batch for a day would outlive what it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.utils import timezone

from alimnaru.flow.gathering import pack
from alimnaru.flow.jobs import JobName, defer_new
from alimnaru.flow.routing import chunk_size
from alimnaru.flow.wordings import wording
from alimnaru.store import crypto
from alimnaru.store.ledger import accepting, advisory, birth, pieces
from alimnaru.store.ledger.accepting import Entry
from alimnaru.store.models import Batch, Notice, Stage

#: Messages gathered in one transaction.
ROUND = 2_000
#: A batch takes further messages for so long, or for a tenth of what its notice is worth telling:
#: that much earlier than asked its last messages expire.
OPEN_FOR = timedelta(minutes=10)
OPEN_SHARE = 10

_unpack = msgspec.msgpack.Decoder(list[str]).decode
_Kind = tuple[object, ...]


def gather(lanes: Sequence[str]) -> None:
    """Make chunks of all that is due in these lanes."""
    for lane in lanes:
        while accepting.waits(lane, timezone.now()) and _one_round(lane):
            pass


def bring_in(message: int, now: datetime) -> None:
    """Put one message into its batch before its turn, if it still waits: what is to happen to it
    can then be counted. In the caller's transaction."""
    entry = pieces.take_one(message)
    if entry is not None:
        _into_batch([entry], now)


def seal(parts: Sequence[str]) -> bytes:
    """Phone, name and values of a message that has no batch yet."""
    return crypto.seal(msgspec.msgpack.encode(list(parts)), purpose=accepting.PURPOSE)


def opened(payload: bytes) -> list[str]:
    """What `seal` sealed. Raises `crypto.Unreadable`."""
    return _unpack(crypto.unseal(payload, purpose=accepting.PURPOSE))


def _one_round(lane: str) -> bool:
    """False: another worker is at it, or nothing is left."""
    now = timezone.now()
    with transaction.atomic():
        if not advisory.alone(advisory.GATHER, _number(lane)):
            return False
        taken = accepting.take(lane, now, ROUND)
        groups: dict[_Kind, list[Entry]] = defaultdict(list)
        for entry in taken:
            groups[_kind(entry)].append(entry)
        for entries in groups.values():
            _into_batch(entries, now)
    return len(taken) == ROUND


def _number(lane: str) -> int:
    return int.from_bytes(lane.encode()[:3], "big")


def _kind(e: Entry) -> _Kind:
    """What messages of one batch have in common."""
    return (
        e.key, e.notice, e.version, e.department, e.member, e.origin, e.is_sandbox, e.expires_at
    )  # fmt: skip


def _into_batch(entries: Sequence[Entry], now: datetime) -> None:
    batch = _open_batch(entries[0], now) or _new_batch(entries[0], now)
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    size = chunk_size(batch.version_id, hours_waived=batch.hours_waived)
    parts = pack([(e.id, 1, e.to_hash) for e in entries], size)
    ids = birth.chunk_ids(len(parts))
    chunk_of = {m: chunk for chunk, part in zip(ids, parts, strict=True) for m, _, _ in part}
    first = wording(batch.version_id).first
    with birth.MessageCopy(batch.pk, first) as copy:
        for number, e in enumerate(entries, batch.rows + 1):
            payload = key.seal(e.id, opened(e.payload))
            row_key = e.id.to_bytes(16, "big")
            copy.add(birth.Birth(e.id, chunk_of[e.id], number, row_key, e.to_hash, payload))
    birth.insert_chunks(
        batch.pk,
        chunks=[(chunk, len(part)) for chunk, part in zip(ids, parts, strict=True)],
        channel=first,
        lane=batch.lane,
        not_before=now,
    )
    Batch.objects.filter(pk=batch.pk).update(rows=batch.rows + len(entries))
    defer_new(JobName.DISPATCH, ids, queue=batch.lane)


def _open_batch(e: Entry, now: datetime) -> Batch | None:
    """The batch that still takes such messages, locked. A stopped one takes them too, and holds
    them: who stopped it meant the program, not the minute."""
    if e.expires_at is not None:
        return None  # its end is its own, and would cut short what others have to say
    found = Batch.objects.select_for_update(no_key=True).filter(
        open_until__gt=now,
        # One that a program fills in pieces takes none but these (`flow.pieces`).
        stage=Stage.RELEASED,
        cancelled_at=None,
        api_key=e.key,
        notice=e.notice,
        version=e.version,
        department=e.department,
        member=e.member,
        origin=e.origin,
        hours_waived=e.is_sandbox,
    )
    return found.order_by("-pk").first()


def _new_batch(e: Entry, now: datetime) -> Batch:
    notice = Notice.objects.get(pk=e.notice)
    lasts = timedelta(minutes=notice.ttl_minutes)
    batch = Batch.objects.create(
        notice=notice,
        department_id=e.department,
        version_id=e.version,
        member_id=e.member,
        api_key_id=e.key,
        origin=e.origin,
        lane=e.lane,
        created_at=now,
        not_before=now,
        expires_at=e.expires_at or now + lasts,
        open_until=None if e.expires_at else now + min(OPEN_FOR, lasts / OPEN_SHARE),
        hours_waived=e.is_sandbox,
        stage=Stage.RELEASED,
        released_at=now,
    )
    key = crypto.BatchKey.new()
    batch.wrapped_key = key.wrap(batch.pk)
    batch.save(update_fields=["wrapped_key"])
    return batch
