"""Chunks fit their account and wait for its turns; those in a line wake once."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alimnaru.carriers.registry import KINDS
from alimnaru.flow import health, turns
from alimnaru.flow.dispatch import _call, dispatch
from alimnaru.flow.exit import decide
from alimnaru.flow.jobs import JobName, defer_each
from alimnaru.flow.shipping import shipment_of
from alimnaru.flow.sweep import sweep
from alimnaru.flow.wire import on_the_line
from alimnaru.rules import quota as rule
from alimnaru.rules.channel import Channel
from alimnaru.store.ledger import chunks
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.models import Batch, Chunk, Message, Quota
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.accounts import break_, change, first_account, second_account
from tests.flow.books import check_books, jobs
from tests.flow.racing import at_once, wait_for_waiting, workers
from tests.flow.reports import ids

ON_KAKAO = ("delivered", "alimtalk", "delivered")


@pytest.fixture
def three_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """The carrier takes three messages in a call."""
    monkeypatch.setitem(KINDS, "solapi", replace(KINDS["solapi"], max_messages=3))


def send(cast: Cast, count: int) -> Batch:
    return cast.send(cast.rows(*(phone() for _ in range(count))))


def sizes() -> list[int]:
    return list(Chunk.objects.order_by("pk").values_list("size", flat=True))


def claim(chunk: int) -> Claim:
    now = timezone.now()
    found = chunks.claim_ready(chunk, now, now + timedelta(minutes=1))
    assert found is not None
    return found


def busy(account: int, seconds: float, lane: str = "") -> None:
    """Somebody has taken the account's turns up to then."""
    now = timezone.now()
    Quota.objects.create(
        account_id=account,
        lane=lane,
        free_at=now + timedelta(seconds=seconds),
        day=timezone.localdate(now),
    )


def wakes() -> list[float]:
    """In how many seconds each ready chunk wakes, in order."""
    now = timezone.now()
    ready = Chunk.objects.filter(state="ready").order_by("pk")
    return [(c.not_before - now).total_seconds() for c in ready]


def rings_at(chunk: int) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE queueing_lock = %s",
            [f"dispatch:{chunk}"],
        )
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


# ---- what fits into one call ---------------------------------------------------------------------


@pytest.mark.usefixtures("three_at_most")
def test_a_chunk_that_is_too_long_is_cut(cast: Cast) -> None:
    batch = send(cast, 8)
    before = ids(batch)
    dispatch(Chunk.objects.get().pk)
    assert sizes() == [3, 3, 2]
    assert list(Chunk.objects.order_by("pk").values_list("state", flat=True)) == [
        "sent",
        "ready",
        "ready",
    ]
    check_books(batch)
    ring()
    bring_results(batch)
    assert states(batch) == [ON_KAKAO] * 8
    # The same attempts of the same messages, each once.
    assert sorted(ref for ref, _ in cast.accepted()) == sorted(f"{m}-1" for m in before)
    check_books(batch)


@pytest.mark.usefixtures("three_at_most")
def test_parts_are_the_same_try_on_the_same_channel(cast: Cast) -> None:
    send(cast, 8)
    Chunk.objects.update(channel="sms", lane="urgent", try_no=2)
    Message.objects.update(channel="sms", attempt_no=3)
    dispatch(Chunk.objects.get().pk)
    found = set(Chunk.objects.values_list("channel", "lane", "try_no"))
    assert found == {("sms", "urgent", 2)}
    assert set(Message.objects.values_list("attempt_no", flat=True)) == {3}
    assert len(jobs("dispatch")) == 3  # the old one's own, and two new ones


@pytest.mark.usefixtures("three_at_most")
def test_who_has_left_is_not_cut_again(cast: Cast) -> None:
    """A chunk of eight in which three wait fits."""
    batch = send(cast, 8)
    chunk = Chunk.objects.get()
    gone = ids(batch)[:5]
    Message.objects.filter(pk__in=gone).update(state="failed", code="number_wrong")
    Chunk.objects.filter(pk=chunk.pk).update(failed=5)
    dispatch(chunk.pk)
    assert sizes() == [8]
    assert len(cast.accepted()) == 3


@pytest.mark.usefixtures("three_at_most")
def test_a_kept_token_is_never_cut(cast: Cast) -> None:
    send(cast, 8)
    account = first_account(cast)
    Chunk.objects.update(account=account, token="G4V20261125000000000000000000000")
    departure = decide(claim(Chunk.objects.get().pk))
    assert departure is not None
    assert len(departure.parts) == 8
    assert sizes() == [8]


@pytest.mark.usefixtures("three_at_most")
def test_dispatches_of_a_chunk_that_is_cut(open_cast: Cast) -> None:
    batch = send(open_cast, 8)
    chunk = Chunk.objects.get().pk
    at_once(*[lambda: dispatch(chunk)] * 3)
    assert sizes() == [3, 3, 2]
    ring()
    assert len(open_cast.accepted()) == 8
    check_books(batch)


