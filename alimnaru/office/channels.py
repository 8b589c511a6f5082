"""People switch a channel off and on again."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.jobs import JobName, defer
from alimnaru.reads.outages import weather_of
from alimnaru.rules.channel import Channel
from alimnaru.rules.outage import Reason, Weather
from alimnaru.store import audit
from alimnaru.store.ledger import outages
from alimnaru.store.models import Member, Outage


class StillOut(Exception):  # noqa: N818
    """The breakers of all accounts switched it off, and none of them works yet."""


def switch_off(
    channel: Channel, *, actor: Member, ceiling: int | None = None, reason: str = ""
) -> Outage:
    """Hold a channel's messages, and send what may go by SMS instead for up to `ceiling` won.

    None: without a ceiling. `reason`: the actor's own words, kept in the audit trail. If a person
    has switched it off already, this only sets a new ceiling; what breakers had switched off stays
    off until a person switches it on.
    """
    now = timezone.now()
    won = None if ceiling is None else Decimal(ceiling)
    with transaction.atomic():
        begun = Outage(
            channel=channel, since=now, reason=Reason.PERSON, member=actor, ceiling_won=won
        )
        # The sweep may see all breakers open at the same moment.
        Outage.objects.bulk_create([begun], ignore_conflicts=True)
        outage = Outage.objects.select_for_update().get(channel=channel, until=None)
        if outage.reason == Reason.BREAKER:
            outage.until = now
            outage.save(update_fields=["until"])
            begun.pk = None
            begun.save()
            outage = begun
        elif outage.ceiling_won != won:
            outage.ceiling_won = won
            outage.save(update_fields=["ceiling_won"])
        facts = _facts(outage) | {"ceiling_won": ceiling}
        if reason:
            facts["reason"] = reason
        audit.record(actor=actor, act="channel.off", subject=f"channel:{channel}", facts=facts)
    return outage


def switch_on(channel: Channel, *, actor: Member) -> int | None:
    """Let a channel's held messages go. Returns chunks freed, or None if it was not off.

    Raises `StillOut` for what the breakers switched off while no account works: they would do so
    again at once. It comes back by itself.
    """
    now = timezone.now()
    with transaction.atomic():
        found = Outage.objects.select_for_update().filter(channel=channel, until=None).first()
        if found is None:
            return None
        if found.reason == Reason.BREAKER and weather_of(channel) is not Weather.FINE:
            raise StillOut(channel)
        found.until = now
        found.ended_by = actor
        found.save(update_fields=["until", "ended_by"])
        freed = outages.free(now)
        facts = _facts(found) | {"chunks": len(freed)}
        audit.record(actor=actor, act="channel.on", subject=f"channel:{channel}", facts=facts)
        for chunk, lane in freed:
            defer(JobName.DISPATCH, chunk, queue=lane)
    return len(freed)


def _facts(outage: Outage) -> dict[str, object]:
    return {"outage": outage.pk, "spent_won": float(outage.spent_won)}
