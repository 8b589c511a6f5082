"""What a page shows of residents, half hidden or not, noted before it is shown."""

from __future__ import annotations

from alimnaru.console.access import Desk
from alimnaru.rules.access import Access
from alimnaru.store import access
from alimnaru.store.models import Batch, Department


def looked(
    desk: Desk,
    act: Access,
    subject: str,
    people: int,
    *,
    department: Department | None = None,
    whose: bytes | None = None,
) -> None:
    """Note that so many people's data are shown to who sits there. Nobody's: nothing is noted."""
    if people:
        access.note(
            member=desk.member,
            act=act,
            subject=subject,
            department=department,
            whose=whose,
            people=people,
        )


def looked_at(desk: Desk, act: Access, batch: Batch, people: int) -> None:
    """The same of rows of a batch."""
    looked(desk, act, f"batch:{batch.pk}", people, department=batch.department)