def test_parts_ring_in_a_transaction_only(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        defer_each(JobName.DISPATCH, [(1, timezone.now())], queue="bulk")
    with transaction.atomic():
        defer_each(JobName.DISPATCH, [], queue="bulk")
    assert jobs() == []


# ---- turns ---------------------------------------------------------------------------------------


def test_a_turn_is_a_twentieth_of_a_second(cast: Cast) -> None:
    account = first_account(cast, per_second=100)
    batch = send(cast, 23)
    dispatch(Chunk.objects.get().pk)
    assert sizes() == [5, 5, 5, 5, 3]
    assert len(cast.accepted()) == 5
    assert Quota.objects.get(account=account, lane="").used == 5
    # The others stand in the account's line, a turn apart, and are woken a little early.
    ready = Chunk.objects.filter(state="ready")
    assert set(ready.values_list("account", "token")) == {(account.pk, "")}
    for chunk in ready:
        assert rings_at(chunk.pk) == chunk.not_before
    check_books(batch)


def test_parts_wake_in_their_turn(cast: Cast) -> None:
    first_account(cast, per_second=1)
    send(cast, 4)
    decide(claim(Chunk.objects.get().pk))
    step = rule.seconds_for(1, 1)
    assert wakes() == pytest.approx([step * n - rule.EARLY for n in (1, 2, 3)], abs=0.3)


def test_who_has_a_turn_waits_for_it(cast: Cast) -> None:
    account = first_account(cast, per_second=100)
    busy(account.pk, 0.6)
    send(cast, 3)
    before = time.monotonic()
    departure = decide(claim(Chunk.objects.get().pk))
    assert departure is not None
    assert 0 < departure.leaves_at - before <= 0.6
    free_at = Quota.objects.get().free_at
    assert free_at > timezone.now()


def test_a_call_leaves_in_its_turn(cast: Cast) -> None:
    account = first_account(cast, per_second=100)
    busy(account.pk, 0.5)
    free_at = Quota.objects.get().free_at
    send(cast, 3)
    ring()
    chunk = Chunk.objects.get()
    assert chunk.sent_at is not None
    assert chunk.sent_at >= free_at


def test_who_misses_its_turn_takes_another(cast: Cast) -> None:
    account = first_account(cast, per_second=100)
    send(cast, 3)
    departure = decide(claim(Chunk.objects.get().pk))
    assert departure is not None
    free_at = Quota.objects.get().free_at
    missed = departure.leaves_at - rule.LATE - 0.01
    assert turns.wait_for(departure.route, 3, missed)
    row = Quota.objects.get()
    assert row.free_at > free_at
    # It is counted once, and what was missed is being made up for.
    assert row.used == 3
    assert 0 < row.behind < rule.seconds_for(3, 100)
    # Without a rate there is nothing to miss.
    change(account, per_second=None)
    assert turns.wait_for(departure.route, 3, 0.0)


def test_another_turn_may_lie_too_far_ahead(cast: Cast) -> None:
    """The claim's worker slept, and a second's turns have been given out meanwhile."""
    account = first_account(cast, per_second=100, per_day=1000)
    busy(account.pk, 0)
    batch = send(cast, 3)
    chunk = Chunk.objects.get().pk
    mine = claim(chunk)
    departure = decide(mine)
    assert departure is not None
    late = replace(departure, leaves_at=departure.leaves_at - 60)
    Quota.objects.update(free_at=timezone.now() + timedelta(seconds=5))
    with on_the_line(account, chunk) as carrier:
        shipment = shipment_of(
            Channel.ALIMTALK,
            account,
            words=late.wording,
            parts=late.parts,
            attempts=late.attempts,
            sender=late.route.sender_number,
            code=late.route.template_code,
        )
        assert _call(mine, late, carrier, shipment) is None
    waiting = Chunk.objects.get()
    assert (waiting.state, waiting.token) == ("ready", "")
    assert waiting.not_before > timezone.now()
    assert Quota.objects.get().used == 0
    assert cast.accepted() == []
    check_books(batch)


def test_a_turn_too_far_ahead_is_lined_up_for(cast: Cast) -> None:
    account = first_account(cast, per_second=100)
    busy(account.pk, 5)
    batch = send(cast, 97)
    dispatch(Chunk.objects.get().pk)
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.account, chunk.token, chunk.setbacks) == ("ready", account, "", 0)
    assert wakes() == pytest.approx([5 - rule.EARLY], abs=0.5)
    line = Quota.objects.get(lane="normal")
    assert (line.free_at - timezone.now()).total_seconds() == pytest.approx(6, abs=0.5)
    # The next one stands behind it, and nothing was taken for either.
    send(cast, 97)
    dispatch(Chunk.objects.latest("pk").pk)
    assert wakes()[1] == pytest.approx(6 - rule.EARLY, abs=0.5)
    assert Quota.objects.get(lane="").used == 0
    assert cast.accepted() == []
    check_books(batch)


