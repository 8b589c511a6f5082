"""What people do with batches: send, stop, go on, cancel. Each act is checked and audited here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.outcome import end_waiting
from alimnaru.flow.routing import chunk_size
from alimnaru.office.lists import Growth, OnRow, newest_wording, roster_for, told
from alimnaru.office.release import ask
from alimnaru.reads.first_slice import counts_of
from alimnaru.reads.rights import may
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.sources.apart import open_list
from alimnaru.store import audit
from alimnaru.store.ledger import chunks, settling
from alimnaru.store.models import Batch, Chunk, Department, Member, Notice, Stage
from alimnaru.store.models.batches import SliceState


def send_list(
    path: Path,
    *,
    actor: Member,
    notice: Notice,
    department: Department | None = None,
    at: datetime | None = None,
    sheet: str | None = None,
    include_hidden: bool = False,
    hours_waived: bool = False,
    confirmed: bool = False,
    growth: Growth | None = None,
    on_row: OnRow | None = None,
    project: int | None = None,
) -> Batch:
    """Check a list and send its good rows, or ask for it; bad ones are stored as refused.
    `hours_waived` sends at once by a sandbox account alone, where nobody need agree. `confirmed`:
    the sender knows that the same went lately. `growth` counts what a new profile may not carry.
    Raises `ListRefused`, `RosterRefused`, `IntakeRefused`, `NoWording`, `ReleaseRefused`.
    """
    source = open_list(path, sheet=sheet, include_hidden=include_hidden)
    version = newest_wording(notice, hours_waived=hours_waived)
    order = Order(
        notice=notice,
        version=version,
        department=department or notice.department,
        member=actor,
        chunk_size=chunk_size(version.pk, hours_waived=hours_waived),
        source_name=source.name,
        source_sha256=source.sha256,
        not_before=at if hours_waived else None,
        hours_waived=hours_waived,
        draft=not hours_waived,
        project=project,
    )
    with transaction.atomic():
        read = told(roster_for(version, order.department).read(source.rows()), on_row)
        batch = take_in(order, growth.passing(read) if growth else read)
        _note(batch, actor, "batch.send", _facts(order, batch))
        return batch if hours_waived else ask(batch, actor=actor, at=at, confirmed=confirmed)


def _facts(order: Order, batch: Batch) -> dict[str, object]:
    return {
        "notice": order.notice.code,
        "wording": order.version.sha256,
        "list": batch.source_sha256,
        "rows": batch.rows,
        "refused": batch.refused,
        "hours_waived": order.hours_waived,
    }


class NotAllowed(PermissionError):  # noqa: N818
    """The actor may not send for the batch's department; `code` says so."""

    def __init__(self) -> None:
        super().__init__(ReleaseRefusal.NOT_ALLOWED.value)
        self.code = ReleaseRefusal.NOT_ALLOWED


def stop_batch(batch: Batch, *, actor: Member) -> int:
    """Stop hand-offs: what waits is held, what is with a carrier goes on. Returns chunks held.

    Raises `NotAllowed`, as all three acts do. The operator at the machine may.
    """
    check_sender(batch, actor)
    with transaction.atomic():
        Batch.objects.filter(pk=batch.pk, stopped_at=None).update(stopped_at=timezone.now())
        held = chunks.hold_batch(batch.pk, Refusal.BATCH_STOPPED)
        _note(batch, actor, "batch.stop", {"chunks": len(held)})
    return len(held)


def resume_batch(batch: Batch, *, actor: Member) -> int:
    """Let everything that is held go on, from where it was; of a stopped batch also what waited for
    a first slice that has gone: a person has looked. What nobody has released stays. Returns chunks
    freed."""
    check_sender(batch, actor)
    now = timezone.now()
    with transaction.atomic():
        fresh = Batch.objects.select_for_update().get(pk=batch.pk)
        Batch.objects.filter(pk=batch.pk, cancelled_at=None).update(stopped_at=None)
        # Who lets a chunk go that was held for the balance has not decided about the slice.
        watched = fresh.slice_state == SliceState.WATCHING and (
            fresh.stopped_at is None or counts_of(fresh).last is None
        )
        if fresh.slice_state and not watched:
            Batch.objects.filter(pk=batch.pk).update(slice_state=SliceState.PASSED)
        freed = chunks.free_batch(batch.pk, now, but=Refusal.FIRST_SLICE if watched else "")
        _note(batch, actor, "batch.resume", {"chunks": len(freed)})
        for chunk, lane in freed:
            defer(JobName.DISPATCH, chunk, queue=lane)
        _remember(fresh)
    return len(freed)


def cancel_batch(batch: Batch, *, actor: Member) -> int:
    """Stop for good: what was not handed over ends as cancelled. Returns messages cancelled.

    A chunk that waits with a carrier's token may have been handed over: its messages are unknown.
    """
    check_sender(batch, actor)
    now = timezone.now()
    with transaction.atomic():
        # The row's lock keeps a resume and an exit out until the held chunks are closed.
        Batch.objects.select_for_update().get(pk=batch.pk)
        Batch.objects.filter(pk=batch.pk).update(stopped_at=now, cancelled_at=now)
        Batch.objects.filter(pk=batch.pk).exclude(stage=Stage.RELEASED).update(
            stage=Stage.DISCARDED, wrapped_key=None
        )
        # What has a token may have receipts: who settles them holds these and comes for the chunk.
        kept = Chunk.objects.filter(batch=batch, state__in=["ready", "held"]).exclude(token="")
        settling.lock_pending(list(kept.values_list("pk", flat=True)))
        chunks.hold_batch(batch.pk, Refusal.BATCH_STOPPED)
        held = Chunk.objects.filter(batch=batch, state="held").order_by("pk")
        tokens = dict(held.values_list("pk", "token"))
        waiting = [pk for pk, token in tokens.items() if not token]
        code = Refusal.CANCELLED_BY_STAFF
        cancelled = end_waiting(waiting, MessageState.CANCELLED, code, now)
        doubtful = [pk for pk, token in tokens.items() if token]
        end_waiting(doubtful, MessageState.UNKNOWN, Result.UNRECOGNISED, now)
        chunks.close_held(list(tokens))
        _note(batch, actor, "batch.cancel", {"messages": cancelled})
        _remember(batch)
    return cancelled


def _remember(batch: Batch) -> None:
    """Have the memory of lists follow what was decided (`flow.memory`)."""
    defer(JobName.REMEMBER, batch.pk, queue=LISTS)


def check_sender(batch: Batch, actor: Member) -> None:
    """Whether the actor may send for the batch's department. Raises `NotAllowed` if not."""
    if not actor.is_program and not may(actor, Right.SEND, batch.department):
        raise NotAllowed


def _note(batch: Batch, actor: Member, act: str, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"batch:{batch.pk}",
        department=batch.department,
        facts=dict(facts),
    )
