"""Documents that are served (송달) and not merely announced: nobody gets one without consent.

행정절차법 14③ and 질서위반행위규제법 17 let a document be served electronically only on whoever
agreed to it. Asked at the exit, when it is served: consent may have been withdrawn since.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from alimnaru.rules.audience import Origin
from alimnaru.rules.refusals import Refusal
from alimnaru.store import crypto
from alimnaru.store.ledger import consents
from alimnaru.store.ledger.exit import Waiting
from alimnaru.store.models import Batch, Notice


def without_consent(batch: Batch, waiting: Sequence[Waiting], now: datetime) -> dict[int, Refusal]:
    """The messages that may not go, each with its refusal; none for a kind that serves nothing."""
    if batch.notice.legal_effect != Notice.LegalEffect.SERVICE or not waiting:
        return {}
    held = consents.in_force(batch.notice_id, [m.to_hash for m in waiting], timezone.localdate(now))
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    may = batch.origin != Origin.GUARDIAN
    return {
        m.id: Refusal.NO_SERVICE_CONSENT
        for m in waiting
        if not may or (m.to_hash, crypto.person_hash(key.open(m.id, m.payload)[1])) not in held
    }