def test_a_long_one_keeps_the_next_one_waiting(cast: Cast) -> None:
    """Otherwise every long chunk would be cut at once, and all their parts wake together."""
    first_account(cast, per_second=10)
    send(cast, 100)
    send(cast, 100)
    one, two = Chunk.objects.order_by("pk")
    dispatch(one.pk)
    assert Chunk.objects.count() == 101
    dispatch(two.pk)
    two.refresh_from_db()
    assert (two.state, two.size) == ("ready", 100)
    ahead = (two.not_before - timezone.now()).total_seconds()
    assert ahead == pytest.approx(rule.seconds_for(100, 10), abs=2)


def test_who_had_its_place_goes(cast: Cast) -> None:
    account = first_account(cast, per_second=100)
    busy(account.pk, 300, lane="normal")  # those behind it
    send(cast, 3)
    Chunk.objects.update(account=account)
    dispatch(Chunk.objects.get().pk)
    assert Chunk.objects.get().state == "sent"


def test_nobody_stands_behind_those_who_left(cast: Cast) -> None:
    """A batch of an hour was stopped: its line is still on file."""
    account = first_account(cast, per_second=100)
    busy(account.pk, 3600, lane="normal")
    busy(account.pk, -5)
    send(cast, 3)
    dispatch(Chunk.objects.get().pk)
    assert Chunk.objects.get().state == "sent"


@pytest.mark.parametrize(("idle", "woken"), [(5, 2), (0.2, 0)])
def test_an_idle_account_calls_up_the_next(cast: Cast, idle: float, woken: int) -> None:
    account = first_account(cast, per_second=100)
    busy(account.pk, -idle)
    later = timezone.now() + timedelta(hours=1)
    for lane in ("normal", "normal", "bulk", "urgent"):
        send(cast, 1)
        Chunk.objects.filter(pk=Chunk.objects.latest("pk").pk).update(
            lane=lane, not_before=later, account=account if lane != "urgent" else None
        )
    sweep()
    due = Chunk.objects.filter(not_before__lte=timezone.now())
    assert sorted(due.values_list("lane", flat=True)) == ["bulk", "normal"][:woken]
    ring()
    assert len(cast.accepted()) == woken


def test_an_account_without_a_rate_has_no_line(cast: Cast) -> None:
    account = first_account(cast, per_day=10)
    busy(account.pk, -60)
    send(cast, 1)
    later = timezone.now() + timedelta(hours=1)
    Chunk.objects.update(not_before=later, account=account)
    sweep()
    assert Chunk.objects.get().not_before == later


def test_who_is_urgent_sees_no_line(cast: Cast) -> None:
    cast.notice.lane = "urgent"
    cast.notice.save()
    account = first_account(cast, per_second=100)
    busy(account.pk, 300, lane="bulk")
    busy(account.pk, 300, lane="normal")
    batch = send(cast, 8)
    dispatch(Chunk.objects.get().pk)
    assert sizes() == [5, 3]
    assert len(cast.accepted()) == 5
    check_books(batch)


def test_who_is_urgent_comes_back_in_a_moment(cast: Cast) -> None:
    cast.notice.lane = "urgent"
    cast.notice.save()
    account = first_account(cast, per_second=100)
    busy(account.pk, 2)
    send(cast, 3)
    dispatch(Chunk.objects.get().pk)
    assert wakes() == pytest.approx([2 - rule.EARLY], abs=0.5)
    assert not Quota.objects.filter(lane="urgent").exists()


def test_the_line_is_left_when_the_account_falls_ill(cast: Cast) -> None:
    first = first_account(cast, per_second=1)
    second_account(cast)
    batch = send(cast, 4)
    dispatch(Chunk.objects.get().pk)
    assert len(cast.accepted()) == 1
    with transaction.atomic():
        break_(first)
        health.leave(first.pk, "sms", timezone.now())
        assert all(wake > 0 for wake in wakes()[1:])
        health.leave(first.pk, "alimtalk", timezone.now())
    assert all(wake <= 0 for wake in wakes())
    ring()
    assert len(cast.accepted()) == 4
    bring_results(batch)
    check_books(batch)


def test_a_turn_that_another_took_meanwhile(open_cast: Cast) -> None:
    account = first_account(open_cast, per_day=5)
    busy(account.pk, 0)
    send(open_cast, 3)
    chunk = Chunk.objects.get().pk
    with workers(1) as start:
        with transaction.atomic():
            Quota.objects.update(used=4)
            sending = start(lambda: dispatch(chunk))
            wait_for_waiting(1)  # it has looked, and seen a whole day left
        sending.result(20)
    assert Chunk.objects.get().state == "ready"
    assert open_cast.accepted() == []
    change(account, per_day=7)
    Chunk.objects.update(not_before=timezone.now())
    dispatch(chunk)
    assert Chunk.objects.get().state == "sent"
