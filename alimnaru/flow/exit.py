"""The exit: whether a claimed chunk, and who in it, may go now. Asked here and only here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.gathering import divert
from alimnaru.flow.jobs import JobName, defer
from alimnaru.flow.wordings import Wording, wording
from alimnaru.reads import money
from alimnaru.rules.channel import Channel
from alimnaru.rules.consent import Choice, may_receive
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.workdays import holidays_around
from alimnaru.store import crypto
from alimnaru.store.ledger import chunks, moves, settling
from alimnaru.store.ledger import exit as going
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.models import Batch, CarrierAccount, Department, TemplateRegistration


@dataclass(frozen=True, slots=True)
class Departure:
    """A chunk that may go: by which account, in which words, and who is in it."""

    account: CarrierAccount
    template_code: str | None
    sender_number: str
    wording: Wording
    #: Message id → [phone, name, values…], opened.
    parts: dict[int, list[str]]
    #: Message id → current attempt number.
    attempts: dict[int, int]


def decide(claim: Claim) -> Departure | None:
    """What may go now. None: the chunk was released, held or closed, and nothing is to be sent."""
    with transaction.atomic():
        batch = Batch.objects.select_related("notice", "department", "version").get(pk=claim.batch)
        now = timezone.now()
        for stands_in_the_way in (_stopped, _too_late, _wrong_hour):
            if stands_in_the_way(claim, batch, now):
                return None
        route = _route(claim, batch)
        if isinstance(route, Refusal):
            chunks.hold(claim, route)
            return None
        if _over_the_cap(claim, batch, now):
            chunks.hold(claim, Refusal.SPEND_CAP)
            return None
        going_out = _who_goes(claim, batch, now)
        if not going_out:
            chunks.close(claim)
            return None
    account, code, sender = route
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    return Departure(
        account=account,
        template_code=code,
        sender_number=sender,
        wording=wording(batch.version_id),
        parts={m.id: key.open(m.id, m.payload) for m in going_out},
        attempts={m.id: m.attempt_no for m in going_out},
    )


def _stopped(claim: Claim, batch: Batch, now: datetime) -> bool:
    if batch.stopped_at is None:
        return False
    chunks.hold(claim, Refusal.BATCH_STOPPED)
    return True


def _too_late(claim: Claim, batch: Batch, now: datetime) -> bool:
    if now < batch.expires_at:
        return False
    count = settling.settle_chunk(claim.chunk, MessageState.EXPIRED, Refusal.EXPIRED, now)
    settling.count_on_chunks({claim.chunk: {"expired": count}}, now)
    chunks.close(claim)
    return True


def _wrong_hour(claim: Claim, batch: Batch, now: datetime) -> bool:
    if batch.hours_waived:
        return False
    local = timezone.localtime(now)
    opening = batch.notice.window.next_opening(local, holidays_around(local.date()))
    if opening is None:
        return False
    if opening >= batch.expires_at:
        # It may not go before it is worthless: better said now than found out tomorrow.
        return _too_late(claim, batch, batch.expires_at)
    if chunks.release(claim, not_before=opening, setback=False):
        defer(JobName.DISPATCH, claim.chunk, queue=claim.lane, at=opening)
    return True


def _route(claim: Claim, batch: Batch) -> tuple[CarrierAccount, str | None, str] | Refusal:
    sender = sender_number(batch.department)
    if not sender:
        return Refusal.SENDER_NUMBER_MISSING
    accounts = CarrierAccount.objects.filter(is_active=True)
    if batch.hours_waived:
        accounts = accounts.filter(is_sandbox=True)
    if claim.channel != Channel.ALIMTALK:
        account = accounts.first()
        return (account, None, sender) if account else Refusal.NO_ACCOUNT
    registration = (
        TemplateRegistration.objects.select_related("account")
        .filter(version=batch.version_id, is_approved=True, account__in=accounts)
        .order_by("account__priority", "account_id")
        .first()
    )
    if registration is None:
        return Refusal.TEMPLATE_NOT_APPROVED if accounts.exists() else Refusal.NO_ACCOUNT
    return registration.account, registration.code, sender


def sender_number(department: Department) -> str:
    """The department's registered number, or the nearest one above it."""
    node: Department | None = department
    while node is not None:
        if node.sender_number:
            return node.sender_number
        node = node.parent
    return ""


def _over_the_cap(claim: Claim, batch: Batch, now: datetime) -> bool:
    cap = batch.department.monthly_cap_won
    if cap is None or batch.notice.priority == "P0":
        return False  # a cap must never silence an emergency
    size = len(going.waiting_messages(claim.chunk))
    return money.spent_in_month(batch.department, now) + size * money.won(claim.channel, now) > cap


def _who_goes(claim: Claim, batch: Batch, now: datetime) -> list[going.Waiting]:
    waiting = going.waiting_messages(claim.chunk)
    out: dict[int, Refusal] = {}
    to_sms: list[going.Waiting] = []
    wishes = going.wishes(claim.chunk, batch.notice_id, now)
    for message in waiting:
        if (wish := wishes.get(message.id)) is None:
            continue
        verdict = may_receive(
            [Choice(c) for c in wish.choices],
            statutory=batch.notice.is_statutory,
            suspended=wish.suspended,
        )
        if isinstance(verdict, Refusal):
            out[message.id] = verdict
        elif verdict is Choice.SMS and claim.channel == Channel.ALIMTALK and batch.notice.fallback:
            to_sms.append(message)
    _suppress(claim, out, now)
    if to_sms:
        divert(claim, batch, to_sms, now)
    gone = set(out) | {m.id for m in to_sms} | _reached_already(claim, now)
    return [m for m in waiting if m.id not in gone]


def _suppress(claim: Claim, out: dict[int, Refusal], now: datetime) -> None:
    for code, count in Counter(out.values()).items():
        ids = [message for message, why in out.items() if why is code]
        settling.settle_chunk(claim.chunk, MessageState.SUPPRESSED, code, now, ids)
        settling.count_on_chunks({claim.chunk: {"suppressed": count}}, now)


def _reached_already(claim: Claim, now: datetime) -> set[int]:
    """Kakao's word came while the SMS still waited: credit it, and do not send the SMS."""
    reached = going.reached_before(claim.chunk)
    credited = moves.credit_earlier(list(reached), now)
    if credited:
        settling.count_on_chunks(moves.changes_of(credited), now)
    return {c.message for c in credited}
