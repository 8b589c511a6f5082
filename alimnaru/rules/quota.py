"""What a contract allows in a second and in a day, as arithmetic.

Turns are given out by the generic cell rate algorithm: all that is kept of an account is the moment
at which it is free again. `ahead` is how far that moment lies in the future, in seconds, at the
moment of asking; below 0 it has passed.

Why no sliding second holds more than 105 in a hundred: a turn is at most a twentieth of a second's
messages, turns follow each other at `PACE`, and for 22 of them in one second two calls would have
to arrive 80 ms closer together than they were given out. Who comes more than `LATE` behind its turn
takes another one; the rest of the 80 ms is the network's.
"""

from __future__ import annotations

from dataclasses import dataclass

#: A turn that begins within this is taken at once, and waited for by the one who took it.
AHEAD = 1.0
#: A chunk in line is woken so long before its turn: a job may be noticed half a second late.
EARLY = 0.8
#: A second is given out in so many turns: what is over the limit in any second is one of them.
TURNS = 20
#: A turn that was missed by more than this is over: used now, it would crowd those that follow.
LATE = 0.04
#: At most so many seconds of missed turns are made up for.
MADE_UP = 1.0
#: The share of the rate that is given out. The rest pays for calls that leave late: see above.
PACE = 0.97
#: A list is cut into chunks of at most so many seconds of a rate. The exit cuts a chunk into its
#: turns when the first of them comes, so that few jobs wait at a time: a queue of 100,000 jobs
#: that are not due yet is searched from its beginning at every fetch.
STRETCH = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """Its messages may leave in `wait` seconds; the account is free again in `ahead` seconds.

    `behind`: seconds of turns that were given out, missed and not made up for yet.
    """

    wait: float
    ahead: float
    behind: float = 0.0


def turn_size(per_second: int) -> int:
    """How many messages may leave in one turn."""
    return max(1, per_second // TURNS)


def stretch_size(per_second: int) -> int:
    """How many messages a chunk may hold while it waits."""
    return per_second * STRETCH


def seconds_for(messages: int, per_second: int) -> float:
    """How long messages keep an account busy."""
    return messages / (per_second * PACE)


def take_turn(ahead: float, messages: int, per_second: int, behind: float = 0.0) -> Turn | None:
    """The next turn of an account, or None if it lies too far ahead: then stand in line.

    What is behind is made up for by turns at the full rate, never by a burst.
    """
    wait = max(ahead, 0.0)
    if wait > AHEAD:
        return None
    lasts = seconds_for(messages, per_second)
    made_up = min(behind, lasts - messages / per_second)
    return Turn(wait, wait + lasts - made_up, behind - made_up)


def missed(behind: float, messages: int, per_second: int) -> float:
    """What is behind once a turn for these messages was missed."""
    return min(behind + seconds_for(messages, per_second), MADE_UP)


def end_of_line(line: float, ahead: float) -> float:
    """Where a line ends, in seconds from now; below 0 if nobody stands in it.

    When nobody has taken a turn for a second, whoever stood there is gone: their batch was stopped
    or has expired, or they went by another account.
    """
    return -1.0 if ahead < -AHEAD else line


def stand_in_line(line: float, ahead: float, messages: int, per_second: int) -> Turn:
    """A place behind whoever stands in a line whose end lies `line` seconds ahead.

    `wait` is the moment to be woken. A place is no turn: whoever is more urgent may take it.
    """
    place = max(end_of_line(line, ahead), ahead, 0.0)
    return Turn(max(place - EARLY, 0.0), place + seconds_for(messages, per_second))


def wake_up_times(ahead: float, sizes: list[int], per_second: int) -> list[float]:
    """When to wake chunks of these sizes that are to leave one after the other."""
    moments, at = [], max(ahead, 0.0)
    for size in sizes:
        moments.append(max(at - EARLY, 0.0))
        at += seconds_for(size, per_second)
    return moments


def parts_of(messages: int, size: int) -> list[int]:
    """Sizes of the parts, at most `size` each, into which messages are cut."""
    whole = [size] * (messages // size)
    rest = messages % size
    return [*whole, rest] if rest else whole


def left_today(per_day: int | None, used: int) -> int | None:
    """What may still leave today; None: there is no limit."""
    return None if per_day is None else max(per_day - used, 0)
