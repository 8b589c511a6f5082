"""The people of the cast at their desks, and browsers that are signed in as them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from alimnaru.console.idle import SEAT, SEEN
from alimnaru.console.signing_in import CODE_AT
from alimnaru.office.seats import take_seat
from alimnaru.store.models import Authenticator, Department, Member, Membership, Role
from tests.cast import Cast

#: Everybody's, in tests.
PASSWORD = "나루터의 배 한 척 7"


@dataclass(slots=True)
class Staff:
    """One member for each role in the library, one over the office, one next door."""

    viewer: Member
    writer: Member
    approver: Member
    second_approver: Member
    manager: Member
    system: Member
    auditor: Member
    neighbour: Member

    def by_name(self) -> dict[str, Member]:
        """Everybody by what they are here."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def hire(cast: Cast) -> Staff:
    """The staff of the cast's office. 김사서, who is there already, is its writer."""
    root = cast.library.parent
    assert root is not None
    lib = cast.library
    return Staff(
        viewer=_member("viewer", "박열람", lib, Role.VIEWER),
        writer=cast.librarian,
        approver=_member("approver", "이팀장", lib, Role.APPROVER),
        second_approver=_member("approver2", "정과장", lib, Role.APPROVER),
        manager=_member("manager", "최관장", lib, Role.DEPARTMENT_MANAGER),
        system=_member("system", "한정보", root, Role.SYSTEM_MANAGER),
        auditor=_member("auditor", "오감사", root, Role.AUDITOR),
        neighbour=_member("neighbour", "문보건", cast.health, Role.DEPARTMENT_MANAGER),
    )


def _member(login: str, name: str, department: Department, role: str) -> Member:
    member = Member.objects.create(login=login, name=name)
    Membership.objects.create(member=member, department=department, role=role)
    return member


def session_of(member: Member, *, ahead: float = 0) -> str:
    """The key of a session in which this member has given password and code.

    `ahead`: so many seconds longer the code counts as just given, for a walk through everything.
    """
    device, _ = Authenticator.objects.get_or_create(user=member, name="phone", confirmed=True)
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session[SEAT] = take_seat(member, address="127.0.0.1", agent="").pk
    session[SEEN] = time.time()
    session[CODE_AT] = time.time() + ahead
    session.create()
    assert session.session_key is not None
    return session.session_key


def browser_of(member: Member, *, ahead: float = 0) -> Client:
    """Django's test client, signed in as by `session_of`."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(member, ahead=ahead)
    return client
