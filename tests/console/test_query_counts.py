"""No page asks the database more often because the office has more in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from alimnaru.flow.guardians import PURPOSE as GUARDIAN
from alimnaru.rules.rights import Right
from alimnaru.store import audit, crypto
from alimnaru.store.models import (
    Department,
    Guardian,
    Member,
    Membership,
    Notice,
    Preference,
    Project,
    Role,
    SavedList,
    TemplateVersion,
)
from tests.console.doors import DOORS
from tests.console.test_every_url import undone
from tests.e2e.connections import connect_programs
from tests.e2e.office import connect_carrier, count_days, register_all
from tests.e2e.residents import phone_of
from tests.e2e.runs import EVERYTHING, Runs
from tests.e2e.world import State, World, agree, build
from tests.staff import browser_of

pytestmark = pytest.mark.django_db

#: Who looks: the first of them that holds the page's right. The root's people see the most.
BY_RIGHT = {
    Right.SEE: "writer",
    Right.SEND: "writer",
    Right.APPROVE: "approver",
    Right.WORDINGS: "manager",
    Right.DEPARTMENT: "system",
    Right.SYSTEM: "system",
    Right.AUDIT: "auditor",
    Right.PRIVACY: "manager",
    None: "writer",
}
PAGES = [name for name, door in DOORS.items() if door.get and not door.public]


#: Pages whose lists are shorter than a page in the first office: these must have grown.
GROWN = (
    *("batches", "approvals", "unreached", "unknown", "saved-lists", "people", "channels"),
    *("connections", "webhooks", "systems"),
    "batches",
    "approvals",
    "unreached",
    "unknown",
    "saved-lists",
    "guardians",
    "consents",
    "people",
    "channels",
    "budgets",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one page took."""

    queries: int
    size: int


@pytest.fixture(scope="module")
def asked(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, tuple[Asked, Asked]]]:
    """Each page in an office, and in the same with more of everything."""
    with django_db_blocker.unblock(), undone():
        world = build(State.FULL)
        few = _count(world)
        _grow(world)
        many = _count(world)
        yield {name: (few[name], many[name]) for name in few}


def _count(world: World) -> dict[str, Asked]:
    browsers = {who: browser_of(getattr(world.staff, who)) for who in set(BY_RIGHT.values())}
    found = {}
    for name in PAGES:
        door = DOORS[name]
        address = reverse(name, kwargs=door.kwargs(world)) + door.query
        found[name] = _ask(browsers[BY_RIGHT[door.right]], address)
    return found


def _ask(browser: Client, address: str) -> Asked:
    # Wordings and policies are read once by each process.
    browser.get(address)
    with CaptureQueriesContext(connection) as caught:
        answer = browser.get(address)
    return Asked(len(caught), 0 if answer.streaming else len(answer.content))


def _grow(world: World) -> None:
    """More of everything that a page lists."""
    office, now = world.office, timezone.now()
    for number in range(8):
        _notice(world, number)
    for number in range(2):
        register_all(connect_carrier(office, f"계약 {number}"))
    runs = Runs(office, connect_carrier(office, "더 보내는 계약"), {})
    register_all(runs.account)
    for part in EVERYTHING:
        part(runs)
    count_days(office, {"lib.overdue": 40, "lib.request": 20})
    for number in range(6):
        _hire(office.library, f"more{number}")
        branch = Department.objects.create(
            code=f"branch{number}",
            name=f"분관 {number}",
            parent=office.library,
            path=f"{office.library.path}branch{number}/",
        )
        _hire(branch, f"branch{number}")
    for number in range(12):
        _paper(world, number)
    connect_programs(office, trouble=True, again="2")
    _budget(world)
    _guardians(world)
    agree(office.notice("lib.due.soon"), office.staff.writer, range(6200, 6212))
    Preference.objects.bulk_create(
        Preference(
            to_hash=crypto.phone_hash(phone_of(5000 + n)),
            notice=office.notice("lib.request") if n % 2 else None,
            choice="stop",
            provenance="call",
            member=office.staff.writer,
            since=now - timedelta(hours=n),
        )
        for n in range(12)
    )


def _budget(world: World) -> None:
    office, now = world.office, timezone.now()
    Department.objects.filter(parent=office.library).update(daily_cap_won=1, monthly_cap_won=1)
    Project.objects.bulk_create(
        Project(
            department=office.library,
            code=f"more{n}",
            name="더 있는 사업",
            starts_on=now.date(),
            monthly_cap_won=n,
        )
        for n in range(12)
    )


def _guardians(world: World) -> None:
    office, now = world.office, timezone.now()
    Guardian.objects.bulk_create(
        Guardian(
            ward_hash=crypto.phone_hash(phone_of(6000 + n)),
            phone=crypto.seal(phone_of(6100 + n).encode(), purpose=GUARDIAN),
            to_hash=crypto.phone_hash(phone_of(6100 + n)),
            relation="parent",
            notice=office.notice("lib.request") if n % 2 else None,
            department=office.library,
            evidence="동의서",
            member=office.staff.writer,
            since=now,
            until=now + timedelta(days=1),
        )
        for n in range(12)
    )


def _notice(world: World, number: int) -> None:
    """One more kind of notice, with its wording."""
    first = world.office.version("lib.hold.ready")
    notice = world.office.notice("lib.hold.ready")
    notice.pk, notice.code, notice.name = None, f"lib.more{number}", f"새 알림 {number}"
    notice._state.adding = True
    notice.save()
    first.pk, first.notice = None, notice
    first._state.adding = True
    first.save()


def _hire(department: Department, login: str) -> None:
    member = Member.objects.create(login=login, name="윤더함")
    Membership.objects.create(member=member, department=department, role=Role.APPROVER)


def _paper(world: World, number: int) -> None:
    """An entry of the log, a saved list, a version of a wording."""
    office, now = world.office, timezone.now()
    batch = world.batch("done")
    audit.record(
        actor=office.staff.approver,
        act="batch.stop",
        subject=f"batch:{batch}",
        department=office.library,
        facts={"rows": number},
    )
    SavedList.objects.create(
        department=office.library,
        member=office.staff.approver,
        name=f"명단 {number}",
        audience="residents",
        rows=10,
        columns=["성명", "휴대폰"],
        content=b"x",
        created_at=now,
        expires_at=now + timedelta(days=9),
    )
    notice: Notice = office.notice("lib.hold.ready")
    first = office.version("lib.hold.ready")
    version = TemplateVersion(
        notice=notice,
        number=10 + number,
        template={**first.template, "extra": f"※ {number}판입니다."},
        variables=first.variables,
        sms=first.sms,
        category=first.category,
        drafted_by=office.staff.manager,
    )
    version.sha256 = version.fingerprint()
    version.save()


@pytest.mark.parametrize("name", PAGES)
def test_more_of_everything_takes_no_more_queries(
    asked: dict[str, tuple[Asked, Asked]], name: str
) -> None:
    few, many = asked[name]
    assert few.queries > 0
    assert many.queries <= few.queries
    assert many.size > few.size or name not in GROWN
