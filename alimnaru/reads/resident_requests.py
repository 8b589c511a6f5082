"""What residents asked about their own data."""

from __future__ import annotations

from django.db.models import F, QuerySet

from alimnaru.store.models import ResidentRequest
from alimnaru.store.scoping import Scope


def requests_of(scope: Scope) -> QuerySet[ResidentRequest]:
    """Those of these departments: open ones first, by the day on which they are due."""
    found = ResidentRequest.objects.filter(department__in=scope.departments())
    related = ("department", "member", "answered_by")
    order = (F("answered_at").desc(nulls_first=True), "due_on", "pk")
    return found.select_related(*related).order_by(*order)
