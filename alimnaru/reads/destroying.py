"""What was destroyed and what is due: certificates, and the digest that stands on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from alimnaru.rules.retention import GRACE, TERMS, RetentionClass
from alimnaru.store.models import Destruction, Kept, Notice


def certificates() -> QuerySet[Destruction]:
    """The latest first, with those who decided."""
    return Destruction.objects.select_related("department", "asked_by", "approved_by").order_by(
        "-pk"
    )


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


def late(now: datetime) -> int:
    """Batches whose texts should have been destroyed days ago."""
    return Kept.objects.filter(text_gone_at=None, text_until__lt=now - GRACE).count()
