"""The daily cap: what is too much for one day goes the next, if it still says something then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.utils import timezone

from alimnaru.flow.jobs import JobName, defer
from alimnaru.reads.release_facts import TEST
from alimnaru.rules import caps as rule
from alimnaru.rules.policy import OfficePolicy
from alimnaru.rules.workdays import holidays_around
from alimnaru.store.ledger import birth, caps, cutting
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.models import Batch


def beyond(claim: Claim, batch: Batch, now: datetime) -> list[int]:
    """Which messages of a claimed chunk are more than their residents are told in a day."""
    counted = rule.is_counted(
        batch.notice.priority,
        statutory=batch.notice.is_statutory,
        test=batch.origin == TEST,
        correction=batch.corrects_id is not None,
    )
    # What goes by a sandbox account reaches nobody.
    if not counted or batch.hours_waived:
        return []
    midnight = datetime.combine(timezone.localdate(now), time(), timezone.get_current_timezone())
    return caps.beyond(
        claim.chunk,
        test=TEST,
        default=OfficePolicy().daily_cap,
        sandbox=batch.hours_waived,
        day=(midnight, midnight + timedelta(days=1)),
    )


def put_off(claim: Claim, batch: Batch, messages: Collection[int], now: datetime) -> bool:
    """Move messages of a claimed chunk into one that goes tomorrow. False: that is too late."""
    local = timezone.localtime(now)
    opening = rule.put_off_until(
        batch.notice.window, local, batch.expires_at, holidays_around(local.date())
    )
    if opening is None:
        return False
    [chunk] = birth.chunk_ids(1)
    # In the order in which everybody locks messages.
    leaving = [message for message in cutting.lock_waiting(claim.chunk) if message in messages]
    cutting.cut(claim, [cutting.Part(chunk, leaving, opening)], None)
    defer(JobName.DISPATCH, chunk, queue=claim.lane, at=opening)
    return True
