"""A long list is tried on a few people first, and stopped by itself if that goes badly."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.slices import watch
from alimnaru.flow.sweep import sweep
from alimnaru.office.batches import resume_batch, stop_batch
from alimnaru.office.release import ask, undo
from alimnaru.reads.first_slice import counts_of, why_stopped
from alimnaru.rules.first_slice import SliceReason
from alimnaru.store.models import AuditEntry, Batch, Chunk, Message, Policy
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books, jobs, lose_jobs
from tests.flow.moment import Moment
from tests.flow.racing import at_once

#: A slice of 5 of 12 people; `bad` at more than 4 failures needs the rule's least number.
SMALL = {
    "slice_from": 10, "slice_least": 5, "first_approval_from": 1000, "undo_seconds": 10,
    "slice_patience_seconds": 60,
}  # fmt: skip


@pytest.fixture(autouse=True)
def small(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("open_cast" if "open_cast" in request.fixturenames else "cast")
    Policy.objects.create(values=SMALL)


def released(
    cast: Cast, *endings: str, people: int = 12, chunk_size: int = 1000, confirmed: bool = True
) -> Batch:
    """A list whose first rows end so (see the sandbox's phones), released, its window over."""
    numbers = [phone(e) for e in endings] + [phone() for _ in range(people - len(endings))]
    # One use before, so that nobody has to agree.
    if not Batch.objects.exists():
        cast.send(cast.rows(phone()))
        ring()
    return ask(
        cast.send(cast.rows(*numbers), draft=True, chunk_size=chunk_size),
        actor=cast.librarian,
        confirmed=confirmed,
    )


def window_over(batch: Batch) -> None:
    """As if its undo window had passed."""
    now = timezone.now()
    Batch.objects.filter(pk=batch.pk).update(undo_until=now, not_before=now)
    Chunk.objects.filter(batch=batch, state="ready").update(not_before=now)
    for _, key in jobs("dispatch"):
        dispatch(key)


def first(batch: Batch) -> list[Chunk]:
    return list(Chunk.objects.filter(batch=batch, in_slice=True).order_by("pk"))


def rest(batch: Batch) -> set[tuple[str, str]]:
    others = Chunk.objects.filter(batch=batch, in_slice=False).exclude(size=0)
    return set(others.values_list("state", "hold_code"))


def look(batch: Batch) -> Batch:
    watch(batch.pk)
    batch.refresh_from_db()
    return batch


def test_exactly_the_slice_is_cut_off(cast: Cast) -> None:
    batch = released(cast, chunk_size=4)
    assert batch.slice_size == 5
    assert batch.slice_state == "watching"
    assert sum(c.size for c in first(batch)) == 5
    assert Message.objects.filter(chunk__in=first(batch)).count() == 5
    assert rest(batch) == {("held", "first_slice")}
    # The chunk that gave all its messages is done.
    assert Chunk.objects.filter(batch=batch, size=0, state="settled").count() == 1
    assert ("slice", batch.pk) in jobs("slice")
    check_books(batch)


def test_a_phone_stands_in_a_chunk_once(cast: Cast) -> None:
    number = phone()
    rows = cast.rows(number, number, *(phone() for _ in range(10)))
    cast.send(cast.rows(phone()))
    batch = ask(cast.send(rows, draft=True), actor=cast.librarian)
    for chunk in first(batch):
        hashes = [bytes(m.to_hash) for m in Message.objects.filter(chunk=chunk)]
        assert len(hashes) == len(set(hashes))


def test_the_others_go_when_the_first_were_reached(cast: Cast) -> None:
    batch = released(cast)
    window_over(batch)
    look(batch)
    assert batch.slice_state == "watching"
    assert len(cast.accepted()) == 1 + 5
    bring_results(batch)
    assert look(batch).slice_state == "passed"
    assert rest(batch) == {("ready", "")}
    bring_results(batch)
    assert {s for s, _, _ in states(batch)} == {"delivered"}
    check_books(batch)


def test_a_bad_slice_stops_the_rest(cast: Cast) -> None:
    batch = released(cast, *["0004"] * 5)
    window_over(batch)
    bring_results(batch)
    look(batch)
    assert batch.slice_state == "failed"
    assert batch.stopped_at is not None
    assert rest(batch) == {("held", "slice_failed")}
    reason, facts = why_stopped(batch) or (None, {})
    assert reason is SliceReason.FAILED
    assert facts["failed"] == 5
    entry = AuditEntry.objects.get(act="batch.slice_stop")
    assert entry.actor.is_program
    sweep()
    ring()
    assert rest(batch) == {("held", "slice_failed")}
    check_books(batch)


def test_who_got_the_sms_was_reached(cast: Cast) -> None:
    """Kakao reaches none of the first, the text that follows all: no reason to stop."""
    batch = released(cast, *["0001"] * 5)
    window_over(batch)
    bring_results(batch)
    texts = [c for c in first(batch) if c.channel == "sms"]
    assert [c.size for c in texts] == [5]
    assert counts_of(batch).counts.reached == 5
    assert look(batch).slice_state == "passed"


def test_silence_stops_after_its_patience(cast: Cast, moment: Moment) -> None:
    batch = released(cast, *["0006"] * 5)
    moment.passes(seconds=11)
    for chunk in first(batch):
        dispatch(chunk.pk)
    assert look(batch).slice_state == "watching"
    assert batch.slice_since is not None
    moment.passes(seconds=61)
    assert look(batch).slice_state == "failed"
    reason, _ = why_stopped(batch) or (None, {})
    assert reason is SliceReason.SILENT


def test_while_it_cannot_go_nobody_loses_patience(cast: Cast, moment: Moment) -> None:
    assert cast.account is not None
    cast.account.is_active = False
    cast.account.save()
    batch = released(cast)
    moment.passes(hours=2)
    for chunk in first(batch):
        dispatch(chunk.pk)
    assert look(batch).slice_state == "watching"


def test_a_person_knows_better(cast: Cast) -> None:
    batch = released(cast, *["0004"] * 5)
    window_over(batch)
    bring_results(batch)
    look(batch)
    resume_batch(batch, actor=cast.librarian)
    batch.refresh_from_db()
    assert batch.slice_state == "passed"
    bring_results(batch)
    assert [s for s, _, _ in states(batch)].count("delivered") == 7
    check_books(batch)


def test_who_stops_during_the_watch_is_not_overruled(cast: Cast) -> None:
    batch = released(cast)
    window_over(batch)
    stop_batch(batch, actor=cast.librarian)
    bring_results(batch)
    look(batch)
    assert rest(batch) == {("held", "first_slice")}
    resume_batch(batch, actor=cast.librarian)
    bring_results(batch)
    assert {s for s, _, _ in states(batch)} == {"delivered"}


def test_a_pause_before_it_began_does_not_give_it_up(cast: Cast) -> None:
    batch = released(cast)
    stop_batch(batch, actor=cast.librarian)
    resume_batch(batch, actor=cast.librarian)
    batch.refresh_from_db()
    assert batch.slice_state == "watching"
    assert rest(batch) == {("held", "first_slice")}
    assert {c.state for c in first(batch)} == {"ready"}


@pytest.mark.parametrize(("age", "pause"), [(0, 2), (50, 10), (36_000, 30)])
def test_it_is_looked_at_ever_more_rarely(cast: Cast, moment: Moment, age: int, pause: int) -> None:
    batch = released(cast)
    moment.now = batch.not_before
    moment.passes(seconds=age)
    lose_jobs()
    look(batch)
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo'")
        assert cursor.fetchall() == [(moment.now + timedelta(seconds=pause),)]


def test_a_chunk_outside_the_slice_is_held_at_the_exit(cast: Cast) -> None:
    batch = released(cast)
    window_over(batch)
    other = Chunk.objects.filter(batch=batch, in_slice=False).exclude(size=0).get()
    Chunk.objects.filter(pk=other.pk).update(state="ready", hold_code="", not_before=timezone.now())
    dispatch(other.pk)
    assert rest(batch) == {("held", "first_slice")}
    assert len(cast.accepted()) == 1 + 5


def test_the_sweep_rings_for_a_lost_watch(cast: Cast) -> None:
    batch = released(cast)
    lose_jobs()
    sweep()
    assert ("slice", batch.pk) in jobs("slice")


def test_an_undo_gives_the_slice_up(cast: Cast) -> None:
    batch = released(cast)
    undo(batch, actor=cast.librarian)
    batch.refresh_from_db()
    assert (batch.slice_size, batch.slice_state) == (0, "")
    assert first(batch) == []
    watch(batch.pk)
    again = ask(batch, actor=cast.librarian, confirmed=True)
    assert again.slice_state == "watching"
    assert sum(c.size for c in first(again)) == 5
    check_books(again)


@pytest.mark.parametrize("change", ["urgent", "short", "correction"])
def test_what_has_no_slice(cast: Cast, change: str) -> None:
    if change == "urgent":
        cast.notice.priority = "P1"
        cast.notice.save()
    people = 9 if change == "short" else 12
    batch = cast.send(cast.rows(*(phone() for _ in range(people))), draft=True)
    if change == "correction":
        Batch.objects.filter(pk=batch.pk).update(corrects=cast.send(cast.rows(phone())))
    batch = ask(batch, actor=cast.librarian)
    assert batch.slice_state == ""
    assert first(batch) == []


def test_when_it_expires_nothing_is_left_waiting(cast: Cast, moment: Moment) -> None:
    assert cast.account is not None
    cast.account.is_active = False
    cast.account.save()
    batch = released(cast)
    moment.passes(days=3)
    sweep()
    for chunk in Chunk.objects.filter(batch=batch, state="ready"):
        dispatch(chunk.pk)
    assert {s for s, _, _ in states(batch)} == {"expired"}
    assert look(batch).slice_state == "passed"
    check_books(batch)


def test_many_watchers_end_it_once(open_cast: Cast) -> None:
    batch = released(open_cast, chunk_size=2)
    window_over(batch)
    bring_results(batch)
    at_once(*[lambda: watch(batch.pk)] * 4)
    assert AuditEntry.objects.filter(act="batch.slice_pass").count() == 1
    chunks = Chunk.objects.filter(batch=batch, state="ready").values_list("pk", flat=True)
    rung = Counter(key for _, key in jobs("dispatch"))
    assert {rung[chunk] for chunk in chunks} == {1}


def test_the_end_of_the_watch_and_the_exit_meet(open_cast: Cast) -> None:
    """An exit holds a chunk for the slice at the moment at which the watch ends."""
    batch = released(open_cast, chunk_size=2)
    window_over(batch)
    bring_results(batch)
    late = Chunk.objects.filter(batch=batch, state="held", in_slice=False).first()
    assert late is not None
    Chunk.objects.filter(pk=late.pk).update(
        state="ready", hold_code="", not_before=timezone.now() - timedelta(seconds=1)
    )
    at_once(lambda: dispatch(late.pk), lambda: watch(batch.pk))
    assert not Chunk.objects.filter(batch=batch, state="held").exists()
    bring_results(batch)
    assert {s for s, _, _ in states(batch)} == {"delivered"}
    check_books(batch)
