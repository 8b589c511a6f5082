"""The one way to write an audit entry."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from alimnaru.store.models import AuditEntry, Department, Member


def record(
    *,
    actor: Member,
    act: str,
    subject: str,
    department: Department | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Append an entry in the caller's transaction: the act and its record stand or fall together.

    `facts` must hold nothing personal; counts, codes, names of files and of departments are fine.
    """
    AuditEntry.objects.create(
        at=timezone.now(),
        actor=actor,
        actor_name=f"{actor.name} ({actor.login})",
        department=department,
        act=act,
        subject=subject,
        facts=facts or {},
    )
