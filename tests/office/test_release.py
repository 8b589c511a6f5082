"""People decide that a batch goes: who may, what an approval pins, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.office.release import (
    ReleaseRefused,
    approve,
    ask,
    discard,
    plan_for,
    reschedule,
    send_back,
    undo,
    withdraw,
)
from alimnaru.rules.audience import AudienceFault
from alimnaru.rules.release import ReleaseFault, Risk
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.shifted import ShiftFault
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    Chunk,
    ListUpload,
    Member,
    Message,
    Policy,
    SavedList,
    Stage,
    Tally,
    TemplateVersion,
)
from alimnaru.wording import sentence
from tests.cast import Cast, make_cast, phone, ring
from tests.flow.books import jobs
from tests.staff import Staff, hire


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Staff:
    return hire(cast)


def few(cast: Cast, people: int = 3) -> Batch:
    return cast.send(cast.rows(*(phone() for _ in range(people))), draft=True)


def many(cast: Cast) -> Batch:
    """More than one approval asks for, fewer than a first slice."""
    return few(cast, 120)


def refused(code: object) -> pytest.RaisesExc[ReleaseRefused]:
    return pytest.RaisesExc(ReleaseRefused, check=lambda error: error.code == code)


def acts(batch: Batch) -> list[str]:
    found = AuditEntry.objects.filter(subject=f"batch:{batch.pk}").order_by("pk")
    return list(found.values_list("act", flat=True))


def held(batch: Batch) -> set[tuple[str, str]]:
    return set(Chunk.objects.filter(batch=batch).values_list("state", "hold_code"))


def test_a_draft_rings_for_nobody(cast: Cast) -> None:
    batch = few(cast)
    assert batch.stage == Stage.DRAFT
    assert held(batch) == {("held", "release_awaited")}
    assert jobs() == []


def test_a_few_people_go_after_the_undo_window(cast: Cast) -> None:
    batch = ask(few(cast), actor=cast.librarian)
    assert batch.stage == Stage.RELEASED
    assert batch.undo_until == batch.not_before == batch.released_at + timedelta(seconds=60)
    assert batch.expires_at == batch.not_before + timedelta(minutes=batch.notice.ttl_minutes)
    assert held(batch) == {("ready", "")}
    chunk = Chunk.objects.get(batch=batch)
    assert chunk.not_before == batch.not_before
    assert jobs("dispatch") == [("dispatch", chunk.pk)]
    assert acts(batch) == ["batch.request", "batch.release"]


def test_what_is_urgent_goes_at_once(cast: Cast) -> None:
    cast.notice.priority = "P1"
    cast.notice.save()
    batch = ask(few(cast), actor=cast.librarian)
    assert batch.undo_until is None
    assert batch.not_before == batch.released_at


def test_many_wait_for_another_person(cast: Cast, staff: Staff) -> None:
    batch = ask(many(cast), actor=cast.librarian)
    assert batch.stage == Stage.REQUESTED
    assert batch.approvals_needed == 1
    assert held(batch) == {("held", "release_awaited")}
    assert jobs() == []
    approved = approve(batch, actor=staff.approver, hash=batch.release_hash)
    assert approved.stage == Stage.RELEASED
    assert held(batch) == {("ready", "")}
    assert acts(batch) == ["batch.request", "batch.approve", "batch.release"]


def test_two_different_people_for_two_approvals(cast: Cast, staff: Staff) -> None:
    cast.notice.approvals = 2
    cast.notice.save()
    batch = ask(few(cast), actor=cast.librarian)
    approve(batch, actor=staff.approver, hash=batch.release_hash)
    with refused(ReleaseFault.APPROVED_ALREADY):
        approve(batch, actor=staff.approver, hash=batch.release_hash)
    batch.refresh_from_db()
    assert batch.stage == Stage.REQUESTED
    approved = approve(batch, actor=staff.second_approver, hash=batch.release_hash)
    assert approved.stage == Stage.RELEASED


def test_nobody_approves_their_own(cast: Cast, staff: Staff) -> None:
    cast.librarian = staff.approver
    batch = ask(many(cast), actor=staff.approver)
    with refused(ReleaseFault.OWN_BATCH):
        approve(batch, actor=staff.approver, hash=batch.release_hash)
    with refused(ReleaseFault.OWN_BATCH):
        send_back(batch, actor=staff.approver, hash=batch.release_hash, reason="다시 봅니다")


@pytest.mark.parametrize("who", ["viewer", "writer", "system", "auditor", "neighbour"])
def test_who_may_not_approve(cast: Cast, staff: Staff, who: str) -> None:
    batch = ask(many(cast), actor=cast.librarian)
    with refused(ReleaseRefusal.NOT_ALLOWED):
        approve(batch, actor=staff.by_name()[who], hash=batch.release_hash)


def test_a_program_never_approves(cast: Cast, staff: Staff) -> None:
    batch = ask(many(cast), actor=cast.librarian)
    program = Member.objects.create(login="cli", name="명령줄", is_program=True)
    with refused(ReleaseRefusal.NOT_ALLOWED):
        approve(batch, actor=program, hash=batch.release_hash)


@pytest.mark.parametrize("who", ["viewer", "system", "auditor", "neighbour"])
def test_who_may_not_send(cast: Cast, staff: Staff, who: str) -> None:
    batch = few(cast)
    for act in (ask, withdraw, undo, discard):
        with refused(ReleaseRefusal.NOT_ALLOWED):
            act(batch, actor=staff.by_name()[who])


def test_only_who_made_it_asks_for_it(cast: Cast, staff: Staff) -> None:
    with refused(ReleaseRefusal.NOT_YOURS):
        ask(few(cast), actor=staff.manager)


def test_an_approval_of_something_else_counts_for_nothing(cast: Cast, staff: Staff) -> None:
    batch = ask(many(cast), actor=cast.librarian)
    seen = batch.release_hash
    with refused(ReleaseRefusal.CHANGED):
        approve(batch, actor=staff.approver, hash="0" * 64)
    later = timezone.now() + timedelta(hours=3)
    reschedule(batch, actor=cast.librarian, at=later)
    with refused(ReleaseRefusal.CHANGED):
        approve(batch, actor=staff.approver, hash=seen)
    batch.refresh_from_db()
    assert batch.stage == Stage.REQUESTED
    assert batch.not_before == later


def test_words_that_change_under_an_approval_are_not_approved(cast: Cast, staff: Staff) -> None:
    """Versions never change; should one, by whatever hand, nobody has approved it."""
    batch = ask(many(cast), actor=cast.librarian)
    TemplateVersion.objects.update(sha256="0" * 64)
    with refused(ReleaseRefusal.CHANGED):
        approve(batch, actor=staff.approver, hash=batch.release_hash)


def test_the_same_request_again_wants_new_approvals(cast: Cast, staff: Staff) -> None:
    cast.notice.approvals = 2
    cast.notice.save()
    later = timezone.now() + timedelta(hours=3)
    batch = ask(few(cast), actor=cast.librarian, at=later)
    approve(batch, actor=staff.approver, hash=batch.release_hash)
    withdraw(batch, actor=cast.librarian)
    again = ask(batch, actor=cast.librarian, at=later)
    approve(again, actor=staff.second_approver, hash=again.release_hash)
    again.refresh_from_db()
    assert again.stage == Stage.REQUESTED


def test_sent_back_with_a_reason_and_asked_again(cast: Cast, staff: Staff) -> None:
    batch = ask(many(cast), actor=cast.librarian)
    with refused(ReleaseRefusal.REASON_MISSING):
        send_back(batch, actor=staff.approver, hash=batch.release_hash, reason="  ")
    send_back(batch, actor=staff.approver, hash=batch.release_hash, reason="기한이 다릅니다")
    batch.refresh_from_db()
    assert batch.stage == Stage.RETURNED
    with refused(ReleaseRefusal.HANDLED):
        approve(batch, actor=staff.second_approver, hash=batch.release_hash)
    again = ask(batch, actor=cast.librarian)
    assert again.stage == Stage.REQUESTED
    assert "기한" not in str(AuditEntry.objects.values_list("facts", flat=True))


def test_who_approved_may_still_send_it_back(cast: Cast, staff: Staff) -> None:
    cast.notice.approvals = 2
    cast.notice.save()
    batch = ask(few(cast), actor=cast.librarian)
    approve(batch, actor=staff.approver, hash=batch.release_hash)
    send_back(batch, actor=staff.approver, hash=batch.release_hash, reason="날짜가 틀립니다")
    batch.refresh_from_db()
    assert batch.stage == Stage.RETURNED
    assert [v.decision for v in batch.votes.all()] == ["return"]


def test_a_request_whose_time_is_over_cannot_be_approved(cast: Cast, staff: Staff) -> None:
    batch = ask(many(cast), actor=cast.librarian)
    Batch.objects.update(expires_at=timezone.now())
    with refused(ReleaseRefusal.REQUEST_EXPIRED):
        approve(batch, actor=staff.approver, hash=batch.release_hash)


def test_undone_within_its_window_and_released_again(cast: Cast) -> None:
    batch = ask(few(cast), actor=cast.librarian)
    undo(batch, actor=cast.librarian)
    batch.refresh_from_db()
    assert batch.stage == Stage.DRAFT
    assert batch.undo_until is None
    assert held(batch) == {("held", "release_awaited")}
    again = ask(batch, actor=cast.librarian)
    assert again.stage == Stage.RELEASED
    assert held(batch) == {("ready", "")}
    assert len(jobs("dispatch")) == 1


def test_the_window_is_over(cast: Cast) -> None:
    batch = ask(few(cast), actor=cast.librarian)
    Batch.objects.update(not_before=timezone.now())
    with refused(ReleaseRefusal.UNDO_OVER):
        undo(batch, actor=cast.librarian)


@pytest.mark.parametrize("state", ["claimed", "sent", "doubt", "settled"])
def test_what_was_begun_is_not_undone(cast: Cast, state: str) -> None:
    batch = ask(few(cast), actor=cast.librarian)
    Chunk.objects.update(state=state)
    with refused(ReleaseRefusal.UNDO_OVER):
        undo(batch, actor=cast.librarian)
    batch.refresh_from_db()
    assert batch.stage == Stage.RELEASED


def test_an_undo_ends_a_stop(cast: Cast) -> None:
    """Who takes it back has it in hand again: the next release goes."""
    batch = ask(few(cast), actor=cast.librarian)
    Batch.objects.update(stopped_at=timezone.now())
    Chunk.objects.update(state="held", hold_code="batch_stopped")
    undo(batch, actor=cast.librarian)
    assert ask(batch, actor=cast.librarian).stopped_at is None


def test_past_and_worthless_times_are_refused(cast: Cast) -> None:
    now = timezone.now()
    with refused(ReleaseRefusal.TIME_PAST):
        ask(few(cast), actor=cast.librarian, at=now - timedelta(hours=1))
    cast.notice.ttl_minutes = 60
    cast.notice.save()
    midnight = timezone.localtime(now).replace(hour=1, minute=0) + timedelta(days=1)
    with refused(ReleaseRefusal.NEVER_OPEN):
        ask(few_by_day(cast), actor=cast.librarian, at=midnight)


def few_by_day(cast: Cast) -> Batch:
    return cast.send(cast.rows(phone()), draft=True, hours_waived=False)


def test_a_scheduled_one_says_when_it_really_goes(cast: Cast) -> None:
    night = timezone.localtime().replace(hour=3, minute=0, second=0) + timedelta(days=2)
    plan = plan_for(few_by_day(cast), night)
    assert plan.starts_at == night
    assert timezone.localtime(plan.opens_at).hour == 8
    assert plan.opens_at.date() == plan.starts_at.date()


def test_the_same_list_with_the_same_words_asks_again(cast: Cast) -> None:
    rows = cast.rows(phone(), phone())
    first = ask(cast.send(rows, draft=True), actor=cast.librarian)
    second = cast.send(reversed(rows), draft=True)
    assert plan_for(second).repeats_of == first
    with refused(ReleaseRefusal.REPEATED):
        ask(second, actor=cast.librarian)
    asked = ask(second, actor=cast.librarian, confirmed=True)
    assert Risk.REPEATED in asked.risks
    assert asked.stage == Stage.REQUESTED


@pytest.mark.parametrize("ago", [timedelta(hours=23), timedelta(hours=25)])
def test_a_day_later_it_does_not(cast: Cast, ago: timedelta) -> None:
    rows = cast.rows(phone(), phone())
    first = ask(cast.send(rows, draft=True), actor=cast.librarian)
    Batch.objects.filter(pk=first.pk).update(requested_at=timezone.now() - ago)
    again = plan_for(cast.send(rows, draft=True)).repeats_of
    assert (again is not None) == (ago < timedelta(hours=24))


def test_drafts_and_other_values_are_no_repetition(cast: Cast) -> None:
    number = phone()
    cast.send(cast.rows(number), draft=True)
    row = cast.rows(number)[0]
    assert plan_for(cast.send([row], draft=True)).repeats_of is None
    ask(cast.send([row], draft=True), actor=cast.librarian, confirmed=True)
    other = row.__class__(row.number, row.key, row.phone, row.name, (*row.values[:2], "내일"))
    assert plan_for(cast.send([other], draft=True)).repeats_of is None


def test_a_first_use_is_a_risk(cast: Cast) -> None:
    assert Risk.FIRST_USE in plan_for(few(cast)).risks
    cast.send(cast.rows(phone()))
    assert Risk.FIRST_USE not in plan_for(few(cast)).risks


def test_a_notice_that_no_hand_may_send(cast: Cast) -> None:
    cast.notice.hand_typed = False
    cast.notice.save()
    with refused(AudienceFault.NOT_BY_HAND):
        ask(few(cast), actor=cast.librarian)


def uploaded(cast: Cast, batch: Batch, **fields: object) -> None:
    """What the check of a file has left beside its batch."""
    ListUpload.objects.create(
        department=cast.library, notice=cast.notice, member=cast.librarian, batch=batch,
        created_at=timezone.now(), name="a.xlsx", size=1, sha256="0" * 64, state="ready", **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "listed", "fault"),
    [
        ("staff", "residents", AudienceFault.LIST_AUDIENCE_DIFFERS),
        ("residents", "staff", AudienceFault.LIST_AUDIENCE_DIFFERS),
        ("members", "residents", AudienceFault.LIST_AUDIENCE_DIFFERS),
        ("members", "members", None),
    ],
)
def test_lists_of_staff_and_of_residents_do_not_cross(
    cast: Cast, wanted: str, listed: str, fault: AudienceFault | None
) -> None:
    cast.notice.audience = wanted
    cast.notice.save()
    now = timezone.now()
    kept = SavedList.objects.create(
        department=cast.library, member=cast.librarian, name="명단", audience=listed, rows=3,
        columns=[], content=b"x", created_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    batch = few(cast)
    uploaded(cast, batch, saved_list=kept, origin="saved", findings={"staff": None})
    assert [code for code, _ in plan_for(batch).faults] == ([fault] if fault else [])


def test_staff_in_a_list_for_residents_are_noticed(cast: Cast) -> None:
    batch = few(cast, 10)
    uploaded(cast, batch, findings={"staff": 6})
    [(code, facts)] = plan_for(batch).faults
    assert (code, facts) == (AudienceFault.STAFF_AMONG_RESIDENTS, {"people": 6, "rows": 10})
    with refused(AudienceFault.STAFF_AMONG_RESIDENTS):
        ask(batch, actor=cast.librarian)


def test_a_column_that_has_slid_forbids_it(cast: Cast) -> None:
    batch = few(cast)
    doubt = ["column_slid", {"column": "이름", "rows": 1, "known": 9, "agree": 0}]
    uploaded(cast, batch, findings={"staff": None, "shift": {"doubts": [doubt]}})
    with refused(ShiftFault.SLID) as caught:
        ask(batch, actor=cast.librarian)
    assert "9명 가운데 0명" in sentence(caught.value.code, **caught.value.facts)


def test_far_more_than_usual_is_a_risk(cast: Cast) -> None:
    for back in range(1, 6):
        Tally.objects.create(
            day=timezone.localdate() - timedelta(days=back), department=cast.library,
            notice=cast.notice, channel="alimtalk", outcome="delivered", messages=12, won=0,
        )  # fmt: skip
    assert Risk.SURGE not in plan_for(few(cast, 59)).risks
    plan = plan_for(few(cast, 60))
    assert Risk.SURGE in plan.risks
    assert plan.approvals == 1


def test_the_policy_of_the_office_counts(cast: Cast) -> None:
    Policy.objects.create(values={"first_approval_from": 2, "undo_seconds": 10})
    plan = plan_for(few(cast))
    assert plan.approvals == 1
    assert plan.undo_until is not None
    assert plan.undo_until - plan.starts_at == timedelta(0)


def test_who_could_approve_is_counted_without_the_sender(cast: Cast, staff: Staff) -> None:
    assert plan_for(many(cast)).approvers == 3
    cast.librarian = staff.approver
    assert plan_for(many(cast)).approvers == 2


def test_what_is_given_up_leaves_no_personal_data(cast: Cast) -> None:
    batch = many(cast)
    discard(batch, actor=cast.librarian)
    batch.refresh_from_db()
    assert batch.stage == Stage.DISCARDED
    assert batch.wrapped_key is None
    ring()
    assert not Message.objects.filter(batch=batch).exists()
    assert not Chunk.objects.filter(batch=batch).exists()
    with refused(ReleaseRefusal.HANDLED):
        ask(batch, actor=cast.librarian)


def test_what_was_released_is_not_given_up(cast: Cast) -> None:
    batch = ask(few(cast), actor=cast.librarian)
    with refused(ReleaseRefusal.HANDLED):
        discard(batch, actor=cast.librarian)


def test_the_operator_at_the_machine_sends(cast: Cast) -> None:
    operator = Member.objects.create(login="cli", name="명령줄", is_program=True)
    cast.librarian = operator
    assert ask(few(cast), actor=operator).stage == Stage.RELEASED
