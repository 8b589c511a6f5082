"""Batches whose messages meet a fate of the test's choosing, through the real ledger and flow.

No carrier is needed: hand-overs are recorded and results are told as `flow` would do it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.flow import fallback
from alimnaru.flow.outcome import Told, conclude
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import BadRow
from alimnaru.store.ledger import chunks, settling
from alimnaru.store.models import Batch, Chunk, Message
from tests.cast import Cast, phone


def bad(number: int, code: Refusal = Refusal.PHONE_LANDLINE, *, name: str = "박가람") -> BadRow:
    """A row that the check refused."""
    return BadRow(number, "휴대폰", code, "", name, "02-***")


def list_of(office: Cast, good: int, refused: Iterable[BadRow] = ()) -> Batch:
    """A list of `good` people and some refused rows, sent."""
    return office.send([*office.rows(*(phone() for _ in range(good))), *refused])


def hand_over(batch: Batch, at: datetime | None = None) -> None:
    """A carrier has taken everything that was ready."""
    at = at or timezone.now()
    for chunk in Chunk.objects.filter(batch=batch, state="ready").order_by("pk"):
        claim = chunks.claim_ready(chunk.pk, timezone.now(), at + timedelta(minutes=1))
        assert claim is not None
        ids = list(Message.objects.filter(chunk=chunk).values_list("pk", flat=True))
        chunks.record_sent(claim, ids=ids, refs=[f"M{i}" for i in ids], at=at, poll_at=at)


def tell(batch: Batch, fates: Mapping[int, Result], at: datetime | None = None) -> None:
    """The carrier's word on messages by their place in the list, from 0."""
    messages = list(Message.objects.filter(batch=batch).order_by("row_no"))
    told = [
        Told(messages[place].pk, messages[place].attempt_no, result, result)
        for place, result in fates.items()
    ]
    conclude(told, at or timezone.now())


def tell_late(batch: Batch, place: int, attempt_no: int) -> None:
    """An earlier try has arrived after all."""
    message = Message.objects.filter(batch=batch).order_by("row_no")[place]
    conclude([Told(message.pk, attempt_no, Result.DELIVERED, Result.DELIVERED)], timezone.now())


def fall_back(batch: Batch) -> None:
    """Those whose try failed take the next one, and a carrier takes that."""
    fallback.fall_back(batch.pk)
    hand_over(batch)


def end_unsent(batch: Batch, ends: Mapping[int, tuple[MessageState, Refusal]]) -> None:
    """Messages that never went, as the exit ends them."""
    messages = list(Message.objects.filter(batch=batch).order_by("row_no"))
    now = timezone.now()
    for place, (state, code) in ends.items():
        chunk = messages[place].chunk_id
        settling.settle_chunk(chunk, state, code, now, [messages[place].pk])
        settling.count_on_chunks({chunk: {state.value: 1}}, now)


def queries() -> CaptureQueriesContext:
    """Counts what the block asks the database through Django's cursors."""
    return CaptureQueriesContext(connection)
