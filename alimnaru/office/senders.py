"""The numbers from which text messages come. Each is registered with the carriers beforehand."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.held import let_go
from alimnaru.flow.shipping import sender_number
from alimnaru.rules.phone import read_office_number
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit
from alimnaru.store.models import AuditEntry, Department, Member

ACT = "sender.set"


class SenderRefused(ValueError):  # noqa: N818
    """The number does not do; `code` says why."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


def set_sender_number(department: Department, *, actor: Member, written: str) -> str:
    """Give a department a number of its own, or with '' that of the one above it.

    Returns the number from which it sends now, as digits. What waited for a number goes on.
    Raises `SenderRefused`: for what is no office number, and for '' where nobody above has one.
    """
    number = ""
    if written.strip():
        read = read_office_number(written)
        if isinstance(read, Refusal):
            raise SenderRefused(read)
        number = read
    with transaction.atomic():
        locked = Department.objects.select_for_update(of=("self",)).get(pk=department.pk)
        before, locked.sender_number = locked.sender_number, number
        used = sender_number(locked)
        if not used:
            raise SenderRefused(Refusal.SENDER_NUMBER_MISSING)
        locked.save(update_fields=["sender_number"])
        audit.record(
            actor=actor,
            act=ACT,
            subject=f"department:{locked.code}",
            department=locked,
            facts={"before": before, "number": number},
        )
        let_go(Refusal.SENDER_NUMBER_MISSING, timezone.now())
    return used


def set_by_hand() -> frozenset[str]:
    """The codes of departments whose number a person has set here: the office's file says what it
    said at the beginning, and must not bring that back."""
    subjects = AuditEntry.objects.filter(act=ACT).values_list("subject", flat=True).distinct()
    return frozenset(subject.removeprefix("department:") for subject in subjects)
