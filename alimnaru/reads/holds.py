"""What is kept apart for a law or a court: by department, and without opening anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from alimnaru.rules.hold import LIVE, HoldState
from alimnaru.store import crypto
from alimnaru.store.ledger import holds as ledger
from alimnaru.store.models import HeldCopy, LegalHold
from alimnaru.store.scoping import Scope

#: Put apart within minutes; a large batch within an hour or two.
COPIED = timedelta(days=1)
#: Copies whose digest a page computes: some 2 KB each, so that it stays within milliseconds.
LOOKED_AT = 500


def holds(scope: Scope) -> QuerySet[LegalHold]:
    """Of these departments, the latest first, with those who asked and agreed."""
    related = ("department", "asked_by", "agreed_by", "end_asked_by", "end_agreed_by")
    found = LegalHold.objects.select_related(*related)
    return found.filter(department__in=scope.departments()).order_by("-pk")


def copies(hold: LegalHold) -> QuerySet[HeldCopy]:
    """What was put apart of it, by message. Nothing sealed is loaded."""
    return HeldCopy.objects.filter(hold=hold).defer("payload", "to_hash").order_by("message")


def copy_of(scope: Scope, number: int) -> HeldCopy | None:
    """One that is held in these departments."""
    found = HeldCopy.objects.select_related("hold__department")
    return found.filter(pk=number, hold__department__in=scope.departments()).first()


def is_untouched(hold: LegalHold) -> bool:
    """Whether what is held is what was put apart. One pass over it; of a large one only its count
    is looked at here, and all of it by a verification."""
    if hold.copies > LOOKED_AT:
        return HeldCopy.objects.filter(hold=hold).count() == hold.copies
    return hold.state != HoldState.KEPT or hold.digest == ledger.digest_of(hold.pk)


def altered_holds() -> list[tuple[int, datetime | None]]:
    """Which are not as they were put apart, or cannot be opened any more, and when that was. A pass
    over everything that is held."""
    found = dict(ledger.altered())
    kept = LegalHold.objects.filter(state=HoldState.KEPT).only("wrapped_key", "copied_at")
    for hold in kept:
        try:
            crypto.BatchKey.unwrap(bytes(hold.wrapped_key or b""), crypto.HOLDS + hold.pk)
        except crypto.Unreadable:
            found[hold.pk] = hold.copied_at
    return sorted(found.items())


def held_of(scope: Scope, whose: bytes) -> QuerySet[HeldCopy]:
    """What is held about one phone in these departments."""
    own = HeldCopy.objects.filter(to_hash=whose, hold__department__in=scope.departments())
    found = own.filter(hold__state__in=LIVE).select_related("hold")
    return found.order_by("-message", "-hold")


def stuck(now: datetime) -> int:
    """Holds that should have been put apart long ago: until then their batch is not destroyed."""
    return LegalHold.objects.filter(state=HoldState.COPYING, agreed_at__lt=now - COPIED).count()


def over(now: datetime) -> int:
    """Holds that should have been destroyed a day ago and more."""
    before = now - COPIED
    due = Q(until__lt=timezone.localdate(before)) | Q(end_agreed_at__lt=before)
    return LegalHold.objects.filter(due, state__in=(*LIVE, HoldState.ENDING)).count()
