"""Agreements to be served electronically (송달): recorded, brought in as a list, withdrawn.

Kept by phone and person together, so that a number that changed hands carries none with it. Name
and address are sealed: they are needed when somebody disputes the service, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit, crypto
from alimnaru.store.models import Member, Notice, ServiceConsent

#: Under which name and address are sealed.
PURPOSE = "service consent"
EVIDENCE_MOST = 200


class NothingServed(ValueError):  # noqa: N818
    """The notice only announces: nobody has to agree to it."""


class NoEvidence(ValueError):  # noqa: N818
    """Nothing says where the agreement can be looked up: it would prove nothing."""


@dataclass(frozen=True, slots=True, repr=False)
class Agreement:
    """What a resident agreed to. `phone` as it was written; the last day may be open."""

    phone: str
    name: str
    starts_on: date
    evidence: str
    how: str = ServiceConsent.How.DESK
    ends_on: date | None = None
    address: str = ""


def record(notice: Notice, agreed: Iterable[Agreement], *, actor: Member) -> list[Refusal | None]:
    """Record agreements, all in one act; for each: None, or why it was left out.

    The same agreement given again is recorded once. Raises `NothingServed`, `NoEvidence`.
    """
    if notice.legal_effect != Notice.LegalEffect.SERVICE:
        raise NothingServed(notice.code)
    told: list[Refusal | None] = []
    with transaction.atomic():
        new = sum(_one(notice, one, actor, told) for one in agreed)
        refused = sum(1 for one in told if one is not None)
        _note("consent.record", notice, actor, {"new": new, "refused": refused})
    return told


def _one(notice: Notice, one: Agreement, actor: Member, told: list[Refusal | None]) -> bool:
    if not one.evidence.strip():
        raise NoEvidence
    phone = read_phone(one.phone)
    name = "".join(one.name.split())
    if isinstance(phone, Refusal) or not name:
        told.append(phone if isinstance(phone, Refusal) else Refusal.VALUE_EMPTY)
        return False
    told.append(None)
    sealed = json.dumps([one.name.strip(), one.address.strip()]).encode()
    _row, is_new = ServiceConsent.objects.get_or_create(
        to_hash=crypto.phone_hash(phone),
        person_hash=crypto.person_hash(name),
        notice=notice,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        withdrawn_at=None,
        defaults={
            "sealed": crypto.seal(sealed, purpose=PURPOSE),
            "department": notice.department,
            "how": one.how,
            "evidence": one.evidence.strip()[:EVIDENCE_MOST],
            "recorded_by": actor,
            "recorded_at": timezone.now(),
        },
    )
    return is_new


def withdraw(found: QuerySet[ServiceConsent], *, actor: Member | None) -> int:
    """End agreements from this moment on; return how many ended. `actor` None: the resident, on
    their own page. What was served before stays served."""
    now = timezone.now()
    with transaction.atomic():
        open_ones = list(
            found.filter(withdrawn_at=None)
            .select_for_update()
            .select_related("notice")
            .order_by("pk")
        )
        for one in open_ones:
            one.withdrawn_at, one.withdrawn_by = now, actor
            one.save(update_fields=["withdrawn_at", "withdrawn_by"])
            who = actor or audit.own_member()
            _note("consent.withdraw", one.notice, who, {"from": "desk" if actor else "page"})
    return len(open_ones)


def of_person(to_hash: bytes, person_hash: bytes | None) -> QuerySet[ServiceConsent]:
    """Agreements in force of who has this phone; of one person, if it is known whose."""
    today = timezone.localdate()
    found = ServiceConsent.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), to_hash=to_hash, withdrawn_at=None
    )
    return found if person_hash is None else found.filter(person_hash=person_hash)


def _note(act: str, notice: Notice, actor: Member, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"notice:{notice.pk}",
        department=notice.department,
        facts={"notice": notice.code, **facts},
    )
