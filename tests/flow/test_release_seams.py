"""Where release, slices, memory and corrections meet: nothing goes early or twice, and nobody is
forgotten."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alimnaru.flow import drafts
from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.jobs import LISTS, JobName, defer_at
from alimnaru.flow.memory import remember
from alimnaru.flow.outcome import end_waiting
from alimnaru.flow.slices import watch
from alimnaru.flow.sweep import sweep
from alimnaru.office.batches import cancel_batch, resume_batch, stop_batch
from alimnaru.office.corrections import correct
from alimnaru.office.release import (
    ReleaseRefused,
    approve,
    ask,
    discard,
    reschedule,
    send_back,
    undo,
    withdraw,
)
from alimnaru.reads.batch_lists import counts_of, phase_in
from alimnaru.reads.first_slice import why_stopped
from alimnaru.reads.reach import corrections_of, left_to_correct
from alimnaru.rules.first_slice import SliceReason
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.phase import Phase
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    Chunk,
    KnownValue,
    ListUpload,
    Membership,
    Message,
    Policy,
    Stage,
)
from tests.apology import CELLS, apology
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books, jobs, lose_jobs
from tests.flow.lists import people, table, taken
from tests.flow.moment import Moment
from tests.flow.racing import PATIENCE, at_once, workers
from tests.staff import hire

#: A slice of 5 of 12 people, and nobody has to agree.
SMALL = {
    "slice_from": 10, "slice_least": 5, "first_approval_from": 1000, "undo_seconds": 10,
    "slice_patience_seconds": 60,
}  # fmt: skip
DAY = timedelta(days=1)


def sliced(cast: Cast, *endings: str, at: datetime | None = None) -> Batch:
    """Twelve people of whom five go first, released; the first rows end so."""
    Policy.objects.get_or_create(defaults={"values": SMALL})
    if not Batch.objects.exists():
        # One use before, so that nobody has to agree.
        cast.send(cast.rows(phone()))
        ring()
    numbers = [phone(e) for e in endings] + [phone() for _ in range(12 - len(endings))]
    draft = cast.send(cast.rows(*numbers), draft=True)
    return ask(draft, actor=cast.librarian, at=at)


def window_over(batch: Batch) -> None:
    """As if its undo window had passed: its first chunks go."""
    now = timezone.now()
    Batch.objects.filter(pk=batch.pk).update(undo_until=now, not_before=now)
    Chunk.objects.filter(batch=batch, state="ready").update(not_before=now)
    with transaction.atomic():
        defer_at(JobName.REMEMBER, [batch.pk], queue=LISTS, at=None)
    for _, key in jobs("dispatch"):
        dispatch(key)


def look(batch: Batch) -> Batch:
    watch(batch.pk)
    batch.refresh_from_db()
    return batch


def rest(batch: Batch) -> set[tuple[str, str]]:
    others = Chunk.objects.filter(batch=batch, in_slice=False).exclude(size=0)
    return set(others.values_list("state", "hold_code"))


def bell(name: str, key: int) -> datetime | None:
    """When the job rings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo'"
            " AND queueing_lock = %s",
            [f"{name}:{key}"],
        )
        found: datetime | None = cursor.fetchone()[0]
        return found


# ---- the bells of a first slice ------------------------------------------------------------------


@pytest.mark.parametrize("job", ["slice", "remember"])
def test_the_bells_follow_a_change_of_time(cast: Cast, job: str) -> None:
    """A bell that waits for tomorrow must not keep today's slice waiting until then."""
    batch = sliced(cast, at=timezone.now() + DAY)
    batch = reschedule(batch, actor=cast.librarian, at=None)
    assert batch.slice_state == "watching"
    assert bell(job, batch.pk) == batch.not_before


# ---- a slice of which nobody ever hears ----------------------------------------------------------


def test_a_slice_whose_every_outcome_is_unknown_stops_the_rest(cast: Cast) -> None:
    """Its call was cut, and in the end the carrier could not tell: no hand-over was recorded."""
    batch = sliced(cast)
    first = Chunk.objects.get(batch=batch, in_slice=True)
    with transaction.atomic():
        end_waiting([first.pk], MessageState.UNKNOWN, Result.UNRECOGNISED, timezone.now())
        Chunk.objects.filter(pk=first.pk).update(state="settled")
    assert look(batch).slice_state == "failed"
    assert rest(batch) == {("held", "slice_failed")}
    assert (why_stopped(batch) or (None,))[0] is SliceReason.SILENT
    check_books(batch)


