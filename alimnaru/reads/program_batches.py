"""Batches as programs ask for them: by what they call them, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alimnaru.reads.batch_lists import BatchLine, lines_of
from alimnaru.store.models import Batch, RefusedRow
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Some batches, and before which number the next ones are (None: there are no more)."""

    lines: Sequence[BatchLine]
    next: int | None


def batches_of(
    scope: Scope, *, reference: str, notice: str, before: int, limit: int, now: datetime
) -> BatchPage:
    """Newest first; `before` 0: from the newest on. Two statements, by the primary key."""
    found = scope.batches().select_related("notice")
    if reference:
        found = found.filter(reference=reference)
    if notice:
        found = found.filter(notice__code=notice)
    if before:
        found = found.filter(pk__lt=before)
    page = list(found.order_by("-pk")[: limit + 1])
    last = page[limit - 1].pk if len(page) > limit else None
    return BatchPage(lines_of(page[:limit], now), last)


def refused_rows(batch: Batch, after: int, limit: int) -> tuple[Sequence[RefusedRow], int | None]:
    """Refused rows of a batch that the caller got through its scope; index on the batch."""
    found = RefusedRow.objects.filter(batch=batch, pk__gt=after).defer("payload")
    page = list(found.order_by("pk")[: limit + 1])
    return page[:limit], page[limit - 1].pk if len(page) > limit else None
