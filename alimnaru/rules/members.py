"""Who may change what about the people at the desks, and what an office must never be left without.

A role is held in a department, whose path (`/gu/health/`) covers everything below it. Two rules
stand above every convenience: nobody raises themselves, and the office is never left without the
two system managers who could let each other in again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from alimnaru.rules.rights import RIGHTS_OF

SYSTEM_MANAGER: Final = "system_manager"
DEPARTMENT_MANAGER: Final = "department_manager"
#: Only a system manager gives and takes these: they see or hold more than one department.
GIVEN_BY_SYSTEM: Final = frozenset({SYSTEM_MANAGER, "auditor", "privacy_officer"})
#: One who is ill or gone must not leave an office that nobody can let in again.
LEAST_SYSTEM_MANAGERS: Final = 2
#: An account unused for so long is looked at: people move on and nobody tells the office.
UNUSED_DAYS: Final = 90

NAME_LENGTH: Final = 40
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


class MemberFault(StrEnum):
    """Why an act about a member or a department is refused."""

    OWN_ROLES = "own_roles"
    OWN_ACCOUNT = "own_account"
    ROLE_NOT_YOURS = "role_not_yours"
    ROLE_ONLY_AT_ROOT = "role_only_at_root"
    ROLE_HELD = "role_held"
    ROLE_NOT_HELD = "role_not_held"
    ROLE_UNKNOWN = "role_unknown"
    MEMBER_ABOVE_YOU = "member_above_you"
    MEMBER_SHUT = "member_shut"
    TWO_SYSTEM_MANAGERS = "two_system_managers"
    LAST_MANAGER = "last_manager"
    LOGIN_TAKEN = "login_taken"
    LOGIN_UNREADABLE = "login_unreadable"
    NAME_UNREADABLE = "name_unreadable"
    SAME_NAME_HERE = "same_name_here"
    DEPARTMENT_NAME_TAKEN = "department_name_taken"
    DEPARTMENT_TOO_DEEP = "department_too_deep"
    CAP_UNREADABLE = "cap_unreadable"


class Holding(NamedTuple):
    """A role that an active member holds: whose, which, and in the department of which path."""

    member: int
    role: str
    path: str


#: What whoever sits at the machine itself may do; they can read the database anyway.
OPERATOR: Final = (Holding(0, SYSTEM_MANAGER, "/"),)


def is_root(path: str) -> bool:
    """Whether it is the path of an office as a whole: `/gu/`."""
    return path.count("/") == 2


def root_of(path: str) -> str:
    """The path of the office in which a department stands."""
    return "/".join(path.split("/")[:2]) + "/"


def may_give(
    actor: Iterable[Holding], role: str, path: str, *, own: bool = False
) -> MemberFault | None:
    """Whether a role in a department may be given, or taken, by who holds `actor`.

    `own`: it is the actor's own account.
    """
    if own:
        return MemberFault.OWN_ROLES
    if role not in RIGHTS_OF:
        return MemberFault.ROLE_UNKNOWN
    holdings = list(actor)
    system = _over(holdings, SYSTEM_MANAGER, path)
    if role in GIVEN_BY_SYSTEM and not system:
        return MemberFault.ROLE_NOT_YOURS
    if role == SYSTEM_MANAGER and not is_root(path):
        return MemberFault.ROLE_ONLY_AT_ROOT
    if not system and not _over(holdings, DEPARTMENT_MANAGER, path):
        return MemberFault.ROLE_NOT_YOURS
    return None


def may_touch(
    actor: Iterable[Holding], subject: Iterable[Holding], *, own: bool = False
) -> MemberFault | None:
    """Whether an account may be shut, opened or given a new password.

    Whoever gives a new password could use it: so everything that the account may do must be
    something which the actor could give.
    """
    if own:
        return MemberFault.OWN_ACCOUNT
    holdings = list(actor)
    for held in subject:
        if may_give(holdings, held.role, held.path) is not None:
            return MemberFault.MEMBER_ABOVE_YOU
    return None


def may_take(taken: Iterable[Holding], left: Collection[Holding]) -> MemberFault | None:
    """Whether the office can do without `taken`; `left` is everything that others still hold.

    Each office keeps two system managers, and a top department (one below the office) that has
    managers keeps one.
    """
    for gone in taken:
        if gone.role == SYSTEM_MANAGER:
            others = {h.member for h in left if h.role == SYSTEM_MANAGER and h.path == gone.path}
            if len(others - {gone.member}) < LEAST_SYSTEM_MANAGERS:
                return MemberFault.TWO_SYSTEM_MANAGERS
        elif gone.role == DEPARTMENT_MANAGER and gone.path.count("/") == 3:
            others = {h.member for h in left if h.role == gone.role and h.path == gone.path}
            if not others - {gone.member}:
                return MemberFault.LAST_MANAGER
    return None


def givable(actor: Sequence[Holding], path: str) -> list[str]:
    """The roles that may be given in a department, in the order of what they allow."""
    return [role for role in RIGHTS_OF if may_give(actor, role, path) is None]


def read_login(text: str) -> str | MemberFault:
    """A name to sign in with: small Latin letters, digits, dot, hyphen, underscore; 3 to 40."""
    login = unicodedata.normalize("NFKC", text).strip().lower()
    return login if _LOGIN.fullmatch(login) else MemberFault.LOGIN_UNREADABLE


def read_name(text: str) -> str | MemberFault:
    """The name of a person or a department: one line of at most 40 signs, without odd spaces."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        return MemberFault.NAME_UNREADABLE
    return name


def _over(holdings: Iterable[Holding], role: str, path: str) -> bool:
    """Whether a role is held in the department or above it; of the system, for the office."""
    return any(
        held.role == role
        and path.startswith(held.path)
        and (role != SYSTEM_MANAGER or held.path == "/" or is_root(held.path))
        for held in holdings
    )
