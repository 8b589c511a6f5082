"""Several workers at the same rows: no deadlock, no count lost, nobody told twice.

Where a race can be forced, a lock held by the test forces it; where not, many rounds are run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alimnaru.carriers.base import Refused, Sent
from alimnaru.flow import receive
from alimnaru.flow.dispatch import dispatch, record
from alimnaru.flow.fallback import fall_back, give_up_waiting
from alimnaru.flow.receive import drain
from alimnaru.flow.sweep import sweep
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import chunks
from alimnaru.store.models import Attempt, Batch, Chunk, Message
from tests.cast import Cast, phone, ring, states
from tests.flow.books import check_books, jobs, lose_jobs
from tests.flow.racing import at_once, wait_for_waiting, workers
from tests.flow.reports import (
    DELIVERED,
    IN_TRANSIT,
    NOT_A_USER,
    NUMBER_WRONG,
    PHONE_OFF,
    TIMED_OUT,
    ids,
    keep,
)

ON_KAKAO = ("delivered", "alimtalk", "delivered")


def sent(cast: Cast, count: int, *, chunk_size: int = 1000) -> tuple[Batch, list[int]]:
    batch = cast.send(cast.rows(*(phone("0006") for _ in range(count))), chunk_size=chunk_size)
    ring()
    return batch, ids(batch)


def after_fallback(cast: Cast, count: int) -> tuple[Batch, list[int]]:
    """Kakao stayed silent, the SMS have gone."""
    batch, messages = sent(cast, count)
    give_up_waiting(Chunk.objects.get().pk)
    ring()
    return batch, messages


@contextmanager
def locked(table: str, key: int) -> Iterator[None]:
    """Hold a row, so that a worker stops at exactly this place."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT FROM {table} WHERE id = %s FOR UPDATE", [key])
        yield


# ---- one chunk, one send -------------------------------------------------------------------------


@pytest.mark.parametrize("times", [2, 4])
def test_dispatches_of_one_chunk(open_cast: Cast, times: int) -> None:
    open_cast.send(open_cast.rows(*(phone() for _ in range(5))))
    chunk = Chunk.objects.get().pk
    at_once(*[lambda: dispatch(chunk)] * times)
    assert len(open_cast.accepted()) == 5
    assert Chunk.objects.get().claim == 1


def test_doubt_is_resolved_by_one(open_cast: Cast) -> None:
    open_cast.faults(kind="cut_after", path="send")
    batch = open_cast.send(open_cast.rows(phone(), phone()))
    chunk = Chunk.objects.get().pk
    dispatch(chunk)
    assert Chunk.objects.get().state == "doubt"
    Chunk.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    at_once(*[lambda: dispatch(chunk)] * 3)
    assert Chunk.objects.get().state == "sent"
    assert len(open_cast.accepted()) == 2
    check_books(batch)


# ---- resume ------------------------------------------------------------------------------------


def test_a_resume_leaves_no_chunk_behind(open_cast: Cast) -> None:
    """An exit that read "stopped" a moment before the resume must not hold its chunk after it."""
    batch = open_cast.send(open_cast.rows(phone()))
    chunk = Chunk.objects.get().pk
    Batch.objects.update(stopped_at=timezone.now())
    with workers(1) as start:
        with transaction.atomic():
            Batch.objects.filter(pk=batch.pk).update(stopped_at=None)
            chunks.free_batch(batch.pk, timezone.now())
            leaving = start(lambda: dispatch(chunk))
            wait_for_waiting(1)
        leaving.result(20)
    assert Chunk.objects.get().state == "sent"


def test_a_stop_holds_what_has_not_gone(open_cast: Cast) -> None:
    batch = open_cast.send(open_cast.rows(*(phone() for _ in range(6))), chunk_size=1)
    keys = list(Chunk.objects.values_list("pk", flat=True))

    def stop() -> None:
        with transaction.atomic():
            Batch.objects.filter(pk=batch.pk).update(stopped_at=timezone.now())
            chunks.hold_batch(batch.pk, Refusal.BATCH_STOPPED)

    def leave() -> None:
        for key in keys:
            dispatch(key)

    at_once(stop, leave, leave)
    found = set(Chunk.objects.values_list("state", "hold_code"))
    assert found <= {("sent", ""), ("held", "batch_stopped")}
    assert len(open_cast.accepted()) == Chunk.objects.filter(state="sent").count()


