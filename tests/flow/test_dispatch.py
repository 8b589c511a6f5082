"""A chunk on its way out: claimed, decided, handed over, recorded; and every way that can break."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.wire import PURPOSE
from alimnaru.rules.refusals import Refusal
from alimnaru.store.crypto import unseal
from alimnaru.store.ledger import chunks
from alimnaru.store.models import Chunk, WireExchange
from tests.cast import Cast, bring_results, phone, ring, states

DELIVERED = ("delivered", "alimtalk", "delivered")


def the_chunk() -> Chunk:
    return Chunk.objects.get()


def later(chunk: Chunk) -> None:
    """Let the chunk's waiting time pass."""
    Chunk.objects.filter(pk=chunk.pk).update(
        not_before=timezone.now() - timedelta(seconds=1), lease_until=None
    )


def test_it_works(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone(), phone()))
    ring()
    chunk = the_chunk()
    assert chunk.state == "sent"
    assert len(chunk.sent_ids or []) == len(chunk.carrier_refs or []) == 2
    bring_results(batch)
    assert states(batch) == [DELIVERED, DELIVERED]
    assert the_chunk().state == "settled"


def test_a_chunk_is_sent_once_however_often_it_rings(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    ring()
    for _ in range(3):
        dispatch(the_chunk().pk)
    assert len(cast.accepted()) == 1


def test_our_reference_travels_with_each_message(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone(), phone()))
    ring()
    messages = batch_ids(batch.pk)
    assert [ref for ref, _ in cast.accepted()] == [f"{m}-1" for m in messages]


def batch_ids(batch: int) -> list[int]:
    from alimnaru.store.models import Message

    return list(Message.objects.filter(batch_id=batch).order_by("id").values_list("id", flat=True))


def test_what_went_over_the_wire_is_kept_masked(cast: Cast) -> None:
    number = phone()
    cast.send(cast.rows(number))
    ring()
    exchanges = WireExchange.objects.filter(chunk_id=the_chunk().pk)
    assert [e.method for e in exchanges.order_by("id")] == ["POST", "PUT", "POST"]
    for exchange in exchanges:
        told = [unseal(bytes(b), purpose=PURPOSE) for b in (exchange.request, exchange.response)]
        assert number.encode() not in b"".join(told)


@pytest.mark.parametrize("place", ["add", "send"])
@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_cut_repeats_nothing_and_loses_nothing(cast: Cast, kind: str, place: str) -> None:
    cast.faults(kind=kind, path=place)
    batch = cast.send(cast.rows(phone(), phone(), phone()))
    ring()
    # Before the group is fired nothing can have been accepted; after that only asking tells.
    assert the_chunk().state == ("doubt" if place == "send" else "ready")
    for _ in range(2):  # what turns out not to have gone goes in a second call
        later(the_chunk())
        dispatch(the_chunk().pk)
    bring_results(batch)
    assert states(batch) == [DELIVERED] * 3
    assert len(cast.accepted()) == len(set(cast.accepted())) == 3


def test_a_carrier_that_took_nothing_gets_it_again_later(cast: Cast) -> None:
    cast.faults(kind="error_503", path="create")
    batch = cast.send(cast.rows(phone()))
    ring()
    chunk = the_chunk()
    assert chunk.state in {"ready", "doubt"}
    assert chunk.not_before > timezone.now()
    later(chunk)
    dispatch(chunk.pk)
    bring_results(batch)
    assert states(batch) == [DELIVERED]
    assert len(cast.accepted()) == 1


def test_a_dead_workers_claim_is_asked_back(cast: Cast) -> None:
    """The worker died between the carrier's acceptance and the record of it."""
    batch = cast.send(cast.rows(phone()))
    ring()
    # Back to the moment before the record: the claim stands, its lease has run out.
    Chunk.objects.update(
        state="claimed", sent_ids=None, lease_until=timezone.now() - timedelta(seconds=1)
    )
    dispatch(the_chunk().pk)
    bring_results(batch)
    assert states(batch) == [DELIVERED]
    assert len(cast.accepted()) == 1


def test_a_claim_without_a_token_was_never_handed_over(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    Chunk.objects.update(
        state="claimed", claim=1, lease_until=timezone.now() - timedelta(seconds=1)
    )
    dispatch(the_chunk().pk)
    assert the_chunk().state == "ready"
    ring()
    assert the_chunk().state == "sent"
    assert len(cast.accepted()) == 1


def test_a_worker_that_wakes_after_its_claim_moved_on_touches_nothing(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    now = timezone.now()
    old = chunks.claim_ready(the_chunk().pk, now, now - timedelta(seconds=1))
    assert old is not None
    assert chunks.claim_doubt(old.chunk, now, now + timedelta(minutes=1)) is not None
    assert cast.account is not None
    assert not chunks.store_token(old, cast.account.pk, "G4V")
    assert not chunks.record_sent(old, ids=[1], refs=["x"], at=now, poll_at=now)
    assert not chunks.release(old, not_before=now, setback=True)
    assert the_chunk().state == "doubt"


def test_a_live_claim_is_left_alone(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    now = timezone.now()
    assert chunks.claim_ready(the_chunk().pk, now, now + timedelta(minutes=1)) is not None
    dispatch(the_chunk().pk)
    assert the_chunk().state == "claimed"
    assert cast.accepted() == []


def test_wrong_keys_hold_the_chunk_for_a_person(cast: Cast) -> None:
    assert cast.account is not None
    cast.account.api_key = "NOBODYSKEY000000"
    cast.account.save()
    batch = cast.send(cast.rows(phone()))
    ring()
    assert the_chunk().state == "held"
    assert the_chunk().hold_code == Refusal.ACCOUNT_REFUSED
    assert states(batch) == [("pending", "alimtalk", None)]


def test_a_wording_that_is_not_registered_holds_the_chunk(cast: Cast) -> None:
    assert cast.account is not None
    cast.account.templateregistration_set.all().delete()
    cast.send(cast.rows(phone()))
    ring()
    assert the_chunk().hold_code == Refusal.TEMPLATE_NOT_APPROVED


def test_no_sender_number_holds_the_chunk(cast: Cast) -> None:
    cast.library.sender_number = ""
    cast.library.save()
    cast.send(cast.rows(phone()))
    ring()
    assert the_chunk().hold_code == Refusal.SENDER_NUMBER_MISSING


def test_no_phone_stands_twice_in_a_chunk(cast: Cast) -> None:
    """Two people of one household share a number; the carrier would drop the second of a call."""
    shared = phone()
    batch = cast.send(cast.rows(shared, phone(), shared, shared))
    sizes = Chunk.objects.filter(batch=batch).order_by("pk").values_list("size", flat=True)
    assert sorted(sizes) == [1, 1, 2]
    bring_results(batch)
    assert states(batch) == [DELIVERED] * 4
    assert len(cast.accepted()) == 4
