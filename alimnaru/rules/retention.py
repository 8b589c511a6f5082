"""How long what is kept, by the class of its notice, and when which part of it is destroyed.

개인정보 보호법 21조: destroyed without delay once its purpose is fulfilled; 시행령 16조: so that it
cannot be brought back. The terms are the office's own answer to "how long is it needed"; they
count from when a batch is through, for whoever asks "did you tell me?" asks after that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

#: What hangs for longer (a held chunk, a batch that nobody ended) is as good as through: a fault
#: of ours must not keep anybody's data for ever.
OVERDUE: Final = timedelta(days=30)
#: 개인정보위 표준 개인정보 보호지침: destroyed within five days of its time.
GRACE: Final = timedelta(days=5)
#: A backup or an archived log may hold what was destroyed for so long, and no longer.
BACKUPS: Final = timedelta(days=35)
#: The mark before the digest that takes the place of a destroyed payload.
MARK: Final = b"\x00"


class RetentionClass(StrEnum):
    """Of a notice; `Notice.retention` holds one."""

    #: Ordinary: bookings, loans.
    ORDINARY = "RA"
    #: Fees, fines, applications: asked about for longer.
    LONG = "RB"
    #: Notices with a legal effect: evidence that and when somebody was told.
    EVIDENCE = "RC"
    #: Health and welfare: gone soon, and never named.
    SENSITIVE = "RD"


class Basis(StrEnum):
    """Why something was destroyed."""

    TERM_OVER = "term_over"
    #: A person asked, another agreed.
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Term:
    """Days for which texts and phones can be read, and after which not even the hash is left."""

    text_days: int
    hash_days: int


TERMS: Final[Mapping[RetentionClass, Term]] = {
    RetentionClass.ORDINARY: Term(90, 365),
    RetentionClass.LONG: Term(365, 3 * 365),
    # 지방재정법 82조: claims for money lapse after five years; so does what proves the notice.
    RetentionClass.EVIDENCE: Term(5 * 365, 5 * 365),
    RetentionClass.SENSITIVE: Term(30, 365),
}


class Record(StrEnum):
    """What the office keeps of its own duties, beside messages; a certificate's class."""

    #: A resident's request about their own data.
    REQUEST = "PR"
    #: A leak, its steps and whom it concerned.
    INCIDENT = "PI"
    #: A month of the access log, signed, with the remarks on it.
    REVIEW = "PA"
    #: An agreement to be served that was withdrawn, or whose last day is over.
    CONSENT = "PC"


#: Years from the first of January after it ended (공공기록물법 시행령 26조 ②).
RECORD_YEARS: Final[Mapping[Record, int]] = {
    # 공공기록물법 시행령 26조, grade of three years: shows that the ten days of 개인정보 보호법
    # 35조 ③ were kept.
    Record.REQUEST: 3,
    # 질서위반행위규제법 15조, 19조: what the office may be fined for lapses after five years.
    Record.INCIDENT: 5,
    # 안전성 확보조치 기준 8조: a year longer than the log itself, as grants (5조 ③).
    Record.REVIEW: 3,
    # As the messages that were served on it (`RetentionClass.EVIDENCE`).
    Record.CONSENT: 5,
}


def ended_before(record: Record, today: date) -> date:
    """Records that ended before this day are destroyed on `today`."""
    return date(today.year - RECORD_YEARS[record], 1, 1)


def class_of(code: str) -> RetentionClass:
    """The class that a notice names; one that nobody knows is kept as ordinary."""
    try:
        return RetentionClass(code)
    except ValueError:
        return RetentionClass.ORDINARY


@dataclass(frozen=True, slots=True)
class Dates:
    """When a batch's texts are destroyed, and when its hashes."""

    text: datetime
    hash: datetime


def dates(kind: RetentionClass, through: datetime) -> Dates:
    """Counted from `through`."""
    term = TERMS[kind]
    return Dates(through + timedelta(days=term.text_days), through + timedelta(days=term.hash_days))


def through_at(
    *, last: datetime | None, expires: datetime, owing: bool, now: datetime
) -> datetime | None:
    """When a batch was through: with its last result. None: it is still under way.

    `last`: the latest result of its messages; None if it has none. `owing`: something of it is
    still on the way.
    """
    if owing:
        end = expires + OVERDUE
        return end if now >= end else None
    return last or expires


def is_late(due: datetime, now: datetime) -> bool:
    """Whether it should have been destroyed so long ago that somebody must be told."""
    return now > due + GRACE
