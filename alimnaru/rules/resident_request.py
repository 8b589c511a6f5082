"""What residents may ask about their own data, and until when they are answered (제35조~제38조)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

#: 영 제41조 ④, 제43조 ③, 제44조 ②: within ten days.
DAYS: Final = timedelta(days=10)


class RequestRefusal(StrEnum):
    """Why a request is not granted (제35조 ④, 제36조 ①, 제37조 ②)."""

    LAW = "request_law"
    HARM = "request_harm"
    DUTY = "request_duty"
    CONTRACT = "request_contract"
    KEPT_BY_LAW = "request_kept_by_law"
    NOT_THEIRS = "request_not_theirs"


class RequestFault(StrEnum):
    """Why an answer does not do."""

    ANSWERED = "request_answered"
    NOTE_MISSING = "request_note_missing"
    NOTE_PERSONAL = "request_note_personal"
    IN_FUTURE = "request_in_future"
    NOT_ALLOWED = "request_not_allowed"


def due_on(received: date) -> date:
    """The last day on which an answer is in time."""
    return received + DAYS


def days_left(due: date, today: date) -> int:
    """Negative: it is late."""
    return (due - today).days
