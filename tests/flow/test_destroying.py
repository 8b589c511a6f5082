"""Destroying by decision: two people, and only then."""

from __future__ import annotations

import pytest

from alimnaru.flow import retention
from alimnaru.office import destroying as office
from alimnaru.reads.destroying import is_untouched
from alimnaru.rules.destruction import DestroyFault
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    Destruction,
    Kept,
    Member,
    Membership,
    Role,
)
from tests.cast import Cast, phone
from tests.flow.moment import Moment
from tests.flow.test_retention import told
from tests.staff import Staff, hire

REASON = "잘못 만든 명단이라 바로 파기"


@pytest.fixture
def staff(cast: Cast) -> Staff:
    """Everybody at their desks."""
    return hire(cast)


@pytest.fixture
def officer(cast: Cast) -> Member:
    """The officer for personal data, over the whole office."""
    member = Member.objects.create(login="officer", name="신보호")
    root = cast.library.parent
    Membership.objects.create(member=member, department=root, role=Role.PRIVACY_OFFICER)
    return member


@pytest.fixture
def batch(cast: Cast, moment: Moment) -> Batch:
    """One that is through, and whose time is far from over."""
    made = told(cast, phone(), phone())
    moment.passes(days=2)
    retention.retain()
    return made


def test_one_asks_another_agrees_and_it_goes(batch: Batch, staff: Staff, officer: Member) -> None:
    one = office.ask(batch.pk, actor=staff.manager, reason=REASON)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is not None
    with pytest.raises(office.DestroyRefused) as refused:
        office.agree(one.pk, actor=staff.manager)
    assert refused.value.code is DestroyFault.SAME_PERSON
    office.agree(one.pk, actor=officer)
    retention.retain()
    batch.refresh_from_db()
    one.refresh_from_db()
    assert batch.wrapped_key is None
    assert (one.state, one.batches, one.messages) == ("done", 1, 2)
    assert (one.asked_by, one.approved_by) == (staff.manager, officer)
    assert is_untouched(one)
    acts = AuditEntry.objects.filter(subject=f"destruction:{one.pk}").order_by("pk")
    assert [e.act for e in acts] == ["retention.ask", "retention.agree", "retention.destroy"]


def test_who_says_no_keeps_it_and_it_may_be_asked_again(
    batch: Batch, staff: Staff, officer: Member
) -> None:
    one = office.ask(batch.pk, actor=staff.manager, reason=REASON)
    with pytest.raises(office.DestroyRefused) as refused:
        office.ask(batch.pk, actor=officer, reason=REASON)
    assert refused.value.code is DestroyFault.WAITING
    office.refuse(one.pk, actor=officer)
    retention.retain()
    assert Kept.objects.get(batch=batch).text_destruction is None
    assert office.ask(batch.pk, actor=officer, reason=REASON).pk != one.pk


def test_who_may_not_asks_for_nothing(batch: Batch, staff: Staff) -> None:
    for actor in (staff.writer, staff.approver, staff.system, staff.auditor, staff.neighbour):
        with pytest.raises(office.DestroyRefused) as refused:
            office.ask(batch.pk, actor=actor, reason=REASON)
        assert refused.value.code is DestroyFault.NOT_THERE
    assert not Destruction.objects.exists()
