"""Departments as a tree, and who may do what in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from alimnaru.rules.members import DEPARTMENT_MANAGER, SYSTEM_MANAGER, UNUSED_DAYS, Holding
from alimnaru.rules.rights import Right, rights_of
from alimnaru.store.models import Department, Member, Membership
from alimnaru.store.scoping import Scope

#: Of somebody's sign-ins, on their own page.
SIGN_INS = 10


@dataclass(frozen=True, slots=True)
class Node:
    """A department as the tree shows it; `depth` is 0 at the top of what the viewer sees."""

    department: Department
    depth: int
    people: int


@dataclass(frozen=True, slots=True)
class Person:
    """A member in one department: their roles there, and what these allow."""

    member: Member
    roles: tuple[str, ...]
    rights: frozenset[Right]
    unused: bool


@dataclass(frozen=True, slots=True)
class SignIn:
    """One time that somebody came in."""

    at: datetime
    left: datetime | None
    address: str


def tree(scope: Scope) -> list[Node]:
    """The departments of a scope from the top down, with how many people each has. One query."""
    active = Q(memberships__member__is_active=True, memberships__member__is_program=False)
    found = (
        scope.departments()
        .annotate(people=Count("memberships__member", filter=active, distinct=True))
        .order_by("path")
    )
    nodes: list[Node] = []
    above: list[str] = []
    for department in found:
        while above and not department.path.startswith(above[-1]):
            above.pop()
        nodes.append(Node(department, len(above), department.people))
        above.append(department.path)
    return nodes


def people_of(department: Department) -> list[Person]:
    """Everybody with a role in this very department, shut accounts last. One query."""
    found = (
        Membership.objects.filter(department=department, member__is_program=False)
        .select_related("member")
        .order_by("-member__is_active", "member__name", "member_id", "pk")
    )
    roles: dict[int, list[str]] = {}
    members: dict[int, Member] = {}
    for membership in found:
        members[membership.member_id] = membership.member
        roles.setdefault(membership.member_id, []).append(membership.role)
    now = timezone.now()
    return [
        Person(member, tuple(roles[pk]), rights_of(roles[pk]), is_unused(member, now))
        for pk, member in members.items()
    ]


def without_role() -> QuerySet[Member]:
    """People whose account may do nothing: they left a department and joined no other."""
    return Member.objects.filter(is_program=False, memberships=None).order_by("name", "pk")


def member_in(scope: Scope, pk: int, *, whole_office: bool) -> Member | None:
    """A person with a role in the scope; for who sees the whole office also one without any."""
    seen = Q(memberships__department__in=scope.departments())
    if whole_office:
        seen |= Q(memberships=None)
    return Member.objects.filter(seen, pk=pk, is_program=False).distinct().first()


def memberships_of(member: Member) -> list[Membership]:
    """All roles of somebody, from the top of the tree down."""
    return list(member.memberships.select_related("department").order_by("department__path", "pk"))


def holdings(members: Iterable[int] | None = None) -> list[Holding]:
    """What active people hold: those named, or everybody."""
    found = Membership.objects.filter(member__is_active=True, member__is_program=False)
    if members is not None:
        found = found.filter(member_id__in=list(members))
    return [Holding(*row) for row in found.values_list("member_id", "role", "department__path")]


def everybody(department: Department | None = None) -> list[Member]:
    """All people, or those with a role in a department or below it, loaded with their roles."""
    found = Member.objects.filter(is_program=False)
    if department is not None:
        found = found.filter(memberships__department__path__startswith=department.path)
    roles = Membership.objects.select_related("department").order_by("department__path", "pk")
    return list(found.distinct().order_by("login").prefetch_related(Prefetch("memberships", roles)))


def top_department() -> Department:
    """The office itself. Raises `Department.DoesNotExist` before a catalogue was loaded."""
    return Department.objects.filter(parent=None).order_by("path")[:1].get()


def system_managers() -> int:
    """How many people can let others in."""
    return len({h.member for h in holdings() if h.role == SYSTEM_MANAGER})


def is_unused(member: Member, now: datetime) -> bool:
    """Whether an open account has not been used for so long that somebody should ask."""
    last = member.last_login or member.created_at
    return member.is_active and now - last > timedelta(days=UNUSED_DAYS)


def sign_ins(member: Member) -> Sequence[SignIn]:
    """The last times that somebody came in, the newest first."""
    found = AccessLog.objects.filter(username=member.login).order_by("-attempt_time")[:SIGN_INS]
    return [SignIn(row.attempt_time, row.logout_time, row.ip_address or "") for row in found]


def failures_since(member: Member, since: datetime | None) -> int:
    """Wrong passwords and codes for this account since a moment, or ever."""
    found = AccessFailureLog.objects.filter(username=member.login)
    if since is not None:
        found = found.filter(attempt_time__gt=since)
    return int(found.count())


def locked_since(login: str, address: str) -> datetime | None:
    """When somebody last got this account's password or code wrong from this place."""
    found = AccessAttempt.objects.filter(username=login, ip_address=address or None)
    newest = found.order_by("-attempt_time").first()
    return newest.attempt_time if newest else None


def office_phone() -> str:
    """The number under which the office itself is asked; empty if it has entered none."""
    found = Department.objects.filter(parent=None).exclude(phone="").order_by("path")
    return found.values_list("phone", flat=True).first() or ""


def managers_for(path: str) -> list[tuple[str, str]]:
    """(name, department) of those whom people of a department ask: its managers and those above."""
    above = [path[: end + 1] for end, sign in enumerate(path) if sign == "/" and end]
    found = (
        Membership.objects.filter(
            department__path__in=above,
            role__in=(DEPARTMENT_MANAGER, SYSTEM_MANAGER),
            member__is_active=True,
            member__is_program=False,
        )
        .order_by("-department__path", "member__name")
        .values_list("member__name", "department__name")
    )
    return list(dict.fromkeys(found))


def holdings_of(member: Member) -> list[Holding]:
    """What somebody holds, also while their account is shut."""
    rows = member.memberships.values_list("member_id", "role", "department__path")
    return [Holding(*row) for row in rows]
