"""Who has a right in a department: through a role there or above it."""

from __future__ import annotations

from itertools import accumulate

from django.db.models import QuerySet

from alimnaru.rules.rights import Right, roles_with
from alimnaru.store.models import Department, Member


def people_with(right: Right, department: Department) -> QuerySet[Member]:
    """The people who have this right in the department, by name. Programs are no people."""
    return (
        Member.objects.filter(
            is_active=True,
            is_program=False,
            memberships__role__in=roles_with(right),
            memberships__department__path__in=above(department),
        )
        .distinct()
        .order_by("name", "login")
    )


def may(member: Member, right: Right, department: Department) -> bool:
    """Whether this person has the right there. One query."""
    return people_with(right, department).filter(pk=member.pk).exists()


def above(department: Department) -> list[str]:
    """The paths of the department and of all above it."""
    parts = department.path.strip("/").split("/")
    return list(accumulate((f"{part}/" for part in parts), initial="/"))[1:]
