"""Certificates of destruction; and records of the office's own duties, destroyed by their terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from alimnaru.reads.destroying import digest
from alimnaru.rules.retention import Basis, Record, ended_before
from alimnaru.store import audit
from alimnaru.store.models import (
    AccessRemark,
    AccessReview,
    Certificate,
    Department,
    Destruction,
    Incident,
    IncidentScope,
    IncidentStep,
    ResidentRequest,
    ServiceConsent,
)

#: Records of a kind in one round; the next one goes on.
LIMIT = 5000


def certify_one(one: Destruction) -> None:
    """Put the digest on it, note it where nobody can take it back, and in the audit."""
    one.digest = digest(one)
    one.save(update_fields=["digest"])
    at = one.done_at or timezone.now()
    Certificate.objects.create(destruction_id=one.pk, at=at, digest=one.digest)
    audit.record(
        actor=one.approved_by or audit.own_member(),
        act="retention.destroy",
        subject=f"destruction:{one.pk}",
        department=one.department,
        facts={"batches": one.batches, "messages": one.messages, "digest": one.digest},
    )


def destroy_records(now: datetime) -> int:
    """Destroy the records whose years are over, each kind in a transaction of its own; how many."""
    today = timezone.localdate(now)
    return sum(_destroy(record, ended_before(record, today), now) for record in Record)


def _destroy(record: Record, before: date, now: datetime) -> int:
    with transaction.atomic():
        due = _DUE[record](before).select_for_update(skip_locked=True)
        # A review has no department: it is the whole office's.
        found = sorted((getattr(one, "department_id", 0), one.pk) for one in due[:LIMIT])
        for place, group in groupby(found, key=itemgetter(0)):
            others = _DELETE[record]([number for _place, number in group])
            certify_one(_certificate(record, place or _root(), others, now))
    return len(found)


def _certificate(record: Record, place: int | None, others: int, now: datetime) -> Destruction:
    return Destruction.objects.create(
        what=Destruction.What.ROWS,
        basis=Basis.TERM_OVER.value,
        retention=record.value,
        department_id=place,
        begun_at=now,
        done_at=now,
        others=others,
    )


def _root() -> int | None:
    root = Department.objects.filter(parent=None).order_by("path")
    return root.values_list("pk", flat=True).first()


def _day(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


_DUE: Mapping[Record, Callable[[date], QuerySet[Any]]] = {
    Record.REQUEST: lambda day: ResidentRequest.objects.filter(answered_at__lt=_day(day)),
    Record.INCIDENT: lambda day: Incident.objects.filter(closed_at__lt=_day(day)),
    Record.REVIEW: lambda day: AccessReview.objects.filter(month__lt=day),
    Record.CONSENT: lambda day: ServiceConsent.objects.filter(
        Q(withdrawn_at__lt=_day(day)) | Q(ends_on__lt=day)
    ),
}


def _delete_incidents(numbers: list[int]) -> int:
    gone = IncidentStep.objects.filter(incident__in=numbers).delete()[0]
    gone += IncidentScope.objects.filter(incident__in=numbers).delete()[0]
    return gone + Incident.objects.filter(pk__in=numbers).delete()[0]


def _delete_reviews(numbers: list[int]) -> int:
    reviews = AccessReview.objects.filter(pk__in=numbers)
    months = list(reviews.values_list("month", flat=True))
    gone = AccessRemark.objects.filter(month__in=months).delete()[0]
    return gone + reviews.delete()[0]


_DELETE: Mapping[Record, Callable[[list[int]], int]] = {
    Record.REQUEST: lambda n: ResidentRequest.objects.filter(pk__in=n).delete()[0],
    Record.INCIDENT: _delete_incidents,
    Record.REVIEW: _delete_reviews,
    Record.CONSENT: lambda n: ServiceConsent.objects.filter(pk__in=n).delete()[0],
}
