"""Which channels are off, why, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import mul

from django.db.models import Q
from django.utils import timezone

from alimnaru.reads import money
from alimnaru.rules.channel import Channel
from alimnaru.rules.outage import Reason, Weather, weather
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import (
    AuditEntry,
    Breaker,
    CarrierAccount,
    Outage,
    TemplateRegistration,
)


@dataclass(frozen=True, slots=True)
class BreakerNow:
    """The breaker of one account that could carry a channel."""

    account: int
    state: str
    probe_at: datetime | None
    probe_chunk: int | None

    def admits(self, chunk: int | None, now: datetime) -> bool:
        """Whether it may let `chunk` (None: any) through at this moment, to try the account."""
        if self.state == "half":
            return self.probe_chunk is None or self.probe_chunk == chunk
        return self.state == "closed" or (self.probe_at is not None and self.probe_at <= now)


def breakers_of(channel: Channel, version: int | None = None) -> list[BreakerNow]:
    """One for each active account that carries a channel; without a row it is closed.

    As at the exit: beside a real contract no sandbox counts, and Kakao is reached only where a
    wording is approved, `version` if it is given. A contract that is just being set up would hide
    that all the others are out.
    """
    practising = not CarrierAccount.objects.filter(is_sandbox=False).exists()
    accounts = [
        account.pk
        for account in CarrierAccount.objects.filter(is_active=True, is_sandbox=practising)
        if channel in account.channels.split(",")
    ]
    if channel is Channel.ALIMTALK:
        approved = TemplateRegistration.objects.filter(
            state=TemplateRegistration.State.APPROVED, account__in=accounts
        )
        if version is not None:
            approved = approved.filter(version=version)
        accounts = sorted(set(approved.values_list("account", flat=True)))
    known = {b.account_id: b for b in Breaker.objects.filter(channel=channel, account__in=accounts)}
    return [
        BreakerNow(account, b.state, b.probe_at, b.probe_chunk)
        if (b := known.get(account)) is not None
        else BreakerNow(account, "closed", None, None)
        for account in accounts
    ]


def weather_of(channel: Channel) -> Weather:
    """What the breakers of a channel's accounts say together."""
    return weather([breaker.state for breaker in breakers_of(channel)])


def outage_of(channel: str) -> Outage | None:
    """The outage that is open on a channel."""
    return Outage.objects.filter(channel=channel, until=None).first()


