"""The daily cap at the exit: how many, which, until when; and two at the same moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from alimnaru.flow import capping
from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.exit import decide
from alimnaru.flow.release import Start, for_change, release
from alimnaru.reads.release_facts import TEST
from alimnaru.store.ledger import chunks
from alimnaru.store.models import Batch, Chunk, Notice, Policy
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.moment import Moment, seoul
from tests.flow.racing import at_once

REACHED = ("delivered", "alimtalk", "delivered")
WAITS = ("pending", "alimtalk", None)
TOO_MANY = ("suppressed", "alimtalk", "daily_cap")

DAYS_OLD = 3 * 24 * 60


@pytest.fixture(autouse=True)
def morning(moment: Moment) -> None:
    """A Tuesday at ten."""
    moment.is_("2026-11-24 10:00")


def cap(number: int) -> None:
    Policy.objects.update_or_create(id=1, defaults={"values": {"daily_cap": number}})


def send(cast: Cast, *numbers: str, **how: object) -> Batch:
    """A batch of one row for each number, not by leave of the sandbox."""
    rows = cast.rows(*numbers)
    return cast.send(rows, hours_waived=False, **how)  # type: ignore[arg-type] - passed on


def sent(cast: Cast, *numbers: str) -> Batch:
    batch = send(cast, *numbers)
    bring_results(batch)
    return batch


def wait_of(batch: Batch) -> list[tuple[int, str]]:
    """(size, local time from which it goes) of the batch's chunks that wait."""
    found = Chunk.objects.filter(batch=batch, state="ready").order_by("id")
    return [(c.size, timezone.localtime(c.not_before).strftime("%m-%d %H:%M")) for c in found]


def test_the_third_of_a_day_goes_tomorrow(cast: Cast, moment: Moment) -> None:
    cap(2)
    often, seldom = phone(), phone()
    for _ in range(2):
        sent(cast, often)
    batch = sent(cast, often, seldom)
    assert states(batch) == [WAITS, REACHED]
    assert wait_of(batch) == [(1, "11-25 08:00")]
    check_books(batch)
    moment.is_("2026-11-25 08:00")
    dispatch(Chunk.objects.get(batch=batch, state="ready").pk)
    bring_results(batch)
    assert states(batch) == [REACHED, REACHED]
    check_books(batch)


def test_what_is_late_by_then_is_not_sent(cast: Cast) -> None:
    cap(1)
    cast.notice.ttl_minutes = 60
    cast.notice.save()
    one = phone()
    sent(cast, one)
    batch = sent(cast, one)
    assert states(batch) == [TOO_MANY]
    check_books(batch)


@pytest.mark.parametrize("number", [0, 3])
def test_nobody_near_the_cap_is_kept_back(cast: Cast, number: int) -> None:
    cap(number)
    one = phone()
    assert [states(sent(cast, one)) for _ in range(3)] == [[REACHED]] * 3


def test_an_office_that_has_decided_nothing_has_a_cap_of_five(cast: Cast) -> None:
    one = phone()
    assert [states(sent(cast, one)) for _ in range(6)] == [[REACHED]] * 5 + [[WAITS]]


@pytest.mark.parametrize(
    "change",
    [{"priority": "P1"}, {"priority": "P0"}, {"legal_effect": "notice"}],
    ids=lambda change: "-".join(change.values()),
)
def test_duty_and_urgency_go_and_do_not_count(cast: Cast, change: dict[str, str]) -> None:
    cap(1)
    one, other = phone(), phone()
    sent(cast, one)
    urgent = Notice.objects.create(
        code="urgent", name="급한 안내", department=cast.library, **change
    )
    batch = send(cast, one, other)
    Batch.objects.filter(pk=batch.pk).update(notice=urgent)
    bring_results(batch)
    assert states(batch) == [REACHED, REACHED]
    assert states(sent(cast, one, other)) == [WAITS, REACHED]


@pytest.mark.parametrize("kind", ["test", "correction"])
def test_a_test_and_a_correction_go_and_do_not_count(cast: Cast, kind: str) -> None:
    cap(1)
    one = phone()
    first = sent(cast, one) if kind == "correction" else None
    batch = send(cast, one, draft=True)
    Batch.objects.filter(pk=batch.pk).update(
        origin=TEST if kind == "test" else "correction", corrects=first
    )
    release(for_change(batch.pk), Start(timezone.now(), None, 0), timezone.now())
    bring_results(batch)
    assert states(batch) == [REACHED]
    assert states(sent(cast, one)) == [REACHED if kind == "test" else WAITS]


def test_what_never_went_does_not_count(cast: Cast) -> None:
    cap(1)
    one = phone()
    stopped = send(cast, one)
    Batch.objects.filter(pk=stopped.pk).update(stopped_at=timezone.now())
    send(cast, one, draft=True)
    send(cast, one, at=seoul("2026-11-25 10:00"))
    failed = sent(cast, phone("0004"))  # in the way of nobody else
    assert states(sent(cast, one)) == [REACHED]
    assert failed.rows == 1


