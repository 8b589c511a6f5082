"""What a department has to look at, dealt with by its people."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from alimnaru.office.unreached import NoteRefused
from alimnaru.rules.disclosure import NOTE_LEAST, NOTE_MOST, DisclosureFault, holds_number
from alimnaru.store import audit
from alimnaru.store.models import Member, Suspension, Task


def finish(task: Task, *, actor: Member, note: str, use_again: bool = False) -> bool:
    """Say that a task is dealt with, and how. False: somebody else was faster.

    `use_again`: whose the number is was confirmed, so that it may be used for them once more.
    Raises `NoteRefused`.
    """
    note = " ".join(note.split())
    if len(note) < NOTE_LEAST:
        raise NoteRefused(DisclosureFault.NOTE_MISSING)
    if len(note) > NOTE_MOST:
        raise NoteRefused(DisclosureFault.NOTE_TOO_LONG)
    if holds_number(note):
        raise NoteRefused(DisclosureFault.NOTE_PERSONAL)
    now = timezone.now()
    with transaction.atomic():
        ours = Task.objects.filter(pk=task.pk, done_at=None).update(
            done_at=now, done_by=actor, note=note
        )
        if not ours:
            return False
        suspension = int(task.facts.get("suspension", 0)) if use_again else 0
        lifted = Suspension.objects.filter(pk=suspension, until=None).update(until=now)
        audit.record(
            actor=actor,
            act="task.done",
            subject=f"task:{task.pk}",
            department=task.department,
            facts={"kind": task.kind, "about": task.subject, "lifted": lifted, "note": note},
        )
    return True