def open_outages() -> list[Outage]:
    """Every outage that lasts."""
    return list(Outage.objects.filter(until=None).order_by("since"))


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel at one moment. Counts are of what waits for it.

    `ceiling_won` and `spent_won` are those of the open outage; `stuck` are the messages that no
    text may follow, which wait whatever the ceiling is.
    """

    channel: Channel
    off: bool
    since: datetime | None = None
    reason: str = ""
    member: str = ""
    ceiling_won: int | None = None
    spent_won: Decimal = Decimal(0)
    chunks: int = 0
    messages: int = 0
    stuck: int = 0

    def as_json(self) -> dict[str, object]:
        """The shape in which the command line shows it."""
        return {
            "channel": self.channel.value,
            "off": self.off,
            "since": self.since.isoformat() if self.since else None,
            "reason": self.reason,
            "member": self.member,
            "ceiling_won": self.ceiling_won,
            "spent_won": float(self.spent_won),
            "held_chunks": self.chunks,
            "held_messages": self.messages,
            "without_fallback": self.stuck,
        }


def channel_states(channels: Sequence[Channel] = tuple(Channel)) -> list[ChannelState]:
    """Every channel as it stands."""
    off = {o.channel: o for o in Outage.objects.filter(until=None).select_related("member")}
    waiting = _waiting()
    return [_state(channel, off.get(channel), waiting.get(channel)) for channel in channels]


def _state(
    channel: Channel, outage: Outage | None, waiting: tuple[int, int, int] | None
) -> ChannelState:
    chunks, messages, stuck = waiting or (0, 0, 0)
    if outage is None:
        return ChannelState(channel, off=False, chunks=chunks, messages=messages, stuck=stuck)
    return ChannelState(
        channel,
        off=True,
        since=outage.since,
        reason=outage.reason,
        member=outage.member.name if outage.member else "",
        ceiling_won=None if outage.ceiling_won is None else int(outage.ceiling_won),
        spent_won=outage.spent_won,
        chunks=chunks,
        messages=messages,
        stuck=stuck,
    )


_LEFT = "c.size - c.delivered - c.failed - c.suppressed - c.cancelled - c.expired - c.unknown"


def _waiting() -> dict[str, tuple[int, int, int]]:
    """Chunks, messages and messages without a fallback that are held, by channel."""
    sql = f"""
        SELECT c.channel, count(*), sum({_LEFT} - c.moved),
               coalesce(sum({_LEFT} - c.moved) FILTER (WHERE n.fallback = ''), 0)
        FROM store_chunk c
        JOIN store_batch b ON b.id = c.batch_id
        JOIN store_notice n ON n.id = b.notice_id
        WHERE c.state = 'held' AND c.hold_code = %s GROUP BY c.channel
    """  # noqa: S608 - the sum above
    found = rows(sql, [Refusal.CHANNEL_OFF.value])
    return {channel: (chunks, messages, stuck) for channel, chunks, messages, stuck in found}


@dataclass(frozen=True, slots=True)
class Due:
    """Alimtalks of one priority whose time has come and which no carrier has been given.

    `stuck`: no text may follow these. `won`: what the others cost as texts, as a ceiling counts.
    """

    priority: str
    messages: int
    stuck: int
    won: Decimal


def due_by_priority(now: datetime) -> list[Due]:
    """What waits for Alimtalk, or goes next, the most urgent first. A few open chunks are read."""
    sql = f"""
        SELECT n.priority, sum({_LEFT} - c.moved)::bigint,
               coalesce(sum({_LEFT} - c.moved) FILTER (WHERE n.fallback = ''), 0)::bigint,
               coalesce(sum({_LEFT} - c.moved) FILTER (WHERE n.fallback = 'sms'), 0)::bigint,
               coalesce(sum({_LEFT} - c.moved) FILTER (WHERE n.fallback = 'lms'), 0)::bigint,
               coalesce(sum({_LEFT} - c.moved) FILTER (WHERE n.fallback = 'mms'), 0)::bigint
        FROM store_chunk c
        JOIN store_batch b ON b.id = c.batch_id
        JOIN store_notice n ON n.id = b.notice_id
        WHERE c.channel = 'alimtalk' AND c.token = '' AND b.stopped_at IS NULL
          AND (c.state = 'ready' AND c.not_before <= %s
               OR c.state = 'held' AND c.hold_code = %s)
        GROUP BY n.priority ORDER BY n.priority
    """  # noqa: S608 - the sum above
    found = rows(sql, [now, Refusal.CHANNEL_OFF.value])
    day = timezone.localdate(now)
    prices = [money.price_of(channel, day) for channel in (Channel.SMS, Channel.LMS, Channel.MMS)]
    return [
        Due(priority, messages, stuck, sum(map(mul, texts, prices), Decimal(0)))
        for priority, messages, stuck, *texts in found
    ]


@dataclass(frozen=True, slots=True)
class Off:
    """A channel that is off: what a banner says."""

    channel: Channel
    since: datetime
    by_person: bool


def off_now() -> list[Off]:
    """The channels that are off. One query on the partial index of open outages."""
    return [Off(Channel(o.channel), o.since, o.reason == Reason.PERSON) for o in open_outages()]


@dataclass(frozen=True, slots=True)
class Past:
    """An outage that is over. `why`: what the person wrote who began it."""

    outage: Outage
    why: str


def history(limit: int = 20) -> list[Past]:
    """The outages that have ended last, with their reasons. Two queries."""
    outages = recent(limit)
    return [Past(o, why) for o, why in zip(outages, reasons_of(outages), strict=True)]


def reasons_of(outages: Sequence[Outage]) -> list[str]:
    """What the audit trail keeps as the latest reason of each outage; '' where a breaker began."""
    subjects = {f"channel:{o.channel}" for o in outages}
    if not subjects:
        return []
    entries = AuditEntry.objects.filter(
        subject__in=subjects, act="channel.off", at__gte=min(o.since for o in outages)
    ).order_by("at")
    said = {e.facts.get("outage"): str(e.facts.get("reason", "")) for e in entries}
    return [said.get(o.pk, "") for o in outages]


def recent(limit: int = 5) -> list[Outage]:
    """The outages that have ended last."""
    found = Outage.objects.filter(~Q(until=None)).select_related("member", "ended_by")
    return list(found.order_by("-until", "-pk")[:limit])
