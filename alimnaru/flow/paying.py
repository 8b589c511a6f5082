"""Which budget line pays for a batch."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from alimnaru.store.models import Department, Notice, Project


def payable(department: Department, on: date) -> QuerySet[Project]:
    """The open lines of a department and of those above it that may be spent from on a day, the
    nearest department's first."""
    steps = department.path.strip("/").split("/")
    above = ["/" + "/".join(steps[:n]) + "/" for n in range(1, len(steps) + 1)]
    found = Project.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on),
        department__path__in=above,
        is_active=True,
        starts_on__lte=on,
    )
    return found.select_related("department").order_by("-department__path", "code")


def project_of(notice: Notice, now: datetime) -> int | None:
    """The line of a notice, if it may still be spent from; else nobody's, and the report says so.

    Closed, or outside its days, it must not pay (회계연도 독립): what goes all the same is for the
    office to put right, and no reason to keep a resident waiting.
    """
    if notice.project_id is None:
        return None
    today = timezone.localdate(now)
    open_ = Project.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        pk=notice.project_id,
        is_active=True,
        starts_on__lte=today,
    )
    return notice.project_id if open_.exists() else None
