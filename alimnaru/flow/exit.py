"""The exit: whether a claimed chunk, and who in it, may go now. Asked here and only here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import capping, guardians, recheck, serving, turns
from alimnaru.flow.gathering import divert
from alimnaru.flow.jobs import JobName, defer
from alimnaru.flow.outage import is_off
from alimnaru.flow.outcome import end_waiting
from alimnaru.flow.recheck import Checked
from alimnaru.flow.routing import Later, Route, route
from alimnaru.flow.wordings import Wording, wording
from alimnaru.reads import budgets, money
from alimnaru.rules.audience import Origin
from alimnaru.rules.ceilings import in_the_way, may_stop
from alimnaru.rules.channel import Channel
from alimnaru.rules.consent import Choice, may_receive
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.workdays import holidays_around
from alimnaru.store import crypto
from alimnaru.store.ledger import absences, chunks, moves, settling
from alimnaru.store.ledger import exit as ledger
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.models import Batch, Stage
from alimnaru.store.models.batches import SliceState


@dataclass(frozen=True, slots=True)
class Departure:
    """A chunk that may go: by which account, in which words, and who is in it."""

    route: Route
    wording: Wording
    #: Message id → [phone, name, values…], opened.
    parts: dict[int, list[str]]
    #: Message id → current attempt number.
    attempts: dict[int, int]
    #: When its turn at the account begins, by the monotonic clock: not before, not much later.
    leaves_at: float


#: Seconds. An account is looked for again at least so often: its breaker may have closed.
ASK_AGAIN = 60


def decide(claim: Claim, checked: Checked | None = None) -> Departure | None:
    """What may go now. None: the chunk was released, held or closed, and nothing is to be sent.

    `checked`: what the source of its batch's rule said (`flow.recheck`).
    """
    with transaction.atomic():
        if claim.token:
            # Receipts may be here already: who settles them holds these and comes for the chunk.
            settling.lock_pending([claim.chunk])
        if not chunks.holds(claim):
            return None  # woken too late: another worker has decided, and perhaps sent
        batch = Batch.objects.select_related("notice", "department", "version").get(pk=claim.batch)
        now = timezone.now()
        _credit_reached(claim, now)
        if any(stands_in_the_way(claim, batch, now) for stands_in_the_way in _IN_THE_WAY):
            return None
        if recheck.must_ask(claim) and not _is_true(claim, batch, checked, now):
            return None
        going = _going(claim, batch, now)
        if going is not None:
            guardians.copy(claim, batch, going.messages, now)
    if going is None:
        return None
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    return Departure(
        route=going.way,
        wording=wording(batch.version_id),
        parts={m.id: key.open(m.id, m.payload) for m in going.messages},
        attempts={m.id: m.attempt_no for m in going.messages},
        leaves_at=going.leaves_at,
    )


def _is_true(claim: Claim, batch: Batch, checked: Checked | None, now: datetime) -> bool:
    """Whether something is left of what a rule has found. Unchecked nothing goes."""
    if checked is None or not recheck.covers(checked, claim):
        at = now + timedelta(seconds=turns.backoff(claim))
        turns.put_off(claim, batch, at, setback=True)
        return False
    _suppress(claim, checked.gone, now)
    recheck.write(checked, claim, batch, now)
    if not ledger.waiting_messages(claim.chunk):
        chunks.close(claim)
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Going:
    way: Route
    messages: list[ledger.Waiting]
    leaves_at: float


def _going(claim: Claim, batch: Batch, now: datetime) -> _Going | None:
    """By which account, who, and when its turn begins: the turn is taken last."""
    way = _way(claim, batch, now)
    if way is None:
        return None
    turns.fit(claim, way, batch.version_id, now)
    if _over_the_cap(claim, batch, way, now):
        chunks.hold(claim, Refusal.SPEND_CAP)
        return None
    messages = _who_goes(claim, batch, now)
    if not messages:
        chunks.close(claim)
        return None
    leaves_at = turns.take(claim, batch, way, len(messages), now)
    return None if leaves_at is None else _Going(way, messages, leaves_at)


def _way(claim: Claim, batch: Batch, now: datetime) -> Route | None:
    """By which account, if by any at this moment."""
    way = route(claim, batch, now)
    if isinstance(way, Refusal):
        chunks.hold(claim, way)
        return None
    if isinstance(way, Later):
        at = way.at or now + timedelta(seconds=min(turns.backoff(claim), ASK_AGAIN))
        turns.put_off(claim, batch, at, setback=way.at is None)
        return None
    return None if turns.must_wait(claim, batch, way, now) else way


def _credit_reached(claim: Claim, now: datetime) -> None:
    """Kakao's word came while the SMS still waited: credit it, and do not send the SMS."""
    if claim.channel == Channel.ALIMTALK and claim.try_no == 1:
        return  # a first try: nothing can have reached anybody before
    credited = moves.credit_earlier(ledger.reached_before(claim.chunk), now)
    settling.count_on_chunks(moves.changes_of(credited), now)


