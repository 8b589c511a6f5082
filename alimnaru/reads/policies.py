"""What the office has decided about its own safety."""

from __future__ import annotations

from alimnaru.rules.policy import OfficePolicy, from_json
from alimnaru.store.models import Policy


def office_policy() -> OfficePolicy:
    """The office's policy, defaults where it has decided nothing. One query."""
    values = Policy.objects.values_list("values", flat=True).first()
    return from_json(values or {})
