"""Which reports there are, and over how many months each looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from alimnaru.rules.periods import Period, after


class Report(StrEnum):
    """A report as it is asked for."""

    MONTH = "month"
    COUNCIL = "council"
    OFFICERS = "officers"
    EFFECT = "effect"


#: Months that each looks back over, its last included, unless somebody says otherwise. The
#: council's audit (행정사무감사) asks for three years.
MONTHS: Final[Mapping[Report, int]] = {
    Report.MONTH: 1,
    Report.COUNCIL: 36,
    Report.OFFICERS: 1,
    Report.EFFECT: 12,
}


def report_period(report: Report, last: date, months: int | None = None) -> Period:
    """Whole months up to the one of `last`; the report of a month has one, whatever is asked."""
    count = MONTHS[report] if months is None or report is Report.MONTH else months
    return Period(after(last, 1 - count), after(last, 1) - timedelta(days=1))
