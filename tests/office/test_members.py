"""People added, given roles, shut out and let in again, and an office that is never left alone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from axes.models import AccessAttempt
from django.utils import timezone

from alimnaru.office import members
from alimnaru.office.departments import NumberRefused, add_department, change_department
from alimnaru.office.members import MemberRefused
from alimnaru.office.policies import PolicyRefused, change_policy
from alimnaru.office.second_factor import has_authenticator
from alimnaru.reads.people import member_in, people_of, tree, without_role
from alimnaru.reads.policies import office_policy
from alimnaru.rules.members import MemberFault as F
from alimnaru.rules.policy import PolicyFault
from alimnaru.store.models import AuditEntry, Authenticator, Department, Member, Membership, Policy
from alimnaru.store.scoping import Scope
from tests.cast import Cast, make_cast
from tests.staff import Staff, hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Staff:
    return hire(cast)


def root_of(cast: Cast) -> Department:
    assert cast.library.parent is not None
    return cast.library.parent


def refusal(act: Callable[[], object]) -> F:
    with pytest.raises(MemberRefused) as caught:
        act()
    return caught.value.code


def last_act() -> AuditEntry:
    found = AuditEntry.objects.order_by("-pk").first()
    assert found is not None
    return found


def second_system_manager(cast: Cast, login: str = "system2") -> Member:
    member = Member.objects.create(login=login, name="두정보")
    Membership.objects.create(member=member, department=root_of(cast), role="system_manager")
    return member


# ---- adding ----------------------------------------------------------------------------------


def test_it_works(cast: Cast, staff: Staff) -> None:
    member, password = members.add_member(
        actor=staff.manager,
        login="New.One",
        name=" 새 사람 ",
        department=cast.library,
        role="writer",
    )
    assert (member.login, member.name, member.must_change_password) == ("new.one", "새 사람", True)
    assert member.check_password(password)
    assert len(password.replace("-", "")) == 16
    entry = last_act()
    assert (entry.act, entry.subject, entry.department) == (
        "member.add",
        f"member:{member.pk}",
        cast.library,
    )
    assert entry.facts == {"role": "writer", "in": "lib"}
    assert password not in str(entry.facts)


@pytest.mark.parametrize(
    ("login", "name", "fault"),
    [
        ("viewer", "새 사람", F.LOGIN_TAKEN),
        ("VIEWER", "새 사람", F.LOGIN_TAKEN),
        ("x", "새 사람", F.LOGIN_UNREADABLE),
        ("newone", "", F.NAME_UNREADABLE),
        ("newone", "박열람", F.SAME_NAME_HERE),
    ],
)
def test_who_is_not_added(cast: Cast, staff: Staff, login: str, name: str, fault: F) -> None:
    def act() -> object:
        return members.add_member(
            actor=staff.manager, login=login, name=name, department=cast.library, role="viewer"
        )

    assert refusal(act) is fault


def test_another_person_of_the_same_name(cast: Cast, staff: Staff) -> None:
    member, _ = members.add_member(
        actor=staff.manager,
        login="viewer2",
        name="박열람",
        department=cast.library,
        role="viewer",
        same_name=True,
    )
    assert member.pk != staff.viewer.pk


# ---- roles -----------------------------------------------------------------------------------


def test_a_manager_gives_and_takes_in_the_own_department(cast: Cast, staff: Staff) -> None:
    members.give_role(staff.viewer, actor=staff.manager, department=cast.library, role="writer")
    assert last_act().act == "member.role.give"
    members.take_role(staff.viewer, actor=staff.manager, department=cast.library, role="viewer")
    assert last_act().facts == {"role": "viewer", "in": "lib"}
    assert [m.role for m in staff.viewer.memberships.all()] == ["writer"]


def test_what_a_manager_may_not(cast: Cast, staff: Staff) -> None:
    lib = cast.library

    def give(member: Member, role: str, department: Department = lib) -> F:
        return refusal(
            lambda: members.give_role(member, actor=staff.manager, department=department, role=role)
        )

    assert give(staff.manager, "viewer") is F.OWN_ROLES
    assert give(staff.viewer, "auditor") is F.ROLE_NOT_YOURS
    assert give(staff.viewer, "writer", cast.health) is F.ROLE_NOT_YOURS
    assert give(staff.viewer, "viewer") is F.ROLE_HELD
    staff.viewer.is_active = False
    staff.viewer.save()
    assert give(staff.viewer, "writer") is F.MEMBER_SHUT


def test_a_role_is_taken_once(cast: Cast, staff: Staff) -> None:
    def take() -> None:
        members.take_role(staff.viewer, actor=staff.manager, department=cast.library, role="viewer")

    take()
    assert refusal(take) is F.ROLE_NOT_HELD
    assert list(without_role()) == [staff.viewer]


def test_two_system_managers_stay(cast: Cast, staff: Staff) -> None:
    second = second_system_manager(cast)
    third = second_system_manager(cast, "system3")

    def take(member: Member) -> None:
        members.take_role(member, actor=second, department=root_of(cast), role="system_manager")

    take(staff.system)
    assert refusal(lambda: take(third)) is F.TWO_SYSTEM_MANAGERS
    assert refusal(lambda: members.shut_account(third, actor=second)) is F.TWO_SYSTEM_MANAGERS


def test_a_shut_system_manager_counts_for_nothing(cast: Cast, staff: Staff) -> None:
    second = second_system_manager(cast)
    third = second_system_manager(cast, "system3")
    members.shut_account(third, actor=second)
    assert (
        refusal(lambda: members.shut_account(staff.system, actor=second)) is F.TWO_SYSTEM_MANAGERS
    )
    # And who is shut already is not missed.
    members.take_role(third, actor=second, department=root_of(cast), role="system_manager")


def test_a_department_keeps_a_manager(cast: Cast, staff: Staff) -> None:
    def take() -> None:
        members.take_role(
            staff.manager, actor=staff.system, department=cast.library, role="department_manager"
        )

    assert refusal(take) is F.LAST_MANAGER
    members.give_role(
        staff.approver, actor=staff.system, department=cast.library, role="department_manager"
    )
    take()


# ---- accounts --------------------------------------------------------------------------------


def test_shut_and_open(cast: Cast, staff: Staff) -> None:
    members.shut_account(staff.viewer, actor=staff.manager)
    staff.viewer.refresh_from_db()
    assert not staff.viewer.is_active
    members.open_account(staff.viewer, actor=staff.manager)
    staff.viewer.refresh_from_db()
    assert staff.viewer.is_active
    acts = AuditEntry.objects.filter(subject=f"member:{staff.viewer.pk}").order_by("pk")
    assert [entry.act for entry in acts] == ["member.shut", "member.open"]


@pytest.mark.parametrize("act", [members.shut_account, members.reset_password])
def test_nobody_touches_what_is_above_them(
    act: Callable[..., object], cast: Cast, staff: Staff
) -> None:
    Membership.objects.create(member=staff.system, department=cast.library, role="viewer")
    assert refusal(lambda: act(staff.system, actor=staff.manager)) is F.MEMBER_ABOVE_YOU
    assert refusal(lambda: act(staff.manager, actor=staff.manager)) is F.OWN_ACCOUNT


def test_a_new_password_ends_sessions_and_a_lock(staff: Staff) -> None:
    before = staff.viewer.get_session_auth_hash()
    AccessAttempt.objects.create(username="viewer", failures_since_start=5)
    password = members.reset_password(staff.viewer, actor=staff.manager)
    staff.viewer.refresh_from_db()
    assert staff.viewer.check_password(password)
    assert staff.viewer.must_change_password
    assert staff.viewer.get_session_auth_hash() != before
    assert not AccessAttempt.objects.exists()


def test_a_lost_phone(staff: Staff) -> None:
    Authenticator.objects.create(user=staff.viewer, confirmed=True)
    password = members.reset_second_factor(staff.viewer, actor=staff.manager)
    assert not has_authenticator(staff.viewer)
    staff.viewer.refresh_from_db()
    assert staff.viewer.check_password(password)
    assert last_act().act == "member.second_factor.reset"


# ---- reads -----------------------------------------------------------------------------------


def test_the_tree(cast: Cast, staff: Staff) -> None:
    add_department(actor=staff.manager, parent=cast.library, name="어린이자료실")
    seen = [(n.department.code, n.depth, n.people) for n in tree(Scope(("/gu/",)))]
    assert seen == [("gu", 0, 2), ("health", 1, 1), ("lib", 1, 5), ("lib-1", 2, 0)]
    assert [n.depth for n in tree(Scope(("/gu/lib/",)))] == [0, 1]


def test_people_of_a_department(cast: Cast, staff: Staff) -> None:
    Membership.objects.create(member=staff.viewer, department=cast.library, role="approver")
    old = timezone.now() - timezone.timedelta(days=91)
    Member.objects.filter(pk=staff.manager.pk).update(created_at=old)
    Member.objects.filter(pk=staff.approver.pk).update(created_at=old, last_login=timezone.now())
    found = {person.member.login: person for person in people_of(cast.library)}
    assert found["viewer"].roles == ("viewer", "approver")
    assert found["viewer"].rights == {"see", "send", "approve"}
    assert {login for login, person in found.items() if person.unused} == {"manager"}


def test_whose_page_is_whose(cast: Cast, staff: Staff) -> None:
    library = Scope(("/gu/lib/",))
    assert member_in(library, staff.viewer.pk, whole_office=False) == staff.viewer
    assert member_in(library, staff.neighbour.pk, whole_office=False) is None
    alone = Member.objects.create(login="alone", name="홀로")
    assert member_in(library, alone.pk, whole_office=False) is None
    assert member_in(Scope(("/gu/",)), alone.pk, whole_office=True) == alone


# ---- departments -----------------------------------------------------------------------------


def test_a_department_is_added_and_changed(cast: Cast, staff: Staff) -> None:
    made = add_department(
        actor=staff.manager, parent=cast.library, name="어린이자료실", phone="02 555 0102"
    )
    assert (made.code, made.path, made.phone) == ("lib-1", "/gu/lib/lib-1/", "02-555-0102")
    change_department(
        made,
        actor=staff.manager,
        name="어린이실",
        phone="",
        daily_cap_won=Decimal(9),
        monthly_cap_won=Decimal(300_000),
    )
    made.refresh_from_db()
    assert (made.name, made.phone, made.monthly_cap_won) == ("어린이실", "", 300_000)
    assert last_act().facts == {
        "name": ["어린이자료실", "어린이실"],
        "phone": ["02-555-0102", ""],
        "daily_cap_won": [None, 9],
        "monthly_cap_won": [None, 300_000],
    }


def test_what_a_department_cannot_be(cast: Cast, staff: Staff) -> None:
    def add(name: str, parent: Department = cast.library) -> F:
        return refusal(lambda: add_department(actor=staff.manager, parent=parent, name=name))

    add_department(actor=staff.manager, parent=cast.library, name="가")
    assert add("가") is F.DEPARTMENT_NAME_TAKEN
    assert add(" ") is F.NAME_UNREADABLE
    deepest = cast.library
    for number in range(4):
        deepest = add_department(actor=staff.manager, parent=deepest, name=f"팀 {number}")
    assert add("더 아래", deepest) is F.DEPARTMENT_TOO_DEEP
    with pytest.raises(NumberRefused):
        add_department(actor=staff.manager, parent=cast.library, name="나", phone="010-1234-5678")

    def change(**new: object) -> F:
        kept = {"name": "가", "phone": "", "daily_cap_won": None, "monthly_cap_won": None, **new}
        return refusal(lambda: change_department(cast.health, actor=staff.system, **kept))  # type: ignore[arg-type]

    assert change(name=cast.library.name) is F.DEPARTMENT_NAME_TAKEN
    assert change(monthly_cap_won=Decimal(-1)) is F.CAP_UNREADABLE
    assert change(daily_cap_won=Decimal(10**12)) is F.CAP_UNREADABLE


# ---- policies --------------------------------------------------------------------------------


def test_a_policy_is_changed_and_the_audit_knows_how(staff: Staff) -> None:
    change_policy(actor=staff.system, field="idle_minutes", value=20)
    assert office_policy().idle_minutes == 20
    assert last_act().facts == {"idle_minutes": [30, 20]}
    assert Policy.objects.get().changed_by == staff.system


def test_the_same_number_again_is_no_act(staff: Staff) -> None:
    change_policy(actor=staff.system, field="idle_minutes", value=30)
    assert not AuditEntry.objects.exists()


def test_a_policy_that_contradicts_itself(staff: Staff) -> None:
    with pytest.raises(PolicyRefused) as caught:
        change_policy(actor=staff.system, field="second_approval_from", value=50)
    assert [p.fault for p in caught.value.problems] == [PolicyFault.SECOND_BEFORE_FIRST]
    assert office_policy().second_approval_from == 1_000
