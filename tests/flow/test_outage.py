"""A channel is off: what is held, what goes round, what comes back, and that nothing goes twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from alimnaru.flow import tasks
from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.outage import go_round
from alimnaru.flow.sweep import sweep
from alimnaru.flow.wordings import wording
from alimnaru.office.batches import cancel_batch, resume_batch, stop_batch
from alimnaru.office.channels import StillOut, switch_off, switch_on
from alimnaru.reads.outages import channel_states
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import outages
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    Breaker,
    CarrierAccount,
    Chunk,
    Notice,
    Outage,
    Tariff,
)
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.accounts import second_account
from tests.flow.books import check_books, jobs, lose_jobs
from tests.flow.moment import Moment
from tests.flow.test_exit import wish

KAKAO, SMS = Channel.ALIMTALK, Channel.SMS
ON_KAKAO = ("delivered", "alimtalk", "delivered")
BY_SMS = ("delivered", "sms", "delivered")
WAITS = ("pending", "alimtalk", None)


def off(cast: Cast, channel: Channel = KAKAO, ceiling: int | None = None) -> Outage:
    return switch_off(channel, actor=cast.librarian, ceiling=ceiling)


def on(cast: Cast, channel: Channel = KAKAO) -> int | None:
    return switch_on(channel, actor=cast.librarian)


def round_and_results(batch: Batch) -> None:
    sweep()
    bring_results(batch)
    check_books(batch)


def kinds(cast: Cast) -> list[str]:
    return [kind for _, kind in cast.accepted()]


# ---- by hand -------------------------------------------------------------------------------------


def test_what_is_held_goes_by_sms(cast: Cast) -> None:
    outage = off(cast)
    batch = cast.send(cast.rows(phone(), phone()))
    ring()
    assert Chunk.objects.get().hold_code == Refusal.CHANNEL_OFF
    round_and_results(batch)
    assert states(batch) == [BY_SMS] * 2
    assert kinds(cast) == ["SMS", "SMS"]
    assert Chunk.objects.filter(state="settled").count() == 2
    outage.refresh_from_db()
    assert outage.spent_won == 2 * Decimal("8.063")


def test_back_on_what_is_held_goes_by_kakao(cast: Cast) -> None:
    off(cast, ceiling=0)
    batch = cast.send(cast.rows(phone(), phone()))
    ring()
    round_and_results(batch)
    assert states(batch) == [WAITS] * 2
    assert on(cast) == 1
    bring_results(batch)
    assert states(batch) == [ON_KAKAO] * 2
    assert kinds(cast) == ["ATA", "ATA"]
    check_books(batch)


def test_the_ceiling_pays_for_a_part_of_a_chunk(cast: Cast) -> None:
    outage = off(cast, ceiling=25)
    batch = cast.send(cast.rows(*(phone() for _ in range(5))))
    ring()
    round_and_results(batch)
    assert states(batch) == [BY_SMS] * 3 + [WAITS] * 2
    sweep()
    ring()
    assert kinds(cast) == ["SMS"] * 3
    on(cast)
    bring_results(batch)
    assert states(batch) == [BY_SMS] * 3 + [ON_KAKAO] * 2
    assert len({ref.partition("-")[0] for ref, _ in cast.accepted()}) == 5
    check_books(batch)
    outage.refresh_from_db()
    assert outage.spent_won == 3 * Decimal("8.063")


def test_a_higher_ceiling_lets_more_go(cast: Cast) -> None:
    first = off(cast, ceiling=9)
    batch = cast.send(cast.rows(phone(), phone(), phone()))
    ring()
    round_and_results(batch)
    again = off(cast, ceiling=17)
    assert (again.pk, again.since) == (first.pk, first.since)
    round_and_results(batch)
    assert states(batch) == [BY_SMS, BY_SMS, WAITS]
    off(cast)  # and without any
    round_and_results(batch)
    assert states(batch) == [BY_SMS] * 3


def test_an_emergency_passes_the_ceiling_and_is_counted(cast: Cast) -> None:
    cast.notice.priority = "P0"
    cast.notice.save()
    outage = off(cast, ceiling=0)
    batch = cast.send(cast.rows(phone()))
    ring()
    round_and_results(batch)
    assert states(batch) == [BY_SMS]
    outage.refresh_from_db()
    assert outage.spent_won == Decimal("8.063")


def test_without_a_price_of_its_own_the_public_one_counts(cast: Cast) -> None:
    Tariff.objects.filter(channel="sms").delete()
    off(cast, ceiling=8)
    cast.send(cast.rows(phone()))
    ring()
    sweep()
    ring()
    assert Chunk.objects.get().state == "held"


def test_who_no_sms_may_follow_waits(cast: Cast) -> None:
    cast.notice.fallback = ""
    cast.notice.save()
    off(cast)
    batch = cast.send(cast.rows(phone()))
    ring()
    round_and_results(batch)
    assert states(batch) == [WAITS]
    (state,) = channel_states([KAKAO])
    assert (state.off, state.messages, state.stuck) == (True, 1, 1)


def test_no_text_no_way_round(cast: Cast) -> None:
    cast.version.sms = ""
    cast.version.save()
    wording.cache_clear()
    off(cast)
    cast.send(cast.rows(phone()))
    ring()
    sweep()
    assert jobs("outage") == []


def test_who_gets_sms_anyway_does_not_wait_for_the_ceiling(cast: Cast) -> None:
    number = phone()
    wish(number, "sms")
    outage = off(cast, ceiling=0)
    batch = cast.send(cast.rows(phone(), number))
    bring_results(batch)
    assert states(batch) == [WAITS, BY_SMS]
    outage.refresh_from_db()
    assert outage.spent_won == 0
    check_books(batch)


def test_a_stop_is_kept_on_the_way_round(cast: Cast) -> None:
    number = phone()
    off(cast)
    batch = cast.send(cast.rows(number))
    ring()
    wish(number, "stop")
    round_and_results(batch)
    assert states(batch) == [("suppressed", "sms", "opted_out")]
    assert cast.accepted() == []


def test_nobody_left_closes_the_chunk(cast: Cast) -> None:
    number = phone()
    wish(number, "stop")
    off(cast)
    batch = cast.send(cast.rows(number))
    ring()
    assert Chunk.objects.get().state == "settled"
    check_books(batch)


def test_too_late_is_expired_not_sent(cast: Cast, moment: Moment) -> None:
    off(cast, ceiling=0)
    batch = cast.send(cast.rows(phone()))
    ring()
    off(cast)
    moment.now = batch.expires_at
    sweep()
    for _, key in jobs("dispatch"):
        dispatch(key)
    assert states(batch) == [("expired", "alimtalk", "expired")]
    assert jobs("outage") == []
    check_books(batch)


def test_the_night_is_kept_on_the_way_round(cast: Cast, moment: Moment) -> None:
    moment.is_("2026-11-24 19:59")
    off(cast)
    batch = cast.send(cast.rows(phone()), hours_waived=False)
    dispatch(Chunk.objects.get().pk)
    assert Chunk.objects.get().state == "held"
    moment.is_("2026-11-24 20:01")
    go_round(Outage.objects.get().pk)
    sms = Chunk.objects.get(channel="sms")
    dispatch(sms.pk)
    sms.refresh_from_db()
    assert (sms.state, cast.accepted()) == ("ready", [])
    check_books(batch)


# ---- what is left alone --------------------------------------------------------------------------


def test_what_may_have_been_handed_over_stays_and_is_asked_for(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone()))
    cast.faults(kind="cut_after", path="send")
    ring()
    assert Chunk.objects.get().state == "doubt"
    off(cast)
    sweep()
    assert jobs("outage") == []
    dispatch_when_due()
    bring_results(batch)
    assert states(batch) == [ON_KAKAO]
    assert kinds(cast) == ["ATA"]
    check_books(batch)


def dispatch_when_due() -> None:
    Chunk.objects.update(not_before=timezone.now())
    for chunk in Chunk.objects.all():
        dispatch(chunk.pk)


def test_a_kept_token_is_never_moved(cast: Cast) -> None:
    off(cast)
    batch = cast.send(cast.rows(phone()))
    ring()
    Chunk.objects.update(token="KEPT")
    sweep()
    go_round(Outage.objects.get().pk)
    assert jobs("outage") == []
    assert states(batch) == [WAITS]
    assert Chunk.objects.get().state == "held"


def test_what_was_with_the_carrier_is_waited_for(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    off(cast)
    round_and_results(batch)
    assert states(batch) == [WAITS]
    assert Chunk.objects.get().state == "sent"


def test_a_stopped_list_does_not_go_round(cast: Cast) -> None:
    off(cast, ceiling=0)
    batch = cast.send(cast.rows(phone()))
    ring()
    stop_batch(batch, actor=cast.librarian)
    off(cast)
    sweep()
    assert jobs("outage") == []
    resume_batch(batch, actor=cast.librarian)
    ring()
    assert Chunk.objects.get().hold_code == Refusal.CHANNEL_OFF
    round_and_results(batch)
    assert states(batch) == [BY_SMS]


def test_a_cancelled_list_ends_cancelled(cast: Cast) -> None:
    off(cast, ceiling=0)
    batch = cast.send(cast.rows(phone()))
    ring()
    assert cancel_batch(batch, actor=cast.librarian) == 1
    on(cast)
    bring_results(batch)
    assert states(batch) == [("cancelled", "alimtalk", "cancelled_by_staff")]
    check_books(batch)


def test_a_round_that_comes_too_late_moves_nothing(cast: Cast) -> None:
    """Switched on between the bell and the round."""
    outage = off(cast)
    batch = cast.send(cast.rows(phone()))
    ring()
    on(cast)
    tasks.outage(outage.pk)
    bring_results(batch)
    assert kinds(cast) == ["ATA"]
    check_books(batch)


def test_a_chunk_freed_under_the_rounds_eyes_is_left_alone(cast: Cast) -> None:
    off(cast)
    cast.send(cast.rows(phone()))
    ring()
    chunk = Chunk.objects.get()
    assert outages.still_held(chunk.pk)
    Chunk.objects.update(state="ready")
    assert not outages.still_held(chunk.pk)
    assert not outages.close_emptied(chunk.pk)


def test_the_sweep_frees_what_was_held_as_the_channel_came_back(cast: Cast) -> None:
    off(cast)
    batch = cast.send(cast.rows(phone()))
    ring()
    Outage.objects.update(until=timezone.now())
    lose_jobs()
    round_and_results(batch)
    assert states(batch) == [ON_KAKAO]


# ---- SMS is off ----------------------------------------------------------------------------------


def test_sms_off_holds_sms_and_nothing_else(cast: Cast) -> None:
    off(cast, SMS)
    batch = cast.send(cast.rows(phone(), phone("0001")))
    bring_results(batch)
    assert states(batch) == [ON_KAKAO, ("pending", "sms", None)]
    assert Chunk.objects.get(channel="sms").hold_code == Refusal.CHANNEL_OFF
    round_and_results(batch)
    assert kinds(cast) == ["ATA", "ATA"]
    assert on(cast, SMS) == 1
    bring_results(batch)
    assert states(batch) == [ON_KAKAO, BY_SMS]
    check_books(batch)


def test_with_both_off_nothing_goes_round(cast: Cast) -> None:
    off(cast)
    off(cast, SMS)
    batch = cast.send(cast.rows(phone()))
    ring()
    round_and_results(batch)
    assert states(batch) == [WAITS]
    on(cast, SMS)
    round_and_results(batch)
    assert states(batch) == [BY_SMS]


# ---- by breakers ---------------------------------------------------------------------------------


def breaker(account: CarrierAccount | None, state: str, channel: str = "alimtalk") -> None:
    assert account is not None
    Breaker.objects.update_or_create(
        account=account,
        channel=channel,
        defaults={"state": state, "since": timezone.now(), "probe_chunk": None, "probe_at": None},
    )


def test_all_breakers_open_switch_the_channel_off(cast: Cast, settings: Settings) -> None:
    settings.OUTAGE_CEILING = 1000
    breaker(cast.account, "open")
    sweep()
    outage = Outage.objects.get()
    assert (outage.channel, outage.reason, outage.member) == ("alimtalk", "breaker", None)
    assert outage.ceiling_won == 1000
    sweep()
    assert Outage.objects.count() == 1


def test_outages_that_come_and_go_have_one_ceiling(
    cast: Cast, moment: Moment, settings: Settings
) -> None:
    settings.OUTAGE_CEILING = 1000
    breaker(cast.account, "open")
    sweep()
    Outage.objects.update(spent_won=700, until=moment.now)
    for hours, ceiling in ((1, 300), (25, 1000)):
        moment.passes(hours=hours)
        sweep()
        again = Outage.objects.get(until=None)
        assert again.ceiling_won == ceiling
        again.until = moment.now
        again.save()


def test_one_account_that_works_is_enough(cast: Cast) -> None:
    breaker(cast.account, "open")
    second = second_account(cast)
    sweep()
    assert not Outage.objects.exists()
    breaker(second, "open")
    sweep()
    assert Outage.objects.filter(until=None).count() == 1
    breaker(second, "closed")
    sweep()
    assert not Outage.objects.filter(until=None).exists()


@pytest.mark.parametrize("why", ["another channel", "not active", "does not carry it"])
def test_breakers_that_do_not_count(cast: Cast, why: str) -> None:
    assert cast.account is not None
    breaker(cast.account, "open", "sms" if why == "another channel" else "alimtalk")
    cast.account.is_active = why != "not active"
    cast.account.channels = "sms" if why == "does not carry it" else "alimtalk,sms"
    cast.account.save()
    sweep()
    assert not Outage.objects.filter(channel="alimtalk").exists()


def test_a_short_disturbance_sends_only_the_urgent_by_sms(cast: Cast, moment: Moment) -> None:
    breaker(cast.account, "open")
    sweep()
    batch = cast.send(cast.rows(phone()))
    dispatch(Chunk.objects.get().pk)
    go_round(Outage.objects.get().pk)
    assert states(batch) == [WAITS]
    moment.passes(seconds=300)
    go_round(Outage.objects.get().pk)
    assert states(batch) == [("pending", "sms", None)]
    check_books(batch)


def test_an_urgent_one_goes_at_once(cast: Cast) -> None:
    cast.notice.priority = "P1"
    cast.notice.save()
    breaker(cast.account, "open")
    sweep()
    batch = cast.send(cast.rows(phone()))
    ring()
    round_and_results(batch)
    assert states(batch) == [BY_SMS]


def test_one_is_tried_and_a_closed_breaker_ends_it(cast: Cast) -> None:
    breaker(cast.account, "open")
    sweep()
    batch = cast.send(cast.rows(phone(), phone()), chunk_size=1)
    ring()
    assert Chunk.objects.filter(hold_code=Refusal.CHANNEL_OFF).count() == 2
    Breaker.objects.update(probe_at=timezone.now())
    sweep()
    ((_, probe),) = jobs("dispatch")
    Breaker.objects.update(state="half", probe_chunk=probe)
    sweep()
    assert jobs("dispatch") == [("dispatch", probe)]
    bring_results(batch)
    assert sorted(states(batch)) == [ON_KAKAO, WAITS]
    breaker(cast.account, "closed")
    sweep()
    assert not Outage.objects.filter(until=None).exists()
    bring_results(batch)
    assert states(batch) == [ON_KAKAO] * 2
    check_books(batch)


def test_an_open_breaker_whose_time_has_come_is_tried_too(cast: Cast) -> None:
    breaker(cast.account, "open")
    sweep()
    cast.send(cast.rows(phone()))
    ring()
    sweep()
    assert jobs("dispatch") == []
    Breaker.objects.update(probe_at=timezone.now())
    sweep()
    assert len(jobs("dispatch")) == 1


@pytest.mark.parametrize("another", [True, False], ids=["another can", "there is no other"])
def test_an_urgent_one_is_not_what_an_account_is_tried_with(cast: Cast, another: bool) -> None:
    breaker(cast.account, "open")
    sweep()
    if another:
        cast.send(cast.rows(phone()))
        ring()
    Breaker.objects.update(probe_at=timezone.now())
    cast.notice.priority = "P1"
    cast.notice.save()
    if another:
        second = Notice.objects.create(code="lib.other", name="다른 안내", department=cast.library)
        Batch.objects.update(notice=second)
    batch = cast.send(cast.rows(phone()))
    dispatch(Chunk.objects.get(batch=batch).pk)
    assert Chunk.objects.get(batch=batch).state == ("held" if another else "sent")


def test_nothing_to_try_with(cast: Cast) -> None:
    breaker(cast.account, "open")
    sweep()
    breaker(cast.account, "half")
    sweep()
    assert jobs("dispatch") == []
    assert Outage.objects.filter(until=None).exists()


# ---- people and breakers -------------------------------------------------------------------------


def test_a_persons_outage_does_not_end_with_the_breakers(cast: Cast) -> None:
    breaker(cast.account, "open")
    sweep()
    taken_over = off(cast, ceiling=7)
    assert taken_over.reason == "person"
    assert Outage.objects.filter(until=None).get() == taken_over
    breaker(cast.account, "closed")
    sweep()
    assert Outage.objects.filter(until=None).get() == taken_over
    assert on(cast) == 0
    taken_over.refresh_from_db()
    assert taken_over.ended_by == cast.librarian


def test_a_person_cannot_switch_on_what_does_not_work(cast: Cast) -> None:
    breaker(cast.account, "open")
    sweep()
    with pytest.raises(StillOut):
        on(cast)
    breaker(cast.account, "closed")
    assert on(cast) == 0


def test_on_is_on(cast: Cast) -> None:
    assert on(cast) is None


def test_both_acts_are_audited(cast: Cast) -> None:
    off(cast, ceiling=500)
    on(cast)
    acts = AuditEntry.objects.filter(subject="channel:alimtalk").order_by("pk")
    assert [(a.act, a.actor) for a in acts] == [
        ("channel.off", cast.librarian),
        ("channel.on", cast.librarian),
    ]
    assert acts[0].facts["ceiling_won"] == 500
