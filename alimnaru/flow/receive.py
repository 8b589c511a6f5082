"""Receive: callbacks and polled results are stored raw, then settled many at a time."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from enum import Enum, auto
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.carriers.base import CarrierError, Parcel, Receipt
from alimnaru.flow import standing
from alimnaru.flow.jobs import JobName, defer
from alimnaru.flow.outcome import Told, conclude
from alimnaru.flow.wire import on_the_line
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Action, action_for
from alimnaru.store import crypto
from alimnaru.store.ledger import chunks, inbox, owing
from alimnaru.store.models import CarrierAccount, Chunk

#: Inbox rows settled in one transaction: about 10,000 receipts at 500 a callback.
ROWS = 20
#: Rounds before a job makes room for others in its queue.
ROUNDS = 50
PURPOSE = "receipt inbox"


def store(account: CarrierAccount, body: bytes, now: datetime) -> None:
    """Keep a raw callback and ring for it, in the caller's transaction; once, whatever number of
    times it comes."""
    if inbox.keep(account.pk, _sealed(body), now, digest=sha256(body).digest()):
        ring(now)


def _sealed(body: bytes) -> bytes:
    # A body of 500 reports, some 270 KB, becomes a tenth in one millisecond; a district's receipts
    # made 300 MB, written twice and read back.
    return crypto.seal(zlib.compress(body, 1), purpose=PURPOSE)


def opened(body: bytes) -> bytes:
    """What a carrier said, from the inbox. Raises `crypto.Unreadable`."""
    return zlib.decompress(crypto.unseal(body, purpose=PURPOSE))


def ring(now: datetime) -> None:
    """Ring for the inbox, in the caller's transaction. A moment later, so that callbacks that come
    together share one job."""
    pause = settings.RECEIPT_PAUSE
    defer(JobName.RECEIVE, 0, at=now + timedelta(seconds=pause) if pause else None)


class Round(Enum):
    """What one round of draining found."""

    SETTLED = auto()
    EMPTY = auto()
    #: Another worker is at it, and looks once more when it is through.
    TAKEN = auto()


def drain() -> None:
    """Settle what is in the inbox. Who finds another worker at it leaves it to that one."""
    for _ in range(ROUNDS):
        match _one_round():
            case Round.TAKEN:
                return
            case Round.EMPTY if not owing.inbox_waits(timezone.now()):
                # Asked after the round's end: what was kept meanwhile rang, found us, and left.
                return
            case _:
                pass
    with transaction.atomic():
        ring(timezone.now())


def _one_round() -> Round:
    now = timezone.now()
    with transaction.atomic():
        if not inbox.drain_alone():
            return Round.TAKEN
        taken = inbox.take(ROWS)
        if not taken:
            return Round.EMPTY
        accounts = CarrierAccount.objects.in_bulk({row.account for row in taken})
        best: dict[tuple[int, int], Told] = {}
        receipts = [_read(accounts[row.account], row) for row in taken]
        for row, found in zip(taken, receipts, strict=True):
            row.items = len(found)
            row.unmatched = _collect(found, best)
        concluded = conclude(best.values(), now)
        if concluded.strangers:
            for row, found in zip(taken, receipts, strict=True):
                row.unmatched += sum(r.message_id in concluded.strangers for r in found)
        inbox.close(taken, now)
        concluded.ring()
    return Round.SETTLED


def _read(account: CarrierAccount, row: inbox.Undrained) -> list[Receipt]:
    """The receipts in a stored body; one that cannot be read is kept with the reason."""
    try:
        body = opened(row.body)
        with on_the_line(account, None) as carrier:
            return carrier.read_receipts(body)
    except (ValueError, RecursionError, crypto.Unreadable, CarrierError) as error:
        row.error = type(error).__name__
        return []


def _collect(receipts: list[Receipt], best: dict[tuple[int, int], Told]) -> int:
    """Keep the most final word on each attempt; return how many name no attempt of ours."""
    unmatched = 0
    for receipt in receipts:
        if receipt.message_id is None or receipt.attempt_no is None:
            unmatched += 1
            continue
        key = (receipt.message_id, receipt.attempt_no)
        known = best.get(key)
        if known is None or _RANKS[action_for(receipt.result)] >= _RANKS[action_for(known.result)]:
            best[key] = Told(*key, receipt.code, receipt.result)
    return unmatched


#: The last word on an attempt, whatever order it came in: knowing beats not knowing.
_RANKS = dict.fromkeys(Action, 2) | {Action.WAIT: 0, Action.UNCERTAIN: 1, Action.DONE: 3}


def poll(chunk_id: int) -> None:
    """Ask the carrier for the results of a sent chunk, for those that no callback brought."""
    if not standing.stand().reaches_out:
        return  # some carriers hand a result out once, and it may be the office's to have
    chunk = Chunk.objects.select_related("account").get(pk=chunk_id)
    if chunk.account is None or not chunk.token or chunk.state != "sent":
        return
    asked = timezone.now()
    parcel = Parcel(
        token=chunk.token,
        channel=Channel(chunk.channel),
        sent_at=chunk.sent_at or asked,
        refs=chunks.handed_over(chunk_id),
    )
    kept, whole = _keep_results(chunk.account, chunk_id, parcel, asked)
    with transaction.atomic():
        age = asked - (chunk.sent_at or asked)
        wait = max(timedelta(seconds=settings.POLL_SECONDS), min(age / 2, timedelta(hours=1)))
        changes: dict[str, object] = {"poll_at": asked + wait}
        if whole:
            changes["polled_at"] = asked
        Chunk.objects.filter(pk=chunk_id).update(**changes)
        if kept:
            ring(asked)


def _keep_results(
    account: CarrierAccount, chunk: int, parcel: Parcel, asked: datetime
) -> tuple[int, bool]:
    """Keep the pages of a chunk's results; return how many, and whether they were all.

    Each is committed before the next is asked for: some carriers forget a page that was read.
    """
    kept = 0
    try:
        with on_the_line(account, chunk) as carrier:
            for page in carrier.results(parcel):
                inbox.keep(account.pk, _sealed(page), asked)
                kept += 1
    except CarrierError:
        return kept, False
    return kept, True
