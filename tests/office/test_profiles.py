"""What a carrier tells of a sender profile."""

from __future__ import annotations

import pytest

from alimnaru.carriers.base import NotSent, Unsupported
from alimnaru.carriers.review import Profile, ProfileState
from alimnaru.flow.reviews import ask, look_at_profile
from alimnaru.office.templates import submit
from alimnaru.reads import reviews
from alimnaru.store.models import CarrierAccount, TemplateRegistration
from tests.cast import Cast
from tests.flow.moment import Moment
from tests.office.desk import Desk


def test_a_cap_makes_it_new_and_its_end_makes_it_old(account: CarrierAccount, desk: Desk) -> None:
    desk.profiles["P1"] = Profile("P1", ProfileState.ACTIVE, daily_cap=500)
    look_at_profile(account)
    account.refresh_from_db()
    assert (account.profile_is_new, account.profile_daily_cap) == (True, 500)
    desk.profiles.clear()
    look_at_profile(account)
    account.refresh_from_db()
    assert (account.profile_is_new, account.profile_daily_cap) == (False, None)


def test_what_a_person_said_stands_where_the_carrier_tells_nothing(
    account: CarrierAccount, desk: Desk
) -> None:
    account.profile_is_new = True
    account.save()
    desk.profiles["P1"] = Profile("P1", ProfileState.DORMANT)
    look_at_profile(account)
    account.refresh_from_db()
    assert (account.profile_is_new, account.profile_state) == (True, "dormant")


@pytest.mark.parametrize(
    ("error", "hours"), [(Unsupported("profile"), 23), (NotSent("timeout"), 0.9)]
)
def test_a_profile_that_is_not_told_is_asked_again(
    account: CarrierAccount, desk: Desk, moment: Moment, error: Exception, hours: float
) -> None:
    moment.passes(days=2)
    desk.fail["profile"] = error  # type: ignore[assignment]  # both are CarrierError
    ask(account.pk)
    moment.passes(hours=hours)
    account.refresh_from_db()
    assert not reviews.profile_is_due(account, moment.now)
    moment.passes(hours=1.2)
    assert reviews.profile_is_due(account, moment.now)


def test_a_carrier_without_the_call_is_asked_once_a_day(
    office: Cast, account: CarrierAccount, desk: Desk, moment: Moment
) -> None:
    submit(actor=office.librarian, version=office.version, accounts=[account])
    TemplateRegistration.objects.update(state="approved")
    moment.passes(days=2)
    desk.fail["standing"] = Unsupported("standing")
    ask(account.pk)
    assert TemplateRegistration.objects.get().checked_at == moment.now


def test_what_is_being_asked_is_not_rung_for_again(
    office: Cast, account: CarrierAccount, desk: Desk, moment: Moment
) -> None:
    """The sweep comes every few seconds, and a slow carrier must not take every thread."""
    submit(actor=office.librarian, version=office.version, accounts=[account])
    CarrierAccount.objects.exclude(pk=account.pk).update(is_active=False)
    moment.passes(days=2)
    due: list[list[int]] = []
    desk.meanwhile = lambda: due.append(reviews.accounts_to_ask(moment.now, 300))
    assert reviews.accounts_to_ask(moment.now, 300) == [account.pk]
    ask(account.pk)
    assert due == [[], []]  # the wording, then the profile
