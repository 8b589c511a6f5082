"""Outage: a channel is off; what waits for it goes round by SMS, in order, under a ceiling.

The exit holds the chunks of a channel that is off. A round takes them in the order of their
notice's priority and moves their messages to the notice's fallback as long as the ceiling lasts;
whether and when those go is asked at the exit again. When the channel is back, what is still held
goes on. A message is in one chunk at a time, so nothing goes both ways.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from alimnaru.flow.gathering import gather
from alimnaru.flow.jobs import JobName, defer
from alimnaru.flow.wordings import wording
from alimnaru.reads.money import price_of
from alimnaru.reads.outages import breakers_of, outage_of, weather_of
from alimnaru.rules.channel import Channel
from alimnaru.rules.outage import REPLACEABLE, URGENT, Reason, Weather, affordable, may_move
from alimnaru.store.ledger import outages, settling
from alimnaru.store.ledger.outages import Stranded
from alimnaru.store.models import Batch, Outage

log = structlog.get_logger()


def is_off(channel: Channel, chunk: int, batch: Batch, now: datetime) -> bool:
    """Whether a chunk must not go by its channel now. Needs the batch's notice.

    What the breakers switched off lets a chunk through where a breaker wants to try its account,
    and the account knows its wording; not an urgent one, as long as another can be tried: cut now,
    it would stay in doubt.
    """
    outage = outage_of(channel)
    if outage is None:
        return False
    if outage.reason == Reason.PERSON:
        return True
    ways = breakers_of(channel, batch.version_id)
    to_try = [breaker.account for breaker in ways if breaker.admits(chunk, now)]
    if not to_try:
        return True
    urgent = batch.notice.priority in URGENT
    return urgent and outages.holds_less_urgent(channel, to_try, sorted(URGENT), now)


# ---- the sweep's part ----------------------------------------------------------------------------


def watch(now: datetime) -> None:
    """Follow the breakers, free what may go again, and ring for the rounds. In the sweep."""
    for channel in Channel:
        _follow_breakers(channel, now)
    for chunk, lane in outages.free(now):
        defer(JobName.DISPATCH, chunk, queue=lane)
    off = _off()
    for outage in Outage.objects.filter(until=None, channel__in=REPLACEABLE).order_by("pk"):
        if outages.next_stranded(outage.channel, now, off) is not None:
            defer(JobName.OUTAGE, outage.pk)


def _follow_breakers(channel: Channel, now: datetime) -> None:
    outage = outage_of(channel)
    if outage is not None and outage.reason == Reason.PERSON:
        return
    sky = weather_of(channel)
    if outage is None:
        if sky is Weather.OUT:
            _begin(channel, now)
    elif sky is Weather.FINE:
        _end(outage, now)
    else:
        to_try = [b.account for b in breakers_of(channel) if b.admits(None, now)]
        probe = outages.free_probe(channel, to_try, now) if to_try else None
        if probe is not None:
            defer(JobName.DISPATCH, probe[0], queue=probe[1])


def _begin(channel: Channel, now: datetime) -> None:
    begun = Outage(
        channel=channel,
        since=now,
        reason=Reason.BREAKER,
        ceiling_won=max(Decimal(settings.OUTAGE_CEILING) - _spent_today(channel, now), Decimal(0)),
    )
    # A person may switch it off at the same moment: theirs stands.
    Outage.objects.bulk_create([begun], ignore_conflicts=True)
    log.warning("channel_off", channel=channel.value)


def _spent_today(channel: Channel, now: datetime) -> Decimal:
    """What the breakers' outages of the last day have cost: one ceiling for all of them, or a
    channel that comes and goes would spend it again each time."""
    lately = Outage.objects.filter(
        channel=channel, reason=Reason.BREAKER, since__gt=now - timedelta(days=1)
    )
    spent: Decimal | None = lately.aggregate(won=Sum("spent_won"))["won"]
    return spent or Decimal(0)


def _end(outage: Outage, now: datetime) -> None:
    # A round holds the row while it locks messages, of which this sweep may hold some: next time.
    mine = Outage.objects.select_for_update(skip_locked=True).filter(pk=outage.pk, until=None)
    for open_one in mine:
        open_one.until = now
        open_one.save(update_fields=["until"])
        log.warning("channel_on", channel=outage.channel)


# ---- the rounds ----------------------------------------------------------------------------------


def go_round(outage_id: int) -> None:
    """Move what is held for a channel to SMS, most urgent first, while the ceiling lasts."""
    while _one_round(outage_id):
        pass


def _one_round(outage_id: int) -> bool:
    """Move one chunk, or as much of it as the ceiling pays for. False: no more for now."""
    now = timezone.now()
    with transaction.atomic():
        # The row's lock lets one round at a time count what is spent.
        outage = Outage.objects.select_for_update().filter(pk=outage_id, until=None).first()
        if outage is None or Channel(outage.channel) not in REPLACEABLE:
            return False
        found = outages.next_stranded(outage.channel, now, _off())
        if found is None or not _due(outage, found, now):
            return False
        # Before its messages: new chunks refer to the batch, and a cancel takes it first, too.
        own = Batch.objects.select_for_update(of=("self",), no_key=True)
        batch = own.select_related("notice").get(pk=found.batch)
        if batch.stopped_at is not None:
            return True
        items = outages.lock_waiting(found.chunk)
        if not outages.still_held(found.chunk):
            return False  # somebody else is at it; the sweep rings again
        return _move(outage, batch, found, items, now)


def _due(outage: Outage, found: Stranded, now: datetime) -> bool:
    patience = timedelta(seconds=settings.OUTAGE_PATIENCE)
    return may_move(found.priority, Reason(outage.reason), now - outage.since, patience)


def _move(
    outage: Outage,
    batch: Batch,
    found: Stranded,
    items: list[tuple[int, int, bytes]],
    now: datetime,
) -> bool:
    channel = wording(batch.version_id).way_by(Channel(batch.notice.fallback))
    price = price_of(channel, timezone.localdate(now))
    left = None if outage.ceiling_won is None else outage.ceiling_won - outage.spent_won
    going = items[: affordable(len(items), price, found.priority, left)]
    if items and not going:
        return False  # in this order: a cheaper notice of a lower priority does not overtake
    if going:
        gather(batch, going, channel=channel, try_no=1, now=now)
        settling.count_on_chunks({found.chunk: {"moved": len(going)}}, now)
        outage.spent_won += price * len(going)
        outage.save(update_fields=["spent_won"])
    return outages.close_emptied(found.chunk) or bool(going)


def _off() -> list[str]:
    return list(Outage.objects.filter(until=None).values_list("channel", flat=True))
