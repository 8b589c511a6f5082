"""The office's tree of departments: branches added, and what stands on each of them changed."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from alimnaru.office.members import MemberRefused
from alimnaru.rules.members import MemberFault, read_name
from alimnaru.rules.phone import display, read_office_number
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit
from alimnaru.store.models import Department, Member

#: Office, bureau, division, team, and two more for what an office has beside them.
DEEPEST = 6


class NumberRefused(ValueError):  # noqa: N818
    """A department's telephone cannot be read as a number of an office."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


def add_department(*, actor: Member, parent: Department, name: str, phone: str = "") -> Department:
    """A department below `parent`. Raises `MemberRefused` or `NumberRefused`."""
    called, number = _name(name), _phone(phone)
    with transaction.atomic():
        # Two at once must not get one code.
        above = Department.objects.select_for_update().get(pk=parent.pk)
        if above.path.count("/") > DEEPEST:
            raise MemberRefused(MemberFault.DEPARTMENT_TOO_DEEP)
        if above.children.filter(name=called).exists():
            raise MemberRefused(MemberFault.DEPARTMENT_NAME_TAKEN)
        code = _free_code(above)
        department = Department.objects.create(
            code=code, name=called, phone=number, parent=above, path=f"{above.path}{code}/"
        )
        audit.record(
            actor=actor,
            act="department.add",
            subject=f"department:{department.pk}",
            department=department,
            facts={"name": called, "code": code, "in": above.code},
        )
    return department


def change_department(
    department: Department,
    *,
    actor: Member,
    name: str,
    phone: str,
    daily_cap_won: Decimal | None,
    monthly_cap_won: Decimal | None,
) -> None:
    """Name, telephone and what it may spend, with all below it. Raises `MemberRefused` or
    `NumberRefused`."""
    called, number = _name(name), _phone(phone)
    if any(cap is not None and not 0 <= cap < 10**12 for cap in (daily_cap_won, monthly_cap_won)):
        raise MemberRefused(MemberFault.CAP_UNREADABLE)
    with transaction.atomic():
        fresh = Department.objects.select_for_update().get(pk=department.pk)
        twins = Department.objects.filter(parent=fresh.parent_id, name=called).exclude(pk=fresh.pk)
        if twins.exists():
            raise MemberRefused(MemberFault.DEPARTMENT_NAME_TAKEN)
        before = _facts(fresh)
        fresh.name, fresh.phone = called, number
        fresh.daily_cap_won, fresh.monthly_cap_won = daily_cap_won, monthly_cap_won
        fresh.save(update_fields=["name", "phone", "daily_cap_won", "monthly_cap_won"])
        after = _facts(fresh)
        audit.record(
            actor=actor,
            act="department.change",
            subject=f"department:{fresh.pk}",
            department=fresh,
            facts={
                name: [before[name], after[name]] for name in after if before[name] != after[name]
            },
        )


def _facts(department: Department) -> dict[str, str | int | None]:
    day, month = department.daily_cap_won, department.monthly_cap_won
    return {
        "name": department.name,
        "phone": department.phone,
        "daily_cap_won": None if day is None else int(day),
        "monthly_cap_won": None if month is None else int(month),
    }


def _free_code(parent: Department) -> str:
    """`lib-2`: codes are the office's own ids, which nobody has to think of."""
    taken = set(Department.objects.values_list("code", flat=True))
    number = 1
    while (code := f"{parent.code}-{number}") in taken:
        number += 1
    return code


def _name(text: str) -> str:
    read = read_name(text)
    if isinstance(read, MemberFault):
        raise MemberRefused(read)
    return read


def _phone(text: str) -> str:
    """As people read it, `02-555-0101`; empty stays empty."""
    if not text.strip():
        return ""
    read = read_office_number(text)
    if isinstance(read, Refusal):
        raise NumberRefused(read)
    return display(read)
