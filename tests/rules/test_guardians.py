"""Who may be told beside a resident."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from alimnaru.rules.guardians import (
    GuardianFault,
    copied_values,
    fault_of,
    latest_end,
    may_be_copied,
)
from alimnaru.rules.variables import Kind

TODAY = date(2026, 11, 24)
F = GuardianFault


@pytest.mark.parametrize(
    ("sensitivity", "legal_effect", "named", "copied"),
    [
        (0, "none", False, True),
        (2, "notice", False, True),
        (3, "none", False, False),
        (3, "none", True, True),
        (1, "service", False, False),
        (1, "service", True, False),
    ],
)
def test_what_is_copied(sensitivity: int, legal_effect: str, *, named: bool, copied: bool) -> None:
    given = may_be_copied(sensitivity=sensitivity, legal_effect=legal_effect, named=named)
    assert given is copied


@pytest.mark.parametrize(
    ("same_phone", "evidence", "until", "fault"),
    [
        (False, "동의서 12호", TODAY, None),
        (False, "동의서 12호", date(2029, 11, 24), None),
        (False, "동의서 12호", date(2029, 11, 25), F.ENDS_TOO_LATE),
        (False, "동의서 12호", TODAY - timedelta(days=1), F.ENDS_TOO_EARLY),
        (False, "  ", TODAY, F.NO_EVIDENCE),
        (True, "동의서 12호", TODAY, F.SAME_PHONE),
    ],
)
def test_who_is_entered(
    evidence: str, until: date, fault: GuardianFault | None, *, same_phone: bool
) -> None:
    given = fault_of(same_phone=same_phone, evidence=evidence, until=until, today=TODAY)
    assert given is fault


def test_three_years_from_a_leap_day_end_in_february() -> None:
    assert latest_end(date(2028, 2, 29)) == date(2031, 2, 28)


def test_a_copy_names_nobody() -> None:
    kinds = [Kind.PERSON, Kind.TEXT, Kind.STAFF, Kind.PERSON]
    assert copied_values(["김*루", "김*루네", "박담당", ""], kinds) == [
        "가족", "김*루네", "박담당", "",
    ]  # fmt: skip
