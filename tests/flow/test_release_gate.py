"""Nothing goes before its release: whatever rings, frees or forgets, the exit asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.held import let_go
from alimnaru.flow.sweep import sweep
from alimnaru.office.batches import cancel_batch, resume_batch, stop_batch
from alimnaru.office.release import ReleaseRefused, approve, ask, undo
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import chunks, outages
from alimnaru.store.models import Batch, Chunk, Member, Stage
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books, jobs
from tests.flow.moment import Moment
from tests.flow.racing import at_once
from tests.staff import hire

ON_KAKAO = ("delivered", "alimtalk", "delivered")
WAITS = ("pending", "alimtalk", None)
MINUTE = timedelta(minutes=1)


def draft(cast: Cast, people: int = 2) -> Batch:
    return cast.send(cast.rows(*(phone() for _ in range(people))), draft=True)


def stands(batch: Batch) -> set[tuple[str, str]]:
    return set(Chunk.objects.filter(batch=batch).values_list("state", "hold_code"))


def resumed(batch: Batch) -> None:
    resume_batch(batch, actor=batch.member)


def stopped_and_resumed(batch: Batch) -> None:
    stop_batch(batch, actor=batch.member)
    resume_batch(batch, actor=batch.member)


def let_go_of_all(batch: Batch) -> None:
    with transaction.atomic():
        for code in Refusal:
            let_go(code, timezone.now())


def swept_when_expired(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(expires_at=timezone.now() - MINUTE)
    sweep()


def held_for_a_channel_that_is_back(batch: Batch) -> None:
    """As if an exit had held it for another reason: its own path must not free it either."""
    Chunk.objects.filter(batch=batch).update(hold_code="channel_off")
    outages.free(timezone.now())
    outages.free_probe("alimtalk", [1], timezone.now())
    assert outages.next_stranded("alimtalk", timezone.now(), []) is None
    Chunk.objects.filter(batch=batch).update(hold_code="release_awaited")


@pytest.mark.parametrize(
    "free",
    [
        resumed,
        stopped_and_resumed,
        let_go_of_all,
        swept_when_expired,
        held_for_a_channel_that_is_back,
    ],
)
def test_no_path_frees_a_draft(cast: Cast, free: Callable[[Batch], None]) -> None:
    batch = draft(cast)
    free(batch)
    assert stands(batch) == {("held", "release_awaited")}
    ring()
    assert cast.accepted() == []
    assert states(batch) == [WAITS, WAITS]


@pytest.mark.parametrize("stage", [s for s in Stage if s not in {Stage.RELEASED, Stage.DISCARDED}])
def test_a_chunk_that_is_ready_all_the_same_is_held_at_the_exit(cast: Cast, stage: str) -> None:
    batch = draft(cast)
    Batch.objects.update(stage=stage)
    Chunk.objects.update(state="ready", hold_code="")
    dispatch(Chunk.objects.get().pk)
    assert cast.accepted() == []
    assert stands(batch) == {("held", "release_awaited")}


def test_also_one_that_is_too_late_or_was_handed_over(cast: Cast) -> None:
    """Its time counts from the release on; and a token is no leave to go again."""
    batch = draft(cast)
    Batch.objects.update(expires_at=timezone.now() - MINUTE)
    Chunk.objects.update(state="ready", hold_code="", token="T", account=cast.account)
    dispatch(Chunk.objects.get().pk)
    assert stands(batch) == {("held", "release_awaited")}
    assert Chunk.objects.get().token == "T"
    assert states(batch) == [WAITS, WAITS]


def test_in_its_undo_window_it_is_put_off(cast: Cast, moment: Moment) -> None:
    batch = ask(draft(cast), actor=cast.librarian)
    Chunk.objects.update(not_before=timezone.now())
    dispatch(Chunk.objects.get().pk)
    assert cast.accepted() == []
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.not_before) == ("ready", batch.undo_until)
    moment.passes(seconds=61)
    dispatch(chunk.pk)
    bring_results(batch)
    assert states(batch) == [ON_KAKAO, ON_KAKAO]
    check_books(batch)


def test_what_was_released_goes_when_its_time_comes(cast: Cast, moment: Moment) -> None:
    batch = ask(draft(cast), actor=cast.librarian, at=timezone.now() + timedelta(hours=2))
    chunk = Chunk.objects.get().pk
    for hours, gone in ((1, 0), (2, 2)):
        moment.passes(hours=1)
        dispatch(chunk)
        assert len(cast.accepted()) == gone, hours
    check_books(batch)


def test_it_expires_from_its_release_on(cast: Cast, moment: Moment) -> None:
    """A draft of yesterday is as fresh as its release."""
    cast.notice.ttl_minutes = 60
    cast.notice.save()
    batch = draft(cast)
    moment.passes(hours=5)
    batch = ask(batch, actor=cast.librarian)
    moment.passes(minutes=2)
    dispatch(Chunk.objects.get().pk)
    assert len(cast.accepted()) == 2
    check_books(batch)


def test_a_cancelled_request_is_gone_for_good(cast: Cast) -> None:
    batch = draft(cast)
    assert cancel_batch(batch, actor=cast.librarian) == 2
    batch.refresh_from_db()
    assert batch.stage == Stage.DISCARDED
    assert {s for s, _, _ in states(batch)} == {"cancelled"}
    check_books(batch)


# ---- at the same moment --------------------------------------------------------------------------


def test_a_release_and_the_exit_meet(open_cast: Cast) -> None:
    """The exit has read a draft while somebody releases it: the chunk is not left behind."""
    hire(open_cast)
    for _ in range(5):
        batch = draft(open_cast)
        chunk = Chunk.objects.get(batch=batch).pk
        # By a wrong hand, so that an exit looks at it at all.
        Chunk.objects.filter(pk=chunk).update(state="ready", hold_code="")
        at_once(lambda c=chunk: dispatch(c), lambda b=batch: ask(b, actor=open_cast.librarian))
        state, code = Chunk.objects.values_list("state", "hold_code").get(pk=chunk)
        assert (state, code) == ("ready", ""), "held although it was released"
        assert open_cast.accepted() == []


def test_an_undo_and_the_exit_meet(open_cast: Cast) -> None:
    """Either it was taken back and nothing went, or it went and was not taken back."""
    for _ in range(8):
        before = len(open_cast.accepted())
        batch = ask(draft(open_cast), actor=open_cast.librarian)
        chunk = Chunk.objects.get(batch=batch).pk
        # The worker's clock runs ahead: its window is over, the clerk's is not.
        now = timezone.now()
        Batch.objects.filter(pk=batch.pk).update(undo_until=now)
        Chunk.objects.filter(pk=chunk).update(not_before=now)

        def take_back(batch: Batch = batch) -> bool:
            try:
                undo(batch, actor=open_cast.librarian)
            except ReleaseRefused:
                return False
            return True

        undone = at_once(lambda c=chunk: dispatch(c), take_back)[1]
        gone = len(open_cast.accepted()) - before
        batch.refresh_from_db()
        assert gone == (0 if undone else 2)
        assert (batch.stage == Stage.DRAFT) == undone
        check_books(batch)


def test_two_clicks_release_once(open_cast: Cast) -> None:
    batch = draft(open_cast)

    def click() -> bool:
        try:
            ask(batch, actor=open_cast.librarian)
        except ReleaseRefused:
            return False
        return True

    assert sorted(at_once(click, click)) == [False, True]
    assert len(jobs("dispatch")) == 1


def test_claims_know_their_slice(cast: Cast) -> None:
    cast.send(cast.rows(phone()))
    now = timezone.now()
    Chunk.objects.update(in_slice=True)
    claim = chunks.claim_ready(Chunk.objects.get().pk, now, now + MINUTE)
    assert claim is not None
    assert claim.in_slice


def test_two_approvers_at_once_release_once(open_cast: Cast) -> None:
    staff = hire(open_cast)
    open_cast.notice.approvals = 2
    open_cast.notice.save()
    batch = ask(draft(open_cast), actor=open_cast.librarian)

    def says(member: Member) -> bool:
        try:
            approve(batch, actor=member, hash=batch.release_hash)
        except ReleaseRefused:
            return False
        return True

    # One of them clicks twice.
    one, two = staff.approver, staff.second_approver
    said = at_once(lambda: says(one), lambda: says(one), lambda: says(two))
    assert sorted(said) == [False, True, True]
    batch.refresh_from_db()
    assert batch.stage == Stage.RELEASED
    assert batch.votes.count() == 2
    assert len(jobs("dispatch")) == 1


def test_the_gate_asks_nothing_of_a_released_batch(cast: Cast) -> None:
    """It reads what the exit has loaded; only where it is shut does it look again."""
    cast.send(cast.rows(phone()))
    with CaptureQueriesContext(connection) as asked:
        dispatch(Chunk.objects.get().pk)
    assert len(cast.accepted()) == 1
    batches = [q["sql"] for q in asked if 'FROM "store_batch"' in q["sql"]]
    assert len(batches) == 1
    assert "FOR " not in batches[0]
