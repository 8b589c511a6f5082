"""Agreements to be served electronically (송달): recorded, brought in as a list, withdrawn.

Kept by phone and person together, so that a number that changed hands carries none with it. Name
and address are sealed: they are needed when somebody disputes the service, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from alimnaru.rules.consent_list import read_consents
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.sources.apart import open_list
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import consents as of_rows
from alimnaru.store.ledger import preferences as ledger
from alimnaru.store.models import Member, Notice, ServiceConsent

#: Under which name and address are sealed.
PURPOSE = "service consent"
EVIDENCE_MOST = 200
#: Phone hash, person hash, first and last day.
_Key = tuple[bytes, bytes, date, date | None]


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


def record(notice: Notice, agreed: Sequence[Agreement], *, actor: Member) -> list[Refusal | None]:
    """Record agreements, all in one act; for each: None, or why it was left out.

    The same agreement given again is recorded once. Raises `NothingServed`, `NoEvidence`.
    """
    if notice.legal_effect != Notice.LegalEffect.SERVICE:
        raise NothingServed(notice.code)
    told: list[Refusal | None] = []
    wanted: dict[_Key, ServiceConsent] = {}
    for one in agreed:
        row = _row(notice, one, actor)
        told.append(row if isinstance(row, Refusal) else None)
        if not isinstance(row, Refusal):
            wanted.setdefault(_key(row), row)
    with transaction.atomic():
        # Two clerks who enter the same at once record it once.
        ledger.lock()
        hashes = [row.to_hash for row in wanted.values()]
        known = ServiceConsent.objects.filter(notice=notice, withdrawn_at=None, to_hash__in=hashes)
        for there in known:
            wanted.pop(_key(there), None)
        made = ServiceConsent.objects.bulk_create(wanted.values(), batch_size=1000)
        facts: dict[str, object] = {"new": len(made), "refused": sum(map(bool, told))}
        if made:
            # Numbered in a row, under the lock: what is sealed of them is in the audit.
            first, last = made[0].pk, made[-1].pk
            facts |= {"first": first, "last": last, "digest": of_rows.digest_of(first, last)}
        whose = bytes(hashes[0]) if len(agreed) == 1 and hashes else None
        _note("consent.record", notice, actor, facts, whose)
    return told


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: rows that stand recorded now, and those left out, each with why."""

    recorded: int
    refused: Sequence[tuple[int, Refusal]]


def import_list(path: Path, notice: Notice, *, how: str, actor: Member) -> Imported:
    """Record the agreements of a list (`rules.consent_list`), all in one act.

    Raises `ListRefused`, `RosterRefused`, `NothingServed`; then nothing is recorded.
    """
    found = read_consents(open_list(path).rows(), timezone.localdate())
    agreed = [
        Agreement(one.phone, one.name, one.starts_on, one.evidence, how, one.ends_on, one.address)
        for one in found.good
    ]
    record(notice, agreed, actor=actor)
    return Imported(len(agreed), found.refused)


def _key(row: ServiceConsent) -> _Key:
    return bytes(row.to_hash), bytes(row.person_hash), row.starts_on, row.ends_on


def _row(notice: Notice, one: Agreement, actor: Member) -> ServiceConsent | Refusal:
    if not one.evidence.strip():
        raise NoEvidence
    phone = read_phone(one.phone)
    name = "".join(one.name.split())
    if isinstance(phone, Refusal):
        return phone
    if not name:
        return Refusal.VALUE_EMPTY
    sealed = json.dumps([one.name.strip(), one.address.strip()]).encode()
    return ServiceConsent(
        to_hash=crypto.phone_hash(phone),
        person_hash=crypto.person_hash(name),
        notice=notice,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        sealed=crypto.seal(sealed, purpose=PURPOSE),
        department=notice.department,
        how=one.how,
        evidence=one.evidence.strip()[:EVIDENCE_MOST],
        recorded_by=actor,
        recorded_at=timezone.now(),
    )


def withdraw(found: QuerySet[ServiceConsent], *, actor: Member | None, note: str = "") -> int:
    """End agreements from this moment on; return how many ended. `actor` None: the resident, on
    their own page. What was served before stays served."""
    with transaction.atomic():
        open_ones = list(
            found.filter(withdrawn_at=None)
            .select_for_update()
            .select_related("notice")
            .order_by("pk")
        )
        # Not before they were waited for: the audit says the same within a minute (`verify`).
        now = timezone.now()
        for one in open_ones:
            one.withdrawn_at, one.withdrawn_by = now, actor
            one.save(update_fields=["withdrawn_at", "withdrawn_by"])
            facts = {"consent": one.pk} | ({"note": note} if note and actor else {})
            act = "consent.withdraw" if actor else "resident.withdraw"
            _note(act, one.notice, actor or audit.own_member(), facts, bytes(one.to_hash))
    return len(open_ones)


def of_person(to_hash: bytes, person_hash: bytes | None) -> QuerySet[ServiceConsent]:
    """Agreements in force of who has this phone; of one person, if it is known whose."""
    today = timezone.localdate()
    found = ServiceConsent.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), to_hash=to_hash, withdrawn_at=None
    )
    return found if person_hash is None else found.filter(person_hash=person_hash)


def _note(
    act: str, notice: Notice, actor: Member, facts: Mapping[str, object], whose: bytes | None
) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"notice:{notice.pk}",
        department=notice.department,
        facts={"notice": notice.code, **facts},
        whose=whose,
    )
