"""Agreements to be served electronically: what is recorded, and who of a list has none."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from alimnaru.store import crypto
from alimnaru.store.ledger import consents as ledger
from alimnaru.store.models import Batch, Message, Notice, ServiceConsent
from alimnaru.store.scoping import Scope


def consents(scope: Scope, whose: bytes | None = None) -> QuerySet[ServiceConsent]:
    """Agreements about the scope's notices, the latest first; of one phone by its hash."""
    found = ServiceConsent.objects.filter(department__in=scope.departments())
    if whose is not None:
        found = found.filter(to_hash=whose)
    return found.select_related("notice", "recorded_by", "withdrawn_by").order_by("-pk")


def open_consents(scope: Scope) -> QuerySet[ServiceConsent]:
    """Those that are not withdrawn and whose last day has not passed."""
    today = timezone.localdate()
    return consents(scope).filter(Q(ends_on=None) | Q(ends_on__gte=today), withdrawn_at=None)


def served(scope: Scope) -> QuerySet[Notice]:
    """The scope's notices by which documents are served."""
    service = Notice.LegalEffect.SERVICE
    return scope.notices().filter(legal_effect=service, is_active=True).order_by("name")


def lacking(batch: Batch) -> int:
    """How many of a list that serves a document agreed to nothing that holds today: the exit leaves
    them out (`flow.serving`). 0 for what only announces. Opens some payloads."""
    if batch.notice.legal_effect != Notice.LegalEffect.SERVICE or batch.wrapped_key is None:
        return 0
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key), batch.pk)
    found = ledger.agreed_phones(batch.pk, batch.notice_id, timezone.localdate())
    agreed = sum(
        crypto.person_hash(key.open(message, payload)[1]) in persons
        for message, payload, persons in found
    )
    return Message.objects.filter(batch=batch.pk).count() - agreed


class Unserved:
    """Counts rows of a list, a piece at a time, whose person agreed to nothing that holds today."""

    PIECE = 2000

    def __init__(self, notice: Notice) -> None:
        self._notice = notice.pk
        self._asks = notice.legal_effect == Notice.LegalEffect.SERVICE
        self._people: list[tuple[bytes, bytes]] = []
        self._count = 0

    def see(self, phone: str, name: str) -> None:
        """One row that may go."""
        if not self._asks:
            return
        person = crypto.person_hash("".join(name.split())) if name.strip() else b""
        self._people.append((crypto.phone_hash(phone), person))
        if len(self._people) >= self.PIECE:
            self._ask()

    def count(self) -> int:
        """How many there were; 0 for a notice that only announces."""
        self._ask()
        return self._count

    def _ask(self) -> None:
        if self._people:
            hashes = [to_hash for to_hash, _person in self._people]
            held = ledger.in_force(self._notice, hashes, timezone.localdate())
            self._count += sum(one not in held for one in self._people)
            self._people.clear()


def may_serve(notice: Notice, phone: str, name: str) -> bool:
    """Whether this notice may go to a phone (digits) and a person today."""
    if notice.legal_effect != Notice.LegalEffect.SERVICE:
        return True
    to_hash = crypto.phone_hash(phone)
    person = crypto.person_hash("".join(name.split())) if name.strip() else None
    return (to_hash, person) in ledger.in_force(notice.pk, [to_hash], timezone.localdate())
