"""Batches that are set for a later moment, released or still waiting for approvals."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F, Q
from django.utils import timezone

from alimnaru.store.models import Batch, Stage
from alimnaru.store.scoping import Scope

#: Shown of a month; an office schedules a few a day.
MOST = 300

#: What goes as soon as its undo window ends is set for no later moment.
_LATER = Q(undo_until__isnull=True) | Q(not_before__gt=F("undo_until"))


def scheduled(scope: Scope, first: date, last: date, now: datetime) -> list[Batch]:
    """Of these departments, set for a moment to come between two days (both included), in order."""
    found = (
        scope.batches()
        .filter(stage__in=[Stage.REQUESTED, Stage.RELEASED], cancelled_at=None)
        .filter(_LATER, not_before__gt=now, not_before__date__gte=first, not_before__date__lte=last)
        .select_related("notice", "department", "member")
        .order_by("not_before", "pk")
    )
    return list(found[:MOST])


def next_one(scope: Scope, now: datetime) -> date | None:
    """The day of the first that is to come; None if nothing is."""
    found = (
        scope.batches()
        .filter(stage__in=[Stage.REQUESTED, Stage.RELEASED], cancelled_at=None)
        .filter(_LATER, not_before__gt=now)
        .order_by("not_before")
        .values_list("not_before", flat=True)
        .first()
    )
    return None if found is None else timezone.localdate(found)
