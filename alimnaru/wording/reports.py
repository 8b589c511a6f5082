"""The reports by name."""

from __future__ import annotations

from alimnaru.rules.reports import Report
from alimnaru.wording.language import Texts

REPORTS: Texts[Report] = Texts(
    {
        Report.MONTH: "월 보고서",
        Report.COUNCIL: "행정사무감사 자료",
        Report.OFFICERS: "발송과 결재 목록",
        Report.EFFECT: "미리 안내의 효과",
    }
)
