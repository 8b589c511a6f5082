"""How the first slice of a batch fares, from the counters of its chunks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Min, Sum
from django.db.models.functions import Coalesce

from alimnaru.rules.first_slice import SliceCounts, SliceReason
from alimnaru.store.models import AuditEntry, Batch, Chunk


@dataclass(frozen=True, slots=True)
class SliceStanding:
    """People of the slice by what became of them; `since` the first, `last` the last hand-over,
    or the last call that may have been one.

    Who was to get nothing (opted out, stopped, too late) counts neither way.
    """

    counts: SliceCounts
    since: datetime | None
    last: datetime | None

    def waited(self, now: datetime) -> float:
        """Seconds since the slice was handed over; 0 while nothing of it was, and without end
        where nothing was and nothing will be."""
        if self.last is None:
            return 0.0 if self.counts.pending else math.inf
        return max((now - self.last).total_seconds(), 0.0)

    @property
    def facts(self) -> dict[str, int]:
        """The counts by name."""
        return self.counts._asdict()


def counts_of(batch: Batch) -> SliceStanding:
    """One query over the slice's chunks: first tries, retries and the texts that followed."""
    meant = F("size") - F("moved") - F("suppressed") - F("cancelled") - F("expired")
    found = Chunk.objects.filter(batch=batch, in_slice=True).aggregate(
        size=Sum(meant),
        reached=Sum("delivered"),
        failed_=Sum("failed"),
        unknown_=Sum("unknown"),
        since=Min("sent_at"),
        # Whoever asks a carrier that cannot tell does so for days: the others do not wait for it.
        last=Max(Coalesce("sent_at", "doubt_since")),
    )
    size, reached = found["size"] or 0, found["reached"] or 0
    failed, unknown = found["failed_"] or 0, found["unknown_"] or 0
    pending = size - reached - failed - unknown
    counts = SliceCounts(size, reached, failed, unknown, pending)
    return SliceStanding(counts, found["since"], found["last"])


def why_stopped(batch: Batch) -> tuple[SliceReason, dict[str, int]] | None:
    """Why the first slice stopped the batch, and the counts at that moment; None: it did not."""
    entry = (
        AuditEntry.objects.filter(subject=f"batch:{batch.pk}", act="batch.slice_stop")
        .order_by("-pk")
        .first()
    )
    if entry is None:
        return None
    facts = dict(entry.facts)
    return SliceReason(facts.pop("reason")), facts
