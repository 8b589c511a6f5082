"""Computing everything again, as a job: in a large office it takes minutes. And every night, by
itself, what was sealed since the night before: what is altered within a day is known by morning."""

from __future__ import annotations

from datetime import date

import structlog
from django.db import transaction
from django.utils import timezone

from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.reads.verifying import Verdict, verify, verify_since
from alimnaru.rules.seals import Finding
from alimnaru.store import audit
from alimnaru.store.ledger import advisory
from alimnaru.store.models import Seal, Verification

log = structlog.get_logger()

#: Findings that are kept by name. Whoever needs all of them runs `alimnaru verify`.
KEPT = 200
#: From this hour of Seoul on: nobody waits for the database, and it is done before the morning.
FROM_HOUR = 4


def tend() -> bool:
    """Once a day, have a job verify what was sealed since the last time it did. The first time that
    is everything."""
    now = timezone.now()
    local = timezone.localtime(now)
    if local.hour < FROM_HOUR:
        return False
    own = Verification.objects.filter(asked_by__login=audit.OWN_LOGIN)
    with transaction.atomic():
        today = local.replace(hour=0, minute=0, second=0, microsecond=0)
        begun = own.filter(asked_at__gte=today).exists() or not Seal.objects.exists()
        if begun or not advisory.alone(advisory.VERIFY, 0):
            return False
        # Its worker died; a verification takes minutes, and this is another day.
        own.filter(state=Verification.State.ASKED).update(
            state=Verification.State.FAILED, ended_at=now
        )
        last = _last_night()
        one = Verification.objects.create(
            asked_by=audit.own_member(),
            asked_at=now,
            since=_first_day_after(last.newest, local.date()) if last else None,
        )
        defer(JobName.VERIFY, one.pk, queue=LISTS)
    return True


def _last_night() -> Verification | None:
    own = Verification.objects.filter(asked_by__login=audit.OWN_LOGIN)
    return own.filter(state=Verification.State.DONE).order_by("-pk").first()


def _first_day_after(seal: int, today: date) -> date:
    new = Seal.objects.filter(number__gt=seal).order_by("number")
    return new.values_list("day", flat=True).first() or today


def carry_out(number: int) -> None:
    """Do one that was asked for, and keep what came of it. A second time does nothing."""
    one = Verification.objects.filter(pk=number, state=Verification.State.ASKED).first()
    if one is None:
        return
    try:
        verdict = _verdict(one)
    except Exception as error:
        log.warning("verification_failed", number=number, error=type(error).__name__)
        one.state, one.ended_at = Verification.State.FAILED, timezone.now()
        one.save(update_fields=["state", "ended_at"])
    else:
        keep(one, verdict)


def _verdict(one: Verification) -> Verdict:
    last = _last_night() if one.asked_by.login == audit.OWN_LOGIN else None
    if last is not None:
        return verify_since(last.newest)
    published = [(int(row[0]), bytes.fromhex(row[1])) for row in one.published]
    return verify(one.since, one.until, published=published)


def keep(one: Verification, verdict: Verdict) -> None:
    """Write the outcome down, and that there was one."""
    one.state, one.ended_at = Verification.State.DONE, timezone.now()
    one.seals, one.rows, one.newest = verdict.seals, verdict.rows, verdict.newest
    one.batches, one.messages = verdict.batches, verdict.messages
    one.wrong = verdict.wrong
    one.findings = [_as_data(found) for found in verdict.findings[:KEPT]]
    with transaction.atomic():
        one.save()
        audit.record(
            actor=one.asked_by,
            act="seal.verified",
            subject=f"verification:{one.pk}",
            facts={"seals": one.seals, "wrong": one.wrong},
        )


def _as_data(found: Finding) -> dict[str, str | int | None]:
    return {
        "wrong": found.wrong.value,
        "table": found.table,
        "id": found.id,
        "seal": found.seal,
        "day": found.day.isoformat() if found.day else None,
    }
