"""Legal holds: messages put apart under the hold's own key, and destroyed at its end.

In small steps, each its own transaction that notes how far it has come: killed at any moment, the
next worker goes on. What is put apart is what a proof of the message says (`flow.proving`), so
that nothing of the sending system is needed to read it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import transaction
from django.utils import timezone

from alimnaru.flow.certificates import certify_one
from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.proving import gathered
from alimnaru.reads.one_message import Course, course_of
from alimnaru.reads.verifying import is_batch_as_sealed, is_message_as_sealed
from alimnaru.rules.hold import RETENTION, HoldState
from alimnaru.rules.proof import Proof
from alimnaru.rules.retention import Basis
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import holds as ledger
from alimnaru.store.models import Destruction, HeldCopy, LegalHold
from alimnaru.store.scoping import whole_office

#: Messages in one transaction; gathering one takes some milliseconds.
STEP = 50
#: Transactions in one job; the next one goes on, so that a large hold keeps nobody's list waiting.
STEPS = 40

_as_json = msgspec.json.Encoder().encode


def tend() -> bool:
    """One round: ring for what is to be put apart, destroy what is over. True if there was any."""
    now = timezone.now()
    with transaction.atomic():
        gone = ledger.drop_keys(now, timezone.localdate(now))
    ending = LegalHold.objects.filter(state=HoldState.ENDING).order_by("pk")
    for hold in ending.values_list("pk", flat=True):
        while _blank(hold, now):
            pass
    copying = LegalHold.objects.filter(state=HoldState.COPYING).order_by("pk")
    for hold in copying.values_list("pk", flat=True):
        with transaction.atomic():
            defer(JobName.HOLD, hold, queue=LISTS)
    return bool(gone)


def copy(number: int) -> None:
    """Put the next messages apart, and ring again while some are left."""
    hold = LegalHold.objects.filter(pk=number, state=HoldState.COPYING).first()
    if hold is None:
        return
    # Once for a job: no index has a batch's messages in order.
    messages = ledger.next_messages(hold.batch, hold.messages, hold.copied_to, STEP * STEPS)
    altered = bool(messages) and not is_batch_as_sealed(hold.batch)
    for start in range(0, len(messages), STEP):
        if not _step(number, messages[start : start + STEP], altered=altered):
            return
    if len(messages) < STEP * STEPS:
        _end(number, messages[-1] if messages else hold.copied_to)
        return
    with transaction.atomic():
        defer(JobName.HOLD, number, queue=LISTS)


def _step(number: int, messages: list[int], *, altered: bool) -> bool:
    """One transaction. False: another worker is at it, or it was ended meanwhile."""
    with transaction.atomic():
        hold = _locked(number, HoldState.COPYING)
        if hold is None:
            return False
        left = [message for message in messages if message > hold.copied_to]
        if left:
            _put_apart(hold, left, altered=altered)
    return True


def _end(number: int, last: int) -> None:
    with transaction.atomic():
        hold = _locked(number, HoldState.COPYING)
        if hold is not None and hold.copied_to >= last:
            _copied(hold)


def _locked(number: int, state: HoldState) -> LegalHold | None:
    found = LegalHold.objects.select_for_update(of=("self",), skip_locked=True)
    return found.filter(pk=number, state=state).first()


def _put_apart(hold: LegalHold, messages: list[int], *, altered: bool) -> None:
    key = crypto.BatchKey.unwrap(bytes(hold.wrapped_key or b""), crypto.HOLDS + hold.pk)
    by, office = audit.own_member().name, whole_office()
    courses = [one for one in (course_of(office, message) for message in messages) if one]
    HeldCopy.objects.bulk_create(_copy(hold, key, course, by, altered) for course in courses)
    hold.copied_to, hold.copies = messages[-1], hold.copies + len(courses)
    hold.save(update_fields=["copied_to", "copies"])


def _copy(
    hold: LegalHold, key: crypto.BatchKey, course: Course, by: str, altered: bool
) -> HeldCopy:
    message = course.message
    wrong = altered or not is_message_as_sealed(message.pk)
    said = _as_json(gathered(course, by, altered=wrong)).decode()
    return HeldCopy(
        hold=hold,
        message=message.pk,
        row_no=message.row_no,
        state=message.state,
        to_hash=bytes(message.to_hash),
        # A step that was undone may be done again with other seals: the nonce is drawn anew.
        payload=key.seal_anew(message.pk, [said]),
    )


def read(copy: HeldCopy) -> Proof | None:
    """What was put apart; None once it is destroyed. Raises `crypto.Unreadable`."""
    if copy.hold.wrapped_key is None:
        return None
    key = crypto.BatchKey.unwrap(bytes(copy.hold.wrapped_key), crypto.HOLDS + copy.hold.pk)
    (said,) = key.open(copy.message, bytes(copy.payload))
    return msgspec.json.decode(said, type=Proof)


def _copied(hold: LegalHold) -> None:
    """The last step: what was put apart is noted where it is sealed."""
    hold.state, hold.copied_at = HoldState.KEPT, timezone.now()
    hold.digest = ledger.digest_of(hold.pk)
    hold.save(update_fields=["state", "copied_at", "digest"])
    audit.record(
        actor=audit.own_member(),
        act="hold.copied",
        subject=f"hold:{hold.pk}",
        department=hold.department,
        facts={"batch": hold.batch, "messages": hold.copies, "digest": hold.digest},
    )


def _blank(number: int, now: datetime) -> bool:
    """One transaction of a hold whose key is gone. False: it is done, or another is at it."""
    with transaction.atomic():
        hold = _locked(number, HoldState.ENDING)
        if hold is None:
            return False
        if ledger.blank(hold.pk, hold.blanked_to) is not None:
            return True
        hold.destruction = _certificate(hold, now)
        hold.state = HoldState.ENDED
        hold.save(update_fields=["destruction", "state"])
        return False


def _certificate(hold: LegalHold, now: datetime) -> Destruction:
    decided = hold.end_agreed_by is not None
    one = Destruction.objects.create(
        what=Destruction.What.ROWS,
        basis=(Basis.DECISION if decided else Basis.TERM_OVER).value,
        retention=RETENTION,
        department=hold.department,
        reason=hold.end_reason if decided else "",
        asked_by=hold.end_asked_by if decided else None,
        asked_at=hold.end_asked_at if decided else None,
        approved_by=hold.end_agreed_by,
        begun_at=hold.key_gone_at,
        done_at=now,
        messages=hold.copies,
    )
    certify_one(one)
    return one
