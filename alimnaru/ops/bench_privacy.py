"""What the officer for personal data has on the desk, for the bench of pages."""

from __future__ import annotations

from django.utils import timezone

from alimnaru.rules.hold import HoldState
from alimnaru.store.models import (
    Department,
    Destruction,
    HeldCopy,
    Incident,
    LegalHold,
    Member,
    ResidentRequest,
)


def privacy(member: Member, department: Department) -> dict[str, int | str]:
    """One of each, as rows: their own checks are others' business."""
    now = timezone.now()
    found = Incident.objects.create(
        title="bench", department=department, member=member, opened_at=now, known_at=now
    )
    asked = ResidentRequest.objects.create(
        kind="access",
        way="desk",
        department=department,
        to_hash=b"\0" * 16,
        received_on=now.date(),
        due_on=now.date(),
        member=member,
    )
    gone = Destruction.objects.create(
        basis="term_over", retention="RA", department=department, done_at=now
    )
    return {
        "incident": found.pk,
        "resident_request": asked.pk,
        "destruction": gone.pk,
        **_held(member, department),
    }


def _held(member: Member, department: Department) -> dict[str, int | str]:
    """A hold with more copies than a page shows."""
    now = timezone.now()
    hold = LegalHold.objects.create(
        state=HoldState.KEPT,
        department=department,
        batch=1,
        basis="bench",
        reason="bench",
        until=now.date(),
        asked_by=member,
        asked_at=now,
        wrapped_key=b"\0" * 60,
        copies=1000,
    )
    HeldCopy.objects.bulk_create(
        HeldCopy(hold=hold, message=n, row_no=n, state="delivered", to_hash=b"", payload=b"")
        for n in range(1, 1001)
    )
    return {"hold": hold.pk, "held": hold.held.order_by("pk")[0].pk}
