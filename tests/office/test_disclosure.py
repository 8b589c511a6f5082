"""Data in the clear: who may see it, and what is written down about it."""

from __future__ import annotations

import pytest

from alimnaru.office.disclosure import DisclosureRefused, disclose, may_disclose
from alimnaru.rules.disclosure import Disclosed, DisclosureFault, Purpose, Reason
from alimnaru.store.models import AuditEntry
from tests.cast import Cast, make_cast
from tests.staff import Staff, hire

WHY = Purpose(Reason.COMPLAINT, "반납일을 물어보심")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Staff:
    return hire(cast)


def test_it_is_written_down(cast: Cast, staff: Staff) -> None:
    disclose(
        actor=staff.writer,
        subject="message:12",
        department=cast.library,
        what=Disclosed.PERSON,
        reason=WHY,
        facts={"batch": 3},
    )
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.subject, entry.department) == (
        "person.unmask",
        "message:12",
        cast.library,
    )
    assert entry.facts == {"batch": 3, "reason": "complaint", "note": "반납일을 물어보심"}


def test_a_reason_without_a_note(cast: Cast, staff: Staff) -> None:
    disclose(
        actor=staff.manager,
        subject="batch:1",
        department=cast.library,
        what=Disclosed.UNREACHED,
        reason=Purpose(Reason.CALL_RESIDENT),
    )
    assert AuditEntry.objects.get().facts == {"reason": "call_resident"}


@pytest.mark.parametrize(
    ("purpose", "code"),
    [
        (Purpose(Reason.OTHER), DisclosureFault.NOTE_MISSING),
        (Purpose(Reason.COMPLAINT, "010-1234-5678"), DisclosureFault.NOTE_PERSONAL),
    ],
)
def test_a_reason_that_does_not_do_leaves_nothing(
    purpose: Purpose, code: DisclosureFault, cast: Cast, staff: Staff
) -> None:
    with pytest.raises(DisclosureRefused) as refused:
        disclose(
            actor=staff.writer,
            subject="message:1",
            department=cast.library,
            what=Disclosed.PERSON,
            reason=purpose,
        )
    assert refused.value.code is code
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("who", "what", "may"),
    [
        ("writer", Disclosed.PERSON, True),
        ("approver", Disclosed.UNREACHED, True),
        ("auditor", Disclosed.PERSON, True),
        ("auditor", Disclosed.LIST, False),
        ("viewer", Disclosed.PERSON, False),
        ("viewer", Disclosed.STATISTICS, True),
        ("system", Disclosed.FIND, False),
        ("neighbour", Disclosed.PERSON, False),
    ],
)
def test_who_may(who: str, what: Disclosed, may: bool, cast: Cast, staff: Staff) -> None:
    assert may_disclose(staff.by_name()[who], what, cast.library) is may


def test_who_may_not_is_refused(cast: Cast, staff: Staff) -> None:
    with pytest.raises(DisclosureRefused) as refused:
        disclose(
            actor=staff.neighbour,
            subject="message:1",
            department=cast.library,
            what=Disclosed.PERSON,
            reason=WHY,
        )
    assert refused.value.code is DisclosureFault.NOT_THEIRS
    assert not AuditEntry.objects.exists()


def test_without_a_department_the_right_counts_where_it_is_held(staff: Staff) -> None:
    assert may_disclose(staff.neighbour, Disclosed.FIND, None)
    assert not may_disclose(staff.viewer, Disclosed.FIND, None)


def test_a_shut_account_sees_nothing(cast: Cast, staff: Staff) -> None:
    staff.writer.is_active = False
    assert not may_disclose(staff.writer, Disclosed.PERSON, cast.library)
