"""What departments have to look at."""

from __future__ import annotations

from django.db.models import QuerySet

from alimnaru.store.models import Task
from alimnaru.store.scoping import Scope


def tasks_of(scope: Scope, *, done_too: bool = False) -> QuerySet[Task]:
    """The tasks of these departments, the oldest open ones first, or the latest of all."""
    found = Task.objects.filter(department__in=scope.departments()).select_related(
        "department", "done_by"
    )
    if done_too:
        return found.order_by("-created_at", "-pk")
    return found.filter(done_at=None).order_by("created_at", "pk")


def number_open(scope: Scope) -> int:
    """How many wait. On the partial index of open tasks."""
    return Task.objects.filter(department__in=scope.departments(), done_at=None).count()
