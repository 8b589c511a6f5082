"""What the tests of batches and messages share: batches in every phase, and counted queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.rules.outcomes import Result
from alimnaru.store.ledger import base
from alimnaru.store.models import Batch, Message, Stage
from tests.cast import Cast
from tests.reads.fates import bad, fall_back, hand_over, list_of, tell

REASON = {"reason": "complaint", "note": "반납일을 물어보심"}


def finished(cast: Cast) -> Batch:
    """Two reached, one dead number, one refused row."""
    batch = list_of(cast, 3, [bad(900)])
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED, 1: Result.DELIVERED, 2: Result.NUMBER_WRONG})
    return batch


def by_both(cast: Cast) -> Batch:
    """One person who got the SMS after the Alimtalk was refused."""
    batch = list_of(cast, 1)
    hand_over(batch)
    tell(batch, {0: Result.NOT_A_USER})
    fall_back(batch)
    tell(batch, {0: Result.DELIVERED})
    return batch


def in_doubt(cast: Cast, people: int = 2) -> Batch:
    """Nobody tells what became of anybody."""
    batch = list_of(cast, people)
    hand_over(batch)
    tell(batch, dict.fromkeys(range(people), Result.TIMED_OUT))
    return batch


def requested(cast: Cast) -> Batch:
    """Waits for one approval."""
    batch = list_of(cast, 2)
    batch.stage, batch.approvals_needed = Stage.REQUESTED, 1
    batch.release_hash, batch.requested_at = "a" * 64, timezone.now()
    batch.save()
    return batch


def in_undo(cast: Cast, seconds: int = 600) -> Batch:
    """May still be taken back."""
    until = timezone.now() + timedelta(seconds=seconds)
    batch = cast.send(cast.rows("01012345678"), at=until)
    batch.undo_until = until
    batch.save()
    return batch


def message_of(batch: Batch, place: int = 0) -> Message:
    """A message by its place in the list."""
    return Message.objects.filter(batch=batch).order_by("row_no")[place]


def text_of(client: Client, address: str) -> str:
    """A page's HTML; it must be there, and leave no component's tag in it."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    html = answer.content.decode()
    assert "<c-" not in html
    return html


def statements_of(work: Callable[[], object]) -> int:
    """How many statements run, raw ones of the ledger included."""
    ran = 0
    original = base.binary_cursor

    def counted() -> object:
        nonlocal ran
        ran += 1
        return original()

    base.binary_cursor = counted  # type: ignore[assignment]  # as long as the block runs
    try:
        with CaptureQueriesContext(connection) as caught:
            work()
    finally:
        base.binary_cursor = original
    return ran + len(caught)
