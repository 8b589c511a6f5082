"""What a release is sized by: first use, usual days, staff among residents, and who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.wordings import wording
from alimnaru.reads.release_facts import is_first_use, staff_among, usual_day
from alimnaru.reads.rights import above, may, people_with
from alimnaru.rules.rights import Right
from alimnaru.store import crypto
from alimnaru.store.models import Batch, Member, SavedList, SavedPhone, Tally
from tests.cast import Cast, make_cast, phone
from tests.staff import hire


@pytest.fixture
def cast(db: None) -> Cast:
    wording.cache_clear()
    return make_cast()


def drafted(cast: Cast, *numbers: str) -> Batch:
    return cast.send(cast.rows(*(numbers or (phone(),))), draft=True)


def test_a_test_to_oneself_is_no_use_of_a_wording(cast: Cast) -> None:
    before = cast.send(cast.rows(phone()))
    batch = drafted(cast)
    assert not is_first_use(batch)
    Batch.objects.filter(pk=before.pk).update(origin="test")
    assert is_first_use(batch)


@pytest.mark.parametrize(
    ("days", "usual"),
    [
        pytest.param([50, 60, 70, 80], None, id="too few days say nothing"),
        pytest.param([50, 60, 70, 80, 900], 70, id="the middle one, whatever the greatest"),
        pytest.param([1, 1, 1, 2, 2], 10, id="under ten is no measure"),
        pytest.param([50, 60, 70, 80, -3], None, id="a day of corrections is none"),
    ],
)
def test_a_usual_day(cast: Cast, days: list[int], usual: int | None) -> None:
    batch = drafted(cast)
    today = timezone.localdate()
    for back, number in enumerate(days, 1):
        for half in (number - number // 2, number // 2):
            Tally.objects.create(
                day=today - timedelta(days=back), department=cast.library, notice=cast.notice,
                channel="alimtalk", outcome="delivered", messages=half, won=0,
            )  # fmt: skip
    assert usual_day(batch) == usual


def test_today_is_no_usual_day_yet(cast: Cast) -> None:
    batch = drafted(cast)
    for _ in range(9):
        Tally.objects.create(
            day=timezone.localdate(), department=cast.library, notice=cast.notice,
            channel="alimtalk", outcome="delivered", messages=100, won=0,
        )  # fmt: skip
    assert usual_day(batch) is None


def test_staff_are_told_by_their_lists_and_own_numbers(cast: Cast) -> None:
    listed, own, resident = phone(), phone(), phone()
    batch = drafted(cast, listed, own, resident)
    assert staff_among(batch) is None
    now = timezone.now()
    kept = SavedList.objects.create(
        department=cast.library, member=cast.librarian, name="직원", audience="staff", rows=1,
        columns=[], content=b"x", created_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    SavedPhone.objects.create(saved_list=kept, to_hash=crypto.phone_hash(listed))
    Member.objects.filter(pk=cast.librarian.pk).update(mobile_hash=crypto.phone_hash(own))
    assert staff_among(batch) == 2


def test_a_right_holds_below(cast: Cast) -> None:
    staff = hire(cast)
    assert above(cast.library) == ["/gu/", "/gu/lib/"]
    assert may(staff.system, Right.SYSTEM, cast.library)
    assert not may(staff.manager, Right.APPROVE, cast.health)
    names = [m.login for m in people_with(Right.APPROVE, cast.library)]
    assert names == ["approver", "approver2", "manager"]
    Member.objects.filter(login="approver2").update(is_active=False)
    Member.objects.filter(login="manager").update(is_program=True)
    assert [m.login for m in people_with(Right.APPROVE, cast.library)] == ["approver"]