def test_a_slice_in_doubt_does_not_hold_the_rest_for_days(cast: Cast, moment: Moment) -> None:
    """A carrier that cannot tell is asked for three days; the others' notice is stale by then."""
    batch = sliced(cast)
    first = Chunk.objects.filter(batch=batch, in_slice=True)
    first.update(state="doubt", token="T", doubt_since=moment.now, account=cast.account)
    assert look(batch).slice_state == "watching"
    moment.passes(seconds=61)
    assert look(batch).slice_state == "failed"


def test_who_resumes_what_nobody_stopped_does_not_end_the_watch(cast: Cast) -> None:
    """A chunk was held for the balance, say; nobody has decided about the slice."""
    batch = sliced(cast)
    window_over(batch)
    resume_batch(batch, actor=cast.librarian)
    batch.refresh_from_db()
    assert batch.slice_state == "watching"
    assert rest(batch) == {("held", "first_slice")}
    bring_results(batch)
    assert look(batch).slice_state == "passed"


def test_a_slice_that_waits_for_a_person_says_so(cast: Cast) -> None:
    """Its account has no money: who looks must not read that all is well."""
    batch = sliced(cast)
    assert phase(batch) is Phase.UNDO
    window_over(batch)
    assert phase(batch) is Phase.FIRST_SLICE
    Chunk.objects.filter(batch=batch, in_slice=True).update(
        state="held", hold_code="balance_empty", token=""
    )
    assert phase(batch) is Phase.HELD
    resume_batch(batch, actor=cast.librarian)
    assert phase(batch) is Phase.FIRST_SLICE
    assert rest(batch) == {("held", "first_slice")}


def phase(batch: Batch) -> Phase:
    batch.refresh_from_db()
    return phase_in(batch, counts_of([batch.pk])[batch.pk], timezone.now())


# ---- a stop outlives a release -------------------------------------------------------------------


def test_a_request_that_was_stopped_does_not_go_when_it_is_approved(cast: Cast) -> None:
    staff = hire(cast)
    draft = cast.send(cast.rows(*(phone() for _ in range(120))), draft=True)
    batch = ask(draft, actor=staff.writer)
    stop_batch(batch, actor=staff.writer)
    batch = approve(batch, actor=staff.approver, hash=batch.release_hash)
    window_over(batch)
    assert cast.accepted() == []
    lose_jobs()  # of the window that has not passed by this machine's clock
    resume_batch(batch, actor=staff.writer)
    bring_results(batch)
    assert {s for s, _, _ in states(batch)} == {"delivered"}
    check_books(batch)


def test_who_asks_anew_has_decided_anew(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone()), draft=True)
    stop_batch(batch, actor=cast.librarian)
    batch = ask(batch, actor=cast.librarian)
    window_over(batch)
    assert len(cast.accepted()) == 1


# ---- whose word counts ---------------------------------------------------------------------------


def test_the_word_of_who_has_lost_the_right_counts_no_more(cast: Cast) -> None:
    staff = hire(cast)
    Policy.objects.create(values={"second_approval_from": 20, "first_approval_from": 10})
    batch = ask(cast.send(cast.rows(*(phone() for _ in range(30))), draft=True), actor=staff.writer)
    assert batch.approvals_needed == 2
    pin = batch.release_hash
    approve(batch, actor=staff.approver, hash=pin)
    Membership.objects.filter(member=staff.approver).delete()
    assert approve(batch, actor=staff.second_approver, hash=pin).stage == Stage.REQUESTED
    assert approve(batch, actor=staff.manager, hash=pin).stage == Stage.RELEASED


def test_the_same_list_from_two_desks_at_once_goes_once(open_cast: Cast) -> None:
    """Both are asked for before either stands; one of them must be told of the other."""
    open_cast.send(open_cast.rows(phone()))
    for _ in range(6):
        rows = open_cast.rows(phone(), phone())
        twins = [open_cast.send(rows, draft=True) for _ in range(2)]

        def click(batch: Batch) -> bool:
            try:
                ask(batch, actor=open_cast.librarian)
            except ReleaseRefused:
                return False
            return True

        done = at_once(*[lambda b=b: click(b) for b in twins])
        assert sorted(done) == [False, True]


# ---- drafts that people are still at -------------------------------------------------------------


