"""The net: whatever is due and has nobody to ring for it is found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.fallback import give_up_waiting
from alimnaru.flow.sweep import LOCK, sweep
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import owing
from alimnaru.store.models import (
    Attempt,
    Batch,
    Chunk,
    Message,
    ReceiptInbox,
    Tally,
    WireExchange,
)
from tests.cast import Cast, bring_results, count_all_months, make_cast, phone, ring, states
from tests.flow.books import check_books, jobs, lose_jobs
from tests.flow.moment import Moment
from tests.flow.racing import workers
from tests.flow.reports import DELIVERED, ids, keep, report

ON_KAKAO = ("delivered", "alimtalk", "delivered")
BY_SMS = ("delivered", "sms", "delivered")


def long_ago(hours: float = 1) -> datetime:
    return timezone.now() - timedelta(hours=hours)


# ---- lost bells ----------------------------------------------------------------------------------


def ready(cast: Cast, batch: Batch) -> None:
    Chunk.objects.update(not_before=long_ago())


def lease_ran_out(cast: Cast, batch: Batch) -> None:
    Chunk.objects.update(state="claimed", claim=1, lease_until=long_ago())


def in_doubt(cast: Cast, batch: Batch) -> None:
    Chunk.objects.update(state="doubt", claim=1, doubt_since=long_ago(), not_before=long_ago())


def in_doubt_and_left(cast: Cast, batch: Batch) -> None:
    in_doubt(cast, batch)
    Chunk.objects.update(lease_until=long_ago())


@pytest.mark.parametrize("how", [ready, lease_ran_out, in_doubt, in_doubt_and_left])
def test_a_chunk_without_a_bell(cast: Cast, how: Callable[[Cast, Batch], None]) -> None:
    batch = cast.send(cast.rows(phone(), phone("0001")))
    how(cast, batch)
    lose_jobs()
    assert sweep()
    assert jobs() == [("dispatch", Chunk.objects.get().pk)]
    ring()
    bring_results(batch)
    assert states(batch) == [ON_KAKAO, BY_SMS]
    check_books(batch)


def test_what_cannot_be_tidied_takes_nobody_the_bell(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    ready(cast, Batch.objects.get())
    lose_jobs()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE store_delivery RENAME TO gone")
    assert sweep()
    assert jobs() == [("dispatch", Chunk.objects.get().pk)]


def test_the_bell_rings_in_the_chunks_own_lane(cast: Cast) -> None:
    cast.notice.lane = "urgent"
    cast.notice.save()
    batch = cast.send(cast.rows(phone()))
    ready(cast, batch)
    lose_jobs()
    sweep()
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name FROM procrastinate_jobs")
        assert cursor.fetchall() == [("urgent",)]


def not_yet(chunk: Chunk) -> None:
    chunk.not_before = timezone.now() + timedelta(hours=1)


def just_now(chunk: Chunk) -> None:
    """Its bell may be in a transaction that has not ended."""
    chunk.not_before = timezone.now()


def claimed(chunk: Chunk) -> None:
    chunk.state, chunk.lease_until = "claimed", timezone.now() + timedelta(minutes=1)


def being_asked_about(chunk: Chunk) -> None:
    chunk.state, chunk.lease_until = "doubt", timezone.now() + timedelta(minutes=1)


def to_be_asked_later(chunk: Chunk) -> None:
    chunk.state, chunk.not_before = "doubt", timezone.now() + timedelta(minutes=1)


def settled(chunk: Chunk) -> None:
    chunk.state = "settled"


def held(chunk: Chunk) -> None:
    chunk.state, chunk.hold_code = "held", Refusal.BALANCE_EMPTY.value


@pytest.mark.parametrize(
    "how", [not_yet, just_now, claimed, being_asked_about, to_be_asked_later, settled, held]
)
def test_what_is_in_order_is_left_alone(cast: Cast, how: Callable[[Chunk], None]) -> None:
    cast.send(cast.rows(phone()))
    chunk = Chunk.objects.get()
    chunk.not_before = long_ago()
    how(chunk)
    chunk.save()
    lose_jobs()
    sweep()
    assert jobs() == []


def test_nobody_rings_twice(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone()))
    ready(cast, batch)
    for _ in range(3):
        sweep()
    assert jobs() == [("dispatch", Chunk.objects.get().pk)]


def test_an_unread_inbox(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    keep(cast, (f"{ids(batch)[0]}-1", DELIVERED))
    lose_jobs()
    sweep()
    assert jobs() == []  # it came a moment ago
    ReceiptInbox.objects.update(received_at=long_ago())
    sweep()
    assert jobs() == [("receive", 0)]
    ring()
    assert states(batch) == [ON_KAKAO]


def test_a_chunk_to_be_asked_for(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone()))
    ring()
    sweep()
    assert jobs() == []
    Chunk.objects.update(poll_at=long_ago())
    sweep()
    assert jobs() == [("poll", Chunk.objects.get().pk)]
    ring()
    assert states(batch) == [ON_KAKAO]


def test_a_silent_chunk_and_what_it_owes(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    chunk = Chunk.objects.get().pk
    Chunk.objects.update(sent_at=long_ago(), polled_at=timezone.now())
    sweep()
    assert jobs() == [("silence", chunk)]
    lose_jobs()
    give_up_waiting(chunk)
    lose_jobs()
    sweep()
    assert jobs() == [("fallback", batch.pk)]
    ring()
    assert [kind for _, kind in cast.accepted()] == ["ATA", "SMS"]


def test_the_offices_own_patience(cast: Cast, settings: Settings) -> None:
    settings.FALLBACK_WAIT = 2
    cast.send(cast.rows(phone("0006")))
    ring()
    Chunk.objects.update(sent_at=timezone.now() - timedelta(seconds=3), polled_at=timezone.now())
    sweep()
    assert jobs("silence") == [("silence", Chunk.objects.get().pk)]


def test_every_bell_lost_at_every_step(cast: Cast) -> None:
    """Nothing but the sweep rings, and everybody is told all the same."""
    batch = cast.send(cast.rows(phone(), phone("0001"), phone("0006")), chunk_size=2)
    for _ in range(12):
        lose_jobs()
        Chunk.objects.filter(state="ready").update(not_before=long_ago())
        Chunk.objects.filter(state="sent").update(poll_at=long_ago(), sent_at=long_ago())
        ReceiptInbox.objects.update(received_at=long_ago())
        sweep()
        for name, key in jobs():
            lose_jobs()
            from alimnaru.flow import tasks

            getattr(tasks, name)(key)
    assert states(batch) == [ON_KAKAO, BY_SMS, BY_SMS]
    assert len(cast.accepted()) == 5
    check_books(batch)


# ---- nobody will ever tell -----------------------------------------------------------------------


def test_after_days_without_a_word(cast: Cast, moment: Moment) -> None:
    cast.notice.fallback = ""
    cast.notice.save()
    batch = cast.send(cast.rows(phone("0006"), phone("0006")))
    ring()
    report(cast, (f"{ids(batch)[0]}-1", DELIVERED))
    moment.passes(hours=71.9)
    sweep()
    assert states(batch) == [ON_KAKAO, ("pending", "alimtalk", None)]
    moment.passes(hours=0.2)
    sweep()
    assert states(batch) == [ON_KAKAO, ("unknown", "alimtalk", "timed_out")]
    assert Chunk.objects.get().state == "settled"
    check_books(batch)


def test_a_silent_sms_does_not_unsay_kakaos_word(cast: Cast, moment: Moment) -> None:
    batch = cast.send(cast.rows(phone("0013")))
    bring_results(batch)
    Attempt.objects.update(reached_at=timezone.now())
    moment.passes(hours=73)
    sweep()
    assert states(batch) == [ON_KAKAO]
    check_books(batch)


def test_a_doubt_that_nobody_resolves(cast: Cast, moment: Moment) -> None:
    cast.faults(kind="cut_after", path="send")
    cast.faults(kind="error_503", path="groups", times=None)
    batch = cast.send(cast.rows(phone()))
    ring()
    chunk = Chunk.objects.get()
    assert chunk.state == "doubt"
    since = chunk.doubt_since
    waits = []
    for _ in range(3):
        at = Chunk.objects.get().not_before
        moment.now = at
        dispatch(chunk.pk)
        waits.append((Chunk.objects.get().not_before - at).total_seconds())
    assert waits == [2, 5, 10]
    assert Chunk.objects.get().doubt_since == since
    moment.passes(hours=73)
    dispatch(chunk.pk)
    assert states(batch) == [("unknown", "alimtalk", "unrecognised")]
    assert Chunk.objects.get().state == "settled"
    # It was accepted after all, and somebody says so.
    report(cast, (f"{ids(batch)[0]}-1", DELIVERED))
    assert states(batch) == [ON_KAKAO]
    assert len(cast.accepted()) == 1
    cast.control("DELETE", "faults")
    check_books(batch)


def test_what_is_held_ends_when_it_is_worthless(cast: Cast, moment: Moment) -> None:
    """A hold waits for a person, but not beyond the day on which the notice says what is true."""
    batch = cast.send(cast.rows(phone(), phone("0006")), chunk_size=1)
    first, second = Chunk.objects.order_by("pk")
    Chunk.objects.filter(pk=first.pk).update(state="held", hold_code=Refusal.BALANCE_EMPTY)
    Batch.objects.update(stopped_at=timezone.now())
    dispatch(second.pk)
    lose_jobs()
    moment.now = batch.expires_at - timedelta(seconds=1)
    sweep()
    assert jobs() == []
    moment.passes(seconds=1)
    sweep()
    assert jobs() == [("dispatch", first.pk), ("dispatch", second.pk)]
    ring()
    assert states(batch) == [("expired", "alimtalk", "expired")] * 2
    assert cast.accepted() == []
    check_books(batch)


# ---- one at a time -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_only_one_sweep_at_a_time() -> None:
    with workers(1) as start:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                assert start(sweep).result(10) is False
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        assert start(sweep).result(10) is True


# ---- forgetting ----------------------------------------------------------------------------------


def test_the_wire_is_forgotten_after_its_days(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    ring()
    keep(cast, ("1-1", DELIVERED))
    ring()
    keep(cast, ("2-1", DELIVERED))
    old = timezone.now() - timedelta(days=7, minutes=1)
    kept = WireExchange.objects.order_by("pk").last()
    assert kept is not None
    WireExchange.objects.exclude(pk=kept.pk).update(at=old)
    ReceiptInbox.objects.update(received_at=old)
    sweep()
    assert list(WireExchange.objects.all()) == [kept]
    # What was not read yet is not forgotten, however old.
    assert [i.drained_at for i in ReceiptInbox.objects.all()] == [None]


def test_the_wire_is_kept_for_its_days(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    ring()
    count = WireExchange.objects.count()
    assert count
    WireExchange.objects.update(at=timezone.now() - timedelta(days=6.9))
    sweep()
    assert WireExchange.objects.count() == count


def test_folding_keeps_the_sums(db: None) -> None:
    office = make_cast()
    day = timezone.localdate()

    def tally(
        channel: str, outcome: str, number: int, won: str, *, back: int = 0, needs: str = ""
    ) -> Tally:
        return Tally(
            day=day - timedelta(days=back),
            department=office.library,
            notice=office.notice,
            channel=channel,
            outcome=outcome,
            messages=number,
            won=Decimal(won),
            needs=needs,
        )

    Tally.objects.bulk_create(
        [tally("alimtalk", "delivered", n, f"{n * 5}") for n in range(60)]
        + [tally("sms", "failed", (-1) ** n, "0") for n in range(51)]
        + [tally("sms", "delivered", 2, "16.126") for _ in range(50)]
        + [tally("sms", "delivered", 1, "8.063", back=1)]
        + [tally("lms", "delivered", 1, "27", needs=("sms", "lms")[n % 2]) for n in range(120)]
    )
    before = sums()
    owing.fold_tallies()
    assert sums() == before
    crowds = Tally.objects.values_list("channel", "outcome", "day")
    assert len([c for c in crowds if c[:2] == ("alimtalk", "delivered")]) == 1
    assert len([c for c in crowds if c[:2] == ("sms", "failed")]) == 1
    assert len([c for c in crowds if c[:2] == ("lms", "delivered")]) == 2  # as each was needed
    assert len([c for c in crowds if c[:2] == ("sms", "delivered")]) == 51  # not a crowd


def sums() -> dict[tuple[object, ...], tuple[int, Decimal]]:
    found: dict[tuple[object, ...], tuple[int, Decimal]] = {}
    for t in Tally.objects.all():
        key = (t.day, t.department_id, t.notice_id, t.channel, t.outcome, t.needs)
        messages, won = found.get(key, (0, Decimal(0)))
        found[key] = (messages + t.messages, won + t.won)
    return found


def test_nothing_to_do(db: None) -> None:
    count_all_months()
    assert sweep()
    assert jobs() == []
    assert not Message.objects.exists()
