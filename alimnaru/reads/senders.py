"""Which number each department's text messages come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from alimnaru.store.models import Department


@dataclass(slots=True)
class Sender:
    """A department with a number of its own (digits), and those below it that send from it too."""

    department: Department
    number: str
    heirs: list[Department] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Senders:
    """All numbers in the order of the tree. `without`: departments that cannot send a text."""

    own: Sequence[Sender]
    without: Sequence[Department]
    departments: Sequence[Department]


def senders() -> Senders:
    """Every department's number, with one query."""
    own: dict[str, Sender] = {}
    without = []
    # A parent's path is the beginning of its children's, so it comes before them.
    departments = list(Department.objects.order_by("path"))
    for department in departments:
        if department.sender_number:
            own[department.path] = Sender(department, department.sender_number)
        elif above := _nearest(own, department.path):
            above.heirs.append(department)
        else:
            without.append(department)
    return Senders(list(own.values()), without, departments)


def _nearest(own: dict[str, Sender], path: str) -> Sender | None:
    while path := path.rstrip("/").rpartition("/")[0]:
        if (found := own.get(f"{path}/")) is not None:
            return found
    return None