# ---- receipts ------------------------------------------------------------------------------------


def test_a_second_drain_leaves_the_inbox_to_the_first_which_looks_once_more(
    open_cast: Cast,
) -> None:
    """One body tells of Kakao's late success and another message's SMS, the other the reverse."""
    batch, (one, two) = after_fallback(open_cast, 2)
    keep(open_cast, (f"{one}-1", DELIVERED), (f"{two}-2", PHONE_OFF))
    with workers(3) as start:
        with locked("store_attempt", Attempt.objects.get(message_id=one).pk):
            first = start(drain)
            wait_for_waiting(1)
            told = [(f"{two}-1", DELIVERED), (f"{one}-2", PHONE_OFF)]
            start(lambda: keep(open_cast, *told)).result(20)
            # It does not wait for the first one's rows: a worker's thread would stand idle.
            start(drain).result(20)
        first.result(20)
    assert states(batch) == [ON_KAKAO, ON_KAKAO]
    check_books(batch)


def test_a_drain_and_the_record_of_the_same_chunk(open_cast: Cast) -> None:
    """Both have messages to hand over; each needs the chunk's row and the bell of the batch."""
    open_cast.notice.priority = "P1"
    open_cast.notice.save()
    batch, (one, two, three) = sent(open_cast, 3)
    Chunk.objects.update(state="claimed", sent_ids=None, sent_at=None, poll_at=None)
    chunk = Chunk.objects.get()
    claim = chunks.Claim(
        chunk.pk, chunk.claim, batch.pk, "alimtalk", "normal", 1, None, chunk.token, 0, None
    )
    answer = Sent(
        {f"{one}-1": "M1", f"{two}-1": "M2"},
        {f"{three}-1": Refused("1043", Result.TEMPLATE_MISMATCH)},
    )
    keep(open_cast, (f"{one}-1", DELIVERED), (f"{two}-1", NOT_A_USER))
    with workers(2) as start:
        with locked("store_chunk", chunk.pk):
            draining = start(drain)
            wait_for_waiting(1)
            recording = start(lambda: record(claim, dict.fromkeys((one, two, three), 1), answer))
            wait_for_waiting(2)
        draining.result(20)
        recording.result(20)
    assert states(batch)[0] == ON_KAKAO
    assert jobs("fallback") == [("fallback", batch.pk)]
    assert Attempt.objects.count() == 2
    fall_back(batch.pk)
    assert Chunk.objects.get(pk=chunk.pk).state == "settled"
    check_books(batch)


def test_an_early_receipt_and_the_record(open_cast: Cast) -> None:
    for _ in range(3):
        batch, messages = sent(open_cast, 4)
        Chunk.objects.filter(batch=batch).update(state="claimed", sent_ids=None)
        chunk = Chunk.objects.get(batch=batch)
        claim = chunks.Claim(
            chunk.pk, chunk.claim, batch.pk, "alimtalk", "normal", 1, None, chunk.token, 0, None
        )
        keep(open_cast, *((f"{m}-1", DELIVERED) for m in messages))
        answer = Sent({f"{m}-1": f"M{m}" for m in messages})
        attempts = dict.fromkeys(messages, 1)
        at_once(drain, lambda c=claim, a=attempts, s=answer: record(c, a, s), drain)  # type: ignore[misc]  # bound early
        assert states(batch) == [ON_KAKAO] * 4
        assert Chunk.objects.get(batch=batch).state == "settled"


