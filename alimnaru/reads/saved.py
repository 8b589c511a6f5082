"""Saved lists, with nothing of what is in them."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils import timezone

from alimnaru.store.models import Notice, SavedList
from alimnaru.store.scoping import Scope


def saved_lists(scope: Scope) -> QuerySet[SavedList]:
    """The lists of a scope, those that can be used before the expired ones, the newest first."""
    lists = SavedList.objects.filter(department__in=scope.departments()).defer("content")
    return lists.select_related("department", "member").order_by(
        F("expires_at").desc(nulls_last=True), "name"
    )


def lists_for(scope: Scope, notice: Notice) -> QuerySet[SavedList]:
    """Those that this notice may go to: kept for the people that it is for."""
    usable = saved_lists(scope).filter(content__isnull=False, expires_at__gt=timezone.now())
    return usable.filter(audience=notice.audience)
