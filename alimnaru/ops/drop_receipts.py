"""Receipts beside dropped files: what was read, and at the end what became of everybody.

Written for the program that dropped the list (JSON) and for whoever runs it (text). No receipt
holds a phone, a name or a cell: rows are named by their number, columns by their title.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from alimnaru.flow.drops import opened
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.office.drops import ask_for_read
from alimnaru.reads.deliveries import BatchReport
from alimnaru.reads.drops import (
    DropReport,
    DropStand,
    Stand,
    report_of,
    stands_of,
    waiting_for_receipts,
)
from alimnaru.rules.drops import RECEIPT_JSON, RECEIPT_TEXT, receipt_path
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.phase import Phase
from alimnaru.rules.refusals import Refusal
from alimnaru.sources.folder import Folder
from alimnaru.store.ledger import advisory
from alimnaru.store.models import DroppedFile, Source
from alimnaru.wording import label, sentence, why
from alimnaru.wording.connected import RECEIPT, STANDS

#: Seconds between two looks at what was read.
SECONDS = 2.0
#: Receipts looked at in one go, for each source.
LIMIT = 200


def tend() -> None:
    """Ask for what was read, and write the receipts that are due. One process at a time."""
    sources = Source.objects.filter(is_active=True, kind=Source.Kind.FOLDER)
    for source in sources.select_related("department", "member").order_by("pk"):
        with advisory.held(advisory.SOURCE, source.pk) as mine:
            if mine:
                ask_for_read(source)
                write_receipts(source)


def write_receipts(source: Source) -> None:
    """One when a file was read, and one when it is over; both under the same name."""
    now = timezone.now()
    stands = stands_of(list(waiting_for_receipts(source)[:LIMIT]), now)
    due = [(dropped, stand) for dropped, stand in stands if _is_due(dropped, stand)]
    if not due:
        return
    try:
        with opened(source) as folder:
            for dropped, stand in due:
                _write(folder, dropped, stand, now)
    except SourceFailed:
        return  # the watch has noted it


def _is_due(dropped: DroppedFile, stand: DropStand) -> bool:
    return stand.is_final or (dropped.receipt_at is None and stand.stand is not Stand.READING)


def _write(folder: Folder, dropped: DroppedFile, stand: DropStand, now: datetime) -> None:
    report = report_of(dropped, stand)
    text = "\r\n".join(_lines(dropped, stand, report, now)) + "\r\n"
    # Notepad takes a file for UTF-8 by its mark; what prints it may know CP949 only.
    plain = text.encode("cp949", "replace").decode("cp949")
    folder.write(receipt_path(dropped.name, RECEIPT_TEXT), plain.encode("utf-8-sig"))
    folder.write(receipt_path(dropped.name, RECEIPT_JSON), _json(dropped, stand, report, now))
    # Dropped again meanwhile it waits for another one.
    same = DroppedFile.objects.filter(pk=dropped.pk, receipt_at=dropped.receipt_at)
    same.update(receipt_at=now, receipt_final=stand.is_final)


def _lines(
    dropped: DroppedFile, stand: DropStand, report: DropReport, now: datetime
) -> Iterator[str]:
    yield from (RECEIPT["title"], "", f"{RECEIPT['file']}: {dropped.name}")
    if dropped.upload is not None:
        notice = dropped.upload.notice
        yield f"{RECEIPT['notice']}: {notice.name} ({notice.code})"
    yield f"{RECEIPT['found']}: {_moment(dropped.found_at)}"
    yield f"{RECEIPT['written']}: {_moment(now)}"
    yield f"{RECEIPT['stand']}: {_stand_words(stand)}"
    if report.equation is not None:
        yield from _numbers(report.equation)
    if report.bad:
        yield from ("", RECEIPT["bad"])
        for cell in report.bad:
            yield f"  {cell.row}, {cell.column}, {_why(cell.code, cell.column)}"
        if report.bad_count > len(report.bad):
            yield f"  {RECEIPT['more']}: {report.bad_count - len(report.bad):,}"
    yield from ("", RECEIPT["once"])


def _numbers(report: BatchReport) -> Iterator[str]:
    yield f"{RECEIPT['batch']}: {report.batch}"
    yield ""
    yield f"{RECEIPT['rows']}: {report.rows:,}"
    yield f"{RECEIPT['good']}: {report.rows - report.refused:,}"
    yield f"{RECEIPT['refused']}: {report.refused:,}"
    yield from ("", RECEIPT["result"])
    for name, number in _equation(report):
        yield f"  {name}: {number:,}"
    yield f"  {RECEIPT['sum']}: {report.rows:,}"


def _stand_words(stand: DropStand) -> str:
    if stand.fault:
        return f"{STANDS['refused']}. {sentence(stand.fault, **stand.facts)}"
    if stand.phase is Phase.REQUESTED:
        return STANDS["waits"]
    return label(stand.phase) if stand.phase else STANDS[stand.stand]


def _equation(report: BatchReport) -> Iterator[tuple[str, int]]:
    """Every row of the list, in one place each."""
    yield RECEIPT["refused"], report.refused
    for channel, number in report.delivered.items():
        if number or channel in {"alimtalk", "sms"}:
            yield f"{label(channel)} {label(MessageState.DELIVERED)}", number
    ends = (
        (MessageState.FAILED, report.failed),
        (MessageState.SUPPRESSED, report.suppressed),
        (MessageState.CANCELLED, report.cancelled),
        (MessageState.EXPIRED, report.expired),
        (MessageState.UNKNOWN, report.unknown),
        (MessageState.PENDING, report.pending),
    )
    yield from ((label(state), number) for state, number in ends if number)


_COUNTS = (
    "rows", "refused", "delivered", "failed", "suppressed", "cancelled", "expired", "unknown",
    "pending",
)  # fmt: skip


def _json(dropped: DroppedFile, stand: DropStand, report: DropReport, now: datetime) -> bytes:
    numbers = report.equation.as_json() if report.equation else None
    told = {
        "receipt": 1,
        "file": dropped.name,
        "sha256": dropped.sha256,
        "found_at": dropped.found_at.isoformat(),
        "written_at": now.isoformat(),
        "state": stand.stand.value,
        "final": stand.is_final,
        "code": stand.fault or None,
        "reason": sentence(stand.fault, **stand.facts) if stand.fault else None,
        "batch": stand.batch.pk if stand.batch else None,
        "phase": stand.phase.value if stand.phase else None,
        "approvals": stand.batch.approvals_needed if stand.batch else 0,
        "counts": {name: numbers[name] for name in _COUNTS} if numbers else None,
        "bad_rows": report.bad_count,
        "bad": [
            {
                "row": cell.row,
                "column": cell.column,
                "code": cell.code,
                "reason": _why(cell.code, cell.column),
            }
            for cell in report.bad
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _why(code: str, column: str) -> str:
    return why(Refusal(code), column=column) if code in set(Refusal) else why(code)


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")
