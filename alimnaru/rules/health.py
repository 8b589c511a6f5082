"""How an account fares on a channel, and when to stop giving it work: a circuit breaker.

    closed ──▶ open          too many results that are its fault · calls cut · no results at all ·
                             it refuses the office
    open ──▶ half            after a pause: one chunk is tried (`flow.routing`)
    half ──▶ closed · open   what became of that chunk

Everything here is a value: what was seen (`Signs`), how the breaker stands, and the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alimnaru.rules.outcomes import Result


class BreakerState(StrEnum):
    """Whether an account is given work on a channel."""

    CLOSED = "closed"
    OPEN = "open"
    HALF = "half"


class Reason(StrEnum):
    """Why a breaker opened, or who closed it."""

    RESULTS = "results"
    CUTS = "cuts"
    SILENCE = "silence"
    REFUSED = "refused"
    PERSON = "person"


class Sign(StrEnum):
    """What a result says about the account that it came through."""

    GOOD = "good"
    BAD = "bad"
    NONE = "none"


SIGNS: dict[Result, Sign] = {
    Result.ACCEPTED: Sign.NONE,
    Result.IN_TRANSIT: Sign.NONE,
    Result.DELIVERED: Sign.GOOD,
    # About the resident: the carrier has done its part.
    Result.NOT_A_USER: Sign.GOOD,
    Result.BLOCKED: Sign.GOOD,
    Result.UNREACHABLE_ON_KAKAO: Sign.GOOD,
    Result.KAKAO_TOO_OLD: Sign.GOOD,
    Result.HANDSET_BUSY: Sign.GOOD,
    Result.HANDSET_OFF: Sign.GOOD,
    Result.HANDSET_FULL: Sign.GOOD,
    Result.HANDSET_CANNOT: Sign.GOOD,
    Result.NUMBER_WRONG: Sign.GOOD,
    Result.NUMBER_SUSPENDED: Sign.GOOD,
    Result.REFUSED_BY_RESIDENT: Sign.GOOD,
    Result.SPAM_BLOCKED: Sign.GOOD,
    # Kakao keeps it for a phone that is away (3005): an everyday word about a resident.
    Result.MAY_ARRIVE_LATER: Sign.GOOD,
    # About our wording or our request: every other account would say the same.
    Result.TEMPLATE_MISMATCH: Sign.NONE,
    Result.TEMPLATE_MISSING: Sign.NONE,
    Result.REQUEST_WRONG: Sign.NONE,
    Result.TEXT_REFUSED: Sign.NONE,
    Result.DUPLICATE: Sign.NONE,
    Result.UNRECOGNISED: Sign.NONE,
    # About the carrier, or about our contract with it: another account may do better.
    Result.CARRIER_DOWN: Sign.BAD,
    Result.NO_ROUTE: Sign.BAD,
    Result.TIMED_OUT: Sign.BAD,
    Result.CHANNEL_REFUSED: Sign.BAD,
    Result.SENDER_REFUSED: Sign.BAD,
    Result.ACCOUNT_REFUSED: Sign.BAD,
    Result.BALANCE_EMPTY: Sign.BAD,
}

#: Refusals of a whole call that another account need not share.
ACCOUNTS_OWN = frozenset({Result.ACCOUNT_REFUSED, Result.BALANCE_EMPTY, Result.CHANNEL_REFUSED})

#: Seconds. Long enough for three results of the smallest office's hour, short enough that ten
#: thousand good ones of a minute ago do not hide a carrier that is down now.
RECENT = 30
#: Seconds for offices that send a few at a time.
LONG = 600
#: Results below which a share says nothing, and the share of good ones that has to be there. In
#: ordinary times more than 99 in 100 say nothing bad about the carrier.
ENOUGH, FLOOR = 20, 0.8
ENOUGH_LONG, FLOOR_LONG = 8, 0.5
#: One cut is the network's; three, and as many as went well, are the carrier's.
CUTS = 3
#: Messages without a word that are more than one phone after the other being switched off.
SILENT = 20
#: Seconds. However slow its results usually are, after so many without one an account is silent.
LONGEST_PATIENCE = 300
#: A half-open breaker whose chunk was never handed over (stopped, expired) tries another.
PROBE_LOST = timedelta(seconds=60)
#: Pauses double up to this many times the first one: 30 s become 10 minutes.
LONGEST = 20
#: A breaker that stayed closed for so long starts over with the first pause.
CALM = timedelta(minutes=10)
#: Messages that are risked to find out whether an account works again.
PROBE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Signs:
    """What was seen of an account on a channel since its breaker last moved.

    `calls`, `cuts`, `ok` and `bad` of the last `RECENT` seconds, the long ones of `LONG`. `silent`:
    messages that have waited for results for too long while none came for anybody.
    """

    calls: int = 0
    cuts: int = 0
    ok: int = 0
    bad: int = 0
    ok_long: int = 0
    bad_long: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Breaker:
    """Whether an account may be given work, since when, and why not."""

    state: BreakerState = BreakerState.CLOSED
    since: datetime | None = None
    probe_at: datetime | None = None
    times: int = 0
    reason: str = ""
    #: The chunk by which it is being tried while it is half open.
    probe_chunk: int | None = None


def judge(breaker: Breaker, signs: Signs, now: datetime, pause: float) -> Breaker | None:
    """How the breaker stands from now on; None: as it did. `pause` is the first one, in seconds."""
    if breaker.state is BreakerState.CLOSED:
        reason = _trouble(signs)
        return opened(breaker, reason, now, pause) if reason else None
    if breaker.state is BreakerState.HALF:
        return _after_probe(breaker, signs, now, pause)
    return None


def opened(breaker: Breaker, reason: str, now: datetime, pause: float) -> Breaker:
    """The breaker after trouble. What opens again soon stays open for twice as long."""
    calm = (
        breaker.state is BreakerState.CLOSED
        and breaker.since is not None
        and now - breaker.since >= CALM
    )
    times = 1 if calm else breaker.times + 1
    wait = timedelta(seconds=pause * min(2 ** (times - 1), LONGEST))
    return Breaker(BreakerState.OPEN, now, now + wait, times, reason)


def closed(breaker: Breaker, now: datetime, reason: str = "") -> Breaker:
    """All is well, or a person says so."""
    return Breaker(BreakerState.CLOSED, now, None, breaker.times, reason)


def _trouble(signs: Signs) -> Reason | None:
    if signs.cuts >= CUTS and 2 * signs.cuts >= signs.calls:
        return Reason.CUTS
    recent = _is_bad(signs.ok, signs.bad, ENOUGH, FLOOR)
    if recent or _is_bad(signs.ok_long, signs.bad_long, ENOUGH_LONG, FLOOR_LONG):
        return Reason.RESULTS
    return Reason.SILENCE if signs.silent >= SILENT else None


def _is_bad(ok: int, bad: int, enough: int, floor: float) -> bool:
    return ok + bad >= enough and ok < floor * (ok + bad)


def _after_probe(breaker: Breaker, signs: Signs, now: datetime, pause: float) -> Breaker | None:
    if signs.cuts:
        return opened(breaker, Reason.CUTS, now, pause)
    if _is_bad(signs.ok_long, signs.bad_long, 1, FLOOR):
        return opened(breaker, Reason.RESULTS, now, pause)
    if signs.silent:
        return opened(breaker, Reason.SILENCE, now, pause)
    # Who did not answer is well when it answers; who answered and told nothing, when it tells.
    answered = breaker.reason in (Reason.CUTS, Reason.REFUSED) and signs.calls > 0
    if answered or signs.ok_long:
        return closed(breaker, now)
    if not signs.calls and breaker.since is not None and now - breaker.since >= PROBE_LOST:
        return Breaker(BreakerState.OPEN, now, now, breaker.times, breaker.reason)
    return None
