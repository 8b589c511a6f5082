"""Figures that leave the system as a file: nothing personal, so no reason is asked, but noted."""

from __future__ import annotations

from alimnaru.rules.disclosure import Disclosed
from alimnaru.rules.periods import Period
from alimnaru.store import audit
from alimnaru.store.models import Department, Member


def note_statistics(
    *, actor: Member, period: Period, department: Department | None, notice: int | None
) -> None:
    """Note that `actor` took the statistics of a period, in the transaction that counts them."""
    facts = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    audit.record(
        actor=actor,
        act=Disclosed.STATISTICS.value,
        subject="statistics",
        department=department,
        facts=facts | ({"notice_id": notice} if notice else {}),
    )
