"""Legal holds: put apart by two people, readable after their batch is gone, then destroyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from alimnaru.flow import holds as flow
from alimnaru.flow import retention
from alimnaru.flow.rewrapping import left_under, rewrap_round
from alimnaru.office import destroying
from alimnaru.office import holds as office
from alimnaru.office.disclosure import DisclosureRefused
from alimnaru.office.resident_file import about
from alimnaru.reads import holds as reads
from alimnaru.reads.destroying import is_untouched
from alimnaru.reads.one_message import course_of
from alimnaru.reads.verifying import verify
from alimnaru.rules.disclosure import Purpose, Reason
from alimnaru.rules.hold import HoldFault, Wanted
from alimnaru.rules.seals import Wrong
from alimnaru.store import crypto, keyring
from alimnaru.store.models import (
    AccessEntry,
    AuditEntry,
    Batch,
    Destruction,
    HeldCopy,
    LegalHold,
    Member,
    Message,
    RootKey,
)
from alimnaru.store.scoping import Scope, whole_office
from tests.cast import Cast, phone, ring
from tests.flow.moment import Moment
from tests.flow.test_retention import NAME, PLACE, told
from tests.staff import Staff

WHY = Purpose(Reason.COMPLAINT)


@pytest.fixture
def batch(cast: Cast, moment: Moment) -> Batch:
    """One that is through, and whose time is far from over."""
    made = told(cast, phone(), phone(), phone())
    moment.passes(days=2)
    retention.retain()
    return made


def wanted(**other: date | str) -> Wanted:
    """For a year, for a court."""
    until = timezone.localdate() + timedelta(days=365)
    asked = Wanted("민사소송법 제344조 문서제출명령", "손해배상 소송의 증거", until)
    return replace(asked, **other)  # type: ignore[arg-type]


def hold(batch: Batch, staff: Staff, officer: Member, rows: str = "") -> LegalHold:
    """Agreed, and not put apart yet."""
    one = office.ask(batch.pk, rows, wanted(), actor=staff.manager)
    return office.agree(one.pk, actor=officer)


def put_apart(one: LegalHold) -> LegalHold:
    """What the worker does."""
    flow.copy(one.pk)
    one.refresh_from_db()
    assert one.state == "hold_kept"
    return one


def test_a_held_message_outlives_its_batch_and_goes_at_its_end(
    batch: Batch, staff: Staff, officer: Member, moment: Moment
) -> None:
    one = put_apart(hold(batch, staff, officer))
    message = Message.objects.filter(batch=batch).order_by("pk")[0]
    whose = bytes(message.to_hash)
    moment.passes(days=91)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is None
    course = course_of(whole_office(), message.pk)
    assert course is not None
    assert course.texts is None
    copy = reads.copy_of(whole_office(), HeldCopy.objects.get(message=message.pk).pk)
    assert copy is not None
    with pytest.raises(DisclosureRefused):
        office.open_copy(copy, actor=staff.auditor, reason=WHY)
    found = office.open_copy(copy, actor=officer, reason=WHY)
    assert found is not None
    assert (found.name, found.erased, found.altered, found.held) == (NAME, False, False, one.pk)
    assert PLACE in found.texts[0][1]
    assert [bool(one.ref) for one in found.tries] == [True]
    seen = AccessEntry.objects.get(act="take.file")
    assert (seen.member, seen.clear, bytes(seen.to_hash or b"")) == (officer, True, whose)
    assert not [f for f in verify().findings if f.wrong is Wrong.HOLD_ALTERED]

    moment.passes(days=366)
    flow.tend()
    one.refresh_from_db()
    copy.refresh_from_db()
    assert (one.state, one.wrapped_key) == ("hold_ended", None)
    assert {bytes(c.payload) + bytes(c.to_hash) for c in HeldCopy.objects.all()} == {b""}
    assert office.open_copy(copy, actor=officer, reason=WHY) is None
    made = Destruction.objects.get(retention="PH")
    assert (made.messages, made.basis, made.pk) == (3, "term_over", one.destruction_id)
    assert is_untouched(made)
    acts = AuditEntry.objects.filter(subject=f"hold:{one.pk}").order_by("pk")
    assert [e.act for e in acts] == ["hold.ask", "hold.agree", "hold.copied"]


def test_the_batch_waits_while_it_is_put_apart(
    batch: Batch, staff: Staff, officer: Member, moment: Moment
) -> None:
    moment.passes(days=91)
    one = hold(batch, staff, officer)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is not None
    moment.passes(days=2)
    assert reads.stuck(timezone.now()) == 1
    put_apart(one)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is None
    assert reads.stuck(timezone.now()) == 0


def test_killed_in_the_middle_it_goes_on_and_copies_nothing_twice(
    batch: Batch, staff: Staff, officer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = hold(batch, staff, officer)
    monkeypatch.setattr(flow, "STEP", 1)
    monkeypatch.setattr(flow, "STEPS", 1)
    flow.copy(one.pk)
    assert HeldCopy.objects.count() == 1
    with monkeypatch.context() as broken:
        broken.setattr(LegalHold, "save", _killed)
        with pytest.raises(ConnectionError):
            flow.copy(one.pk)
    assert HeldCopy.objects.count() == 1
    ring()
    one.refresh_from_db()
    held = [c.message for c in HeldCopy.objects.order_by("pk")]
    assert held == sorted(Message.objects.filter(batch=batch).values_list("pk", flat=True))
    assert (one.state, one.copies) == ("hold_kept", 3)


def _killed(*_: object, **__: object) -> None:
    raise ConnectionError


def test_some_rows_only(batch: Batch, staff: Staff, officer: Member) -> None:
    with pytest.raises(office.HoldRefused) as refused:
        office.ask(batch.pk, "3, 99", wanted(), actor=staff.manager)
    assert refused.value.code is HoldFault.ROWS_WRONG
    one = put_apart(hold(batch, staff, officer, "2, 4"))
    assert [c.row_no for c in reads.copies(one)] == [2, 4]


def test_two_people_of_its_department_and_nobody_else(
    batch: Batch, staff: Staff, officer: Member
) -> None:
    for actor in (staff.writer, staff.approver, staff.system, staff.auditor, staff.neighbour):
        assert _refused(lambda a=actor: office.ask(batch.pk, "", wanted(), actor=a)) is (  # type: ignore[misc]
            HoldFault.NOT_THERE
        )
    one = office.ask(batch.pk, "", wanted(), actor=staff.manager)
    flow.tend()
    assert _refused(lambda: office.agree(one.pk, actor=staff.manager)) is HoldFault.SAME_PERSON
    assert _refused(lambda: office.agree(one.pk, actor=staff.neighbour)) is HoldFault.NOT_THERE
    assert _refused(lambda: office.refuse(one.pk, actor=staff.auditor)) is HoldFault.NOT_THERE
    assert not HeldCopy.objects.exists()
    put_apart(office.agree(one.pk, actor=officer))
    library, health = (
        m.memberships.get().department.path for m in (staff.manager, staff.neighbour)
    )
    assert reads.holds(Scope((library,))).count() == 1
    assert reads.holds(Scope((health,))).count() == 0
    held = HeldCopy.objects.order_by("pk")[0]
    assert reads.copy_of(Scope((health,)), held.pk) is None


def _refused(act: object) -> HoldFault:
    with pytest.raises(office.HoldRefused) as refused:
        act()  # type: ignore[operator]
    return refused.value.code


def test_what_is_destroyed_already_is_refused(batch: Batch, staff: Staff, officer: Member) -> None:
    asked = office.ask(batch.pk, "", wanted(), actor=staff.manager)
    gone = destroying.ask(batch.pk, actor=staff.manager, reason="잘못 만든 명단이라 파기")
    destroying.agree(gone.pk, actor=officer)
    retention.retain()
    assert _refused(lambda: office.agree(asked.pk, actor=officer)) is HoldFault.GONE
    office.refuse(asked.pk, actor=officer)
    assert _refused(lambda: office.ask(batch.pk, "", wanted(), actor=officer)) is HoldFault.GONE


def test_it_ends_before_its_day_by_two_people(batch: Batch, staff: Staff, officer: Member) -> None:
    one = put_apart(hold(batch, staff, officer))
    office.ask_end(one.pk, actor=officer, reason="소송이 취하되어 끝냄")
    assert _refused(lambda: office.agree_end(one.pk, actor=officer)) is HoldFault.SAME_PERSON
    flow.tend()
    one.refresh_from_db()
    assert one.state == "hold_kept"
    office.agree_end(one.pk, actor=staff.manager)
    flow.tend()
    one.refresh_from_db()
    assert one.state == "hold_ended"
    made = one.destruction
    assert made is not None
    assert (made.asked_by, made.approved_by, made.basis) == (officer, staff.manager, "decision")


def test_it_outlives_the_generation_that_it_was_put_apart_under(
    batch: Batch, staff: Staff, officer: Member
) -> None:
    try:
        keyring.begin(timezone.now())
        keyring.new_generation(timezone.now())
        one = put_apart(hold(batch, staff, officer))
        assert crypto.wrapped_under(bytes(one.wrapped_key or b"")) == 1
        keyring.new_generation(timezone.now())
        RootKey.objects.update(created_at=timezone.now() - timedelta(minutes=11))
        assert left_under(1) >= 1
        rewrap_round()
        assert left_under(1) == 0
        keyring.retire_generation(1, timezone.now())
        copy = HeldCopy.objects.select_related("hold").order_by("pk")[0]
        found = flow.read(copy)
        assert found is not None
        assert found.name == NAME
        assert reads.is_untouched(copy.hold)
    finally:
        crypto.use(None)


def test_the_key_of_a_hold_passes_for_no_batch(batch: Batch, staff: Staff, officer: Member) -> None:
    one = hold(batch, staff, officer)
    with pytest.raises(crypto.Unreadable):
        crypto.BatchKey.unwrap(bytes(one.wrapped_key or b""), one.pk)


def test_a_copy_that_was_taken_out_shows(batch: Batch, staff: Staff, officer: Member) -> None:
    one = put_apart(hold(batch, staff, officer))
    HeldCopy.objects.order_by("pk")[0].delete()
    assert not reads.is_untouched(one)
    assert [f.id for f in verify().findings if f.wrong is Wrong.HOLD_ALTERED] == [one.pk]


def test_a_resident_is_told_what_is_held(
    cast: Cast, staff: Staff, officer: Member, moment: Moment
) -> None:
    mine = phone()
    made = told(cast, mine, phone())
    moment.passes(days=2)
    retention.retain()
    put_apart(hold(made, staff, officer))
    moment.passes(days=91)
    retention.retain()
    (held,) = about(whole_office(), mine)["held"]
    assert (held["name"], held["basis"]) == (NAME, wanted().basis)
    assert PLACE in held["texts"][0]
    health = staff.neighbour.memberships.get().department.path
    assert about(Scope((health,)), mine)["held"] == []