CODES = [DELIVERED, IN_TRANSIT, NOT_A_USER, NUMBER_WRONG, PHONE_OFF, TIMED_OUT]


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once(open_cast: Cast, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Receipts of all tries in all orders, while messages fall back, go out and are asked for."""
    rng = random.Random(seed)
    monkeypatch.setattr(receive, "ROWS", 2)
    batch, messages = sent(open_cast, 24, chunk_size=8)
    give_up_waiting(Chunk.objects.order_by("pk")[0].pk)
    ring()
    for _ in range(2):
        for _ in range(12):
            told = [(f"{m}-{rng.choice((1, 1, 2))}", rng.choice(CODES)) for m in messages]
            keep(open_cast, *rng.sample(told, 12))
        lose_jobs()
        keys = list(Chunk.objects.filter(batch=batch).values_list("pk", flat=True))

        def send_on(keys: list[int] = keys) -> None:
            fall_back(batch.pk)
            for key in keys:
                dispatch(key)

        at_once(drain, drain, send_on, sweep, lambda key=keys[1]: give_up_waiting(key))  # type: ignore[misc]  # bound early
        drain()
        ring()
        check_books(batch)
    assert len(open_cast.accepted()) == len(set(open_cast.accepted()))


# ---- fallback ------------------------------------------------------------------------------------


def forced(first: Callable[[], object], second: Callable[[], object], message: int) -> None:
    """Both stop at the same message; `first` gets it first."""
    with workers(2) as start:
        with locked("store_message", message):
            one = start(first)
            wait_for_waiting(1)
            two = start(second)
            wait_for_waiting(2)
        one.result(20)
        two.result(20)


def test_fallback_twice_at_once(open_cast: Cast) -> None:
    batch, messages = sent(open_cast, 12)
    give_up_waiting(Chunk.objects.get().pk)
    lose_jobs()

    def move() -> None:
        fall_back(batch.pk)

    forced(move, move, messages[0])
    ring()
    assert [kind for _, kind in open_cast.accepted()].count("SMS") == 12
    assert {m.attempt_no for m in Message.objects.all()} == {2}
    assert Chunk.objects.filter(channel="sms").count() == 1
    check_books(batch)


def test_giving_up_twice_at_once(open_cast: Cast) -> None:
    batch, messages = sent(open_cast, 4)
    chunk = Chunk.objects.get().pk
    forced(lambda: give_up_waiting(chunk), lambda: give_up_waiting(chunk), messages[0])
    assert Attempt.objects.count() == 4
    ring()
    assert [kind for _, kind in open_cast.accepted()].count("SMS") == 4
    check_books(batch)


@pytest.mark.parametrize("success_first", [True, False])
def test_a_success_while_its_fallback_is_made(open_cast: Cast, success_first: bool) -> None:
    batch, (message,) = sent(open_cast, 1)
    give_up_waiting(Chunk.objects.get().pk)
    keep(open_cast, (f"{message}-1", DELIVERED))
    lose_jobs()

    def move() -> None:
        fall_back(batch.pk)

    forced(*((drain, move) if success_first else (move, drain)), message)
    ring()
    for chunk in Chunk.objects.filter(state="ready"):
        dispatch(chunk.pk)
    assert states(batch) == [ON_KAKAO]
    assert [kind for _, kind in open_cast.accepted()] == ["ATA"]
    check_books(batch)


@pytest.mark.parametrize("success_first", [True, False])
def test_a_success_while_the_office_gives_up(open_cast: Cast, success_first: bool) -> None:
    batch, (message,) = sent(open_cast, 1)
    keep(open_cast, (f"{message}-1", DELIVERED))
    lose_jobs()
    chunk = Chunk.objects.get().pk

    def give_up() -> None:
        give_up_waiting(chunk)

    forced(*((drain, give_up) if success_first else (give_up, drain)), message)
    ring()
    assert states(batch) == [ON_KAKAO]
    assert [kind for _, kind in open_cast.accepted()] == ["ATA"]
    check_books(batch)


# ---- the sweep -----------------------------------------------------------------------------------


def test_results_of_a_chunk_that_is_being_forgotten(open_cast: Cast) -> None:
    batch, messages = sent(open_cast, 30, chunk_size=10)
    Chunk.objects.update(sent_at=timezone.now() - timedelta(hours=73))
    for part in (messages[::3], messages[1::3], messages[2::3], messages[::-1]):
        keep(open_cast, *((f"{m}-1", DELIVERED) for m in part))
    at_once(sweep, drain, drain)
    drain()
    assert states(batch) == [ON_KAKAO] * 30
    check_books(batch)


def test_forgetting_and_draining_never_block_each_other(open_cast: Cast) -> None:
    """The sweep ends several chunks at once; a drain has messages of one and counts on another."""
    batch, (one, two, three) = sent(open_cast, 3, chunk_size=2)
    keep(open_cast, (f"{two}-1", TIMED_OUT))
    drain()
    Chunk.objects.update(sent_at=timezone.now() - timedelta(hours=73))
    keep(open_cast, (f"{two}-1", DELIVERED), (f"{three}-1", DELIVERED))
    forced(drain, sweep, three)
    assert [state for state, _, _ in states(batch)] == ["unknown", "delivered", "delivered"]
    assert Message.objects.get(pk=one).code == "timed_out"
    check_books(batch)
