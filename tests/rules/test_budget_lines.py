"""Budget lines as they are entered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from alimnaru.rules.budget_lines import FUNDINGS, Line, ProjectFault
from alimnaru.store.models import Project

F = ProjectFault
GOOD: dict[str, Any] = {
    "code": "due-2026",
    "name": "반납 안내",
    "funding": "district",
    "starts_on": date(2026, 1, 1),
}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"ends_on": date(2026, 1, 1), "daily_cap_won": Decimal(0)}, None),
        ({"code": "반납"}, F.CODE_UNREADABLE),
        ({"code": "a" * 41}, F.CODE_UNREADABLE),
        ({"name": " "}, F.NAME_UNREADABLE),
        ({"name": "가" * 61}, F.NAME_UNREADABLE),
        ({"funding": "gift"}, F.FUNDING_UNKNOWN),
        ({"ends_on": date(2025, 12, 31)}, F.DAYS_REVERSED),
        ({"daily_cap_won": Decimal(-1)}, F.CAP_UNREADABLE),
        ({"monthly_cap_won": Decimal(10**12)}, F.CAP_UNREADABLE),
        ({"monthly_cap_won": Decimal("0.4")}, F.CAP_UNREADABLE),
        ({"daily_cap_won": Decimal("NaN")}, F.CAP_UNREADABLE),
    ],
)
def test_what_is_wrong_with_a_line(changed: dict[str, Any], fault: ProjectFault | None) -> None:
    assert Line(**{**GOOD, **changed}).fault() == fault


def test_fundings_are_those_of_the_table() -> None:
    assert set(FUNDINGS) == set(Project.Funding.values)
