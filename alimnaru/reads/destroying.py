"""What was destroyed and what is due: certificates, and the digest that stands on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from alimnaru.rules.retention import GRACE, RECORD_YEARS, TERMS, Record, RetentionClass
from alimnaru.store.models import Destruction, Kept, Notice
from alimnaru.store.scoping import Scope

SOON = timedelta(days=30)


def certificates(scope: Scope) -> QuerySet[Destruction]:
    """Of what was destroyed in these departments, the latest first, with those who decided."""
    return _of(scope).filter(state=Destruction.State.DONE).order_by("-pk")


def asked(scope: Scope) -> QuerySet[Destruction]:
    """What waits for a second person, or is being destroyed, in these departments."""
    waits = (Destruction.State.ASKED, Destruction.State.APPROVED)
    return _of(scope).filter(state__in=waits).order_by("pk")


def _of(scope: Scope) -> QuerySet[Destruction]:
    related = ("department", "asked_by", "approved_by", "batch__notice")
    return Destruction.objects.select_related(*related).filter(department__in=scope.departments())


@dataclass(frozen=True, slots=True)
class Standing:
    """Batches of some departments: whose texts are kept, are due within 30 days, are late."""

    kept: int
    soon: int
    late: int


def standing(scope: Scope, now: datetime) -> Standing:
    """One query."""
    kept = Kept.objects.filter(text_gone_at=None, batch__in=scope.batches())
    found = kept.aggregate(
        kept=Count("pk"),
        soon=Count("pk", filter=Q(text_until__lt=now + SOON)),
        late=Count("pk", filter=Q(text_until__lt=now - GRACE)),
    )
    return Standing(**found)


def batches_of(one: Destruction) -> Iterator[tuple[int, int]]:
    """(number, messages) of each batch on a certificate, in order."""
    kept = one.hashes if one.what == Destruction.What.HASH else one.texts
    yield from kept.order_by("pk").values_list("pk", "messages").iterator()


def digest(one: Destruction) -> str:
    """SHA-256 over what a certificate says: JSON of its facts, then a line for each batch."""
    facts = {
        "what": one.what,
        "basis": one.basis,
        "class": one.retention,
        "department": one.department_id,
        "reason": one.reason,
        "asked_by": one.asked_by_id,
        "approved_by": one.approved_by_id,
        "done_at": one.done_at.isoformat() if one.done_at else None,
        "batches": one.batches,
        "messages": one.messages,
        "others": one.others,
    }
    found = hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode())
    for batch, messages in batches_of(one):
        found.update(f"\n{batch} {messages}".encode())
    return found.hexdigest()


def is_untouched(one: Destruction) -> bool:
    """Whether a certificate still says what it said."""
    return one.digest == digest(one)


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A retention class: its term, the notices in it, and what is kept under it now."""

    kind: RetentionClass
    text_days: int
    hash_days: int
    notices: int


def classes() -> list[ClassLine]:
    """Every class in order. One query."""
    named: dict[str, int] = {}
    for code in Notice.objects.filter(is_active=True).values_list("retention", flat=True):
        named[code] = named.get(code, 0) + 1
    return [
        ClassLine(kind, TERMS[kind].text_days, TERMS[kind].hash_days, named.get(kind.value, 0))
        for kind in RetentionClass
    ]


@dataclass(frozen=True, slots=True)
class RecordLine:
    """What the office keeps beside messages, and for how many years."""

    record: Record
    years: int

    @property
    def days(self) -> int:
        """As `ClassLine` says it."""
        return self.years * 365


def records() -> list[RecordLine]:
    """Every kind of record in order."""
    return [RecordLine(record, RECORD_YEARS[record]) for record in Record]


def late(now: datetime) -> int:
    """Batches whose texts should have been destroyed days ago."""
    return Kept.objects.filter(text_gone_at=None, text_until__lt=now - GRACE).count()


def unwritten(before: datetime) -> bool:
    """Whether something destroyed before then may still lie in files as an old version."""
    done = Destruction.objects.filter(state=Destruction.State.DONE, rewritten_at=None)
    return done.filter(done_at__lt=before).exists()
