"""Rows by department: the only door through which surfaces reach what belongs to somebody."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from alimnaru.store.models import Batch, Department, Member, Notice, Project, Role, Rule


@dataclass(frozen=True, slots=True)
class Scope:
    """The departments a caller may see: subtrees given by their path prefixes."""

    paths: tuple[str, ...]

    def departments(self) -> QuerySet[Department]:
        """Every department in the scope."""
        return Department.objects.filter(self._under("path"))

    def batches(self) -> QuerySet[Batch]:
        """Batches of these departments."""
        return Batch.objects.filter(self._under("department__path"))

    def notices(self) -> QuerySet[Notice]:
        """Kinds of notice that these departments own."""
        return Notice.objects.filter(self._under("department__path"))

    def projects(self) -> QuerySet[Project]:
        """Budget lines of these departments."""
        return Project.objects.filter(self._under("department__path"))

    def rules(self) -> QuerySet[Rule]:
        """Rules of systems that these departments have connected; those without a system by the
        department of their notice."""
        own = self._under("source__department__path")
        return Rule.objects.filter(own | (Q(source=None) & self._under("notice__department__path")))

    def _under(self, field: str) -> Q:
        condition = Q(pk__in=[])
        for path in self.paths:
            condition |= Q(**{f"{field}__startswith": path})
        return condition


def scope_of(member: Member, *roles: Role) -> Scope:
    """What a member may see with any of `roles`, or with any role at all if none is named."""
    if not member.is_active:
        return Scope(())
    memberships = member.memberships.select_related("department")
    if roles:
        memberships = memberships.filter(role__in=roles)
    return Scope(tuple(sorted({m.department.path for m in memberships})))


def whole_office() -> Scope:
    """Everything. For the operator at the machine, who can read the database anyway."""
    return Scope(("/",))
