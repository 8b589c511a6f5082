"""Connected systems, as those see them who look after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from alimnaru.store.models import Source
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A connected system in a list. `error`: a code, while it cannot be read."""

    code: str
    name: str
    kind: str
    department: str
    is_active: bool
    polled_at: datetime | None
    failing_since: datetime | None
    error: str

    def as_json(self) -> dict[str, object]:
        """The shape in which the command line shows it."""
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "department": self.department,
            "active": self.is_active,
            "polled_at": self.polled_at.isoformat() if self.polled_at else None,
            "failing_since": self.failing_since.isoformat() if self.failing_since else None,
            "error": self.error or None,
        }


def sources_in(scope: Scope) -> QuerySet[Source]:
    """Connected systems of a scope's departments, by code."""
    return Source.objects.filter(department__in=scope.departments()).select_related(
        "department", "member"
    )


def source_lines(scope: Scope) -> list[SourceLine]:
    """All of them. One query, which reads no secret."""
    return [
        SourceLine(
            source.code,
            source.name,
            source.kind,
            source.department.name,
            source.is_active,
            source.polled_at,
            source.failing_since,
            source.error,
        )
        for source in sources_in(scope).defer("secrets", "settings")
    ]