def _unreleased(claim: Claim, batch: Batch, now: datetime) -> bool:
    """What nobody has decided to send, or whose sender may still take it back."""
    if batch.stage == Stage.RELEASED and not (batch.undo_until and now < batch.undo_until):
        return False
    # A release frees what it finds held: either it finds this chunk, or this line finds it done.
    fresh = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if fresh.stage == Stage.RELEASED:
        turns.put_off(claim, fresh, max(fresh.undo_until or now, now), setback=False)
    else:
        # Also with a token: what was handed over once is not handed over again in between.
        chunks.hold(claim, Refusal.RELEASE_AWAITED)
    return True


def _nothing_left(claim: Claim, batch: Batch, now: datetime) -> bool:
    """Its texts were destroyed before it went: nobody can say any more what it was."""
    if batch.wrapped_key is not None:
        return False
    _end(claim, MessageState.EXPIRED, Refusal.EXPIRED, now)
    return True


def _too_late(claim: Claim, batch: Batch, now: datetime) -> bool:
    if now < batch.expires_at:
        return False
    _end(claim, MessageState.EXPIRED, Refusal.EXPIRED, now)
    return True


def _end(claim: Claim, state: MessageState, code: Refusal, now: datetime) -> None:
    if claim.token:
        # Handed over once, and nobody knows with what success: that is all that can be said.
        end_waiting([claim.chunk], MessageState.UNKNOWN, Result.UNRECOGNISED, now)
    else:
        end_waiting([claim.chunk], state, code, now)
    chunks.close(claim)


def _stopped(claim: Claim, batch: Batch, now: datetime) -> bool:
    if batch.stopped_at is None:
        return False
    # A resume frees what it finds held: either it finds this chunk, or this line finds it done.
    fresh = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if fresh.cancelled_at is not None:
        _end(claim, MessageState.CANCELLED, Refusal.CANCELLED_BY_STAFF, now)
        return True
    if fresh.stopped_at is None:
        return False
    chunks.hold(claim, _why_stopped(fresh))
    return True


def _why_stopped(batch: Batch) -> Refusal:
    failed = batch.slice_state == SliceState.FAILED
    return Refusal.SLICE_FAILED if failed else Refusal.BATCH_STOPPED


def _after_the_slice(claim: Claim, batch: Batch, now: datetime) -> bool:
    """What waits to see how the first slice of its batch fares."""
    if batch.slice_state != SliceState.WATCHING or claim.in_slice:
        return False
    # As above: who ends the watch frees what it finds held.
    fresh = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if fresh.slice_state == SliceState.WATCHING:
        chunks.hold(claim, Refusal.FIRST_SLICE)
    elif fresh.stopped_at is not None:
        chunks.hold(claim, _why_stopped(fresh))
    else:
        return False
    return True


def _nothing_to_say(claim: Claim, batch: Batch, now: datetime) -> bool:
    if wording(batch.version_id).speaks(Channel(claim.channel)):
        return False
    # A wording never changes, so waiting for a person would help nobody.
    _end(claim, MessageState.FAILED, Refusal.NO_CHANNEL_LEFT, now)
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
        _end(claim, MessageState.EXPIRED, Refusal.EXPIRED, now)
        return True
    chunks.release(claim, not_before=opening, setback=False)
    defer(JobName.DISPATCH, claim.chunk, queue=claim.lane, at=opening)
    return True


def _channel_off(claim: Claim, batch: Batch, now: datetime) -> bool:
    if claim.token or not is_off(Channel(claim.channel), claim.chunk, batch, now):
        # What was handed over once is settled under its token, and goes no other way.
        return False
    # Who gets SMS anyway is not kept waiting by Kakao's outage.
    if _who_goes(claim, batch, now):
        chunks.hold(claim, Refusal.CHANNEL_OFF)
    else:
        chunks.close(claim)
    return True


#: In this order: an expiry counts from the release on.
_IN_THE_WAY = (
    _unreleased,
    _nothing_left,
    _too_late,
    _stopped,
    _after_the_slice,
    _wrong_hour,
    _nothing_to_say,
    _channel_off,
)


