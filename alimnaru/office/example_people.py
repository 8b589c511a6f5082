"""Five invented people for who tries the console out. Only where nothing can reach a resident.

Their password and authenticator come from the installation's own key: the same each time that it
starts, different everywhere else, and written down nowhere.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP

from alimnaru.store import audit
from alimnaru.store.models import (
    Authenticator,
    CarrierAccount,
    Department,
    Member,
    Membership,
    Notice,
    Role,
)

#: The name of an example's authenticator; one that a person has set up is called otherwise.
_DEVICE: Final = "example"
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
#: Whose department they work in: that of the notice which the demonstration sends.
_NOTICE: Final = "lib.due.soon"


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody to sign in as."""

    login: str
    name: str
    role: str


EXAMPLES: Final[Sequence[Example]] = (
    Example("example.writer", "한다솜", Role.WRITER),
    Example("example.approver", "정하람", Role.APPROVER),
    Example("example.manager", "윤가온", Role.DEPARTMENT_MANAGER),
    Example("example.system", "서누리", Role.SYSTEM_MANAGER),
    Example("example.auditor", "문다온", Role.AUDITOR),
)
#: Who sees the whole office: only there are closes of months, reviews and seals.
_OF_THE_OFFICE: Final = frozenset({Role.SYSTEM_MANAGER, Role.AUDITOR})


def is_for_practice() -> bool:
    """Whether no message can reach anybody: all contracts are with the sandbox."""
    return not CarrierAccount.objects.filter(is_sandbox=False).exists()


def make_examples(*, actor: Member) -> bool:
    """The five, in an office for practice that has nobody yet. Whether they were made."""
    with transaction.atomic():
        places = _places()
        # Two commands that start at once make them once.
        list(Department.objects.filter(parent=None).select_for_update())
        nobody = not Member.objects.filter(is_program=False).exists()
        if not (is_for_practice() and nobody and places):
            return False
        hashed = make_password(example_password())
        for example in EXAMPLES:
            member = Member.objects.create(login=example.login, name=example.name, password=hashed)
            place = places["root" if example.role in _OF_THE_OFFICE else "own"]
            Membership.objects.create(member=member, department=place, role=example.role)
            key = salted_hmac("alimnaru example", example.login, algorithm="sha256").hexdigest()[
                :40
            ]
            Authenticator.objects.create(user=member, name=_DEVICE, key=key, confirmed=True)
        audit.record(
            actor=actor, act="member.examples", subject="office", facts={"people": len(EXAMPLES)}
        )
    return True


def examples() -> list[Example]:
    """Those of the five who are still as they were made, in an office that is for practice."""
    if not is_for_practice():
        return []
    logins = set(_devices().values_list("user__login", flat=True))
    password = example_password()
    found = [example for example in EXAMPLES if example.login in logins]
    members = {m.login: m for m in Member.objects.filter(login__in=[e.login for e in found])}
    return [example for example in found if members[example.login].check_password(password)]


def example_password() -> str:
    """The password of all five, on this installation."""
    digest = salted_hmac("alimnaru example", "password", algorithm="sha256").digest()
    signs = [_SIGNS[byte % len(_SIGNS)] for byte in digest[:16]]
    return "-".join("".join(signs[at : at + 4]) for at in range(0, 16, 4))


def example_code(login: str) -> tuple[str, int] | None:
    """The code that signs an example in now, and for how many seconds; None for anybody else."""
    device = _devices().filter(user__login=login).first() if is_for_practice() else None
    if device is None:
        return None
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    left = device.step - int(time.time() - device.t0) % device.step
    # The code of this half minute is spent: the next one is taken already (tolerance of one step).
    if totp.t() <= device.last_t:
        totp.drift += device.last_t + 1 - totp.t()
    return f"{totp.token():0{device.digits}d}", left


def _devices() -> Any:
    logins = [example.login for example in EXAMPLES]
    return Authenticator.objects.filter(
        name=_DEVICE, confirmed=True, user__login__in=logins, user__is_active=True
    )


def _places() -> Mapping[str, Department]:
    root = Department.objects.filter(parent=None).order_by("path").first()
    notice = Notice.objects.filter(code=_NOTICE).select_related("department").first()
    if root is None:
        return {}
    return {"root": root, "own": notice.department if notice else root}
