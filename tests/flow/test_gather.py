"""Single messages become chunks: together, once, and none is lost."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from alimnaru.flow.gather import gather, seal
from alimnaru.office.batches import resume_batch, stop_batch
from alimnaru.rules.lifecycle import ChunkState
from alimnaru.store import crypto
from alimnaru.store.ledger import accepting
from alimnaru.store.ledger.accepting import Entry
from alimnaru.store.models import Accepted, Batch, Chunk, Message
from tests.cast import VALUES, Cast, bring_results, phone, states
from tests.flow.moment import Moment


def entry(cast: Cast, to: str = "", **changed: Any) -> Entry:
    to = to or phone()
    now = timezone.now()
    given = {
        "id": accepting.message_ids.take()[0],
        "key": None,
        "notice": cast.notice.pk,
        "version": cast.version.pk,
        "department": cast.library.pk,
        "member": cast.librarian.pk,
        "origin": "api",
        "lane": "normal",
        "to_hash": crypto.phone_hash(to),
        "payload": seal([to, "김나루", *VALUES]),
        "accepted_at": now,
        "gather_at": now,
        "is_sandbox": True,
    }
    return Entry(**{**given, **changed})


def accept(cast: Cast, *numbers: str, **changed: Any) -> list[int]:
    entries = [entry(cast, n, **changed) for n in numbers]
    for one in entries:
        accepting.accept(one)
    return [e.id for e in entries]


def test_it_works(cast: Cast) -> None:
    ids = accept(cast, phone(), phone(), phone())
    gather(["normal"])
    batch = Batch.objects.get()
    assert sorted(Message.objects.values_list("pk", flat=True)) == sorted(ids)
    assert batch.rows == 3
    assert Chunk.objects.get().size == 3
    bring_results(batch)
    assert {s[0] for s in states(batch)} == {"delivered"}


def test_a_lane_takes_its_own_only(cast: Cast) -> None:
    accept(cast, phone(), lane="urgent")
    accept(cast, phone())
    gather(["urgent"])
    assert Accepted.objects.get().lane == "normal"
    assert Batch.objects.get().lane == "urgent"


def test_what_is_booked_waits(cast: Cast, moment: Moment) -> None:
    accept(cast, phone(), gather_at=timezone.now() + timedelta(hours=1))
    gather(["normal"])
    assert not Batch.objects.exists()
    moment.passes(hours=1, seconds=1)
    gather(["normal"])
    assert Batch.objects.get().rows == 1


def test_a_number_stands_in_a_chunk_once(cast: Cast) -> None:
    same = phone()
    accept(cast, same, same, phone())
    gather(["normal"])
    assert sorted(Chunk.objects.values_list("size", flat=True)) == [1, 2]


def test_a_batch_is_closed_before_its_messages_grow_old(cast: Cast, moment: Moment) -> None:
    accept(cast, phone())
    gather(["normal"])
    first = Batch.objects.get()
    assert first.open_until is not None
    # A tenth of a day is more than ten minutes.
    assert first.open_until - first.created_at == timedelta(minutes=10)
    moment.passes(minutes=11)
    accept(cast, phone())
    gather(["normal"])
    assert Batch.objects.count() == 2


def test_a_message_with_an_end_of_its_own_keeps_it(cast: Cast) -> None:
    ends = timezone.now() + timedelta(minutes=7)
    accept(cast, phone(), expires_at=ends)
    accept(cast, phone())
    gather(["normal"])
    assert Batch.objects.filter(expires_at=ends).get().rows == 1


def test_a_stopped_batch_holds_what_comes_after(cast: Cast) -> None:
    accept(cast, phone())
    gather(["normal"])
    batch = Batch.objects.get()
    stop_batch(batch, actor=cast.librarian)
    accept(cast, phone())
    gather(["normal"])
    bring_results(batch)
    assert Batch.objects.count() == 1
    assert set(Chunk.objects.values_list("state", flat=True)) == {ChunkState.HELD}
    resume_batch(batch, actor=cast.librarian)
    bring_results(batch)
    assert {s[0] for s in states(batch)} == {"delivered"}


def test_a_round_that_fails_leaves_everything(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(cast, phone(), phone())

    def broken(*_: object, **__: object) -> None:
        raise OperationalError("cut")

    with monkeypatch.context() as patched:
        patched.setattr("alimnaru.flow.gather.defer_new", broken)
        with pytest.raises(OperationalError), transaction.atomic():
            gather(["normal"])
    assert Accepted.objects.count() == 2
    assert not Message.objects.exists()
    gather(["normal"])
    assert Message.objects.count() == 2


@pytest.mark.parametrize("cut", ["sealed for another", "no wording"])
def test_one_that_cannot_be_gathered_keeps_nobody_waiting(
    cast: Cast, moment: Moment, cut: str
) -> None:
    [before] = accept(cast, phone())
    bad = {"payload": crypto.seal(b"x", purpose="other")} if cut.startswith("s") else {}
    if cut == "no wording":
        bad = {"version": 0}
    [poison] = accept(cast, phone(), **bad)
    [after] = accept(cast, phone())
    gather(["normal"])
    assert sorted(Message.objects.values_list("pk", flat=True)) == sorted([before, after])
    left = Accepted.objects.get()
    assert left.pk == poison
    assert left.gather_at == moment.now + timedelta(hours=1)
    # Somebody has put the key right again.
    good = entry(cast)
    Accepted.objects.update(payload=good.payload, to_hash=good.to_hash, version=good.version)
    moment.passes(hours=1, seconds=1)
    gather(["normal"])
    assert Message.objects.filter(pk=poison).exists()
    assert not Accepted.objects.exists()


@pytest.mark.slow
def test_many_gather_at_once_and_none_goes_twice(open_cast: Cast) -> None:
    ids = [i for _ in range(20) for i in accept(open_cast, *(phone() for _ in range(10)))]
    faults: list[BaseException] = []

    def run() -> None:
        try:
            for _ in range(10):
                gather(["normal"])
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sorted(Message.objects.values_list("pk", flat=True)) == sorted(ids)
    assert sum(Batch.objects.values_list("rows", flat=True)) == len(ids)
