"""The sandbox as the carrier of every test here, and the office that uses it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone

from alimnaru.flow import wire
from alimnaru.flow.wordings import wording
from alimnaru.store.models import Member, Membership, Role
from sandbox.process import Handle, start
from tests.cast import Cast, make_cast, with_sandbox
from tests.flow.moment import Moment
from tests.staff import Staff, hire


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def cast(db: None, sandbox_process: Handle) -> Iterator[Cast]:
    wording.cache_clear()  # versions of a rolled-back test may come again under the same number
    yield with_sandbox(make_cast(), sandbox_process)
    wire.hang_up()


@pytest.fixture
def open_cast(transactional_db: None, sandbox_process: Handle) -> Iterator[Cast]:
    """The same office in rows that are really committed, for tests with several connections."""
    wording.cache_clear()
    yield with_sandbox(make_cast(), sandbox_process)
    wire.hang_up()


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
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    """The office's clock, set by hand; the carrier keeps its own."""
    clock = Moment(timezone.now())

    def now() -> datetime:
        return clock.now

    monkeypatch.setattr(timezone, "now", now)
    return clock
