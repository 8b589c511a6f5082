"""Agreements to be served electronically: what is recorded, and who of a list has none."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from alimnaru.store.models import Notice, ServiceConsent
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
