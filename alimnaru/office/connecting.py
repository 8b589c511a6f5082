"""What the acts about keys, webhooks and connected systems have in common."""

from __future__ import annotations

from typing import TypeVar

from alimnaru.reads.rights import may
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.members import MemberFault, read_name
from alimnaru.rules.rights import Right
from alimnaru.store.models import Department, Member

Value = TypeVar("Value")


class ConnectingRefused(Exception):  # noqa: N818
    """The act is refused; `code` says why, in the words of `wording.connecting`."""

    def __init__(self, code: ConnectingFault) -> None:
        super().__init__(code.value)
        self.code = code


def check_right(actor: Member, department: Department, *, as_operator: bool = False) -> None:
    """Managers of the department or above it; whoever sits at the machine. Raises
    `ConnectingRefused`."""
    if not as_operator and not may(actor, Right.DEPARTMENT, department):
        raise ConnectingRefused(ConnectingFault.CONNECTION_NOT_YOURS)


def refuse(fault: ConnectingFault | None) -> None:
    """Raise `ConnectingRefused` if there is a fault."""
    if fault is not None:
        raise ConnectingRefused(fault)


def known(read: Value | ConnectingFault) -> Value:
    """What was read. Raises `ConnectingRefused` for a fault."""
    if isinstance(read, ConnectingFault):
        raise ConnectingRefused(read)
    return read


def name_of(text: str) -> str:
    """What a key or a webhook is called: one line. Raises `ConnectingRefused`."""
    name = read_name(text)
    if isinstance(name, MemberFault):
        raise ConnectingRefused(ConnectingFault.CONNECTION_NAME)
    return name
