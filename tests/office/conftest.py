"""Two accounts whose reviewers sit in this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone

from alimnaru.carriers.registry import KINDS
from alimnaru.flow import wire
from alimnaru.flow.wordings import wording
from alimnaru.office.accounts import add_account
from alimnaru.store.models import CarrierAccount, TemplateVersion
from tests.cast import Cast, make_cast
from tests.flow.moment import Moment
from tests.office.desk import Desk
from tests.office.words import BODY, BUTTON


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    """The office's clock, set by hand."""
    clock = Moment(timezone.now())

    def now() -> datetime:
        return clock.now

    monkeypatch.setattr(timezone, "now", now)
    return clock


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Desk]:
    found = Desk(), Desk()
    for number, desk in enumerate(found, 1):
        monkeypatch.setitem(KINDS, f"desk{number}", desk.kind())
    return found


@pytest.fixture
def office(db: None, desks: tuple[Desk, Desk]) -> Iterator[Cast]:
    """The cast, its wording such that our own review lets it pass."""
    wording.cache_clear()
    cast = make_cast()
    version = cast.version
    version.template = {"body": BODY, "buttons": [BUTTON]}
    version.category = "004001"
    version.sha256 = version.fingerprint()
    version.save()
    for number in (1, 2):
        account = add_account(
            actor=cast.librarian,
            kind=f"desk{number}",
            name=f"desk{number}",
            base_url="",
            api_key="",
            secret="",
            profile=f"P{number}",
            is_sandbox=False,
        )
        account.priority = number
        account.profile_checked_at = timezone.now()
        account.save()
    yield cast
    wire.hang_up()


@pytest.fixture
def desk(desks: tuple[Desk, Desk]) -> Desk:
    return desks[0]


@pytest.fixture
def accounts(office: Cast) -> list[CarrierAccount]:
    return list(CarrierAccount.objects.order_by("name"))


@pytest.fixture
def account(accounts: list[CarrierAccount]) -> CarrierAccount:
    return accounts[0]


@pytest.fixture
def version(office: Cast) -> TemplateVersion:
    return office.version
