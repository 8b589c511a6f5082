"""Watching: connected systems are asked again and again, each by one process at a time.

Every worker process does this beside its jobs, as it sweeps. Who comes second finds the advisory
lock of a source held and goes on; what a source says twice is kept once by the unique
constraints of `AgentRow`, `DroppedFile` and `Occasion`, so that locks only save work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from alimnaru.flow import agents
from alimnaru.flow.source_failed import SourceFailed as SourceFailed
from alimnaru.store.ledger import advisory
from alimnaru.store.models import Source

log = structlog.get_logger()

#: What asks a source of each kind. A table source is asked by the rules that read it.
_Poll = Callable[[Source], None]
POLLS: Mapping[str, _Poll] = {
    Source.Kind.AGENT: agents.poll,
}


def watch() -> None:
    """Ask every source whose time has come. One that fails does not keep the others."""
    now = timezone.now()
    for source in _due(now):
        poll = POLLS.get(source.kind)
        if poll is None:
            continue
        with advisory.held(advisory.SOURCE, source.pk) as mine:
            if mine:
                _ask(source, poll)


def _due(now: datetime) -> list[Source]:
    active = Source.objects.filter(is_active=True).order_by("pk")
    return [
        source
        for source in active
        if source.polled_at is None
        or source.polled_at + timedelta(seconds=source.poll_seconds) <= now
    ]


def _ask(source: Source, poll: _Poll) -> None:
    try:
        poll(source)
    except SourceFailed as failed:
        note_failure(source, str(failed))
    else:
        note_success(source)


def note_failure(source: Source, error: str) -> None:
    """Keep that a source cannot be read, and since when."""
    now = timezone.now()
    log.warning("source_failed", source=source.pk, error=error)
    Source.objects.filter(pk=source.pk, failing_since=None).update(failing_since=now)
    Source.objects.filter(pk=source.pk).update(polled_at=now, error=error[:200])


def note_success(source: Source) -> None:
    """Keep that a source was read."""
    Source.objects.filter(pk=source.pk).update(
        polled_at=timezone.now(), failing_since=None, error=""
    )
