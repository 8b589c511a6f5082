"""People deal with those who were not told, and say so."""

from __future__ import annotations

from django.db import transaction

from alimnaru.office.batches import check_sender
from alimnaru.reads.unreached_batches import DONE, with_people
from alimnaru.rules.disclosure import NOTE_LEAST, NOTE_MOST, DisclosureFault, holds_number
from alimnaru.store import audit
from alimnaru.store.models import Batch, Member


class NoteRefused(ValueError):  # noqa: N818
    """The note may not be kept as it is; `code` says why."""

    def __init__(self, code: DisclosureFault) -> None:
        super().__init__(code.value)
        self.code = code


def deal_with(batch: Batch, *, actor: Member, note: str) -> int:
    """Note that everybody who was not told so far is dealt with, and how. Returns how many.

    Raises `NoteRefused`, and `office.batches.NotAllowed`.
    """
    check_sender(batch, actor)
    note = " ".join(note.split())
    if len(note) < NOTE_LEAST:
        raise NoteRefused(DisclosureFault.NOTE_MISSING)
    if len(note) > NOTE_MOST:
        raise NoteRefused(DisclosureFault.NOTE_TOO_LONG)
    if holds_number(note):
        raise NoteRefused(DisclosureFault.NOTE_PERSONAL)
    with transaction.atomic():
        people: int = with_people(Batch.objects.filter(pk=batch.pk)).values_list(
            "not_told", flat=True
        )[0]
        audit.record(
            actor=actor,
            act=DONE,
            subject=f"batch:{batch.pk}",
            department=batch.department,
            facts={"people": people, "note": note},
        )
    return people