def test_yesterday_does_not_count(cast: Cast, moment: Moment) -> None:
    cap(1)
    one = phone()
    sent(cast, one)
    moment.is_("2026-11-25 10:00")
    assert states(sent(cast, one)) == [REACHED]


def test_an_old_draft_counts_on_the_day_it_goes(cast: Cast, moment: Moment) -> None:
    cap(1)
    one = phone()
    draft = send(cast, one, draft=True)
    moment.passes(minutes=DAYS_OLD)
    release(for_change(draft.pk), Start(timezone.now(), None, 0), timezone.now())
    bring_results(draft)
    assert states(draft) == [REACHED]
    assert states(sent(cast, one)) == [WAITS]


def test_who_gets_sms_is_told_no_more_than_others(cast: Cast) -> None:
    """One message is one, whatever ways it takes: its SMS is not kept back either."""
    cap(1)
    falls_back = phone("0001")
    batch = sent(cast, falls_back)
    assert states(batch)[0][1] == "sms"
    assert states(sent(cast, falls_back)) == [WAITS]


def test_two_at_the_same_moment_do_not_both_pass(open_cast: Cast) -> None:
    cap(1)
    ones = [phone() for _ in range(5)]
    batches = [send(open_cast, *ones) for _ in range(4)]
    numbers = list(Chunk.objects.order_by("-id").values_list("id", flat=True))
    at_once(*(lambda c=number: dispatch(c) for number in numbers))  # type: ignore[misc]
    assert len(open_cast.accepted()) == len(ones)
    waiting = [wait_of(batch) for batch in batches]
    assert sorted(waiting) == [[], *[[(len(ones), "11-25 08:00")]] * 3]


def test_what_is_being_decided_about_counts_for_those_born_later(cast: Cast) -> None:
    """Both claimed, neither handed over: the first born goes, whichever is asked first."""
    cap(1)
    one = phone()
    first, second = send(cast, one), send(cast, one)
    now = timezone.now()
    claims = [
        chunks.claim_ready(Chunk.objects.get(batch=b).pk, now, now + timedelta(minutes=1))
        for b in (second, first)
    ]
    went = [claim is not None and decide(claim) is not None for claim in claims]
    assert went == [False, True]


def test_a_put_off_message_is_put_off_again(cast: Cast, moment: Moment) -> None:
    cap(1)
    cast.notice.ttl_minutes = DAYS_OLD
    cast.notice.save()
    one = phone()
    sent(cast, one)
    batches = [sent(cast, one) for _ in range(2)]
    moment.is_("2026-11-25 08:00")
    for chunk in Chunk.objects.filter(state="ready").order_by("id"):
        dispatch(chunk.pk)
    ring()
    assert [wait_of(batch) for batch in batches] == [[], [(1, "11-26 08:00")]]


# ---- long lists ask once whom others keep busy ---------------------------------------------------


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list counts as long."""
    monkeypatch.setattr(capping, "LONG", 1)
    capping._busy.cache_clear()


@pytest.mark.usefixtures("long")
def test_a_long_list_keeps_back_whom_others_keep_busy(cast: Cast) -> None:
    cap(3)
    often, seldom = phone(), phone()
    for _ in range(3):
        sent(cast, often)
    batch = sent(cast, seldom, often, phone(), phone())
    assert states(batch) == [REACHED, WAITS, REACHED, REACHED]


@pytest.mark.usefixtures("long")
def test_a_long_list_that_is_too_much_alone_is_asked_about_row_by_row(cast: Cast) -> None:
    cap(2)
    one = phone()
    batch = send(cast, one, one, one, phone())
    assert batch.most_each == 3
    bring_results(batch)
    assert states(batch) == [REACHED, REACHED, WAITS, REACHED]


@pytest.mark.usefixtures("long")
def test_a_long_list_without_neighbours_asks_once(cast: Cast) -> None:
    rows = cast.rows(*(phone() for _ in range(6)))
    batch = cast.send(rows, chunk_size=2, hours_waived=False)
    bring_results(batch)
    assert states(batch) == [REACHED] * 6
    assert (capping._busy.cache_info().misses, capping._busy.cache_info().hits) == (1, 2)
    assert capping._busy(batch.pk, 6, 1, midnight(), batch_minute()) == frozenset()


@pytest.mark.usefixtures("long")
def test_others_that_are_longer_are_not_read_whole(cast: Cast) -> None:
    cap(1)
    one = phone()
    sent(cast, one, phone(), phone())
    batch = sent(cast, one)
    assert states(batch) == [WAITS]
    assert capping._busy(batch.pk, 1, 1, midnight(), batch_minute()) is None


def midnight() -> datetime:
    return seoul("2026-11-24 00:00")


def batch_minute() -> float:
    return timezone.now().timestamp() // capping.KNOWN_FOR
