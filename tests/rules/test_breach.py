"""When a leak is reported, and by when, by example (영 제39조·제40조)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alimnaru.rules.breach import (
    BreachFault,
    Case,
    Step,
    Why,
    checklist,
    deadline,
    may_close,
    reasons,
    unsaid,
)
from alimnaru.rules.resident_request import days_left, due_on

KNOWN = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"people": 999}, []),
        ({"people": 1_000}, [Why.MANY]),
        # 24 people and their BMI.
        ({"people": 24, "sensitive": True}, [Why.SENSITIVE]),
        ({"people": 1, "unique_id": True}, [Why.UNIQUE_ID]),
        ({"people": 1, "illegal_access": True}, [Why.ILLEGAL]),
        ({"people": 5_000, "sensitive": True, "recovered": True}, []),
        ({"people": 1_000, "possible": True}, [Why.MANY]),
    ],
)
def test_what_is_reported(given: dict[str, Any], why: list[Why]) -> None:
    assert reasons(Case(KNOWN, **given)) == why


def test_the_clock() -> None:
    case = Case(KNOWN, 1_000)
    assert deadline(case) == KNOWN + timedelta(hours=72)
    duties = {d.step: d for d in checklist(case, {Step.NOTIFIED: KNOWN + timedelta(hours=73)})}
    assert duties[Step.NOTIFIED].is_late(KNOWN)
    assert not duties[Step.REPORTED].is_late(deadline(case))
    assert duties[Step.REPORTED].is_late(deadline(case) + timedelta(seconds=1))
    assert not duties[Step.STOPPED].is_late(KNOWN + timedelta(days=99))


def test_a_small_case_is_not_reported() -> None:
    duties = {d.step: d for d in checklist(Case(KNOWN, 3), {})}
    assert not duties[Step.REPORTED].needed
    assert not duties[Step.REPORTED].is_late(KNOWN + timedelta(days=99))
    assert duties[Step.NOTIFIED].needed


def test_closing_needs_its_reasons() -> None:
    case = Case(KNOWN, 3)
    all_done = checklist(case, dict.fromkeys(Step, KNOWN))
    assert may_close(all_done, "짧음") is BreachFault.REASON_MISSING
    assert may_close(all_done, "모두 알리고 고쳤습니다") is None
    left = checklist(case, {})
    assert may_close(left, "모두 알리고 고쳤습니다") is BreachFault.STEPS_MISSING
    assert may_close(left, "확인해 보니 유출이 아니어서 알릴 분이 없습니다") is None


def test_what_the_notice_says() -> None:
    assert unsaid({"items": "이름", "rights": " "})[:2] == ["when_and_how", "what_to_do"]
    assert "rights" in unsaid({"rights": " "})


def test_ten_days() -> None:
    assert due_on(date(2026, 11, 25)) == date(2026, 12, 5)
    assert days_left(date(2026, 12, 5), date(2026, 12, 6)) == -1
