"""Who is told beside a resident: entered at the desk on evidence, for a while, and ended."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.guardians import PURPOSE
from alimnaru.rules.guardians import GuardianFault, Relation, fault_of, may_be_copied
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import preferences as ledger
from alimnaru.store.models import Department, Guardian, Member, Notice


class GuardianRefused(ValueError):  # noqa: N818
    """Nobody was entered; `code` says why."""

    def __init__(self, code: GuardianFault) -> None:
        super().__init__(code.value)
        self.code = code


def enter_guardian(
    *,
    actor: Member,
    ward: str,
    phone: str,
    relation: Relation,
    department: Department,
    notice: Notice | None,
    until: date,
    evidence: str,
) -> Guardian:
    """Have a guardian told what goes to the phone `ward`, until the end of a day: of `notice`, or
    (None) of all that the department and those below it send and that may be copied.

    Phones are digits; of the ward's only the hash is kept. Raises `GuardianRefused`.
    """
    now, today = timezone.now(), timezone.localdate()
    fault = fault_of(same_phone=ward == phone, evidence=evidence, until=until, today=today)
    if fault is not None:
        raise GuardianRefused(fault)
    if notice is not None and not is_copied(notice):
        raise GuardianRefused(GuardianFault.NOT_COPIED)
    with transaction.atomic():
        # Two clerks who enter the same at once would have every copy go twice.
        ledger.lock()
        whom = {
            "ward_hash": crypto.phone_hash(ward),
            "to_hash": crypto.phone_hash(phone),
            "notice": notice,
            "department": department,
        }
        if Guardian.objects.filter(**whom, until__gt=now).exists():
            raise GuardianRefused(GuardianFault.ALREADY)
        sealed = crypto.seal(phone.encode(), purpose=PURPOSE)
        times = {"since": now, "until": _end_of(until)}
        entered = Guardian.objects.create(
            **whom, **times, phone=sealed, relation=relation, evidence=evidence, member=actor
        )
        _record(entered, actor, "guardian.set", until=entered.until.isoformat())
    return entered


def end_guardian(entered: Guardian, *, actor: Member, note: str) -> bool:
    """Send no more copies from now on. False: it had ended."""
    now = timezone.now()
    with transaction.atomic():
        ours = Guardian.objects.filter(pk=entered.pk, until__gt=now).update(until=now)
        if ours:
            _record(entered, actor, "guardian.end", note=note)
    return bool(ours)


def is_copied(notice: Notice) -> bool:
    """Whether a consent may name this notice."""
    return may_be_copied(
        sensitivity=notice.sensitivity, legal_effect=notice.legal_effect, named=True
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), timezone.get_current_timezone())


def _record(entered: Guardian, actor: Member, act: str, **facts: str) -> None:
    given = {
        "relation": str(entered.relation),
        "notice": entered.notice.code if entered.notice else "",
        **facts,
    }
    audit.record(
        actor=actor,
        act=act,
        subject=f"guardian:{entered.pk}",
        department=entered.department,
        facts={name: value for name, value in given.items() if value},
        whose=bytes(entered.ward_hash),
    )
