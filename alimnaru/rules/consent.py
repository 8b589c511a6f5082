"""May this message go now: hours, expiry, and what the resident asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from alimnaru.rules.refusals import Refusal


class Choice(StrEnum):
    """What a resident chose for a notice, or for all of them."""

    KAKAO = "kakao"
    SMS = "sms"
    STOP = "stop"


class Provenance(StrEnum):
    """How a resident's choice came to the office."""

    CALL = "call"
    DESK = "desk"
    FREE_CALL = "080"
    LETTER = "letter"
    #: Another system of the office's said so; nobody enters it by hand.
    API = "api"
    #: The resident, on their own page.
    PAGE = "page"


#: How staff hear of it; other systems and the residents' own page say so by themselves.
HEARD_BY_STAFF = tuple(one for one in Provenance if one not in (Provenance.PAGE, Provenance.API))


#: Why a number is suspended: its holder said that the message is not theirs.
NOT_THEIRS = "not_theirs"


@dataclass(frozen=True, slots=True)
class Window:
    """The hours in which a notice may arrive, local time. `opens == closes` means always."""

    opens: time = time(8)
    closes: time = time(20)
    working_days_only: bool = False

    def next_opening(self, now: datetime, holidays: Iterable[object] = ()) -> datetime | None:
        """None if `now` lies inside the window, else the aware moment at which it next opens."""
        if self.opens == self.closes and not self.working_days_only:
            return None
        closed_days = set(holidays)
        if self._is_working(now, closed_days) and self._is_open_at(
            now.timetz().replace(tzinfo=None)
        ):
            return None
        day = now.date() if now.time() < self.opens else now.date() + timedelta(days=1)
        while not self._is_working(datetime.combine(day, self.opens), closed_days):
            day += timedelta(days=1)
        return datetime.combine(day, self.opens, tzinfo=now.tzinfo)

    def _is_open_at(self, at: time) -> bool:
        return self.opens == self.closes or self.opens <= at < self.closes

    def _is_working(self, at: datetime, closed_days: set[object]) -> bool:
        if not self.working_days_only:
            return True
        return at.weekday() < 5 and at.date() not in closed_days


def may_receive(
    choices: Iterable[Choice], *, statutory: bool, suspended: bool, absent: bool = False
) -> Choice | Refusal:
    """The channel a resident gets, or why they get nothing.

    `choices` are those in force, the most particular first. A statutory notice goes even to who
    said stop, but never to a number whose holder said that the message is not theirs. `absent`:
    Kakao could not reach the phone lately (`rules.absence`). Who asked for Kakao knows better than
    that: the try costs nothing if it fails, and SMS follows.
    """
    if suspended:
        return Refusal.NUMBER_SUSPENDED
    for choice in choices:
        if choice is Choice.STOP:
            if statutory:
                continue
            return Refusal.OPTED_OUT
        return choice
    return Choice.SMS if absent else Choice.KAKAO
