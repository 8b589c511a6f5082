"""Reports that leave the system: as a workbook or on paper. Nothing of residents is in them; who
took which is noted, and for a list of officers why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from alimnaru.office.disclosure import DisclosureRefused, disclose, may_disclose
from alimnaru.office.pdf import write_pdf
from alimnaru.office.report_book import write_book
from alimnaru.office.report_html import html_of
from alimnaru.rules.disclosure import Disclosed, DisclosureFault, Purpose
from alimnaru.rules.document import Document
from alimnaru.rules.periods import Period
from alimnaru.store import audit
from alimnaru.store.models import Department, Member


class Form(StrEnum):
    """What a report is written as."""

    XLSX = "xlsx"
    PDF = "pdf"


def write_month(document: Document, path: Path, *, summary: str, form: Form | None = None) -> None:
    """Write a report as what `path` ends with, or as `form`. `summary` names a workbook's first
    sheet. Nothing is noted. Raises `PdfUnavailable`, OSError.

    It has as many lines as the office has departments, notices and days, whatever went. Of 60
    departments and 40 notices: 0.3 s as xlsx, 1 to 2 s of one core as PDF.
    """
    if (form or Form(path.suffix.removeprefix("."))) is Form.PDF:
        write_pdf(html_of(document), path)
    else:
        write_book(document, path, summary=summary)


def note_report(
    *,
    actor: Member,
    kind: str,
    form: Form,
    period: Period,
    department: Department | None,
) -> None:
    """Note that `actor` takes a report of figures, in the transaction that counts them.

    `department`: whose subtree it is about, or the actor's own. Raises `DisclosureRefused`.
    """
    if not may_disclose(actor, Disclosed.REPORT, department):
        raise DisclosureRefused(DisclosureFault.NOT_THEIRS)
    audit.record(
        actor=actor,
        act=Disclosed.REPORT.value,
        subject=f"report:{kind}",
        department=department,
        facts=dict(_facts(form, period)),
    )


def note_officers(
    *,
    actor: Member,
    form: Form,
    period: Period,
    department: Department | None,
    reason: Purpose,
) -> None:
    """Note that `actor` takes the list of who sent what on whose approval, and why.

    Raises `DisclosureRefused`; then nothing is noted and nothing may be written.
    """
    disclose(
        actor=actor,
        subject="report:officers",
        department=department,
        what=Disclosed.OFFICERS,
        reason=reason,
        facts=_facts(form, period),
    )


def export_report(*, actor: Member, kind: str, form: Form, period: Period, file: str) -> None:
    """Note that the operator at the machine writes a report."""
    audit.record(
        actor=actor,
        act="report.export",
        subject=f"report:{kind}",
        facts={**_facts(form, period), "file": file},
    )


def _facts(form: Form, period: Period) -> Mapping[str, object]:
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "format": form.value,
    }
