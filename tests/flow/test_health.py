"""What calls and results show of an account, and when its breaker moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from alimnaru.flow import health
from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.receive import drain
from alimnaru.flow.sweep import sweep
from alimnaru.rules.health import Breaker as Standing
from alimnaru.rules.health import BreakerState
from alimnaru.store.ledger import health as ledger
from alimnaru.store.models import Breaker, Chunk, Pulse
from tests.cast import Cast, bring_results, phone, ring
from tests.flow.accounts import break_, first_account, pulses, second_account, stands
from tests.flow.books import jobs, lose_jobs
from tests.flow.moment import Moment
from tests.flow.racing import at_once
from tests.flow.reports import (
    CARRIER_DOWN,
    DELIVERED,
    IN_TRANSIT,
    NOT_A_USER,
    TIMED_OUT,
    ids,
    report,
)


def send(cast: Cast, count: int = 1, ending: str = "0006") -> list[str]:
    """Send to phones of which nothing is heard unless the test says so; return our references."""
    batch = cast.send(cast.rows(*(phone(ending) for _ in range(count))))
    ring()
    return [f"{m}-1" for m in ids(batch)]


def fail(cast: Cast, times: int = 1) -> None:
    cast.control("DELETE", "faults")
    cast.faults(kind="error_500", path="create", times=times)


def again() -> None:
    """Offer every waiting chunk once more."""
    Chunk.objects.filter(state="ready").update(not_before=timezone.now())
    for chunk in Chunk.objects.filter(state="ready"):
        dispatch(chunk.pk)


# ---- what is noted -------------------------------------------------------------------------------


def test_calls_are_noted(cast: Cast) -> None:
    account = first_account(cast)
    send(cast)
    assert pulses(account) == (1, 0, 0, 0)
    fail(cast)
    send(cast)
    assert pulses(account) == (2, 1, 0, 0)
    cast.faults(kind="cut_after", path="send")
    send(cast)
    assert pulses(account) == (3, 2, 0, 0)


def test_results_are_noted_once_and_by_whose_fault(cast: Cast) -> None:
    account = first_account(cast)
    refs = send(cast, 6)
    told = (DELIVERED, NOT_A_USER, CARRIER_DOWN, TIMED_OUT, IN_TRANSIT)
    for _ in range(2):  # a callback that comes twice
        report(cast, *zip(refs, told, strict=False))
    assert pulses(account)[2:] == (2, 2)


def test_a_drain_is_one_pulse_of_each_account_and_channel(cast: Cast) -> None:
    refs = send(cast, 4) + send(cast, 4)
    Pulse.objects.all().delete()
    Chunk.objects.update(sent_at=timezone.now() - timedelta(seconds=90))
    report(cast, *((ref, DELIVERED) for ref in refs))
    pulse = Pulse.objects.get()
    assert (pulse.ok, pulse.channel) == (8, "alimtalk")
    assert 90 <= pulse.slowest < 100


def test_old_pulses_are_forgotten(cast: Cast) -> None:
    send(cast)
    Pulse.objects.update(at=timezone.now() - ledger.KEPT - timedelta(seconds=1))
    send(cast)
    sweep()
    assert Pulse.objects.count() == 1


# ---- calls ---------------------------------------------------------------------------------------


def test_the_third_failed_call_opens_it_at_once(cast: Cast) -> None:
    account = first_account(cast)
    fail(cast, times=9)
    send(cast)
    again()
    assert stands(account) == "closed"
    again()
    assert stands(account) == "open"
    breaker = Breaker.objects.get()
    assert (breaker.reason, breaker.times) == ("cuts", 1)
    assert breaker.probe_at is not None
    assert breaker.probe_at - breaker.since == timedelta(seconds=30)


def test_failures_among_many_successes_open_nothing(cast: Cast) -> None:
    account = first_account(cast)
    for _ in range(4):
        send(cast)
    fail(cast, times=3)
    send(cast)
    again()
    again()
    assert (stands(account), pulses(account)[:2]) == ("closed", (7, 3))


def test_a_try_that_fails_doubles_the_pause(cast: Cast) -> None:
    account = first_account(cast)
    break_(account, probe_in=-1)
    fail(cast)
    send(cast)
    breaker = Breaker.objects.get()
    assert (breaker.state, breaker.times, breaker.probe_chunk) == ("open", 2, None)
    assert breaker.probe_at is not None
    assert breaker.probe_at - breaker.since == timedelta(seconds=60)


def test_a_try_that_succeeds_closes_it(cast: Cast) -> None:
    account = first_account(cast)
    break_(account, probe_in=-1)
    send(cast)
    assert stands(account) == "closed"


# ---- results -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bad", "state"), [(4, "closed"), (5, "open")])
def test_bad_results_open_it_at_the_sweep(cast: Cast, bad: int, state: str) -> None:
    account = first_account(cast)
    refs = send(cast, 20)
    codes = [CARRIER_DOWN] * bad + [DELIVERED] * (20 - bad)
    report(cast, *zip(refs, codes, strict=True))
    assert stands(account) == "closed"
    sweep()
    assert stands(account) == state


def test_a_closed_one_starts_from_nothing(cast: Cast, moment: Moment) -> None:
    """What was seen before it closed does not open it again."""
    account = first_account(cast)
    refs = send(cast, 40)
    report(cast, *((ref, TIMED_OUT) for ref in refs[:20]))
    sweep()
    assert stands(account) == "open"
    moment.passes(seconds=31)
    extra = send(cast, 2)
    assert stands(account) == "half"
    moment.passes(seconds=1)
    report(cast, *((ref, DELIVERED) for ref in extra))
    sweep()
    assert stands(account) == "closed"
    moment.passes(seconds=1)
    sweep()
    assert stands(account) == "closed"


def test_a_try_whose_results_are_bad_opens_it_again(cast: Cast, moment: Moment) -> None:
    account = first_account(cast)
    Breaker.objects.filter(pk=break_(account, probe_in=-1).pk).update(reason="results")
    refs = send(cast, 2)
    assert stands(account) == "half"
    moment.passes(seconds=1)
    report(cast, (refs[0], CARRIER_DOWN))
    sweep()
    assert (stands(account), Breaker.objects.get().times) == ("open", 2)


def test_late_results_undo_no_try(cast: Cast, moment: Moment) -> None:
    """They are about what was sent before."""
    account = first_account(cast)
    old = send(cast, 9)
    moment.passes(seconds=1)
    Breaker.objects.filter(pk=break_(account, probe_in=-1).pk).update(reason="results")
    moment.passes(seconds=1)
    tried = send(cast, 2)
    report(cast, *((ref, CARRIER_DOWN) for ref in old))
    moment.passes(seconds=1)
    sweep()
    assert (stands(account), pulses(account)[2:]) == ("half", (0, 0))
    report(cast, *((ref, DELIVERED) for ref in tried))
    sweep()
    assert stands(account) == "closed"


def test_a_try_that_got_lost_is_made_again(cast: Cast, moment: Moment) -> None:
    account = first_account(cast)
    Breaker.objects.filter(pk=break_(account).pk).update(state="half", probe_chunk=999_999)
    send(cast)
    assert Chunk.objects.get().state == "ready"
    moment.passes(seconds=61)
    sweep()
    assert stands(account) == "open"
    again()
    assert Chunk.objects.get().state == "sent"


# ---- silence -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "state"), [(19, "closed"), (20, "open")])
def test_an_account_that_tells_nothing(cast: Cast, moment: Moment, count: int, state: str) -> None:
    account = first_account(cast)
    send(cast, count)
    moment.passes(seconds=19)
    sweep()
    assert stands(account) == "closed"
    moment.passes(seconds=2)
    sweep()
    assert stands(account) == state


def test_one_result_is_not_silence(cast: Cast, moment: Moment) -> None:
    account = first_account(cast)
    refs = send(cast, 30) + send(cast, 30)
    moment.passes(seconds=15)
    report(cast, (refs[0], DELIVERED))
    moment.passes(seconds=15)
    sweep()
    assert stands(account) == "closed"
    # But then nothing comes any more.
    moment.passes(seconds=30)
    sweep()
    assert stands(account) == "open"


def test_results_that_are_always_slow_are_waited_for(cast: Cast, moment: Moment) -> None:
    account = first_account(cast)
    refs = send(cast, 30)
    moment.passes(seconds=19)
    report(cast, *((ref, DELIVERED) for ref in refs))
    send(cast, 30)
    moment.passes(seconds=50)
    sweep()
    assert stands(account) == "closed"  # three times 19 s are not over
    moment.passes(seconds=8)
    sweep()
    assert stands(account) == "open"


def test_what_lies_in_our_inbox_is_not_silence(cast: Cast, moment: Moment) -> None:
    account = first_account(cast)
    refs = send(cast, 30)
    moment.passes(seconds=60)
    from tests.flow.reports import keep

    keep(cast, *((ref, DELIVERED) for ref in refs))
    sweep()
    assert stands(account) == "closed"
    drain()
    sweep()
    assert stands(account) == "closed"


def test_a_silent_account_is_asked_early(cast: Cast, moment: Moment) -> None:
    """Its callbacks may be lost on the way to us."""
    account = first_account(cast)
    send(cast, 25, ending="9001")  # they have it at once, and no callback is told
    send(cast, 25, ending="9001")
    lose_jobs()
    moment.passes(seconds=9)
    sweep()
    assert jobs("poll") == []
    moment.passes(seconds=2)
    sweep()
    assert len(jobs("poll")) == 1  # one of them is enough to know
    ring()
    assert pulses(account)[2] == 25
    moment.passes(seconds=15)
    sweep()
    assert stands(account) == "closed"


# ---- several workers -----------------------------------------------------------------------------


def test_only_one_worker_moves_a_breaker(open_cast: Cast) -> None:
    account = first_account(open_cast)
    now = timezone.now()
    was, to = Standing(), Standing(BreakerState.OPEN, now, now, 1, "cuts")
    moved = at_once(*[lambda: ledger.move_breaker(account.pk, "sms", was, to)] * 4)
    assert sorted(map(bool, moved)) == [False, False, False, True]


def test_only_one_chunk_gets_through(open_cast: Cast) -> None:
    account = first_account(open_cast)
    break_(account, probe_in=-1)
    now = timezone.now()
    through = at_once(
        *[
            lambda n=n: ledger.take_probe(account.pk, "alimtalk", n, now)  # type: ignore[misc]
            for n in range(4)
        ]
    )
    assert sum(map(bool, through)) == 1


def test_a_refusal_is_written_once(cast: Cast) -> None:
    account = first_account(cast)
    second_account(cast)
    now = timezone.now()
    for _ in range(2):
        health.refuse(account.pk, "alimtalk", "refused", now)
    assert Breaker.objects.get().times == 1


def test_a_move_that_another_made_is_left_alone(cast: Cast) -> None:
    account = first_account(cast)
    breaker = break_(account)
    before = ledger.breakers()[account.pk, "alimtalk"]
    Breaker.objects.filter(pk=breaker.pk).update(since=timezone.now(), times=5)
    with transaction.atomic():
        assert not ledger.move_breaker(account.pk, "alimtalk", before, Standing(since=before.since))
    breaker.refresh_from_db()
    assert (breaker.state, breaker.times) == ("open", 5)


def test_bring_results_notes_polled_ones_too(cast: Cast) -> None:
    account = first_account(cast)
    batch = cast.send(cast.rows(phone(), phone("0001")))
    bring_results(batch)
    assert pulses(account)[2:] == (3, 0)
