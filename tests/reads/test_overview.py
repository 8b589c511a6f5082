"""What waits for a person: in which order, until when; and what is moving."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from alimnaru.reads import overview
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import unknowns
from alimnaru.store.models import Batch, Member, Stage
from alimnaru.store.scoping import whole_office
from tests.cast import Cast
from tests.reads.fates import end_unsent, hand_over, list_of, tell

SEOUL = ZoneInfo("Asia/Seoul")
#: A Tuesday.
NOON = datetime(2031, 3, 4, 12, tzinfo=SEOUL)
HOUR = timedelta(hours=1)


def ask(office: Cast, not_before: datetime) -> Batch:
    batch = list_of(office, 1)
    batch.stage, batch.release_hash = Stage.REQUESTED, "h"
    batch.not_before, batch.expires_at = not_before, not_before + 24 * HOUR
    batch.save()
    return batch


@pytest.fixture
def head(office: Cast) -> Member:
    return Member.objects.create(login="head", name="이팀장")


@pytest.mark.parametrize(
    ("now", "not_before", "by"),
    [
        (NOON, NOON + 3 * HOUR, NOON + 3 * HOUR),
        (NOON, NOON - HOUR, NOON + 8 * HOUR),
        (NOON + 9 * HOUR, NOON, None),
        (NOON - 5 * HOUR, NOON - 30 * HOUR, None),
    ],
)
def test_until_when_it_must_be_approved(
    office: Cast, head: Member, now: datetime, not_before: datetime, by: datetime | None
) -> None:
    ask(office, not_before)
    assert overview.requests_for(head, whole_office(), now).by == by


def test_what_is_due_first_is_named(office: Cast, head: Member) -> None:
    ask(office, NOON + 5 * HOUR)
    soon = ask(office, NOON + HOUR)
    ask(office, NOON - HOUR)
    found = overview.requests_for(head, whole_office(), NOON)
    assert found.count == 3
    assert found.first == soon


def test_a_notice_of_every_hour_has_no_closing(office: Cast, head: Member) -> None:
    office.notice.closes = office.notice.opens
    office.notice.save()
    ask(office, NOON - HOUR)
    found = overview.requests_for(head, whole_office(), NOON)
    assert (found.count, found.by) == (1, None)


def test_nothing_waits(office: Cast, head: Member) -> None:
    list_of(office, 2)
    assert overview.requests_for(head, whole_office(), NOON) == overview.Requests(0, None, None)


# ---- what moves ----------------------------------------------------------------------------------


def test_what_is_on_its_way(office: Cast) -> None:
    ask(office, NOON)
    batch = list_of(office, 5)
    end_unsent(batch, {4: (MessageState.SUPPRESSED, Refusal.OPTED_OUT)})
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED, 1: Result.TIMED_OUT})
    assert overview.moving([office.library.pk]) == overview.Moving(messages=2, undecided=1)
    assert overview.moving([office.health.pk]) == overview.Moving(messages=0, undecided=0)


def test_what_was_left_as_it_is_waits_no_more(office: Cast) -> None:
    batch = list_of(office, 1)
    hand_over(batch)
    tell(batch, {0: Result.TIMED_OUT})
    never = datetime.fromisoformat(unknowns.NEVER)
    chunks = batch.chunks.filter(unknown__gt=0)
    assert chunks.update(unknown_due_at=timezone.now()) == 1
    assert overview.moving([office.library.pk]).undecided == 1
    chunks.update(unknown_due_at=never)
    assert overview.moving([office.library.pk]).undecided == 0
