"""What one resident asked for, before a message to them is written."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet

from alimnaru.rules.consent import Choice, may_receive
from alimnaru.rules.refusals import Refusal
from alimnaru.store import crypto
from alimnaru.store.models import Notice, Preference, Suspension


def _suspended(found: QuerySet[Suspension], name: str) -> bool:
    persons = [p and bytes(p) for p in found.values_list("person_hash", flat=True)]
    if not persons or None in persons:
        return bool(persons)
    return not name.strip() or crypto.person_hash(name) in persons


def stopped(phone: str, notice: Notice, at: datetime, name: str = "") -> Refusal | None:
    """Why the exit would not let a message of this notice go to a phone (digits), or None."""
    to_hash = crypto.phone_hash(phone)
    in_force = Q(since__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))
    said = Preference.objects.filter(
        Q(notice=notice) | Q(notice__isnull=True), in_force, to_hash=to_hash
    ).order_by(F("notice_id").asc(nulls_last=True), "-since")
    found = may_receive(
        [Choice(choice) for choice in said.values_list("choice", flat=True)],
        statutory=notice.is_statutory,
        suspended=_suspended(Suspension.objects.filter(in_force, to_hash=to_hash), name),
    )
    return found if isinstance(found, Refusal) else None
