"""Budget lines (세부사업) as people enter them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LONGEST_NAME = 60
_DEAREST = 10**12


class Funding(StrEnum):
    """Where a line's money comes from (재원): 구비, 시비, 국비, 기금, several."""

    DISTRICT = "district"
    CITY = "city"
    STATE = "state"
    FUND = "fund"
    MIXED = "mixed"


FUNDINGS: Final = tuple(Funding)


class ProjectFault(StrEnum):
    """Why a budget line is not as somebody wants it."""

    CODE_UNREADABLE = "project_code_unreadable"
    CODE_TAKEN = "project_code_taken"
    NAME_UNREADABLE = "project_name_unreadable"
    FUNDING_UNKNOWN = "project_funding_unknown"
    DAYS_REVERSED = "project_days_reversed"
    CAP_UNREADABLE = "project_cap_unreadable"
    NOT_THEIRS = "project_not_theirs"
    CLOSED = "project_closed"
    UNKNOWN = "project_unpayable"
    SENT = "project_batch_sent"


def _is_cap(won: Decimal) -> bool:
    """Whole won: a fraction would be rounded, half a won to none at all."""
    return won.is_finite() and 0 <= won < _DEAREST and won % 1 == 0


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line as it is entered; won for a day and a month, None: no ceiling."""

    code: str
    name: str
    funding: str
    starts_on: date
    ends_on: date | None = None
    daily_cap_won: Decimal | None = None
    monthly_cap_won: Decimal | None = None

    def fault(self) -> ProjectFault | None:
        """What is wrong with it, the first that a reader would meet."""
        caps = [cap for cap in (self.daily_cap_won, self.monthly_cap_won) if cap is not None]
        found = {
            ProjectFault.CODE_UNREADABLE: not _CODE.fullmatch(self.code),
            ProjectFault.NAME_UNREADABLE: not 0 < len(self.name.strip()) <= _LONGEST_NAME,
            ProjectFault.FUNDING_UNKNOWN: self.funding not in FUNDINGS,
            ProjectFault.DAYS_REVERSED: self.ends_on is not None and self.ends_on < self.starts_on,
            ProjectFault.CAP_UNREADABLE: any(not _is_cap(cap) for cap in caps),
        }
        return next((fault for fault, is_so in found.items() if is_so), None)
