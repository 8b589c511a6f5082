"""What the office decides about its own safety."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from alimnaru.rules.policy import OfficePolicy, PolicyProblem, changes, from_json, problems, to_json
from alimnaru.store import audit
from alimnaru.store.models import Member, Policy


class PolicyRefused(ValueError):  # noqa: N818
    """The policy contradicts itself or leaves its ranges; `problems` say where."""

    def __init__(self, found: Sequence[PolicyProblem]) -> None:
        super().__init__(", ".join(f"{p.field}: {p.fault.value}" for p in found))
        self.problems = list(found)


def change_policy(*, actor: Member, field: str, value: float) -> OfficePolicy:
    """Set one number of the policy; the audit keeps what it was before.

    Raises `PolicyRefused`, and `ValueError` for a field that nobody knows.
    """
    with transaction.atomic():
        Policy.objects.get_or_create(pk=1)
        row = Policy.objects.select_for_update().get(pk=1)
        before = from_json(row.values)
        after = from_json({**to_json(before), field: value})
        if found := problems(after):
            raise PolicyRefused(found)
        changed = changes(before, after)
        if changed:
            row.values = to_json(after)
            row.changed_at, row.changed_by = timezone.now(), actor
            row.save()
            facts = {name: list(pair) for name, pair in changed.items()}
            audit.record(actor=actor, act="policy.change", subject="policy", facts=facts)
    return after
