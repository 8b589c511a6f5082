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
from alimnaru.flow import health, standing, turns
from alimnaru.flow.doubt import settle_doubt
from alimnaru.flow.exit import Departure, decide
from alimnaru.flow.jobs import JobName, defer
from alimnaru.flow.outcome import Told, conclude
from alimnaru.flow.pictures import PictureRefused, with_picture
from alimnaru.flow.recheck import must_ask, recheck
from alimnaru.flow.shipping import shipment_of
from alimnaru.flow.wire import on_the_line
from alimnaru.rules.channel import Channel
from alimnaru.rules.health import ACCOUNTS_OWN, Reason
from alimnaru.rules.outcomes import Result
from alimnaru.rules.quota import AHEAD
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import chunks
from alimnaru.store.ledger.chunks import Claim


def dispatch(chunk: int) -> None:
    """Send a chunk, or settle what an interrupted send left behind. May run any number of times."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    # Before the claim, and not at the exit: a copy may not even ask what became of a doubt, since
    # a carrier deletes what it has not sent yet (`Carrier.find`), which may be the office's own.
    stands = standing.stand()
    claim = chunks.claim_ready(chunk, now, until) if stands.sends else None
    if claim is not None:
        if not stands.recalls or standing.give_back(claim):
            _send(claim)
        return
    claim = chunks.claim_doubt(chunk, now, until) if stands.reaches_out else None
    if claim is not None:
        settle_doubt(claim)


def _send(claim: Claim) -> None:
    # Another system is on the line: before the exit's transaction, and as late as possible.
    checked = recheck(claim) if must_ask(claim) else None
    departure = decide(claim, checked)
    if departure is None:
        return
    shipment = shipment_of(
        Channel(claim.channel),
        departure.route.account,
        words=departure.wording,
        parts=departure.parts,
        attempts=departure.attempts,
        sender=departure.route.sender_number,
        code=departure.route.template_code,
    )
    try:
        with on_the_line(departure.route.account, claim.chunk) as carrier:
            answer = _call(claim, departure, carrier, shipment)
    except NotSent as error:
        _not_sent(claim, departure, error)
        return
    except InDoubt:
        _doubt(claim)
        _note_call(claim, departure, cut=True)
        return
    if answer is not None:
        record(claim, departure.attempts, answer)
        _note_call(claim, departure, cut=False)


def _not_sent(claim: Claim, departure: Departure, error: NotSent) -> None:
    now, way = timezone.now(), departure.route
    if claim.token:
        # What ended in nothing is the second hand-over: the first may have gone through.
        _doubt(claim)
        return
    _give_back(claim, departure)
    if not isinstance(error, Rejected):
        _release(claim, error.retry_after or turns.backoff(claim))
        _note_call(claim, departure, cut=True)
    elif error.result in ACCOUNTS_OWN and not way.alone:
        # Another account need not refuse what this one refuses.
        health.refuse(way.account.pk, claim.channel, Reason.REFUSED, now)
        _release(claim, 0)
    else:
        refused = isinstance(error, PictureRefused)
        _hold(claim, Refusal.PICTURE_REFUSED if refused else _hold_code(error.result))
        _note_call(claim, departure, cut=False)


def _note_call(claim: Claim, departure: Departure, *, cut: bool) -> None:
    way = departure.route
    health.note_call(way.account.pk, claim.channel, timezone.now(), cut=cut, probe=way.probe)


def _call(claim: Claim, departure: Departure, carrier: Carrier, shipment: Shipment) -> Sent | None:
    picture = departure.wording.picture
    shipment = with_picture(shipment, departure.route.account, picture, carrier)
    token = claim.token or carrier.prepare(f"{claim.chunk}-{claim.claim}")
    if not chunks.store_token(claim, departure.route.account.pk, token):
        return None  # the claim moved on while the carrier answered: its new holder acts
    # As late as possible: all that takes its time before the call itself is done by now.
    if not turns.wait_for(departure.route, len(departure.parts), departure.leaves_at):
        _give_back(claim, departure)
        _release(claim, AHEAD)
        return None
    return carrier.send(token, shipment)


def _give_back(claim: Claim, departure: Departure) -> None:
    """Nothing was taken of what the exit has counted; under a kept token it has counted nothing."""
    with transaction.atomic():
        # Who has lost the claim leaves it to the new holder, who asks what was taken.
        if not claim.token and chunks.holds(claim):
            turns.give_back(departure.route.account, len(departure.parts), timezone.now())


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


def _release(claim: Claim, wait: float) -> None:
    again = timezone.now() + timedelta(seconds=wait)
    with transaction.atomic():
        if chunks.release(claim, not_before=again, setback=True):
            _ring(claim, again)


def _doubt(claim: Claim) -> None:
    now = timezone.now()
    again = now + timedelta(seconds=turns.BACKOFF[0])
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