def _over_the_cap(claim: Claim, batch: Batch, way: Route, now: datetime) -> bool:
    if claim.token or not may_stop(priority=batch.notice.priority, lane=claim.lane):
        return False  # handed over once already; and a cap must never silence an emergency
    # What is under way will be billed as well: a long list is gone before the first receipt comes.
    stands = budgets.standing_over(batch.department.path, batch.project_id, now)
    if not stands:
        return False
    cost = len(ledger.waiting_messages(claim.chunk)) * _price(claim, batch, way, now)
    return in_the_way(stands, cost) is not None


def _price(claim: Claim, batch: Batch, way: Route, now: datetime) -> Decimal:
    today = timezone.localdate(now)
    try:
        return money.won(claim.channel, today, way.account.pk, batch.department.path)
    except ValueError:
        return Decimal(0)  # as the tally has it: what has no price yet costs nothing that is known


def _who_goes(claim: Claim, batch: Batch, now: datetime) -> list[ledger.Waiting]:
    waiting = ledger.waiting_messages(claim.chunk)
    if claim.token:
        return waiting  # decided when it was handed over the first time
    out: dict[int, Refusal] = {}
    to_sms: list[ledger.Waiting] = []
    wishes = ledger.wishes(claim.chunk, batch.notice_id, now)
    not_theirs = _Persons(batch).are_meant
    for message in waiting:
        if (wish := wishes.get(message.id)) is None:
            continue
        verdict = may_receive(
            [Choice(c) for c in wish.choices],
            # The law is about the resident, and not about who is told beside them.
            statutory=batch.notice.is_statutory and batch.origin != Origin.GUARDIAN,
            suspended=wish.suspended or (bool(wish.persons) and not_theirs(message, wish.persons)),
            absent=wish.absent,
        )
        if isinstance(verdict, Refusal):
            out[message.id] = verdict
        elif verdict is Choice.SMS and claim.channel == Channel.ALIMTALK and _has_sms(batch):
            to_sms.append(message)
    out.update(serving.without_consent(batch, [m for m in waiting if m.id not in out], now))
    later = _beyond_the_cap(claim, batch, waiting, out, now)
    _suppress(claim, out, now)
    to_sms = [m for m in to_sms if m.id not in later and m.id not in out]
    if to_sms:
        divert(claim, batch, to_sms, now)
    gone = set(out) | later | {m.id for m in to_sms}
    going_out = [m for m in waiting if m.id not in gone]
    if claim.channel == Channel.ALIMTALK:
        # Asked for Kakao, or no SMS may follow: tried there again, and believed anew.
        missed = [m.to_hash for m in going_out if (w := wishes.get(m.id)) is not None and w.absent]
        if missed:
            absences.drop(missed)
    return going_out


def _beyond_the_cap(
    claim: Claim,
    batch: Batch,
    waiting: list[ledger.Waiting],
    out: dict[int, Refusal],
    now: datetime,
) -> set[int]:
    """Who has been told enough today and is told tomorrow. Whom that would be too late for is added
    to those that are `out`."""
    too_many = set(capping.beyond(claim, batch, waiting, now)) - set(out)
    if not too_many or capping.put_off(claim, batch, too_many, now):
        return too_many
    out.update(dict.fromkeys(too_many, Refusal.DAILY_CAP))
    return set()


class _Persons:
    """Whom messages are for. Opened only where a phone is known to be somebody's who it is not."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    @cached_property
    def _key(self) -> crypto.BatchKey:
        return crypto.BatchKey.unwrap(bytes(self._batch.wrapped_key or b""), self._batch.pk)

    def are_meant(self, message: ledger.Waiting, persons: frozenset[bytes]) -> bool:
        """Whether a message is for one of these. A row without a name may be, so it stays here."""
        name = self._key.open(message.id, message.payload)[1]
        return not name.strip() or crypto.person_hash(name) in persons


def _has_sms(batch: Batch) -> bool:
    if not batch.notice.fallback:
        return False
    words = wording(batch.version_id)
    return words.speaks(words.way_by(Channel(batch.notice.fallback)))


def _suppress(claim: Claim, out: dict[int, Refusal], now: datetime) -> None:
    count = 0
    for code in set(out.values()):
        ids = [message for message, why in out.items() if why is code]
        count += settling.settle_chunk(claim.chunk, MessageState.SUPPRESSED, code, now, ids)
    settling.count_on_chunks({claim.chunk: {"suppressed": count}}, now)
