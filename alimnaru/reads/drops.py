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
    """A dropped file at one moment. `fault` with `facts` where nothing of it goes; `phase` and
    `report` (the equation) once it is a batch."""

    stand: Stand
    fault: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    batch: int | None = None
    phase: Phase | None = None
    approvals: int = 0
    report: BatchReport | None = None
    bad: Sequence[BadCell] = ()
    bad_count: int = 0

    @property
    def is_final(self) -> bool:
        return self.stand in {Stand.REFUSED, Stand.ENDED}


def waiting_for_receipts(source: Source) -> QuerySet[DroppedFile]:
    """Dropped files whose receipt has not had its last word, oldest first (index dropped_open)."""
    found = DroppedFile.objects.filter(source=source, receipt_final=False)
    related = ("upload__batch__notice", "upload__batch__department", "upload__notice")
    return found.select_related(*related).defer("upload__content").order_by("pk")


def stand_of(dropped: DroppedFile, now: datetime) -> DropStand:
    """How far it has come."""
    upload = dropped.upload
    if dropped.fault:
        return DropStand(Stand.REFUSED, dropped.fault, dropped.fault_facts)
    if upload is None or (upload.batch is None and upload.state == _U.GONE):
        return DropStand(Stand.REFUSED, DropFault.GIVEN_UP)
    if upload.batch is not None:
        return _sent(upload.batch, now)
    if upload.state == _U.REFUSED:
        return _refused(upload)
    return DropStand(Stand.READING)


def _refused(upload: ListUpload) -> DropStand:
    """With the first bad cells of a list of which nobody can be sent anything."""
    found = upload.findings
    return DropStand(
        Stand.REFUSED,
        upload.fault,
        upload.fault_facts,
        bad=[BadCell(*cell) for cell in found.get("bad", [])],
        bad_count=sum(found.get("by_code", {}).values()),
    )


def _sent(batch: Batch, now: datetime) -> DropStand:
    phase = phase_in(batch, counts_of([batch.pk]).get(batch.pk, Counts()), now)
    if phase is Phase.DRAFT:
        return DropStand(Stand.READING)
    return DropStand(
        Stand.ENDED if phase in ENDED else Stand.TAKEN,
        batch=batch.pk,
        phase=phase,
        approvals=batch.approvals_needed,
        report=batch_report(whole_office(), batch.pk),
        bad=_bad_of(batch.pk),
        bad_count=batch.refused,
    )


def _bad_of(batch_id: int) -> list[BadCell]:
    rows = RefusedRow.objects.filter(batch=batch_id).order_by("row_no", "pk")
    return [BadCell(*cell) for cell in rows.values_list("row_no", "column", "code")[:MOST_ROWS]]
