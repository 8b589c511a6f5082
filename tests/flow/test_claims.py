"""Claims that are lost while the carrier is on the line, and calls that end in a no."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from alimnaru.carriers.base import Refused, Sent
from alimnaru.flow.dispatch import _hold_code, dispatch, record
from alimnaru.flow.doubt import settle_doubt
from alimnaru.flow.wordings import wording
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import chunks
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.models import Attempt, Batch, Chunk, Message, WireExchange
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books, jobs, lose_jobs
from tests.flow.racing import PATIENCE, workers

ON_KAKAO = ("delivered", "alimtalk", "delivered")
WAITS = ("pending", "alimtalk", None)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def take_over() -> Claim:
    """What another worker does when the lease has run out."""
    now = timezone.now()
    Chunk.objects.update(lease_until=now)
    claim = chunks.claim_doubt(Chunk.objects.get().pk, timezone.now(), now)
    assert claim is not None
    return claim


# ---- the claim moves on while the carrier answers ------------------------------------------------


@pytest.mark.parametrize("place", ["create", "add", "send"])
@pytest.mark.parametrize("kind", ["slow", "slow_after"])
def test_a_claim_lost_during_the_call(open_cast: Cast, kind: str, place: str) -> None:
    """The lease runs out while the carrier thinks; another worker asks back and goes on."""
    open_cast.faults(kind=kind, path=place, ms=150)
    batch = open_cast.send(open_cast.rows(phone(), phone()))
    chunk = Chunk.objects.get().pk
    lose_jobs()
    with workers(1) as start:
        slow: Future[object] = start(lambda: dispatch(chunk))
        in_call = Chunk.objects.filter(state="claimed")
        until((in_call if place == "create" else in_call.exclude(token="")).exists)
        settle_doubt(take_over())
        slow.result(PATIENCE)
    for _ in range(2):
        Chunk.objects.filter(state="doubt").update(not_before=timezone.now(), lease_until=None)
        dispatch(chunk)
    assert Chunk.objects.get().state == "sent"
    assert len(open_cast.accepted()) == len(set(open_cast.accepted())) == 2
    bring_results(batch)
    assert states(batch) == [ON_KAKAO] * 2
    check_books(batch)


def in_hand(cast: Cast, count: int = 1) -> tuple[Batch, Claim, list[int]]:
    """A chunk that was handed over and is not recorded, its claim, its messages."""
    batch = cast.send(cast.rows(*(phone("0006") for _ in range(count))))
    ring()
    Chunk.objects.update(state="claimed", sent_ids=None, sent_at=None, poll_at=None)
    messages = list(Chunk.objects.get().message_set.order_by("pk").values_list("pk", flat=True))
    chunk = Chunk.objects.get()
    claim = Claim(
        *(chunk.pk, chunk.claim, batch.pk, "alimtalk", "normal", 1),
        *(chunk.account_id, chunk.token, 0, None),
    )
    return batch, claim, messages


def test_a_lost_claim_records_no_refusals(cast: Cast) -> None:
    """Another worker may have sent the same messages again, with more luck."""
    batch, claim, (message,) = in_hand(cast)
    take_over()
    refused = {f"{message}-1": Refused("1024", Result.CARRIER_DOWN)}
    record(claim, {message: 1}, Sent({}, refused))
    assert states(batch) == [WAITS]
    assert not Attempt.objects.exists()
    assert jobs() == []


def test_a_lost_doubt_records_nothing(cast: Cast) -> None:
    batch, claim, _ = in_hand(cast)
    take_over()
    settle_doubt(claim)
    assert Chunk.objects.get().state == "doubt"
    assert Chunk.objects.get().sent_ids is None
    assert states(batch) == [WAITS]
    assert jobs() == []


@pytest.mark.parametrize("patience", [72, 0], ids=["soon", "after the last hour"])
def test_a_lost_doubt_gives_nobody_up(cast: Cast, settings: Settings, patience: float) -> None:
    settings.SILENCE_HOURS = patience
    batch, _, _ = in_hand(cast)
    cast.faults(kind="error_503", path="groups", times=None)
    lost = take_over()
    take_over()
    settle_doubt(lost)
    assert states(batch) == [WAITS]
    assert jobs() == []
    cast.control("DELETE", "faults")


def test_a_lost_doubt_without_a_token_frees_nothing(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    Chunk.objects.update(state="claimed", claim=1)
    lose_jobs()
    lost = take_over()
    take_over()
    settle_doubt(lost)
    assert Chunk.objects.get().state == "doubt"
    assert jobs() == []


def test_what_the_carrier_does_not_name_is_unknown(cast: Cast) -> None:
    """It has the rest of the call: what cannot be explained is never sent again."""
    batch, _, _ = in_hand(cast, 2)
    stranger = cast.send(cast.rows(phone()))
    chunk = Chunk.objects.get(batch=batch)
    Chunk.objects.filter(batch=stranger).delete()
    Message.objects.filter(batch=stranger).update(chunk_id=chunk.pk, batch_id=batch.pk)
    Chunk.objects.update(size=3)
    Batch.objects.filter(pk=batch.pk).update(rows=3)
    settle_doubt(take_over())
    assert states(batch) == [WAITS, WAITS, ("unknown", "alimtalk", "unrecognised")]
    check_books(batch)


# ---- a no ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (Result.BALANCE_EMPTY, Refusal.BALANCE_EMPTY),
        (Result.TEMPLATE_MISSING, Refusal.TEMPLATE_NOT_APPROVED),
        (Result.TEMPLATE_MISMATCH, Refusal.TEMPLATE_NOT_APPROVED),
        (Result.ACCOUNT_REFUSED, Refusal.ACCOUNT_REFUSED),
        (Result.REQUEST_WRONG, Refusal.ACCOUNT_REFUSED),
    ],
)
def test_what_a_person_has_to_look_at(result: Result, code: Refusal) -> None:
    assert _hold_code(result) == code


def test_an_empty_purse_holds_the_chunk(cast: Cast) -> None:
    cast.control("PUT", "config", {"balance": 0})
    try:
        cast.send(cast.rows(phone()))
        ring()
    finally:
        cast.control("PUT", "config", {"balance": 1_000_000_000})
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.hold_code, chunk.token) == ("held", Refusal.BALANCE_EMPTY, "")
    assert cast.accepted() == []


def test_the_carriers_wish_to_wait_is_kept(cast: Cast) -> None:
    cast.faults(kind="too_many", path="create")
    cast.send(cast.rows(phone()))
    ring()
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.setbacks) == ("ready", 1)
    assert chunk.not_before > timezone.now()


# ---- the log of the wire -------------------------------------------------------------------------


def test_a_log_that_cannot_be_written_stops_no_send(open_cast: Cast) -> None:
    """In the middle of a call an error of the database would look like one of the carrier."""
    batch = open_cast.send(open_cast.rows(phone()))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE store_wireexchange RENAME TO elsewhere")
    try:
        dispatch(Chunk.objects.get().pk)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO store_wireexchange")
    assert Chunk.objects.get(batch=batch).state == "sent"
    assert not WireExchange.objects.exists()


def test_nobody_asks_for_a_text_that_is_not_there(cast: Cast) -> None:
    words = wording(cast.version.pk)
    assert [words.speaks(c) for c in Channel] == [True, True, False, False]
    with pytest.raises(LookupError, match="lms"):
        words.render(Channel.LMS, ["", "", ""])
