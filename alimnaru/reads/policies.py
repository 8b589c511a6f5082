"""What the office has decided about its own safety."""

from __future__ import annotations

from datetime import datetime

from alimnaru.rules.policy import OfficePolicy, from_json
from alimnaru.store.models import Policy


def office_policy() -> OfficePolicy:
    """The office's policy, defaults where it has decided nothing. One query."""
    values = Policy.objects.values_list("values", flat=True).first()
    return from_json(values or {})


def last_change() -> tuple[datetime, str] | None:
    """When the policy was changed last, and by whom; None if never."""
    row = Policy.objects.select_related("changed_by").exclude(changed_at=None).first()
    if row is None or row.changed_at is None:
        return None
    return row.changed_at, row.changed_by.name if row.changed_by else ""
