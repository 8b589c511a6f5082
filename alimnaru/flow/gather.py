"""Gather: single messages that were accepted are packed into chunks, many at a time.

Every worker looks some ten times a second, in its own lanes; one of them gathers a lane at a time.
So a job is not needed for each message, and load makes chunks bigger, not slower. Messages of one
program and notice share a batch for a few minutes: a batch for each would be a hundred thousand a
day, a batch for a day would outlive what it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from alimnaru.flow import merging
from alimnaru.flow.gathering import pack
from alimnaru.flow.jobs import JobName, defer_new
from alimnaru.flow.merging import Item
from alimnaru.flow.paying import project_of
from alimnaru.flow.routing import chunk_size
from alimnaru.flow.wordings import wording
from alimnaru.rules.cell import Cell
from alimnaru.store import crypto
from alimnaru.store.ledger import accepting, advisory, birth, pieces
from alimnaru.store.ledger.accepting import Entry
from alimnaru.store.models import Batch, Notice, Stage

log = structlog.get_logger()

#: Messages gathered in one transaction.
ROUND = 2_000
#: A batch takes further messages for so long, or for a tenth of what its notice is worth telling:
#: that much earlier than asked its last messages expire.
OPEN_FOR = timedelta(minutes=10)
OPEN_SHARE = 10
#: What cannot be gathered keeps nobody behind it waiting, and is tried again after so long.
ASIDE = timedelta(hours=1)

_Kind = tuple[object, ...]


class _Mergeable(msgspec.Struct):
    """What may become part of another message, by the values it came with and not by its texts."""

    parts: list[str]
    cells: dict[str, str | int | float | bool | None]


_unpack = msgspec.msgpack.Decoder(list[str] | _Mergeable).decode


def gather(lanes: Sequence[str]) -> None:
    """Make chunks of all that is due in these lanes."""
    for lane in accepting.due_in(lanes, timezone.now()):
        while _one_round(lane) and accepting.due_in([lane], timezone.now()):
            pass


def bring_in(message: int, now: datetime) -> None:
    """Put one message into its batch before its turn, if it still waits: what is to happen to it
    can then be counted. In the caller's transaction."""
    entry = pieces.take_one(message)
    if entry is not None:
        _into_batch([_item(entry)], now)


def seal(parts: Sequence[str], cells: Mapping[str, Cell] | None = None) -> bytes:
    """Phone, name and values of a message that has no batch yet.

    `cells` by variable, raw: of a notice whose messages wait for each other (`Notice.merge_wait`;
    such an `Entry` is gathered so long after it was accepted).
    """
    given = list(parts) if cells is None else {"parts": list(parts), "cells": dict(cells)}
    return crypto.seal(msgspec.msgpack.encode(given), purpose=accepting.PURPOSE)


def opened(payload: bytes) -> list[str]:
    """Phone, name and values that `seal` sealed. Raises `crypto.Unreadable`."""
    given = _unpack(crypto.unseal(payload, purpose=accepting.PURPOSE))
    return given if isinstance(given, list) else given.parts


def _item(entry: Entry) -> Item:
    given = _unpack(crypto.unseal(entry.payload, purpose=accepting.PURPOSE))
    if isinstance(given, list):
        return Item(entry, given)
    return Item(entry, given.parts, given.cells)


def _one_round(lane: str) -> bool:
    """False: another worker is at it, or nothing is left."""
    now = timezone.now()
    with transaction.atomic():
        if not advisory.alone(advisory.GATHER, _number(lane)):
            return False
        taken = accepting.take(lane, now, ROUND)
        groups: dict[_Kind, list[Entry]] = defaultdict(list)
        for entry in [*taken, *merging.joining(lane, taken)]:
            groups[_kind(entry)].append(entry)
        for entries in groups.values():
            if not _gathered(entries, now):
                # Which of them it is shows when each is tried by itself.
                aside = [e for e in entries if not _gathered([e], now)]
                accepting.put_aside(aside, now + ASIDE)
                log.error("gather_put_aside", lane=lane, messages=[e.id for e in aside])
    return len(taken) == ROUND


def _gathered(entries: Sequence[Entry], now: datetime) -> bool:
    """False: at least one of them cannot be gathered, and nothing was done."""
    try:
        with transaction.atomic():
            _into_batch(merging.merge([_item(e) for e in entries], now), now)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, and none of the messages'
    except Exception as error:
        log.warning("gather_failed", messages=len(entries), error=type(error).__name__)
        return False
    return True


def _number(lane: str) -> int:
    return int.from_bytes(lane.encode()[:3], "big")


def _kind(e: Entry) -> _Kind:
    """What messages of one batch have in common."""
    return (
        e.key, e.notice, e.version, e.department, e.member, e.origin, e.is_sandbox, e.expires_at
    )  # fmt: skip


def _into_batch(items: Sequence[Item], now: datetime) -> None:
    first = items[0].entry
    batch = _open_batch(first, now) or _new_batch(first, now)
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    size = chunk_size(batch.version_id, hours_waived=batch.hours_waived)
    parts = pack([(i.entry.id, 1, i.entry.to_hash) for i in items], size)
    ids = birth.chunk_ids(len(parts))
    chunk_of = {m: chunk for chunk, part in zip(ids, parts, strict=True) for m, _, _ in part}
    channel = wording(batch.version_id).first
    with birth.MessageCopy(batch.pk, channel) as copy:
        for number, item in enumerate(items, batch.rows + 1):
            e = item.entry
            payload = key.seal(e.id, item.parts)
            row_key = e.id.to_bytes(16, "big")
            copy.add(birth.Birth(e.id, chunk_of[e.id], number, row_key, e.to_hash, payload))
    birth.insert_chunks(
        batch.pk,
        chunks=[(chunk, len(part)) for chunk, part in zip(ids, parts, strict=True)],
        channel=channel,
        lane=batch.lane,
        not_before=now,
    )
    Batch.objects.filter(pk=batch.pk).update(rows=batch.rows + len(items))
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
        project_id=project_of(notice, now),
        needs=wording(e.version).needs,
        stage=Stage.RELEASED,
        released_at=now,
    )
    key = crypto.BatchKey.new()
    batch.wrapped_key = key.wrap(batch.pk)
    batch.save(update_fields=["wrapped_key"])
    return batch