def taken_back(batch: Batch, cast: Cast) -> None:
    ask(batch, actor=cast.librarian, at=timezone.now() + 5 * DAY)
    later(cast, 2)
    undo(batch, actor=cast.librarian)


def later(cast: Cast, days: float) -> None:
    _CLOCK[0].passes(days=days)


_CLOCK: list[Moment] = []


def withdrawn(batch: Batch, cast: Cast) -> None:
    Policy.objects.create(values={"first_approval_from": 2, "second_approval_from": 100})
    ask(batch, actor=cast.librarian, at=timezone.now() + 5 * DAY)
    later(cast, 2)
    withdraw(batch, actor=cast.librarian)


def returned(batch: Batch, cast: Cast) -> None:
    staff = hire(cast)
    Policy.objects.create(values={"first_approval_from": 2, "second_approval_from": 100})
    asked = ask(batch, actor=cast.librarian, at=timezone.now() + 5 * DAY)
    later(cast, 2)
    send_back(asked, actor=staff.approver, hash=asked.release_hash, reason="시각을 확인하십시오.")


@pytest.mark.parametrize("act", [taken_back, withdrawn, returned])
def test_a_draft_is_kept_for_a_day_after_the_last_act(
    cast: Cast, moment: Moment, act: Callable[[Batch, Cast], None]
) -> None:
    """Made on Monday, taken back on Wednesday to change the hour: it must not vanish meanwhile."""
    _CLOCK[:] = [moment]
    batch = cast.send(cast.rows(phone(), phone()), draft=True)
    act(batch, cast)
    with transaction.atomic():
        drafts.tidy(timezone.now())
    batch.refresh_from_db()
    assert batch.stage in {Stage.DRAFT, Stage.RETURNED}
    moment.passes(days=2)
    with transaction.atomic():
        drafts.tidy(timezone.now())
    batch.refresh_from_db()
    assert batch.stage == Stage.DISCARDED


def test_what_is_discarded_leaves_no_file_behind(cast: Cast) -> None:
    upload = taken(cast, table(*people(3)))
    assert upload.batch is not None
    discard(upload.batch, actor=cast.librarian)
    ring()
    upload = ListUpload.objects.get(pk=upload.pk)
    assert (upload.state, upload.content) == (ListUpload.State.GONE, None)


# ---- what is remembered --------------------------------------------------------------------------


def remembered(batch: Batch) -> bool:
    ring()
    remember(batch.pk)
    return KnownValue.objects.filter(
        to_hash__in=Message.objects.filter(batch=batch).values("to_hash")
    ).exists()


def test_a_list_whose_first_slice_failed_is_not_the_truth(cast: Cast) -> None:
    """It may be the very list that slid: the right one would then be refused for ever."""
    batch = sliced(cast, *["0004"] * 5)
    window_over(batch)
    assert not remembered(batch), "while the slice is watched"
    bring_results(batch)
    assert look(batch).slice_state == "failed"
    assert not remembered(batch)
    resume_batch(batch, actor=cast.librarian)
    assert remembered(batch)


def test_a_slice_that_passes_is_remembered(cast: Cast) -> None:
    batch = sliced(cast)
    window_over(batch)
    ring()
    bring_results(batch)
    look(batch)
    ring()
    assert KnownValue.objects.exists()


def test_nothing_is_remembered_that_may_still_be_taken_back(cast: Cast) -> None:
    """A bell of an earlier release rings in the window of a later one."""
    batch = ask(cast.send(cast.rows(phone()), draft=True), actor=cast.librarian)
    assert not remembered(batch)
    window_over(batch)
    assert remembered(batch)


def test_a_list_that_was_cancelled_is_forgotten(cast: Cast) -> None:
    batch = ask(cast.send(cast.rows(phone()), draft=True), actor=cast.librarian)
    window_over(batch)
    assert remembered(batch)
    cancel_batch(batch, actor=cast.librarian)
    ring()
    assert not KnownValue.objects.exists()


def test_a_list_that_was_corrected_is_forgotten(cast: Cast) -> None:
    batch = ask(cast.send(cast.rows(phone()), draft=True), actor=cast.librarian)
    window_over(batch)
    assert remembered(batch)
    bring_results(batch)
    correct(batch, actor=cast.librarian, notice=apology(cast), cells=CELLS)
    ring()
    assert not remembered(batch)


# ---- whom a correction has not told --------------------------------------------------------------


def called_off(correction: Batch, cast: Cast) -> None:
    cancel_batch(correction, actor=cast.librarian)


