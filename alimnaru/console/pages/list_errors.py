"""The rows of a list that cannot go: why, how to mend them, and going on without them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.htmx import go_to
from alimnaru.console.looking import looked_at
from alimnaru.console.pages.check import batch_address
from alimnaru.console.pages.send import download
from alimnaru.console.pages.uploads import upload_of
from alimnaru.console.reason import ReasonForm, ask_again, asked
from alimnaru.console.workbooks import bad_rows
from alimnaru.office.disclosure import disclose
from alimnaru.office.refused import UploadRefused
from alimnaru.office.uploads import MIB, MOST_BYTES, open_rows
from alimnaru.reads.draft_rows import DraftRows, RefusedLine
from alimnaru.rules.access import Access
from alimnaru.rules.disclosure import Disclosed
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import mask
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.rights import Right
from alimnaru.store.models import ListUpload
from alimnaru.wording import sentence, why

#: Bad rows shown; the workbook has them all.
SHOWN = 50
#: Row numbers named in the summary of a reason.
NAMED = 5
_S = ListUpload.State


@dataclass(frozen=True, slots=True)
class Line:
    """A bad row as it is shown: masked, and with what stood in the cell at fault."""

    row_no: int
    name: str
    phone: str
    column: str
    why: str
    do: str
    shown: str

    @classmethod
    def of(cls, row: RefusedLine) -> Line:
        """The row in words."""
        code = Refusal(row.code)
        reason = why(code, column=row.column)
        do = sentence(code, column=row.column).removeprefix(reason).strip()
        at_phone = code.value.startswith("phone_")
        phone = mask(row.phone) if row.phone else (row.shown if at_phone else "")
        shown = "" if at_phone else row.shown
        return cls(row.row_no, mask_name(row.name), phone, row.column, reason, do, shown)


@dataclass(frozen=True, slots=True)
class Reason:
    """All rows that are bad for one reason: the first of them by number."""

    why: str
    count: int
    rows: tuple[int, ...]
    first: int | None


@page(Right.SEND, section="choose-notice")
def list_errors(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """What is wrong with a list, before anything of it goes."""
    upload = upload_of(desk, upload_id)
    batch = upload.batch
    if batch is None or upload.state != _S.READY:
        return go_to(request, reverse("upload", args=[upload.pk]))
    if batch.wrapped_key is None:
        return go_to(request, batch_address(batch))
    lines = DraftRows(upload, batch).refused(SHOWN)
    if not lines:
        return go_to(request, reverse("check-list", args=[upload.pk]))
    looked_at(desk, Access.DRAFT, batch, len(lines))
    counts = sorted(upload.findings.get("by_code", {}).items(), key=lambda item: -item[1])
    context = {
        "upload": upload,
        "batch": batch,
        "notice": upload.notice,
        "people": batch.rows - batch.refused,
        "lines": [Line.of(line) for line in lines],
        "reasons": [_reason(code, count, lines) for code, count in counts],
        "shown": SHOWN,
        "instead": str(upload.pk),
        "most_bytes": MOST_BYTES,
        "most": f"{MOST_BYTES // MIB}MB",
    }
    return render(request, "console/list_errors.html", context)


def _reason(code: str, count: int, lines: list[RefusedLine]) -> Reason:
    rows = tuple(line.row_no for line in lines if line.code == code)
    return Reason(why(Refusal(code)), count, rows[:NAMED], rows[0] if rows else None)


@page(Right.SEND, methods=("POST",), section="choose-notice")
def download_errors(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """The bad rows as they stand in the file, to be mended there. For a reason, and audited."""
    upload = upload_of(desk, upload_id)
    batch = upload.batch
    if batch is None or batch.wrapped_key is None:
        theirs(None)
    assert batch is not None  # noqa: S101 - theirs has raised
    back = reverse("list-errors", args=[upload.pk])
    reason = asked(request)
    if isinstance(reason, ReasonForm):
        return ask_again(request, reason, title=_("오류 행만 엑셀로 받기"), back=back)
    wrong = DraftRows(upload, batch).refused_numbers()
    try:
        with open_rows(upload) as (titles, rows), transaction.atomic():
            disclose(
                actor=desk.member,
                subject=f"batch:{batch.pk}",
                department=batch.department,
                what=Disclosed.ERRORS,
                reason=reason,
                facts={"rows": len(wrong)},
            )
            content = bad_rows(titles, ((n, cells) for n, cells in rows if n in wrong), wrong)
    except UploadRefused:
        return go_to(request, reverse("upload", args=[upload.pk]))
    return download(content, f"{upload.notice.name}_고칠행.xlsx")


urls = [
    path("uploads/<int:upload_id>/errors", list_errors, name="list-errors"),
    path("uploads/<int:upload_id>/errors.xlsx", download_errors, name="download-errors"),
]
