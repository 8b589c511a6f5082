"""Dispatch: claim a chunk, decide at the exit, call the carrier, record what it answered.

No transaction is open while a carrier is on the line: a slow carrier would otherwise hold row
locks and connections, and a claim that is not committed protects nobody. Every step names its
claim; a worker that lost it (stopped, then woken) touches nothing and ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.carriers.base import Carrier, InDoubt, NotSent, Rejected, Sent, Shipment
from alimnaru.flow.doubt import settle_doubt
from alimnaru.flow.exit import Departure, decide
from alimnaru.flow.jobs import JobName, defer
from alimnaru.flow.outcome import Told, conclude
from alimnaru.flow.pictures import PictureRefused, with_picture
from alimnaru.flow.shipping import shipment_of
from alimnaru.flow.wire import on_the_line
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import chunks
from alimnaru.store.ledger.chunks import Claim

#: Seconds before a chunk that a carrier did not take is offered again, by setbacks so far.
BACKOFF = (2, 5, 15, 30, 60, 120, 300)


def dispatch(chunk: int) -> None:
    """Send a chunk, or settle what an interrupted send left behind. May run any number of times."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    claim = chunks.claim_ready(chunk, now, until)
    if claim is not None:
        _send(claim)
        return
    claim = chunks.claim_doubt(chunk, now, until)
    if claim is not None:
        settle_doubt(claim)


def _send(claim: Claim) -> None:
    departure = decide(claim)
    if departure is None:
        return
    shipment = shipment_of(
        Channel(claim.channel),
        departure.account,
        words=departure.wording,
        parts=departure.parts,
        attempts=departure.attempts,
        sender=departure.sender_number,
        code=departure.template_code,
    )
    try:
        with on_the_line(departure.account, claim.chunk) as carrier:
            answer = _call(claim, departure, carrier, shipment)
    except NotSent as error:
        if claim.token:
            # What ended in nothing is the second hand-over: the first may have gone through.
            _doubt(claim)
        elif isinstance(error, Rejected):
            refused = isinstance(error, PictureRefused)
            _hold(claim, Refusal.PICTURE_REFUSED if refused else _hold_code(error.result))
        else:
            _release(claim, error.retry_after)
        return
    except InDoubt:
        _doubt(claim)
        return
    if answer is not None:
        record(claim, departure.attempts, answer)


def _call(claim: Claim, departure: Departure, carrier: Carrier, shipment: Shipment) -> Sent | None:
    picture = departure.wording.picture
    shipment = with_picture(shipment, departure.account, picture, carrier)
    token = claim.token or carrier.prepare(f"{claim.chunk}-{claim.claim}")
    if not chunks.store_token(claim, departure.account.pk, token):
        return None  # the claim moved on while the carrier answered: its new holder acts
    return carrier.send(token, shipment)


def record(claim: Claim, attempts: dict[int, int], answer: Sent) -> None:
    """Write what the carrier took and settle what it refused at once, in one transaction."""
    now = timezone.now()
    taken = {int(ref.partition("-")[0]): theirs for ref, theirs in answer.accepted.items()}
    told = [
        Told(message, attempts[message], refused.code, refused.result)
        for message, refused in (
            (int(ref.partition("-")[0]), why) for ref, why in answer.refused.items()
        )
        if message in attempts
    ]
    with transaction.atomic():
        concluded = conclude(told, now)
        recorded = chunks.record_sent(
            claim,
            ids=list(taken),
            refs=list(taken.values()),
            at=now,
            poll_at=now + timedelta(seconds=settings.POLL_SECONDS),
        )
        if not recorded:
            # The claim moved on: its new holder asks the carrier itself, and may have sent again.
            transaction.set_rollback(True)
            return
        concluded.ring()


def _release(claim: Claim, retry_after: float | None) -> None:
    wait = retry_after or BACKOFF[min(claim.setbacks, len(BACKOFF) - 1)]
    again = timezone.now() + timedelta(seconds=wait)
    with transaction.atomic():
        if chunks.release(claim, not_before=again, setback=True):
            _ring(claim, again)


def _doubt(claim: Claim) -> None:
    now = timezone.now()
    again = now + timedelta(seconds=BACKOFF[0])
    with transaction.atomic():
        if chunks.doubt(claim, at=now, not_before=again):
            _ring(claim, again)


def _hold(claim: Claim, code: Refusal) -> None:
    with transaction.atomic():
        chunks.hold(claim, code)


def _hold_code(result: Result) -> Refusal:
    if result is Result.BALANCE_EMPTY:
        return Refusal.BALANCE_EMPTY
    if result in {Result.TEMPLATE_MISSING, Result.TEMPLATE_MISMATCH}:
        return Refusal.TEMPLATE_NOT_APPROVED
    return Refusal.ACCOUNT_REFUSED


def _ring(claim: Claim, at: datetime) -> None:
    defer(JobName.DISPATCH, claim.chunk, queue=claim.lane, at=at)
