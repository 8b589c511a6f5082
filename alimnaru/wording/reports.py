"""The reports by name, and each as a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alimnaru.reads.council import council, released
from alimnaru.reads.effects import effects
from alimnaru.reads.monthly import monthly
from alimnaru.rules.document import Document
from alimnaru.rules.periods import Period
from alimnaru.rules.reports import Report
from alimnaru.store.models import Department
from alimnaru.store.scoping import Scope
from alimnaru.wording.council import council_document, officers_document
from alimnaru.wording.effects import effects_document
from alimnaru.wording.language import Texts
from alimnaru.wording.monthly import month_document
from alimnaru.wording.report_tables import SUMMARY

REPORTS: Mapping[Report, str] = Texts(
    {
        Report.MONTH: "월 보고서",
        Report.COUNCIL: "행정사무감사 자료",
        Report.OFFICERS: "발송과 결재 목록",
        Report.EFFECT: "미리 안내의 효과",
    }
)


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
