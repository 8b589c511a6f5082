"""When a batch leaves, and how long it can be taken back before."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from alimnaru.rules.consent import Window
from alimnaru.rules.policy import OfficePolicy
from alimnaru.rules.workdays import holidays_around

#: Outside of these an officer who releases a list is alone. They are the usual hours of a notice
#: and not of an office: what is sent at seven in the evening is sent on purpose.
_AWAKE: Final = Window(time(8), time(20), working_days_only=True)


def undo_seconds(count: int, policy: OfficePolicy, *, urgent: bool, correction: bool) -> int:
    """How long a batch of `count` people waits for its sender's second thoughts.

    Nothing waits that is worthless minutes later. A correction waits as a short list does: whoever
    got the mistake reads it meanwhile.
    """
    if urgent:
        return 0
    if count >= policy.long_undo_from and not correction:
        return policy.long_undo_seconds
    return policy.undo_seconds


def is_off_hours(local: datetime) -> bool:
    """Whether a local moment lies at night, on a weekend or on a holiday."""
    return _AWAKE.next_opening(local, holidays_around(local.date())) is not None


def opening(window: Window, local: datetime) -> datetime:
    """When a batch that is ready at a local moment may really go."""
    return window.next_opening(local, holidays_around(local.date())) or local
