"""Doubt: a send was cut, or its worker died. The carrier is asked what it has, never guessed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.carriers.base import CarrierError, Found, InDoubt, Sent, read_ref
from alimnaru.flow import turns
from alimnaru.flow.jobs import JobName, defer
from alimnaru.flow.outcome import Told, conclude, end_waiting
from alimnaru.flow.shipping import shipment_again
from alimnaru.flow.wire import on_the_line
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.store.ledger import chunks, settling
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.exit import waiting_messages
from alimnaru.store.models import CarrierAccount

#: Seconds between asks, by setbacks so far.
ASK_AGAIN = (1, 2, 5, 10, 30, 60, 120, 120, 300, 900)


def settle_doubt(claim: Claim) -> None:
    """Ask the carrier what it has of a chunk, and act on the answer."""
    if not claim.token or claim.account is None:
        # No token was stored, so nothing can have been handed over under one.
        _again(claim, "")
        return
    account = CarrierAccount.objects.get(pk=claim.account)

    def others(refs: Collection[str]) -> frozenset[str]:
        return chunks.recorded_elsewhere(claim.chunk, account.pk, refs)

    try:
        with on_the_line(account, claim.chunk) as carrier:
            found = carrier.find(claim.token, shipment_again(claim, account), others)
    except CarrierError as error:
        _ask_later(claim, error.retry_after if isinstance(error, InDoubt) else None)
        return
    if found.sent is None:
        _again(claim, claim.token if found.same_token else "", account)
    else:
        _record(claim, found, found.sent)


def _again(claim: Claim, token: str, account: CarrierAccount | None = None) -> None:
    """The chunk may go: under a new token if the carrier can get nothing under the old one, else
    under the old one, of which it takes a single hand-over. `account` is whose quota it used."""
    now = timezone.now()
    with transaction.atomic():
        if not chunks.release(claim, not_before=now, setback=True, token=token):
            return
        if account is not None and not token:
            waiting = len(waiting_messages(claim.chunk))
            turns.give_back(account, waiting, claim.doubt_since or now)
        defer(JobName.DISPATCH, claim.chunk, queue=claim.lane)


def _record(claim: Claim, found: Found, sent: Sent) -> None:
    now = timezone.now()
    taken = {ref[0]: theirs for r, theirs in sent.accepted.items() if (ref := read_ref(r))}
    told = [
        Told(ref[0], ref[1], why.code, why.result)
        for r, why in sent.refused.items()
        if (ref := read_ref(r))
    ]
    with transaction.atomic():
        known = set(taken) | {t.message for t in told}
        concluded = conclude(told + _unheard(claim, known), now)
        recorded = chunks.record_sent(
            claim,
            ids=list(taken),
            refs=list(taken.values()),
            at=now,
            # Its callbacks may have come and gone while nobody knew: ask for results at once.
            poll_at=now,
        )
        if not recorded:
            transaction.set_rollback(True)
            return
        concluded.ring()


def _unheard(claim: Claim, known: set[int]) -> list[Told]:
    """Messages of the chunk that the carrier does not name although it has the rest.

    A carrier takes a call as a whole, so this is not expected; what cannot be explained is
    unknown, never sent again.
    """
    return [
        Told(m.id, m.attempt_no, Result.UNRECOGNISED, Result.UNRECOGNISED)
        for m in waiting_messages(claim.chunk)
        if m.id not in known
    ]


def _ask_later(claim: Claim, wish: float | None) -> None:
    now = timezone.now()
    since = claim.doubt_since or now
    with transaction.atomic():
        if now - since > timedelta(hours=settings.SILENCE_HOURS):
            # Nobody will ever tell: a real state with a person's decision, not "failed".
            settling.lock_pending([claim.chunk])  # before the chunk, as a drain does
            if chunks.holds(claim):
                end_waiting([claim.chunk], MessageState.UNKNOWN, Result.UNRECOGNISED, now)
                chunks.close(claim)
            return
        wait = wish or ASK_AGAIN[min(claim.setbacks, len(ASK_AGAIN) - 1)]
        again = now + timedelta(seconds=wait)
        if chunks.doubt(claim, at=since, not_before=again):
            defer(JobName.DISPATCH, claim.chunk, queue=claim.lane, at=again)
