"""Guardian copies: what goes to a resident goes to their guardian too, as a message of its own.

A copy is made when its message passes the exit, so that what was stopped, expired or not wanted is
not copied; and it passes the exit itself, by the guardian's own wishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alimnaru.flow.gather import seal
from alimnaru.flow.wordings import wording
from alimnaru.rules.audience import Origin
from alimnaru.rules.guardians import copied_values, may_be_copied
from alimnaru.store import crypto
from alimnaru.store.ledger import guardians as ledger
from alimnaru.store.ledger.accepting import Entry, accept, message_ids
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.exit import Waiting
from alimnaru.store.models import Batch

#: Under which a guardian's phone is sealed.
PURPOSE = "guardian"


def copy(claim: Claim, batch: Batch, going: Sequence[Waiting], now: datetime) -> None:
    """Make the copies of what is about to go. In the transaction that lets it go; once only,
    however often its chunk is offered."""
    if batch.origin == Origin.GUARDIAN:
        return
    notice = batch.notice
    openly, named = (
        may_be_copied(sensitivity=notice.sensitivity, legal_effect=notice.legal_effect, named=named)
        for named in (False, True)
    )
    if not named:
        return
    owed = ledger.owed(
        claim.chunk,
        notice=notice.pk,
        department=batch.department.path,
        openly=openly,
        named=named,
        at=now,
    )
    payloads = {message.id: message.payload for message in going}
    due = [one for one in owed if one.message in payloads]
    if not due:
        return
    copies = list(zip(due, message_ids.take(len(due)), strict=True))
    new = ledger.note(copies)
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    for own, number in copies:
        if number in new:
            accept(_entry(batch, own, number, key.open(own.message, payloads[own.message]), now))


def _entry(batch: Batch, own: ledger.Owed, number: int, parts: list[str], now: datetime) -> Entry:
    phone = crypto.unseal(own.phone, purpose=PURPOSE).decode()
    kinds = [variable.kind for variable in wording(batch.version_id).variables]
    return Entry(
        id=number,
        key=None,
        notice=batch.notice_id,
        version=batch.version_id,
        department=batch.department_id,
        member=batch.member_id,
        origin=Origin.GUARDIAN.value,
        lane=batch.lane,
        to_hash=own.to_hash,
        payload=seal([phone, "", *copied_values(parts[2:], kinds)]),
        accepted_at=now,
        gather_at=now,
        expires_at=batch.expires_at,
        is_sandbox=batch.hours_waived,
    )
