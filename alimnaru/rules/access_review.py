"""What stands out in a month of the access log: to be looked into by a person, not a verdict.

안전성 확보조치 기준 제8조 ② asks for a look each month, and for the reasons of downloads.
The numbers below are ours, chosen so that an office of 1,000 people has some tens of lines to read
and not some thousands; each is data, to be changed with a page in `docs/decisions/`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import median
from typing import Final


class Oddity(StrEnum):
    """What is odd."""

    NIGHT = "odd_night"
    HOLIDAY = "odd_holiday"
    VOLUME = "odd_volume"
    OTHER_DEPARTMENT = "odd_other_department"
    EXPORT = "odd_export"
    SEARCHES = "odd_searches"
    SHARED_ADDRESS = "odd_shared_address"
    FAILED_SIGN_INS = "odd_failed_sign_ins"


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something stands out.

    `night_from`, `night_to`: hours of Seoul, from..24 and 0..to; `volume_least`: fewer people are
    never many; `times_own`: against the person's own months before, `times_others` against the
    median of colleagues; `searches` by phone in a month; `slots`: ten-minute spans in which one
    address served two accounts; `failures` to sign in.
    """

    night_from: int = 20
    night_to: int = 7
    volume_least: int = 1_000
    times_own: int = 3
    times_others: int = 5
    searches: int = 60
    slots: int = 3
    failures: int = 10


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Share:
    """What one member did in a month. `usual`: people a month over the three before, None without.

    `elsewhere`: looks at data of departments in which they hold no role; `foreign_files`: files of
    batches that are somebody else's.
    """

    member: int
    name: str
    entries: int
    people: int
    usual: float | None = None
    nights: int = 0
    holidays: int = 0
    elsewhere: int = 0
    files: int = 0
    foreign_files: int = 0
    searches: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accounts that one address served in the same ten minutes, so many times."""

    first: int
    second: int
    names: str
    slots: int


@dataclass(frozen=True, slots=True)
class Failures:
    """Attempts to sign in that failed. `member` 0: there is no such account."""

    member: int
    name: str
    times: int


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something to look into. `members` are those whom it concerns; `against` what is usual."""

    oddity: Oddity
    members: tuple[int, ...]
    name: str
    count: int
    against: int = 0

    @property
    def key(self) -> str:
        """By which a remark finds it again, when the month is read anew."""
        return ":".join([self.oddity.value, *map(str, self.members)])


def is_night(moment: datetime, limits: Limits = LIMITS) -> bool:
    """Whether a moment (local time) is outside anybody's day at the office."""
    return moment.hour >= limits.night_from or moment.hour < limits.night_to


def is_day_off(day: date, holidays: Collection[date]) -> bool:
    """Saturdays, Sundays, public holidays."""
    return day.weekday() >= 5 or day in holidays


def anomalies(
    shares: Sequence[Share],
    pairs: Iterable[Pair] = (),
    failures: Iterable[Failures] = (),
    limits: Limits = LIMITS,
) -> list[Anomaly]:
    """What stands out, by kind, the most first."""
    found = [one for share in shares for one in _of(share, shares, limits)]
    found += [
        Anomaly(Oddity.SHARED_ADDRESS, (p.first, p.second), p.names, p.slots)
        for p in pairs
        if p.slots >= limits.slots
    ]
    found += [
        Anomaly(Oddity.FAILED_SIGN_INS, (f.member,), f.name, f.times)
        for f in failures
        if f.times >= limits.failures
    ]
    order = list(Oddity)
    return sorted(found, key=lambda one: (order.index(one.oddity), -one.count, one.name))


def _of(share: Share, shares: Sequence[Share], limits: Limits) -> list[Anomaly]:
    counts = [
        (Oddity.NIGHT, share.nights, 1),
        (Oddity.HOLIDAY, share.holidays, 1),
        (Oddity.OTHER_DEPARTMENT, share.elsewhere, 1),
        (Oddity.EXPORT, share.foreign_files, 1),
        (Oddity.SEARCHES, share.searches, limits.searches),
    ]
    who = (share.member,)
    found = [Anomaly(o, who, share.name, n) for o, n, least in counts if n >= least]
    usual = _too_many(share, shares, limits)
    if usual is not None:
        found.append(Anomaly(Oddity.VOLUME, who, share.name, share.people, usual))
    return found


def _too_many(share: Share, shares: Sequence[Share], limits: Limits) -> int | None:
    """What would have been usual, if so many people are not; None if they are."""
    if share.people < limits.volume_least:
        return None
    if share.usual is not None and share.people > limits.times_own * share.usual:
        return round(share.usual)
    others = [other.people for other in shares if other.member != share.member]
    if others and share.people > limits.times_others * median(others):
        return round(median(others))
    return None


class ReviewFault(StrEnum):
    """Why a month may not be signed, or a remark not be kept."""

    NOT_OVER = "review_not_over"
    SIGNED = "review_signed"
    OWN = "review_own"
    REMARKS_MISSING = "review_remarks_missing"
    NOT_THERE = "review_not_there"
    NOT_ALLOWED = "review_not_allowed"
    REMARK_WRONG = "review_remark_wrong"


def may_sign(
    member: int, found: Sequence[Anomaly], remarked: Collection[str], *, over: bool
) -> ReviewFault | None:
    """Whether this member may sign the month. Nobody signs for what they did themselves."""
    if not over:
        return ReviewFault.NOT_OVER
    if any(member in one.members for one in found):
        return ReviewFault.OWN
    if any(one.key not in remarked for one in found):
        return ReviewFault.REMARKS_MISSING
    return None


def may_remark(member: int, one: Anomaly) -> ReviewFault | None:
    """Whether this member may say what became of it."""
    return ReviewFault.OWN if member in one.members else None
