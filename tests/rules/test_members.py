"""Who may change what about people, and what an office is never left without."""

from __future__ import annotations

import pytest

from alimnaru.rules.members import (
    OPERATOR,
    Holding,
    MemberFault,
    givable,
    is_root,
    may_give,
    may_take,
    may_touch,
    read_login,
    read_name,
    root_of,
)

SYSTEM = Holding(1, "system_manager", "/gu/")
MANAGER = Holding(2, "department_manager", "/gu/lib/")
WRITER = Holding(3, "writer", "/gu/lib/")
F = MemberFault


@pytest.mark.parametrize(
    ("actor", "role", "path", "fault"),
    [
        (MANAGER, "writer", "/gu/lib/", None),
        (MANAGER, "department_manager", "/gu/lib/kids/", None),
        (MANAGER, "writer", "/gu/", F.ROLE_NOT_YOURS),
        (MANAGER, "writer", "/gu/health/", F.ROLE_NOT_YOURS),
        (MANAGER, "auditor", "/gu/lib/", F.ROLE_NOT_YOURS),
        (MANAGER, "system_manager", "/gu/lib/", F.ROLE_NOT_YOURS),
        (WRITER, "viewer", "/gu/lib/", F.ROLE_NOT_YOURS),
        (SYSTEM, "writer", "/gu/lib/kids/", None),
        (SYSTEM, "auditor", "/gu/lib/", None),
        (SYSTEM, "system_manager", "/gu/", None),
        (SYSTEM, "system_manager", "/gu/lib/", F.ROLE_ONLY_AT_ROOT),
        (SYSTEM, "writer", "/other/", F.ROLE_NOT_YOURS),
        (SYSTEM, "king", "/gu/", F.ROLE_UNKNOWN),
        # A role of the system that stands below the office counts for nothing.
        (Holding(1, "system_manager", "/gu/lib/"), "writer", "/gu/lib/", F.ROLE_NOT_YOURS),
        (OPERATOR[0], "system_manager", "/gu/", None),
    ],
)
def test_who_gives_what(actor: Holding, role: str, path: str, fault: F | None) -> None:
    assert may_give([actor], role, path) is fault


def test_nobody_changes_their_own_roles() -> None:
    assert may_give([SYSTEM], "viewer", "/gu/lib/", own=True) is F.OWN_ROLES


@pytest.mark.parametrize(
    ("actor", "subject", "fault"),
    [
        (MANAGER, [WRITER], None),
        (MANAGER, [], None),
        (MANAGER, [WRITER, Holding(3, "viewer", "/gu/health/")], F.MEMBER_ABOVE_YOU),
        (MANAGER, [WRITER, Holding(3, "auditor", "/gu/lib/")], F.MEMBER_ABOVE_YOU),
        (SYSTEM, [WRITER, Holding(3, "system_manager", "/gu/")], None),
    ],
)
def test_whose_account_may_be_touched(
    actor: Holding, subject: list[Holding], fault: F | None
) -> None:
    assert may_touch([actor], subject) is fault


def test_nobody_shuts_themselves_out() -> None:
    assert may_touch([SYSTEM], [], own=True) is F.OWN_ACCOUNT


def system(*members: int, path: str = "/gu/") -> list[Holding]:
    return [Holding(member, "system_manager", path) for member in members]


@pytest.mark.parametrize(
    ("taken", "left", "fault"),
    [
        (system(1), system(2, 3), None),
        (system(1), system(2), F.TWO_SYSTEM_MANAGERS),
        (system(1), system(2, 2), F.TWO_SYSTEM_MANAGERS),
        (system(1), system(1, 2), F.TWO_SYSTEM_MANAGERS),
        (system(1), system(2, 3, path="/other/"), F.TWO_SYSTEM_MANAGERS),
        ([MANAGER], [], F.LAST_MANAGER),
        ([MANAGER], [Holding(2, "department_manager", "/gu/lib/")], F.LAST_MANAGER),
        ([MANAGER], [Holding(5, "department_manager", "/gu/lib/kids/")], F.LAST_MANAGER),
        ([MANAGER], [Holding(5, "department_manager", "/gu/lib/")], None),
        ([Holding(2, "department_manager", "/gu/lib/kids/")], [], None),
        ([Holding(2, "department_manager", "/gu/")], [], None),
        ([WRITER], [], None),
    ],
)
def test_what_an_office_keeps(taken: list[Holding], left: list[Holding], fault: F | None) -> None:
    assert may_take(taken, left) is fault


def test_what_may_be_given_where() -> None:
    assert givable([MANAGER], "/gu/lib/") == ["viewer", "writer", "approver", "department_manager"]
    assert givable([SYSTEM], "/gu/lib/")[-2:] == ["auditor", "privacy_officer"]
    assert "system_manager" not in givable([SYSTEM], "/gu/lib/")
    assert "system_manager" in givable([SYSTEM], "/gu/")
    assert givable([WRITER], "/gu/lib/") == []


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("kim.narae", "kim.narae"),
        ("  KIM01 ", "kim01"),
        ("ｋｉｍ０１", "kim01"),
        ("ab", F.LOGIN_UNREADABLE),
        ("김나래", F.LOGIN_UNREADABLE),
        ("-kim", F.LOGIN_UNREADABLE),
        ("a" * 41, F.LOGIN_UNREADABLE),
        ("kim narae", F.LOGIN_UNREADABLE),
    ],
)
def test_a_login(typed: str, read: str | F) -> None:
    assert read_login(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  김  나래 ", "김 나래"),
        ("", F.NAME_UNREADABLE),
        ("   ", F.NAME_UNREADABLE),
        ("가" * 41, F.NAME_UNREADABLE),
        ("김\u200b나래", F.NAME_UNREADABLE),
    ],
)
def test_a_name(typed: str, read: str | F) -> None:
    assert read_name(typed) == read


def test_paths() -> None:
    assert is_root("/gu/")
    assert not is_root("/gu/lib/")
    assert root_of("/gu/lib/kids/") == "/gu/"
