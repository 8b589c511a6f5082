"""When a batch leaves, and how long it can be taken back before."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from alimnaru.rules.consent import Window
from alimnaru.rules.departure import is_off_hours, opening, undo_seconds
from alimnaru.rules.policy import OfficePolicy

POLICY = OfficePolicy()
SEOUL = ZoneInfo("Asia/Seoul")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("count", "urgent", "correction", "seconds"),
    [
        (1, False, False, 60),
        (999, False, False, 60),
        (1000, False, False, 600),
        (1000, False, True, 60),
        (1000, True, False, 0),
        (1, True, False, 0),
    ],
)
def test_undo(count: int, urgent: bool, correction: bool, seconds: int) -> None:
    assert undo_seconds(count, POLICY, urgent=urgent, correction=correction) == seconds


@pytest.mark.parametrize(
    ("moment", "off"),
    [
        ("2026-11-24 08:00", False),
        ("2026-11-24 19:59", False),
        ("2026-11-24 20:00", True),
        ("2026-11-24 07:59", True),
        pytest.param("2026-11-28 10:00", True, id="Saturday"),
        pytest.param("2026-12-25 10:00", True, id="Christmas"),
    ],
)
def test_off_hours(moment: str, off: bool) -> None:
    assert is_off_hours(at(moment)) == off


@pytest.mark.parametrize(
    ("window", "ready", "goes"),
    [
        (Window(), "2026-11-24 10:00", "2026-11-24 10:00"),
        (Window(), "2026-11-24 21:00", "2026-11-25 08:00"),
        (Window(time(9), time(18), working_days_only=True), "2026-11-27 18:00", "2026-11-30 09:00"),
        (Window(time(0), time(0)), "2026-11-24 03:00", "2026-11-24 03:00"),
    ],
)
def test_opening(window: Window, ready: str, goes: str) -> None:
    assert opening(window, at(ready)) == at(goes)
