"""Connected systems at the desk: left alone for a while, and asked again, by whoever may."""

from __future__ import annotations

from alimnaru.office import sources
from alimnaru.office.connecting import check_right
from alimnaru.store.models import Member, Source


def pause_source(source: Source, *, actor: Member) -> None:
    """Read it no more until somebody resumes it. Raises `ConnectingRefused`."""
    check_right(actor, source.department)
    sources.pause(source, actor=actor)


def resume_source(source: Source, *, actor: Member) -> None:
    """Read it again, at the next turn. Raises `ConnectingRefused`."""
    check_right(actor, source.department)
    sources.resume(source, actor=actor)
