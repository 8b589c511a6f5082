"""What became of dropped files, for their receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from alimnaru.reads.batch_lists import Counts, counts_of, phase_in
from alimnaru.reads.deliveries import BatchReport, batch_report
from alimnaru.rules.drops import DropFault
from alimnaru.rules.phase import ENDED, Phase
from alimnaru.store.models import Batch, DroppedFile, ListUpload, RefusedRow, Source
from alimnaru.store.scoping import whole_office

#: Refused rows that a receipt names; more are counted.
MOST_ROWS = 1000
_U = ListUpload.State


class Stand(StrEnum):
    """How far a dropped file has come."""

    READING = "reading"
    REFUSED = "refused"  # nothing of it goes
    TAKEN = "taken"  # read, and asked for
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class BadCell:
    """A row that was refused: where and why, and nothing that stood there."""

    row: int
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class DropStand:
    """A dropped file at one moment. `fault` with `facts` where nothing of it goes; `phase` once it
    is a batch."""

    stand: Stand
    fault: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    batch: Batch | None = None
    phase: Phase | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will become of it."""
        return self.stand in {Stand.REFUSED, Stand.ENDED}


@dataclass(frozen=True, slots=True)
class DropReport:
    """What a receipt says besides: the equation of its batch, and the cells that were refused."""

    equation: BatchReport | None = None
    bad: Sequence[BadCell] = ()
    bad_count: int = 0


def waiting_for_receipts(source: Source) -> QuerySet[DroppedFile]:
    """Dropped files whose receipt has not had its last word, oldest first (index dropped_open)."""
    found = DroppedFile.objects.filter(source=source, receipt_final=False)
    related = ("upload__batch", "upload__notice")
    return found.select_related(*related).defer("upload__content").order_by("pk")


def stands_of(found: Sequence[DroppedFile], now: datetime) -> list[tuple[DroppedFile, DropStand]]:
    """How far each has come. One query, whatever their number."""
    batches = [d.upload.batch_id for d in found if d.upload and d.upload.batch_id]
    counts = counts_of(batches) if batches else {}
    return [(dropped, _stand_of(dropped, counts, now)) for dropped in found]


def _stand_of(dropped: DroppedFile, counts: Mapping[int, Counts], now: datetime) -> DropStand:
    upload = dropped.upload
    if dropped.fault:
        return DropStand(Stand.REFUSED, dropped.fault, dropped.fault_facts)
    if upload is None or (upload.batch is None and upload.state == _U.GONE):
        return DropStand(Stand.REFUSED, DropFault.GIVEN_UP)
    if upload.state == _U.REFUSED:
        return DropStand(Stand.REFUSED, upload.fault, upload.fault_facts)
    batch = upload.batch
    if batch is None:
        return DropStand(Stand.READING)
    phase = phase_in(batch, counts.get(batch.pk, Counts()), now)
    if phase is Phase.DRAFT:
        return DropStand(Stand.READING)
    stand = Stand.ENDED if phase in ENDED else Stand.TAKEN
    return DropStand(stand, batch=batch, phase=phase)


def report_of(dropped: DroppedFile, stand: DropStand) -> DropReport:
    """Its numbers, for a receipt that is written now."""
    if stand.batch is not None:
        return DropReport(
            batch_report(whole_office(), stand.batch.pk),
            _bad_of(stand.batch.pk),
            stand.batch.refused,
        )
    found = dropped.upload.findings if dropped.upload else {}
    bad = [BadCell(*cell) for cell in found.get("bad", [])]
    return DropReport(None, bad, sum(found.get("by_code", {}).values()))


def _bad_of(batch_id: int) -> list[BadCell]:
    rows = RefusedRow.objects.filter(batch=batch_id).order_by("row_no", "pk")
    return [BadCell(*cell) for cell in rows.values_list("row_no", "column", "code")[:MOST_ROWS]]
