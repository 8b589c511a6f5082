"""The watch over wordings and sender profiles, through the sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.reviews import ask, look_at_profile
from alimnaru.flow.sweep import sweep
from alimnaru.reads import reviews
from alimnaru.store.models import CarrierAccount, Chunk, TemplateRegistration
from tests.cast import Cast, phone, ring
from tests.flow.moment import Moment

_S = TemplateRegistration.State


def jobs() -> list[tuple[str, int]]:
    """The accounts that are rung for, and forget it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM procrastinate_jobs WHERE task_name = 'alimnaru.review'
            RETURNING (args->>'key')::bigint
            """
        )
        return [("review", row[0]) for row in cursor.fetchall()]


@pytest.fixture
def registration(cast: Cast) -> TemplateRegistration:
    """The cast's wording, looked at just now."""
    now = timezone.now()
    CarrierAccount.objects.update(profile_checked_at=now)
    TemplateRegistration.objects.update(checked_at=now)
    return TemplateRegistration.objects.get()


def account(cast: Cast) -> CarrierAccount:
    assert cast.account is not None
    return CarrierAccount.objects.get(pk=cast.account.pk)


def age(cast: Cast, registration: TemplateRegistration, **what: bool) -> None:
    cast.control("POST", f"templates/{registration.code}/age", what)


# ---- whose turn it is ----------------------------------------------------------------------------


def test_what_was_just_asked_is_left_alone(cast: Cast, registration: TemplateRegistration) -> None:
    sweep()
    assert jobs() == []


def test_one_under_review_is_asked_every_few_minutes(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    TemplateRegistration.objects.update(state=_S.IN_REVIEW)
    moment.passes(seconds=299)
    sweep()
    assert jobs() == []
    moment.passes(seconds=2)
    sweep()
    assert jobs() == [("review", account(cast).pk)]


@pytest.mark.parametrize("state", [_S.APPROVED, _S.REJECTED, _S.DORMANT, _S.BLOCKED, _S.DRAFT])
def test_any_other_is_asked_once_a_day(
    cast: Cast, registration: TemplateRegistration, moment: Moment, state: str
) -> None:
    later = timezone.now() + timedelta(days=9)
    CarrierAccount.objects.update(profile_checked_at=later)
    TemplateRegistration.objects.update(state=state)
    moment.passes(hours=23)
    sweep()
    assert jobs() == []
    moment.passes(hours=2)
    sweep()
    assert jobs() == [("review", account(cast).pk)]


def test_what_is_gone_or_was_never_registered_is_not_asked(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    CarrierAccount.objects.update(profile_checked_at=timezone.now() + timedelta(days=9))
    moment.passes(days=3)
    TemplateRegistration.objects.update(state=_S.GONE)
    sweep()
    TemplateRegistration.objects.update(state=_S.DRAFT, code="")
    sweep()
    assert jobs() == []


def test_an_account_that_is_off_is_not_asked(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    CarrierAccount.objects.update(is_active=False)
    moment.passes(days=3)
    sweep()
    assert jobs() == []


def test_a_profile_is_asked_once_a_day(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    TemplateRegistration.objects.update(checked_at=timezone.now() + timedelta(days=9))
    CarrierAccount.objects.update(profile_checked_at=None)
    sweep()
    assert jobs() == [("review", account(cast).pk)]
    ask(account(cast).pk)
    moment.passes(hours=23)
    sweep()
    assert jobs() == []
    moment.passes(hours=2)
    sweep()
    assert jobs() == [("review", account(cast).pk)]
    CarrierAccount.objects.update(profile="")
    sweep()
    assert jobs() == []


# ---- what is learnt ------------------------------------------------------------------------------


def test_a_template_that_fell_asleep_is_noticed_and_its_notice_waits(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    age(cast, registration, dormant=True)
    moment.passes(days=1, minutes=1)
    sweep()
    ring()
    registration.refresh_from_db()
    assert registration.state == "dormant"
    assert registration.decided_at == registration.checked_at == moment.now
    assert reviews.sending_version(cast.notice) is None


def test_a_template_that_is_no_more_is_noticed(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    TemplateRegistration.objects.update(code="KA01TPNONE")
    moment.passes(days=2)
    ask(account(cast).pk)
    registration.refresh_from_db()
    assert registration.state == "gone"


def test_a_carrier_that_does_not_answer_is_asked_again_within_the_hour(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    moment.passes(days=2)
    cast.faults(kind="error_503", path="templates", times=1)
    ask(account(cast).pk)  # the first silence ends the round: the profile is not asked either
    registration.refresh_from_db()
    assert registration.state == "approved"
    sweep()
    assert jobs() == []
    moment.passes(minutes=61)
    sweep()
    assert jobs() == [("review", account(cast).pk)]


def test_one_under_review_is_asked_again_at_its_own_pace(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    TemplateRegistration.objects.update(state=_S.IN_REVIEW)
    moment.passes(minutes=6)
    cast.faults(kind="error_503", path="templates", times=1)
    ask(account(cast).pk)
    registration.refresh_from_db()
    assert (registration.state, registration.checked_at) == ("in_review", moment.now)


def test_the_last_send_is_noted_once_a_day(
    cast: Cast, registration: TemplateRegistration, moment: Moment
) -> None:
    cast.send(cast.rows(phone()))
    chunk = Chunk.objects.get()
    dispatch(chunk.pk)
    chunk.refresh_from_db()
    registration.refresh_from_db()
    assert registration.last_sent_at is None  # nothing is written with a hand-over
    moment.passes(days=2)
    ask(account(cast).pk)
    registration.refresh_from_db()
    assert registration.last_sent_at == chunk.sent_at


def test_a_profile_that_is_gone_is_noticed(cast: Cast, registration: TemplateRegistration) -> None:
    cast.control("PUT", "config", {"profile_states": {"solapi": "gone"}})
    try:
        look_at_profile(account(cast))
    finally:
        cast.control("PUT", "config", {"profile_states": {}})
    assert account(cast).profile_state == "gone"
    look_at_profile(account(cast))
    assert account(cast).profile_state == "active"
