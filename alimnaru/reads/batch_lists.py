"""Lists of batches: which ones, and how far each has come, without reading a single message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from alimnaru.rules.lifecycle import ChunkState
from alimnaru.rules.phase import Phase, PhaseFacts, percent, phase_of
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Batch, Chunk, Department, Notice, Stage
from alimnaru.store.scoping import Scope


class Status(StrEnum):
    """What a list can be narrowed down to: a few phases together."""

    WAITING = "waiting"  # for its sender or an approver
    SCHEDULED = "scheduled"
    SENDING = "sending"
    STOPPED = "stopped"  # by a person, or until one does something
    DONE = "done"
    MISSED = "missed"  # somebody was not told


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `since` and `until` bound the moment at which the batch was made;
    `text` is a batch's number or a part of a notice's name."""

    since: datetime | None = None
    until: datetime | None = None
    department: Department | None = None
    notice: Notice | None = None
    status: Status | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages of a batch by what became of them, from the counters of its chunks."""

    delivered: int = 0
    failed: int = 0
    suppressed: int = 0
    cancelled: int = 0
    expired: int = 0
    unknown: int = 0
    pending: int = 0
    held: int = 0
    unsent: int = 0
    behind_slice: int = 0

    @property
    def missed(self) -> int:
        """Messages that ended without reaching anybody, or not for certain."""
        return self.failed + self.suppressed + self.cancelled + self.expired + self.unknown

    @property
    def good(self) -> int:
        """Messages of the batch: its rows without the refused ones."""
        return self.delivered + self.missed + self.pending


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in a list."""

    batch: Batch
    counts: Counts
    phase: Phase

    @property
    def percent(self) -> int:
        """Of its messages, how many have ended."""
        return percent(self.counts.good - self.counts.pending, self.counts.good)


def find_batches(scope: Scope, wanted: Wanted, now: datetime) -> QuerySet[Batch]:
    """Batches of the scope, newest first. Indexes batch_by_time and batch_by_department."""
    found = scope.batches().select_related("notice", "department", "member")
    if wanted.since is not None:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(created_at__lt=wanted.until)
    if wanted.department is not None:
        found = found.filter(department__path__startswith=wanted.department.path)
    if wanted.notice is not None:
        found = found.filter(notice=wanted.notice)
    if wanted.text:
        found = found.filter(_called(wanted.text))
    if wanted.status is not None:
        found = found.filter(_standing(wanted.status, now))
    return found.order_by("-created_at", "-pk")


def _called(text: str) -> Q:
    number = text.lstrip("#").removesuffix("번")
    by_number = number.isascii() and number.isdigit() and len(number) <= 18
    return Q(pk=int(number)) if by_number else Q(notice__name__icontains=text)


def _standing(status: Status, now: datetime) -> Q | Combinable:
    released = Q(stage=Stage.RELEASED)
    chunks = Chunk.objects.filter(batch=OuterRef("pk"))
    open_ = chunks.exclude(state=ChunkState.SETTLED)
    ahead = Q(not_before__gt=now) | Q(undo_until__gt=now)
    match status:
        case Status.WAITING:
            return Q(stage__in=[Stage.DRAFT, Stage.REQUESTED, Stage.RETURNED])
        case Status.SCHEDULED:
            return released & ahead & Q(stopped_at=None) & Exists(open_)
        case Status.SENDING:
            moving = Exists(open_.exclude(state=ChunkState.HELD))
            return released & ~ahead & Q(stopped_at=None) & moving
        case Status.STOPPED:
            return released & Q(cancelled_at=None) & Exists(open_.filter(state=ChunkState.HELD))
        case Status.DONE:
            return released & ~Exists(open_)
        case Status.MISSED:
            return released & Exists(missing_in(chunks))


def missing_in(chunks: QuerySet[Chunk]) -> QuerySet[Chunk]:
    """Those of the chunks in which somebody was not told."""
    missed = F("failed") + F("suppressed") + F("cancelled") + F("expired") + F("unknown")
    return chunks.annotate(missed=missed).filter(missed__gt=0)


def lines_of(batches: Sequence[Batch], now: datetime) -> list[BatchLine]:
    """How far each has come: one statement for all of them."""
    counts = counts_of([batch.pk for batch in batches])
    none = Counts()
    return [
        BatchLine(batch, found, phase_in(batch, found, now))
        for batch in batches
        for found in [counts.get(batch.pk, none)]
    ]


def counts_of(batch_ids: Sequence[int]) -> dict[int, Counts]:
    """Sums over the chunks of these batches. Index scan on chunk.batch_id."""
    pending = "size - delivered - failed - suppressed - cancelled - expired - unknown - moved"
    sql = f"""
        SELECT batch_id, sum(delivered), sum(failed), sum(suppressed), sum(cancelled),
               sum(expired), sum(unknown), sum({pending}),
               coalesce(sum({pending}) FILTER (WHERE state = 'held'), 0),
               coalesce(sum({pending}) FILTER (WHERE state IN ('ready', 'claimed', 'doubt')), 0),
               coalesce(sum({pending}) FILTER (
                   WHERE state = 'held' AND hold_code = 'first_slice'), 0)
        FROM store_chunk WHERE batch_id = ANY(%s::bigint[]) GROUP BY batch_id
    """  # noqa: S608 - no value stands in it
    return {batch: Counts(*sums) for batch, *sums in rows(sql, [list(batch_ids)])}


def phase_in(batch: Batch, counts: Counts, now: datetime) -> Phase:
    """The phase of a batch with these counts."""
    facts = PhaseFacts(
        stage=batch.stage,
        not_before=batch.not_before,
        undo_until=batch.undo_until,
        stopped=batch.stopped_at is not None,
        cancelled=batch.cancelled_at is not None,
        slice_watched=batch.slice_state == "watching",
        pending=counts.pending,
        held=counts.held,
        unsent=counts.unsent,
        behind_slice=counts.behind_slice,
        missed=counts.missed,
    )
    return phase_of(facts, now)
