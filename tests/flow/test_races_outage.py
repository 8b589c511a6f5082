"""Outages and decisions beside everything else that happens at the same moment."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.outage import go_round
from alimnaru.flow.receive import drain
from alimnaru.flow.sweep import sweep
from alimnaru.flow.unknowns import apply_rule
from alimnaru.office.batches import cancel_batch
from alimnaru.office.channels import switch_off, switch_on
from alimnaru.office.unknowns import decide
from alimnaru.rules.channel import Channel
from alimnaru.rules.unknowns import Choice
from alimnaru.store import crypto
from alimnaru.store.ledger import settling
from alimnaru.store.models import Absence, Batch, CarrierAccount, Chunk, Message, Outage
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.racing import at_once, wait_for_waiting, workers
from tests.flow.reports import DELIVERED, NOT_A_USER, NUMBER_WRONG, TIMED_OUT, ids, keep

KAKAO = Channel.ALIMTALK


def held(cast: Cast, people: int = 12, chunk_size: int = 3) -> tuple[Batch, Outage]:
    outage = switch_off(KAKAO, actor=cast.librarian)
    batch = cast.send(cast.rows(*(phone() for _ in range(people))), chunk_size=chunk_size)
    ring()
    return batch, outage


def in_the_dark(cast: Cast, people: int = 8) -> Batch:
    batch = cast.send(cast.rows(*(phone("0009") for _ in range(people))), chunk_size=3)
    bring_results(batch)
    return batch


def nobody_twice(cast: Cast) -> None:
    told = [ref.partition("-")[0] for ref, _ in cast.accepted()]
    assert len(told) == len(set(told))


def test_rounds_at_once_spend_once(open_cast: Cast) -> None:
    batch, outage = held(open_cast)
    at_once(*[lambda: go_round(outage.pk)] * 3)
    outage.refresh_from_db()
    assert outage.spent_won == 12 * Decimal("8.063")
    assert set(Message.objects.values_list("channel", "attempt_no")) == {("sms", 2)}
    check_books(batch)


@pytest.mark.parametrize("seed", range(4))
def test_rounds_beside_the_way_back_and_a_cancel(open_cast: Cast, seed: int) -> None:
    batch, outage = held(open_cast, people=18)
    keys = list(Chunk.objects.values_list("pk", flat=True))
    random.Random(seed).shuffle(keys)

    def leave() -> None:
        for key in keys:
            dispatch(key)

    acts = [
        lambda: go_round(outage.pk),
        lambda: switch_on(KAKAO, actor=open_cast.librarian),
        sweep,
        leave,
    ]
    if seed % 2:
        acts.append(lambda: cancel_batch(batch, actor=open_cast.librarian))
    at_once(*acts)
    check_books(batch)
    switch_on(KAKAO, actor=open_cast.librarian)
    sweep()
    bring_results(batch)
    check_books(batch)
    nobody_twice(open_cast)
    assert not Message.objects.filter(state="pending").exists()


def test_a_chunk_that_is_held_as_the_channel_comes_back_is_found(open_cast: Cast) -> None:
    """The exit has read that Kakao is off; it is on again before the exit commits."""
    outage = switch_off(KAKAO, actor=open_cast.librarian)
    batch = open_cast.send(open_cast.rows(phone()))
    chunk = Chunk.objects.get().pk
    with workers(1) as start:
        with transaction.atomic():
            # Whoever leaves has to credit and hold behind this lock.
            list(Chunk.objects.select_for_update().filter(pk=chunk))
            leaving = start(lambda: dispatch(chunk))
            wait_for_waiting(1)
        leaving.result(20)
    assert Chunk.objects.get().state == "held"
    Outage.objects.filter(pk=outage.pk).update(until=timezone.now())
    sweep()
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]


def test_two_people_decide_at_once(open_cast: Cast) -> None:
    batch = in_the_dark(open_cast)
    decided = at_once(
        lambda: decide(batch, Choice.SMS, actor=open_cast.librarian),
        lambda: decide(batch, Choice.SENT, actor=open_cast.librarian),
        lambda: decide(batch, Choice.SMS, actor=open_cast.librarian),
    )
    assert sorted(decided) == [0, 0, 8]  # type: ignore[type-var]  # each is a number
    bring_results(batch)
    check_books(batch)
    assert set(Message.objects.values_list("state", flat=True)) == {"delivered"}
    assert len(open_cast.accepted()) in {8, 16}


@pytest.mark.parametrize("seed", range(6))
def test_decisions_beside_receipts_and_the_rule(open_cast: Cast, seed: int) -> None:
    rng = random.Random(seed)
    open_cast.notice.on_unknown, open_cast.notice.unknown_hours = "sms", 0
    open_cast.notice.save()
    batch = in_the_dark(open_cast, 12)
    codes = (DELIVERED, NUMBER_WRONG, TIMED_OUT, NOT_A_USER)
    keep(open_cast, *((f"{m}-1", rng.choice(codes)) for m in ids(batch)))
    choice = rng.choice(list(Choice))
    at_once(
        drain,
        lambda: decide(batch, choice, actor=open_cast.librarian),
        lambda: apply_rule(batch.pk),
        sweep,
    )
    check_books(batch)
    bring_results(batch)
    check_books(batch)
    accepted = open_cast.accepted()
    assert len(accepted) == len(set(accepted))


@pytest.mark.parametrize("seed", range(4))
def test_phones_are_remembered_and_dropped_at_once(open_cast: Cast, seed: int) -> None:
    """Two lists of the same people: one comes back missed while the other leaves for Kakao."""
    open_cast.notice.fallback = ""
    open_cast.notice.save()
    numbers = [phone("0006") for _ in range(30)]
    first = open_cast.send(open_cast.rows(*numbers))
    ring()
    now = timezone.now()
    Absence.objects.bulk_create(
        Absence(
            to_hash=crypto.phone_hash(n), code="blocked", since=now, until=now.replace(year=9998)
        )
        for n in numbers
    )
    random.Random(seed).shuffle(numbers)
    open_cast.send(open_cast.rows(*numbers))
    leaving = Chunk.objects.order_by("-pk")[0].pk
    keep(open_cast, *((f"{m}-1", NOT_A_USER) for m in ids(first)))
    at_once(drain, lambda: dispatch(leaving), sweep)
    assert Absence.objects.count() in {0, 30}
    check_books(first)


# ---- receipts for what may have been handed over -------------------------------------------------


def expired(cast: Cast) -> Callable[[], object]:
    Batch.objects.update(expires_at=timezone.now())
    return lambda: dispatch(Chunk.objects.get().pk)


def cancelled(cast: Cast) -> Callable[[], object]:
    batch = Batch.objects.get()
    return lambda: cancel_batch(batch, actor=cast.librarian)


def given_up(cast: Cast) -> Callable[[], object]:
    Chunk.objects.update(state="doubt", doubt_since=timezone.now() - timedelta(days=9))
    CarrierAccount.objects.update(base_url="http://127.0.0.1:9")
    return lambda: dispatch(Chunk.objects.get().pk)


@pytest.mark.parametrize("act", [expired, cancelled, given_up])
def test_a_chunk_in_doubt_ends_beside_its_receipts(
    open_cast: Cast, act: Callable[[Cast], Callable[[], object]]
) -> None:
    """A drain has locked its messages and comes for the chunk; so does who ends it."""
    batch = open_cast.send(open_cast.rows(phone(), phone()))
    Chunk.objects.update(account=open_cast.account, token="KEPT")
    chunk, end = Chunk.objects.get().pk, act(open_cast)
    with workers(1) as start:
        with transaction.atomic():
            settling.lock(ids(batch))
            ending = start(end)
            wait_for_waiting(1)
            settling.count_on_chunks({chunk: {"failed": 0}}, timezone.now())
        ending.result(20)
    assert {state for state, _, _ in states(batch)} == {"unknown"}
    check_books(batch)
