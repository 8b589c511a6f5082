"""What is set for later: shown on its day, moved, taken back, given up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alimnaru.office.release import approve, ask
from alimnaru.store.models import Batch, Chunk, Stage
from tests.cast import Cast, phone
from tests.console.conftest import SignIn
from tests.flow.books import jobs
from tests.staff import Staff


def day(days: int, hour: int = 10) -> datetime:
    """A working hour of a later day; the cast's notice may go on any day."""
    local = timezone.localtime() + timedelta(days=days)
    return local.replace(hour=hour, minute=0, second=0, microsecond=0)


def scheduled(cast: Cast, at: datetime, people: int = 2, *, waived: bool = True) -> Batch:
    rows = cast.rows(*(phone() for _ in range(people)))
    return ask(cast.send(rows, draft=True, hours_waived=waived), actor=cast.librarian, at=at)


def month_of(at: datetime) -> str:
    return f"/scheduled?month={at:%Y-%m}"


def test_nothing_is_scheduled(staff: Staff, sign_in: SignIn) -> None:
    assert "예약한 알림이 없습니다" in sign_in(staff.viewer).get("/scheduled").content.decode()


def test_a_day_and_its_batches(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    at = day(3)
    scheduled(cast, at, 4)
    scheduled(cast, at.replace(hour=11), 120)
    page = sign_in(staff.writer).get(month_of(at)).content.decode()
    for words in ("2건", "124명", "10:00", "11:00", "예약됨", "승인 대기"):
        assert words in page, words


def test_without_a_month_the_next_one_is_shown(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    scheduled(cast, day(65))
    assert "예약됨" in sign_in(staff.viewer).get("/scheduled").content.decode()
    assert sign_in(staff.viewer).get("/scheduled?month=nonsense").status_code == 200


def test_what_goes_at_once_or_is_cancelled_is_not_shown(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    ask(cast.send(cast.rows(phone()), draft=True), actor=cast.librarian)
    gone = scheduled(cast, day(3))
    client = sign_in(staff.writer)
    client.post(f"/scheduled/{gone.pk}/give-up")
    assert "예약한 알림이 없습니다" in client.get("/scheduled").content.decode()
    gone.refresh_from_db()
    assert gone.cancelled_at is not None


def test_neighbours_see_and_change_nothing(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = scheduled(cast, day(3))
    neighbour = sign_in(staff.neighbour)
    assert "예약한 알림이 없습니다" in neighbour.get("/scheduled").content.decode()
    assert neighbour.get(f"/scheduled/{batch.pk}").status_code == 404
    for act in ("withdraw", "give-up"):
        assert neighbour.post(f"/scheduled/{batch.pk}/{act}").status_code == 404
    assert sign_in(staff.viewer).get(f"/scheduled/{batch.pk}").status_code == 403


def test_another_time(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = scheduled(cast, day(3))
    client = sign_in(staff.writer)
    at = day(5, 14)
    answer = client.post(f"/scheduled/{batch.pk}", {"at": f"{at:%Y-%m-%dT%H:%M}"})
    assert answer.status_code == 302
    batch.refresh_from_db()
    assert (batch.stage, batch.not_before) == (Stage.RELEASED, at)
    chunk = Chunk.objects.get(batch=batch)
    assert chunk.not_before == at
    assert jobs("dispatch") == [("dispatch", chunk.pk)]


def test_an_approval_does_not_move_with_it(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = scheduled(cast, day(3), 120)
    approve(batch, actor=staff.approver, hash=batch.release_hash)
    client = sign_in(staff.writer)
    assert "승인을 다시 받아야" in client.get(f"/scheduled/{batch.pk}").content.decode()
    client.post(f"/scheduled/{batch.pk}", {"at": f"{day(4):%Y-%m-%dT%H:%M}"})
    batch.refresh_from_db()
    assert batch.stage == Stage.REQUESTED
    assert Chunk.objects.get(batch=batch).state == "held"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("", "보낼 시각을 골라"),
        ("내일", "골라 주십시오"),
        (f"{day(-1):%Y-%m-%dT%H:%M}", "이미 지났습니다"),
    ],
)
def test_times_that_cannot_be(
    cast: Cast, staff: Staff, sign_in: SignIn, at: str, said: str
) -> None:
    batch = scheduled(cast, day(3))
    answer = sign_in(staff.writer).post(f"/scheduled/{batch.pk}", {"at": at})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    before = batch.not_before
    batch.refresh_from_db()
    assert (batch.stage, batch.not_before) == (Stage.RELEASED, before)


def test_outside_its_hours_it_says_when_it_would_really_go(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    cast.notice.working_days_only = True
    cast.notice.ttl_minutes = 14 * 24 * 60
    cast.notice.save()
    batch = scheduled(cast, day(9), waived=False)
    Batch.objects.update(stage="released")
    saturday = next(day(n, 12) for n in range(2, 10) if day(n).weekday() == 5)
    answer = sign_in(staff.writer).post(
        f"/scheduled/{batch.pk}", {"at": f"{saturday:%Y-%m-%dT%H:%M}"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "그대로 두면" in page
    assert "T08:00" in page  # offered in the field
    assert f"{saturday:%Y-%m-%dT%H:%M}" not in page


def test_only_who_prepared_it_moves_it(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = scheduled(cast, day(3))
    client = sign_in(staff.manager)
    assert "김사서 님만" in client.get(f"/scheduled/{batch.pk}").content.decode()
    answer = client.post(f"/scheduled/{batch.pk}", {"at": f"{day(4):%Y-%m-%dT%H:%M}"})
    assert answer.status_code == 422
    batch.refresh_from_db()
    assert batch.stage == Stage.RELEASED


def test_taken_back_and_given_up(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    client = sign_in(staff.writer)
    batch = scheduled(cast, day(3))
    client.post(f"/scheduled/{batch.pk}/withdraw")
    batch.refresh_from_db()
    assert batch.stage == Stage.DRAFT
    assert client.get(f"/scheduled/{batch.pk}").status_code == 302
    request = scheduled(cast, day(3), 120)
    client.post(f"/scheduled/{request.pk}/give-up")
    request.refresh_from_db()
    assert request.stage == Stage.DISCARDED


def test_the_calendar_asks_no_more_for_more(
    cast: Cast, staff: Staff, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    at = day(3)
    client = sign_in(staff.viewer)
    scheduled(cast, at)
    with django_assert_max_num_queries(100) as one:
        client.get(month_of(at))
    for _ in range(6):
        scheduled(cast, at)
    with django_assert_max_num_queries(len(one)):
        client.get(month_of(at))
