"""What each role may do: the table, and what must never be in one hand."""

from __future__ import annotations

import pytest

from alimnaru.rules.rights import RIGHTS_OF, Right, rights_of, roles_with

ALLOWED = {
    Right.SEE: {
        "viewer",
        "writer",
        "approver",
        "department_manager",
        "system_manager",
        "auditor",
        "privacy_officer",
    },
    Right.SEND: {"writer", "approver", "department_manager"},
    Right.APPROVE: {"approver", "department_manager"},
    Right.WORDINGS: {"department_manager", "system_manager"},
    Right.DEPARTMENT: {"department_manager", "system_manager"},
    Right.SYSTEM: {"system_manager"},
    Right.AUDIT: {"department_manager", "auditor", "privacy_officer"},
    Right.PRIVACY: {"department_manager", "privacy_officer"},
}


@pytest.mark.parametrize("right", Right)
def test_the_roles_with_a_right(right: Right) -> None:
    assert roles_with(right) == ALLOWED[right]


def test_the_roles_are_those_of_the_store() -> None:
    from alimnaru.store.models import Role

    assert set(RIGHTS_OF) == set(Role.values)


def test_rights_add_up() -> None:
    assert rights_of([]) == set()
    assert rights_of(["viewer"]) == {Right.SEE}
    assert rights_of(["writer", "auditor"]) == {Right.SEE, Right.SEND, Right.AUDIT}


def test_a_role_of_a_later_version_allows_nothing() -> None:
    assert rights_of(["mayor"]) == set()


@pytest.mark.parametrize("role", RIGHTS_OF)
def test_duties_are_separated(role: str) -> None:
    rights = RIGHTS_OF[role]
    assert not ({Right.SYSTEM} <= rights and rights & {Right.SEND, Right.APPROVE})
    assert not {Right.SYSTEM, Right.AUDIT} <= rights
