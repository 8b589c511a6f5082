"""The work list of the unreached: batches whose unreached people nobody has dealt with yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import CharField, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat

from alimnaru.reads.batch_lists import Counts, counts_of
from alimnaru.reads.why_not import Ended, StepCount, by_step, why_not_told
from alimnaru.store.models import AuditEntry, Batch, Chunk, Stage
from alimnaru.store.scoping import Scope

#: Older ones are found among all batches; calling after a month helps nobody.
RECENT: Final = timedelta(days=30)
#: The act by which somebody says that the unreached of a batch are dealt with. Its fact `people`
#: is how many there were: who turns up later is listed again.
DONE: Final = "unreached.done"

_MISSED = F("failed") + F("suppressed") + F("cancelled") + F("expired") + F("unknown")


@dataclass(frozen=True, slots=True)
class UnreachedBatch:
    """A batch of the list: `people` not told, by next step; `done` of them were dealt with."""

    batch: Batch
    counts: Counts
    people: int
    done: int
    steps: Sequence[StepCount]


def unreached_of(scope: Scope, now: datetime, *, done_too: bool = False) -> QuerySet[Batch]:
    """Batches of the last days with people who were not told, oldest first.

    Sums over the chunks of each batch and its audit entries, both by index; pages read a few.
    """
    recent = scope.batches().filter(
        stage=Stage.RELEASED, created_at__gte=now - RECENT, created_at__lte=now
    )
    found = with_people(recent).filter(not_told__gt=0)
    if not done_too:
        found = found.filter(not_told__gt=F("dealt"))
    return found.select_related("notice", "department", "member").order_by("created_at", "pk")


def with_people(batches: QuerySet[Batch]) -> QuerySet[Any, Any]:
    """Batches with `not_told`, the people, and `dealt`, how many of them were dealt with."""
    chunks = Chunk.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    missed = Subquery(chunks.annotate(n=Sum(_MISSED)).values("n"))
    number = Cast(OuterRef("pk"), CharField())
    said = AuditEntry.objects.filter(act=DONE, subject=Concat(Value("batch:"), number))
    people = Cast(KeyTextTransform("people", "facts"), IntegerField())
    done = Subquery(said.order_by("-pk").annotate(n=people).values("n")[:1])
    return batches.annotate(not_told=Coalesce(missed, 0) + F("refused"), dealt=Coalesce(done, 0))


def not_told(batch: Batch) -> int:
    """How many people of a batch were not told, as far as is known. One query."""
    counted = with_people(Batch.objects.filter(pk=batch.pk))
    return int(counted.values_list("not_told", flat=True)[0])


def unreached_lines(batches: Sequence[Batch]) -> list[UnreachedBatch]:
    """The lines of these annotated batches: one statement for the counts, one for the reasons."""
    counts = counts_of([batch.pk for batch in batches])
    ended = [Ended(batch, counts.get(batch.pk, Counts())) for batch in batches]
    reasons = why_not_told(ended)
    return [
        UnreachedBatch(
            e.batch,
            e.counts,
            getattr(e.batch, "not_told", 0),
            getattr(e.batch, "dealt", 0),
            by_step(reasons[e.batch.pk]),
        )
        for e in ended
    ]
