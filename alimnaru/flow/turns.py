"""Turns: a chunk fits the account that it goes by, and goes when the account's quota lets it.

A chunk that has to wait stands in its lane's line and is woken once, shortly before its place
comes; one that is longer than a turn is cut then. Whoever is urgent sees only the account itself.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.jobs import JobName, defer, defer_each
from alimnaru.flow.routing import Route, longest
from alimnaru.rules import quota as rule
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.health import PROBE_SIZE
from alimnaru.store.ledger import birth, chunks, cutting, quota
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.quota import Stand
from alimnaru.store.models import Batch, CarrierAccount

#: Seconds before a chunk that no carrier took is offered again, by setbacks so far. A carrier that
#: is down is spared by its breaker; once it is up, nobody waits for it longer than a minute.
BACKOFF = (2, 5, 15, 30, 60)


def backoff(claim: Claim) -> float:
    """Seconds to wait before the next offer."""
    return BACKOFF[min(claim.setbacks, len(BACKOFF) - 1)]


def put_off(claim: Claim, batch: Batch, at: datetime, *, setback: bool) -> None:
    """Release a chunk until `at`, or until its batch's time is over if that comes first."""
    until = min(at, batch.expires_at)
    if chunks.release(claim, not_before=until, setback=setback):
        defer(JobName.DISPATCH, claim.chunk, queue=claim.lane, at=until)


def must_wait(claim: Claim, batch: Batch, way: Route, now: datetime) -> bool:
    """Whether the account's next turn lies too far ahead; the chunk then stands in line."""
    account = way.account
    if account.per_second is None:
        return False
    alone = claim.lane == Lane.URGENT or bool(claim.token)
    had_its_place = claim.account == account.pk
    line = 0.0
    if not (alone or had_its_place):
        stands = quota.stands([account.pk], timezone.localdate(now), claim.lane)
        line = rule.end_of_line(stands.get(account.pk, Stand()).ahead, way.stand.ahead)
    if way.stand.ahead <= rule.AHEAD and line <= rule.AHEAD:
        if not (alone or had_its_place) and claim.size > rule.turn_size(account.per_second):
            _take_place(claim, way, now)  # for what is cut off, before the next one comes
        return False
    if alone:
        wake = now + timedelta(seconds=way.stand.ahead - rule.EARLY)
        put_off(claim, batch, wake, setback=False)
        return True
    wake = min(now + timedelta(seconds=_take_place(claim, way, now)), batch.expires_at)
    if chunks.stand_in_line(claim, account.pk, wake):
        defer(JobName.DISPATCH, claim.chunk, queue=claim.lane, at=wake)
    return True


def _take_place(claim: Claim, way: Route, now: datetime) -> float:
    return quota.stand_in_line(
        way.account.pk,
        claim.lane,
        max(claim.size, 1),
        per_second=way.account.per_second or 1,
        today=timezone.localdate(now),
    )


def fit(claim: Claim, way: Route, version: int, now: datetime) -> None:
    """Cut off what does not fit into one call of the account, into chunks of their own."""
    part = longest(way.account, Channel(claim.channel), version)
    if way.account.per_second is not None:
        part = min(part, rule.turn_size(way.account.per_second))
    size = min(part, way.left_today or part, PROBE_SIZE if way.probe else part)
    if claim.token or claim.size <= size:
        return
    waiting = cutting.lock_waiting(claim.chunk)
    if len(waiting) <= size:
        return
    sizes = [size, *rule.parts_of(len(waiting) - size, part)]
    wakes = [0.0] * len(sizes)
    # What is cut off a try goes by another account if it can.
    in_line = way.account.per_second is not None and not way.probe
    if in_line:
        wakes = rule.wake_up_times(way.stand.ahead, sizes, way.account.per_second or 1)
    parts, taken = [], size
    for chunk, n, wake in zip(birth.chunk_ids(len(sizes) - 1), sizes[1:], wakes[1:], strict=True):
        not_before = now + timedelta(seconds=wake)
        parts.append(cutting.Part(chunk, waiting[taken : taken + n], not_before))
        taken += n
    cutting.cut(claim, parts, way.account.pk if in_line else None)
    defer_each(JobName.DISPATCH, [(p.chunk, p.not_before) for p in parts], queue=claim.lane)


def take(claim: Claim, batch: Batch, way: Route, messages: int, now: datetime) -> float | None:
    """Take a turn for messages that are about to go; the moment on the monotonic clock when it
    begins. None: another worker was faster, and the chunk is asked about again in a moment."""
    account = way.account
    if account.per_second is None and account.per_day is None:
        return 0.0
    wait = quota.take_turn(
        account.pk,
        messages,
        per_second=account.per_second,
        per_day=account.per_day,
        today=timezone.localdate(now),
        # Handed over once already, it has been counted.
        counted=bool(claim.token),
    )
    if wait is None:
        put_off(claim, batch, now + timedelta(seconds=rule.AHEAD), setback=False)
        return None
    return time.monotonic() + wait


def wait_for(way: Route, messages: int, leaves_at: float) -> bool:
    """Sleep until a turn begins, with nothing locked; a second at most.

    Who comes too late for it takes another one: what a busy machine has delayed would otherwise
    leave in one burst. False: the next one lies too far ahead.
    """
    account = way.account
    if account.per_second is None:
        return True
    while True:
        time.sleep(max(leaves_at - time.monotonic(), 0))
        if time.monotonic() - leaves_at <= rule.LATE:
            return True
        with transaction.atomic():
            wait = quota.take_another(
                account.pk, messages, per_second=account.per_second, today=timezone.localdate()
            )
        if wait is None:
            return False
        leaves_at = time.monotonic() + wait


def give_back(account: CarrierAccount, messages: int, at: datetime) -> None:
    """The carrier took nothing: the quota of the day of `at` is not used up by these."""
    if account.per_day is not None:
        quota.give_back(account.pk, messages, timezone.localdate(at))
