"""Who sees what: a department and everything below it, and nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils import timezone

from alimnaru.store.models import (
    Batch,
    Department,
    Member,
    Membership,
    Notice,
    Role,
    TemplateVersion,
)
from alimnaru.store.scoping import Scope, scope_of, whole_office

TREE = ("gu", "gu/lib", "gu/lib/small", "gu/library-friends", "gu/health", "gu/health/check")


@dataclass(slots=True)
class Office:
    """A tree of departments, each with a notice and a batch of its own code."""

    departments: dict[str, Department]
    someone: Member

    def let(self, where: str, role: Role, member: Member | None = None) -> Member:
        member = member or Member.objects.create(login=f"{where}-{role}", name="김사서")
        Membership.objects.create(member=member, department=self.departments[where], role=role)
        return member


@pytest.fixture
def office(db: None) -> Office:
    someone = Member.objects.create(login="program", name="알림나루", is_program=True)
    departments: dict[str, Department] = {}
    for path in TREE:
        above, _, name = path.rpartition("/")
        department = Department.objects.create(
            code=path.replace("/", "-"), name=name, path=f"/{path}/", parent=departments.get(above)
        )
        departments[path] = department
        _send_something(department, path, someone)
    return Office(departments, someone)


def _send_something(department: Department, path: str, member: Member) -> None:
    now = timezone.now()
    notice = Notice.objects.create(code=path, name=path, department=department)
    version = TemplateVersion.objects.create(
        notice=notice, number=1, template={}, variables=[], sha256=""
    )
    Batch.objects.create(
        notice=notice,
        department=department,
        version=version,
        member=member,
        source_name=path,
        lane="normal",
        created_at=now,
        not_before=now,
        expires_at=now,
    )


def seen(scope: Scope) -> set[str]:
    """What a scope shows; departments, notices and batches agree."""
    departments = {d.path.strip("/") for d in scope.departments()}
    assert {n.code for n in scope.notices()} == departments
    assert {b.source_name for b in scope.batches()} == departments
    return departments


@pytest.mark.parametrize(
    ("where", "sees"),
    [
        ("gu", set(TREE)),
        ("gu/lib", {"gu/lib", "gu/lib/small"}),
        ("gu/lib/small", {"gu/lib/small"}),
        ("gu/library-friends", {"gu/library-friends"}),
        ("gu/health", {"gu/health", "gu/health/check"}),
    ],
)
def test_a_department_and_what_stands_below_it(office: Office, where: str, sees: set[str]) -> None:
    assert seen(scope_of(office.let(where, Role.VIEWER))) == sees


def test_the_neighbour_sees_nothing_of_it(office: Office) -> None:
    nurse = office.let("gu/health", Role.DEPARTMENT_MANAGER)
    library = office.departments["gu/lib"]
    assert not scope_of(nurse).batches().filter(department=library).exists()
    assert not scope_of(nurse).notices().filter(code="gu/lib").exists()


def test_who_works_in_two_places_sees_both(office: Office) -> None:
    member = office.let("gu/lib/small", Role.VIEWER)
    office.let("gu/health/check", Role.WRITER, member)
    assert seen(scope_of(member)) == {"gu/lib/small", "gu/health/check"}


@pytest.mark.parametrize("role", Role)
def test_any_role_lets_see(office: Office, role: Role) -> None:
    assert seen(scope_of(office.let("gu/lib/small", role))) == {"gu/lib/small"}


def test_an_act_asks_for_the_role_that_may_do_it(office: Office) -> None:
    member = office.let("gu/lib", Role.VIEWER)
    office.let("gu/health", Role.WRITER, member)
    office.let("gu/health", Role.APPROVER, member)
    assert seen(scope_of(member, Role.WRITER)) == {"gu/health", "gu/health/check"}
    assert seen(scope_of(member, Role.WRITER, Role.VIEWER)) == {
        *("gu/lib", "gu/lib/small", "gu/health", "gu/health/check")
    }
    assert seen(scope_of(member, Role.SYSTEM_MANAGER)) == set()


@pytest.mark.parametrize("where", ["gu", "gu/lib"])
def test_who_left_sees_nothing(office: Office, where: str) -> None:
    member = office.let(where, Role.SYSTEM_MANAGER)
    member.is_active = False
    member.save()
    assert seen(scope_of(member)) == set()


def test_who_belongs_nowhere_sees_nothing(office: Office) -> None:
    assert seen(scope_of(office.someone)) == set()
    assert seen(Scope(())) == set()


def test_the_operator_sees_the_whole_office(office: Office) -> None:
    assert seen(whole_office()) == set(TREE)


@pytest.mark.parametrize("trick", ["%", "_", "/gu/li_", "%/lib"])
def test_a_path_is_text_and_no_pattern(office: Office, trick: str) -> None:
    assert seen(Scope((trick,))) == set()
