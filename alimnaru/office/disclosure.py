"""Residents' data in the clear: shown or taken out for a reason, and written down first."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.disclosure import RIGHTS, Disclosed, DisclosureFault, Purpose, fault_in
from alimnaru.rules.rights import roles_with
from alimnaru.store import audit
from alimnaru.store.models import Department, Member


class DisclosureRefused(PermissionError):  # noqa: N818
    """Nothing may be shown; `code` says why."""

    def __init__(self, code: DisclosureFault) -> None:
        super().__init__(code.value)
        self.code = code


def disclose(
    *,
    actor: Member,
    subject: str,
    department: Department | None,
    what: Disclosed,
    reason: Purpose,
    facts: Mapping[str, object] | None = None,
    whose: bytes | None = None,
) -> None:
    """Note that `actor` sees `subject` (such as 'message:12') in the clear, and why.

    Call it before anything is opened, in the transaction of whatever opens it. `department` is the
    one that the data belongs to; None: the actor's right counts wherever they hold it. `facts`
    must hold nothing personal; `whose` is the keyed hash of the one phone that it is about. Raises
    `DisclosureRefused`; then nothing is noted.
    """
    if not may_disclose(actor, what, department):
        raise DisclosureRefused(DisclosureFault.NOT_THEIRS)
    fault = fault_in(reason.reason, reason.note)
    if fault is not None:
        raise DisclosureRefused(fault)
    given = {"reason": reason.reason.value} | ({"note": reason.note} if reason.note else {})
    audit.record(
        actor=actor,
        act=what.value,
        subject=subject,
        department=department,
        facts={**(facts or {}), **given},
        whose=whose,
    )


def may_disclose(actor: Member, what: Disclosed, department: Department | None) -> bool:
    """Whether the actor holds a right that this asks for, in the department or above it."""
    if not actor.is_active:
        return False
    roles = frozenset().union(*(roles_with(right) for right in RIGHTS[what]))
    paths = actor.memberships.filter(role__in=roles).values_list("department__path", flat=True)
    return any(department is None or department.path.startswith(path) for path in paths)
