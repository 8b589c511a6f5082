"""What each role may do. A role is held in a department and counts there and below it.

| role               | see | send | approve | wordings | department | system | audit | privacy |
|--------------------|-----|------|---------|----------|------------|--------|-------|---------|
| viewer             | yes |      |         |          |            |        |       |         |
| writer             | yes | yes  |         |          |            |        |       |         |
| approver           | yes | yes  | yes     |          |            |        |       |         |
| department_manager | yes | yes  | yes     | yes      | yes        |        | yes   | yes     |
| system_manager     | yes |      |         | yes      | yes        | yes    |       |         |
| auditor            | yes |      |         |          |            |        | yes   |         |
| privacy_officer    | yes |      |         |          |            |        | yes   | yes     |

A team head approves and sends, never the same batch (`release.may_approve`). Whoever holds the
carriers' keys neither sends nor approves, and reads no audit of themselves: separation of duties.
The officer answers for residents' data (개인정보 보호책임자, 법 제31조): incidents, residents'
requests, the monthly review; what goes to residents of it is still sent by a department.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """One thing that a role allows; pages and acts ask for one of these."""

    SEE = "see"
    SEND = "send"
    APPROVE = "approve"
    WORDINGS = "wordings"
    DEPARTMENT = "department"
    SYSTEM = "system"
    AUDIT = "audit"
    PRIVACY = "privacy"


_R = Right

#: By role, spelled as `store.models.Role` spells it.
RIGHTS_OF: Final[Mapping[str, frozenset[Right]]] = {
    "viewer": frozenset({_R.SEE}),
    "writer": frozenset({_R.SEE, _R.SEND}),
    "approver": frozenset({_R.SEE, _R.SEND, _R.APPROVE}),
    "department_manager": frozenset(
        {_R.SEE, _R.SEND, _R.APPROVE, _R.WORDINGS, _R.DEPARTMENT, _R.AUDIT, _R.PRIVACY}
    ),
    "system_manager": frozenset({_R.SEE, _R.WORDINGS, _R.DEPARTMENT, _R.SYSTEM}),
    "auditor": frozenset({_R.SEE, _R.AUDIT}),
    "privacy_officer": frozenset({_R.SEE, _R.AUDIT, _R.PRIVACY}),
}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """All that the roles allow together. A role that nobody knows allows nothing."""
    return frozenset().union(*(RIGHTS_OF.get(role, frozenset()) for role in roles))


def roles_with(right: Right) -> frozenset[str]:
    """The roles that allow it."""
    return frozenset(role for role, rights in RIGHTS_OF.items() if right in rights)
