"""Watching: connected systems are asked again and again, each by one process at a time.

Every worker process does this beside its jobs, as it sweeps. Who comes second finds the advisory
lock of a source held and goes on; what a source says twice is kept once by the unique
constraints of `AgentRow`, `DroppedFile` and `Occasion`, so that locks only save work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from alimnaru.flow import agents, drops, sources
from alimnaru.flow.source_failed import SourceFailed as SourceFailed
from alimnaru.rules.source_faults import SourceFault
from alimnaru.store.ledger import advisory
from alimnaru.store.models import Source, Task

log = structlog.get_logger()

#: What asks a source of each kind. The rules that read a table source ask it for themselves.
_Poll = Callable[[Source], None]
POLLS: Mapping[str, _Poll] = {
    Source.Kind.TABLE: sources.look,
    Source.Kind.FOLDER: drops.poll,
    Source.Kind.AGENT: agents.poll,
}

#: A restart of the other system's is nobody's task; what lasts longer is its department's.
TASK_AFTER = timedelta(minutes=10)


def watch() -> None:
    """Ask every source whose time has come. One that fails does not keep the others."""
    now = timezone.now()
    for source in _due(now):
        poll = POLLS.get(source.kind)
        if poll is None:
            continue
        with advisory.held(advisory.SOURCE, source.pk) as mine:
            # Who was here a moment ago has asked it.
            if mine and Source.objects.filter(pk=source.pk, polled_at=source.polled_at).exists():
                _ask(source, poll)


def _due(now: datetime) -> list[Source]:
    active = Source.objects.filter(is_active=True).select_related("department", "member")
    return [
        source
        for source in active.order_by("pk")
        if source.polled_at is None
        or source.polled_at + timedelta(seconds=source.poll_seconds) <= now
        # The clock was set back.
        or source.polled_at > now + timedelta(seconds=source.poll_seconds)
    ]


def _ask(source: Source, poll: _Poll) -> None:
    try:
        poll(source)
    except SourceFailed as failed:
        note_failure(source, str(failed))
    except (OperationalError, InterfaceError):
        raise  # ours is away, and nothing can be noted either
    except Exception as error:
        # Its text may quote what the other system says.
        log.warning("source_fault", source=source.pk, error=type(error).__name__)
        note_failure(source, SourceFault.INTERNAL)
    else:
        note_success(source)


def note_failure(source: Source, error: str) -> None:
    """Keep that a source cannot be read, and since when; a department looks after what lasts."""
    now = timezone.now()
    log.warning("source_failed", source=source.pk, error=str(error))
    with transaction.atomic():
        Source.objects.filter(pk=source.pk, failing_since=None).update(failing_since=now)
        Source.objects.filter(pk=source.pk).update(polled_at=now, error=error[:200])
        if Source.objects.filter(pk=source.pk, failing_since__lte=now - TASK_AFTER).exists():
            Task.objects.get_or_create(
                kind=Task.Kind.SOURCE_FAILING,
                subject=_subject(source),
                done_at=None,
                defaults={
                    "department_id": source.department_id,
                    "facts": {"source": source.code, "code": str(error)},
                    "created_at": now,
                },
            )


def note_success(source: Source) -> None:
    """Keep that a source was read. What was wrong with it is over, and so is the task."""
    now = timezone.now()
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(polled_at=now, error="")
        if (
            Source.objects.filter(pk=source.pk)
            .exclude(failing_since=None)
            .update(failing_since=None)
        ):
            close_task(source, now)


def close_task(source: Source, now: datetime) -> None:
    """Nobody has to look at a source any more."""
    open_ = Task.objects.filter(
        kind=Task.Kind.SOURCE_FAILING, subject=_subject(source), done_at=None
    )
    open_.update(done_at=now)


def _subject(source: Source) -> str:
    return f"source:{source.pk}"
