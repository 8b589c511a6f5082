"""Each report as a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alimnaru.papers.council import council_document, officers_document
from alimnaru.papers.effects import effects_document
from alimnaru.papers.monthly import month_document
from alimnaru.papers.tables import SUMMARY
from alimnaru.reads.council import council, released
from alimnaru.reads.effects import effects
from alimnaru.reads.monthly import monthly
from alimnaru.rules.document import Document
from alimnaru.rules.periods import Period
from alimnaru.rules.reports import Report
from alimnaru.store.models import Department
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report is wanted, of whose departments and which days, by whom (a name), and when."""

    report: Report
    scope: Scope
    period: Period
    department: Department | None
    office: str
    by: str
    at: datetime


def document_of(asked: Asked) -> Document:
    """The report, counted now. Officers are named in one of them: note that before it is made."""
    department, period = asked.department, asked.period
    if asked.report is Report.MONTH:
        found = monthly(asked.scope, period.end, department=department)
        return month_document(found, office=asked.office, by=asked.by, at=asked.at)
    if asked.report is Report.COUNCIL:
        rows = council(asked.scope, period, department=department)
        return council_document(
            rows, period, department, office=asked.office, by=asked.by, at=asked.at
        )
    if asked.report is Report.OFFICERS:
        sent = released(asked.scope, period, department=department)
        return officers_document(
            sent, period, department, office=asked.office, by=asked.by, at=asked.at
        )
    came = effects(asked.scope, period, department=department)
    return effects_document(came, department, office=asked.office, by=asked.by, at=asked.at)


def summary_name() -> str:
    """The first sheet of a workbook."""
    return SUMMARY
