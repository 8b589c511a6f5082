"""Who is told beside a resident, and which copies were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from alimnaru.reads.preferences import short_code
from alimnaru.store.models import Copy, Guardian, Reference
from alimnaru.store.scoping import Scope


def guardians(scope: Scope) -> QuerySet[Guardian]:
    """Those whom departments of the scope have entered, the latest first."""
    found = Guardian.objects.filter(department__in=scope.departments())
    return found.select_related("department", "notice", "member").order_by("-since", "-pk")


def ward_code(guardian: Guardian) -> str:
    """Stands for a resident's phone, which is not kept (`preferences.short_code`)."""
    return short_code(bytes(guardian.ward_hash))


@dataclass(frozen=True, slots=True)
class Kin:
    """What a message has to do with others: copies made of it, the one it is a copy of (message
    ids), and how many more it speaks for."""

    copies: Sequence[int]
    copy_of: int | None
    speaks_for: int


def kin_of(message: int) -> Kin:
    """Three look-ups by index."""
    copies = Copy.objects.filter(message_id=message).order_by("copy_id")
    original = Copy.objects.filter(copy_id=message).values_list("message_id", flat=True).first()
    return Kin(
        copies=list(copies.values_list("copy_id", flat=True)),
        copy_of=original,
        speaks_for=Reference.objects.filter(merged_into=message).count(),
    )
