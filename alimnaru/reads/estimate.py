"""What a send will probably cost, and what that leaves under every ceiling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q, Sum
from django.utils import timezone

from alimnaru.reads import budgets
from alimnaru.reads.budgets import Level
from alimnaru.reads.money import contracts
from alimnaru.rules.ceilings import Span, in_the_way, may_stop, month_end
from alimnaru.rules.channel import Channel
from alimnaru.store.models import (
    CarrierAccount,
    Department,
    Notice,
    Tally,
    TemplateRegistration,
)

#: Days that say how messages arrive, and how many messages it takes to say so.
DAYS = 30
LEAST = 100
#: Of a hundred residents so many are reached by Alimtalk, until own figures say otherwise. An
#: assumption, and called one wherever it is used.
ASSUMED_PERCENT = 90


class Basis(StrEnum):
    """Whose last `DAYS` tell how many are reached by Alimtalk."""

    NOTICE = "notice"
    DEPARTMENT = "department"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Line:
    """So many messages of one channel at a price."""

    channel: Channel
    percent: int
    count: int
    each: Decimal
    won: Decimal


@dataclass(frozen=True, slots=True)
class Room:
    """A ceiling before this send: what is left of it, and what will be; `short`: so much
    more it would have to be (0: the send fits). `at_month_end`: what will be spent at the pace of
    this month, with this send; None for a ceiling of a day."""

    level: Level
    left: Decimal
    after: Decimal
    short: Decimal
    at_month_end: Decimal | None

    @property
    def daily(self) -> bool:
        return self.level.stand.ceiling.span is Span.DAY


@dataclass(frozen=True, slots=True)
class Estimate:
    """`lines` add up to `won`; None for `won`: there is no tariff. `rooms`: every ceiling over the
    department and the line that pays. `stop`: the one that would stop it midway."""

    lines: Sequence[Line]
    won: Decimal | None
    basis: Basis
    rooms: Sequence[Room] = ()
    stop: Room | None = None

    @property
    def assumed(self) -> bool:
        """There are no figures of one's own yet."""
        return self.basis is Basis.ASSUMED

    @property
    def left(self) -> Decimal | None:
        """The least that is left of a month's ceiling before this send; None: there is none."""
        return min((room.left for room in self.rooms if not room.daily), default=None)

    @property
    def over(self) -> bool:
        """Whether it costs more than a ceiling leaves."""
        return self.stop is not None


def estimate(
    department: Department,
    people: int,
    fallback: Channel | None,
    now: datetime,
    *,
    notice: Notice,
    project: int | None,
) -> Estimate:
    """The cost of a notice to so many people; who is missed on Kakao gets `fallback`. `project`
    pays. Some queries for each ceiling over the department, of which there are few."""
    on = timezone.localdate(now)
    percent, basis = _by_alimtalk(department, notice, on)
    if fallback is None:
        percent, basis = 100, Basis.NOTICE
    alimtalk = people * percent // 100 if fallback is not None else people
    counts = [(Channel.ALIMTALK, percent, alimtalk)]
    if fallback is not None:
        counts.append((fallback, 100 - percent, people - alimtalk))
    found = budgets.levels_over(department.path, project, now)
    prices, path = contracts(), department.path
    try:
        each = [
            prices.won(channel, on, account=_likely(channel, notice), department=path)
            for channel, _, _ in counts
        ]
    except ValueError:
        rooms = [_room(level, Decimal(0), on) for level in found]
        return Estimate((), None, basis, rooms)
    lines = [
        Line(channel, share, count, price, price * count)
        for (channel, share, count), price in zip(counts, each, strict=True)
    ]
    won = sum((line.won for line in lines), Decimal(0))
    rooms = [_room(level, won, on) for level in found]
    stopped = None
    if may_stop(priority=notice.priority, lane=notice.lane):
        stopped = in_the_way((room.level.stand for room in rooms), won)
    stop = next((room for room in rooms if room.level.stand is stopped), None)
    return Estimate(lines, won, basis, rooms, stop)


def _room(level: Level, won: Decimal, on: date) -> Room:
    stand, zero = level.stand, Decimal(0)
    end = None
    if stand.ceiling.span is Span.MONTH:
        end = month_end(stand.spent, on, stand.coming + won)
    return Room(
        level,
        left=stand.left,
        after=max(stand.left - won, zero),
        short=max(stand.spent + stand.coming + won - stand.ceiling.won, zero),
        at_month_end=end,
    )


def _likely(channel: Channel, notice: Notice) -> int | None:
    """The account that will take it, as `flow.routing` sees it while all are well: of those that
    carry the channel and have the notice approved the first; None: there is none yet."""
    practising = not CarrierAccount.objects.filter(is_sandbox=False).exists()
    active = CarrierAccount.objects.filter(is_active=True, is_sandbox=practising)
    if channel is Channel.ALIMTALK:
        approved = TemplateRegistration.objects.filter(
            version__notice=notice, state=TemplateRegistration.State.APPROVED
        )
        active = active.filter(pk__in=approved.values("account"))
    carrying = (a.pk for a in active if channel in a.channels.split(","))
    return next(carrying, None)


def _by_alimtalk(department: Department, notice: Notice, today: date) -> tuple[int, Basis]:
    """Of a hundred reached, so many by Alimtalk: by what the department sent of this notice, else
    of all. By the index on department and day."""
    tallies = Tally.objects.filter(
        department=department,
        day__gte=today - timedelta(days=DAYS),
        day__lte=today,
        outcome="delivered",
    )
    own: Counter[str] = Counter()
    every: Counter[str] = Counter()
    sums = tallies.values("channel").annotate(
        n=Sum("messages"), of_notice=Sum("messages", filter=Q(notice=notice))
    )
    for channel, number, of_notice in sums.values_list("channel", "n", "of_notice"):
        every[channel] += number
        own[channel] += of_notice or 0
    for counts, basis in ((own, Basis.NOTICE), (every, Basis.DEPARTMENT)):
        if (total := counts.total()) >= LEAST:
            return round(counts[Channel.ALIMTALK.value] * 100 / total), basis
    return ASSUMED_PERCENT, Basis.ASSUMED