def too_late(correction: Batch, cast: Cast) -> None:
    stop_batch(correction, actor=cast.librarian)
    Batch.objects.filter(pk=correction.pk).update(expires_at=timezone.now())
    sweep()
    ring()


@pytest.mark.parametrize("end", [called_off, too_late])
def test_whom_a_correction_did_not_reach_another_one_may(
    cast: Cast, end: Callable[[Batch, Cast], None]
) -> None:
    sorry = apology(cast)
    batch = cast.send(cast.rows(phone(), phone()))
    bring_results(batch)
    first = correct(batch, actor=cast.librarian, notice=sorry, cells=CELLS)
    assert first.stage == Stage.RELEASED
    end(first, cast)
    assert left_to_correct(batch, corrections_of(batch)) == 2
    second = correct(batch, actor=cast.librarian, notice=sorry, cells=CELLS)
    assert second.people == 2
    # The same rows in the same words again: somebody else looks.
    approve(second, actor=hire(cast).approver, hash=second.release_hash)
    bring_results(second)
    assert {s for s, _, _ in states(second)} == {"delivered"}
    assert left_to_correct(batch, corrections_of(batch)) == 0
    check_books(first)
    check_books(second)


def test_a_stop_does_not_wait_for_a_correction_that_is_being_written(open_cast: Cast) -> None:
    """Half a million rows take half a minute, in which the mistake goes on."""
    sorry = apology(open_cast)
    batch = open_cast.send(open_cast.rows(phone(), phone()))
    bring_results(batch)
    with workers(1) as start, transaction.atomic():
        correct(batch, actor=open_cast.librarian, notice=sorry, cells=CELLS)
        start(lambda: stop_batch(batch, actor=open_cast.librarian)).result(PATIENCE)
    batch.refresh_from_db()
    assert batch.stopped_at is not None


# ---- everybody at once ---------------------------------------------------------------------------


def tried(act: Callable[[], object]) -> Callable[[], None]:
    def attempt() -> None:
        with suppress(ReleaseRefused):
            act()

    return attempt


def test_everybody_decides_about_a_request_at_once(open_cast: Cast) -> None:
    """Whoever wins: nothing is ready that is not released, and nothing waits for ever."""
    staff = hire(open_cast)
    Policy.objects.create(values=SMALL | {"first_approval_from": 10})
    clerk = staff.writer
    for _ in range(6):
        draft = open_cast.send(open_cast.rows(*(phone() for _ in range(12))), draft=True)
        batch = ask(draft, actor=clerk, confirmed=True)
        pin = batch.release_hash
        at_once(
            tried(lambda b=batch, h=pin: approve(b, actor=staff.approver, hash=h)),
            tried(lambda b=batch, h=pin: approve(b, actor=staff.second_approver, hash=h)),
            tried(lambda b=batch, h=pin: send_back(b, actor=staff.manager, hash=h, reason="x")),
            tried(lambda b=batch: withdraw(b, actor=clerk)),
            tried(lambda b=batch: discard(b, actor=clerk)),
            tried(lambda b=batch: stop_batch(b, actor=clerk)),
            sweep,
        )
        batch.refresh_from_db()
        assert AuditEntry.objects.filter(
            act="batch.release", subject=f"batch:{batch.pk}"
        ).count() == (batch.released_at is not None)
        if batch.stage != Stage.RELEASED:
            assert rest(batch) <= {("held", "release_awaited")}
            assert batch.slice_state == ""
        else:
            assert rest(batch) == {("held", "first_slice")}
        check_books(batch)
    assert open_cast.accepted() == []


def test_everybody_decides_about_a_slice_at_once(open_cast: Cast) -> None:
    clerk = open_cast.librarian
    for _ in range(6):
        batch = sliced(open_cast)
        window_over(batch)
        bring_results(batch)
        at_once(
            lambda b=batch: watch(b.pk),
            tried(lambda b=batch: undo(b, actor=clerk)),
            lambda b=batch: stop_batch(b, actor=clerk),
            lambda b=batch: resume_batch(b, actor=clerk),
            sweep,
        )
        lose_jobs()
        resume_batch(batch, actor=clerk)
        look(batch)
        for chunk in Chunk.objects.filter(batch=batch, state="ready"):
            dispatch(chunk.pk)
        bring_results(batch)
        assert {s for s, _, _ in states(batch)} == {"delivered"}
        check_books(batch)
    assert len(open_cast.accepted()) == 1 + 6 * 12
