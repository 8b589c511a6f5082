"""Computing everything again, as a job: in a large office it takes minutes."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils import timezone

from alimnaru.reads.verifying import Verdict, verify
from alimnaru.rules.seals import Finding
from alimnaru.store import audit
from alimnaru.store.models import Verification

log = structlog.get_logger()

#: Findings that are kept by name. Whoever needs all of them runs `alimnaru verify`.
KEPT = 200


def carry_out(number: int) -> None:
    """Do one that was asked for, and keep what came of it. A second time does nothing."""
    one = Verification.objects.filter(pk=number, state=Verification.State.ASKED).first()
    if one is None:
        return
    published = [(int(row[0]), bytes.fromhex(row[1])) for row in one.published]
    try:
        verdict = verify(one.since, one.until, published=published)
    except Exception as error:
        log.warning("verification_failed", number=number, error=type(error).__name__)
        one.state, one.ended_at = Verification.State.FAILED, timezone.now()
        one.save(update_fields=["state", "ended_at"])
    else:
        keep(one, verdict)


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
