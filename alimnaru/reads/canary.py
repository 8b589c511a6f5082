"""How the service stands, for anybody: what is measured, and nothing that is only believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from alimnaru.rules.canary import Song, Stand, is_overdue
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.health import BreakerState
from alimnaru.store.ledger import beats
from alimnaru.store.models import Breaker, CanaryPlan, CanaryRun, CarrierAccount, Outage

#: The page looks back so many days.
DAYS = 90


@dataclass(frozen=True, slots=True)
class ChannelStand:
    """A channel: `since` an outage, if there is one; `heard`: the last canary that arrived."""

    channel: Channel
    stand: Stand
    since: datetime | None
    heard: datetime | None


@dataclass(frozen=True, slots=True)
class LaneStand:
    """A lane: `heard`: the last canary that arrived on it, and how many seconds it took."""

    lane: Lane
    stand: Stand
    heard: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the last ones: canaries sent and those that failed or were late, and minutes in
    which a channel was switched off. `measured`: canaries went at all."""

    day: date
    sent: int
    bad: int
    minutes_off: int

    @property
    def measured(self) -> bool:
        return self.sent > 0

    @property
    def stand(self) -> Stand:
        if self.minutes_off or (self.sent and self.bad == self.sent):
            return Stand.DOWN
        if self.bad:
            return Stand.SLOW
        return Stand.WELL if self.sent else Stand.UNMEASURED


@dataclass(frozen=True, slots=True)
class Service:
    """All of it at one moment. `canaries`: whether any are sent."""

    canaries: bool
    every_minutes: int
    channels: Sequence[ChannelStand]
    lanes: Sequence[LaneStand]
    days: Sequence[Day]

    @property
    def troubled(self) -> list[Day]:
        """Days on which something was late or switched off, the last one first."""
        return [d for d in reversed(self.days) if d.stand in {Stand.SLOW, Stand.DOWN}]

    @property
    def measured_days(self) -> int:
        return sum(d.measured for d in self.days)

    @property
    def stand(self) -> Stand:
        """The worst of what is measured."""
        found = {one.stand for one in self.channels} | {one.stand for one in self.lanes}
        return next(s for s in (Stand.DOWN, Stand.SLOW, Stand.UNMEASURED, Stand.WELL) if s in found)


def service(now: datetime) -> Service:
    """The service as it stands. A handful of short queries, whatever was sent."""
    plan = CanaryPlan.objects.filter(is_on=True).first()
    every = plan.every_minutes if plan else 0
    lately = _lately(now, every) if plan else []
    return Service(
        canaries=plan is not None,
        every_minutes=every,
        channels=_channels(lately),
        lanes=[_lane(lane, [r for r in lately if r.lane == lane], now) for lane in Lane],
        days=_days(now),
    )


def _lately(now: datetime, every: int) -> list[CanaryRun]:
    """Canaries of the last two rounds, and of those that wait."""
    since = now - timedelta(minutes=2 * every + 10)
    return list(CanaryRun.objects.filter(at__gt=since).order_by("-at"))


def _channels(lately: Sequence[CanaryRun]) -> list[ChannelStand]:
    off = dict(Outage.objects.filter(until=None).values_list("channel", "since"))
    resting: dict[str, set[int]] = defaultdict(set)
    open_ = Breaker.objects.filter(state=BreakerState.OPEN, account__is_active=True)
    for account, channel in open_.values_list("account_id", "channel"):
        resting[channel].add(account)
    active = list(CarrierAccount.objects.filter(is_active=True))
    carriers = {c: {a.pk for a in active if c in a.channels.split(",")} for c in Channel}
    return [
        _channel(c, off.get(c.value), carriers[c], resting[c.value], lately)
        for c in (Channel.ALIMTALK, Channel.SMS)
    ]


def _channel(
    channel: Channel,
    since: datetime | None,
    carriers: set[int],
    resting: set[int],
    lately: Sequence[CanaryRun],
) -> ChannelStand:
    own = [r for r in lately if r.channel == channel]
    arrived = [r.ended_at for r in own if r.state in {Song.ARRIVED, Song.LATE} and r.ended_at]
    failed = [r for r in own if r.state == Song.FAILED]
    if since is not None or (carriers and carriers <= resting) or (failed and not arrived):
        stand = Stand.DOWN
    elif carriers & resting or failed:
        stand = Stand.SLOW
    else:
        stand = Stand.WELL if arrived else Stand.UNMEASURED
    return ChannelStand(channel, stand, since, max(arrived, default=None))


def _lane(lane: Lane, runs: Sequence[CanaryRun], now: datetime) -> LaneStand:
    arrived = [r for r in runs if r.state in {Song.ARRIVED, Song.LATE}]
    newest = max(arrived, key=lambda r: r.at, default=None)
    late = [r for r in runs if r.state == Song.LATE]
    waiting = [r for r in runs if r.state == Song.WAITING and is_overdue(lane, r.at, now)]
    served = any(one.lane == lane for one in beats.serving())
    if not served or (waiting and not arrived):
        stand = Stand.DOWN
    elif late or waiting:
        stand = Stand.SLOW
    else:
        stand = Stand.WELL if arrived else Stand.UNMEASURED
    took = (newest.ended_at - newest.at).total_seconds() if newest and newest.ended_at else None
    return LaneStand(lane, stand, newest.ended_at if newest else None, took)


def _days(now: datetime) -> list[Day]:
    today = timezone.localdate(now)
    first = today - timedelta(days=DAYS - 1)
    start = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    sent: dict[date, int] = defaultdict(int)
    bad: dict[date, int] = defaultdict(int)
    for at, state in CanaryRun.objects.filter(at__gte=start).values_list("at", "state"):
        day = timezone.localdate(at)
        sent[day] += state != Song.WAITING
        bad[day] += state in {Song.FAILED, Song.LATE}
    off = _minutes_off(start, now)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [Day(day, sent[day], bad[day], off[day]) for day in days]


def _minutes_off(start: datetime, now: datetime) -> dict[date, int]:
    found: dict[date, int] = defaultdict(int)
    over = Outage.objects.filter(Q(until=None) | Q(until__gt=start))
    for since, until in over.values_list("since", "until"):
        at, end = max(since, start), until or now
        while at < end:
            midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
            stop = min(end, midnight + timedelta(days=1))
            found[timezone.localdate(at)] += max(1, round((stop - at).total_seconds() / 60))
            at = stop
    return found
