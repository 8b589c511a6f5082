"""Connected systems: left alone for a while, and asked again."""

from __future__ import annotations

from django.db import transaction

from alimnaru.office.connecting import check_right
from alimnaru.store import audit
from alimnaru.store.models import Member, Source


def pause_source(source: Source, *, actor: Member, as_operator: bool = False) -> None:
    """Read it no more until somebody resumes it. Raises `ConnectingRefused`."""
    with transaction.atomic():
        if found := _switched(source, actor, on=False, as_operator=as_operator):
            _record(actor, "source.pause", found)


def resume_source(source: Source, *, actor: Member, as_operator: bool = False) -> None:
    """Read it again, at the next turn. Raises `ConnectingRefused`."""
    with transaction.atomic():
        if found := _switched(source, actor, on=True, as_operator=as_operator):
            _record(actor, "source.resume", found)


def _switched(source: Source, actor: Member, *, on: bool, as_operator: bool) -> Source | None:
    """The source as it is now; None if it was so already."""
    found = Source.objects.select_for_update(of=("self",)).select_related("department")
    fresh = found.get(pk=source.pk)
    check_right(actor, fresh.department, as_operator=as_operator)
    if fresh.is_active == on:
        return None
    fresh.is_active = on
    # Its next turn tells whether it can be read; until then nothing is known.
    fresh.polled_at = None if on else fresh.polled_at
    fresh.failing_since, fresh.error = None, ""
    fresh.save(update_fields=["is_active", "polled_at", "failing_since", "error"])
    return fresh


def _record(actor: Member, act: str, source: Source) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"source:{source.pk}",
        department=source.department,
        facts={"name": source.name, "code": source.code},
    )
