"""Who works at the office's desks: added, given roles, shut out, let in again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.db import transaction

from alimnaru.office.identities import unbind
from alimnaru.office.seats import end_seats
from alimnaru.office.second_factor import forget_devices
from alimnaru.reads.people import holdings, holdings_of
from alimnaru.rules.members import (
    OPERATOR,
    Holding,
    MemberFault,
    may_give,
    may_take,
    may_touch,
    read_login,
    read_name,
)
from alimnaru.store import audit
from alimnaru.store.models import Department, Member, Membership

#: Without 0, 1, i, l, o: an initial password is read out or copied from paper.
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


class MemberRefused(Exception):  # noqa: N818
    """The act is refused; `code` says why, in the words of `wording.people`."""

    def __init__(self, code: MemberFault) -> None:
        super().__init__(code.value)
        self.code = code


def initial_password() -> str:
    """Four groups of four signs, 79 bits: `k7mq-x2np-9rtd-h4wz`."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))


def add_member(
    *,
    actor: Member,
    login: str,
    name: str,
    department: Department,
    role: str,
    same_name: bool = False,
    as_operator: bool = False,
) -> tuple[Member, str]:
    """A new account with one role; returns it and its initial password, which is kept nowhere.

    `same_name`: somebody has confirmed that this is another person than the one of the same name.
    Raises `MemberRefused`.
    """
    read, called = _known(read_login(login)), _known(read_name(name))
    password = initial_password()
    with transaction.atomic():
        _lock()
        _refuse(may_give(_standing(actor, as_operator), role, department.path))
        if Member.objects.filter(login=read).exists():
            raise MemberRefused(MemberFault.LOGIN_TAKEN)
        if not same_name and department.memberships.filter(member__name=called).exists():
            raise MemberRefused(MemberFault.SAME_NAME_HERE)
        member = Member.objects.create(
            login=read, name=called, password=make_password(password), must_change_password=True
        )
        Membership.objects.create(member=member, department=department, role=role)
        _record(actor, "member.add", member, department, role=role)
    return member, password


def give_role(
    member: Member, *, actor: Member, department: Department, role: str, as_operator: bool = False
) -> Membership:
    """One more role for somebody. Raises `MemberRefused`."""
    with transaction.atomic():
        _lock()
        standing = _standing(actor, as_operator)
        _refuse(may_give(standing, role, department.path, own=actor.pk == member.pk))
        if not Member.objects.filter(pk=member.pk, is_active=True).exists():
            raise MemberRefused(MemberFault.MEMBER_SHUT)
        membership, made = Membership.objects.get_or_create(
            member=member, department=department, role=role
        )
        if not made:
            raise MemberRefused(MemberFault.ROLE_HELD)
        end_seats(member)
        _record(actor, "member.role.give", member, department, role=role)
    return membership


def take_role(
    member: Member, *, actor: Member, department: Department, role: str, as_operator: bool = False
) -> None:
    """One role less for somebody. Raises `MemberRefused`."""
    with transaction.atomic():
        _lock()
        standing = _standing(actor, as_operator)
        _refuse(may_give(standing, role, department.path, own=actor.pk == member.pk))
        held = Membership.objects.filter(member=member, department=department, role=role)
        if not held.exists():
            raise MemberRefused(MemberFault.ROLE_NOT_HELD)
        gone = Holding(member.pk, role, department.path)
        everybody = holdings()
        # Of a shut account nothing is missed.
        if gone in everybody:
            _refuse(may_take([gone], [held for held in everybody if held != gone]))
        held.delete()
        end_seats(member)
        _record(actor, "member.role.take", member, department, role=role)


def shut_account(member: Member, *, actor: Member, as_operator: bool = False) -> None:
    """Let somebody in no longer, from their next click on. Raises `MemberRefused`."""
    with transaction.atomic():
        _lock()
        own = _may_touch(actor, member, as_operator=as_operator)
        _refuse(may_take(own, [held for held in holdings() if held.member != member.pk]))
        member.is_active = False
        member.save(update_fields=["is_active"])
        end_seats(member)
        _record(actor, "member.shut", member, _home(member))


def open_account(member: Member, *, actor: Member, as_operator: bool = False) -> None:
    """Let somebody in again, with the roles that they had. Raises `MemberRefused`."""
    with transaction.atomic():
        _lock()
        _may_touch(actor, member, as_operator=as_operator)
        member.is_active = True
        member.save(update_fields=["is_active"])
        _record(actor, "member.open", member, _home(member))


def reset_password(member: Member, *, actor: Member, as_operator: bool = False) -> str:
    """A new initial password, for who has forgotten theirs or is locked out.

    Their sessions end with the old one; their authenticator stays. Raises `MemberRefused`.
    """
    with transaction.atomic():
        _lock()
        _may_touch(actor, member, as_operator=as_operator)
        password = _new_password(member)
        end_seats(member)
        _record(actor, "member.password.reset", member, _home(member))
    return password


def reset_second_factor(member: Member, *, actor: Member, as_operator: bool = False) -> str:
    """For who has lost the phone with the authenticator: it is forgotten, and the password too.

    With the old password alone whoever knows it could enrol a phone of their own. Returns the
    new initial password. Raises `MemberRefused`.
    """
    with transaction.atomic():
        _lock()
        _may_touch(actor, member, as_operator=as_operator)
        forget_devices(member)
        unbind(member, actor=actor)
        end_seats(member)
        password = _new_password(member)
        _record(actor, "member.second_factor.reset", member, _home(member))
    return password


def standing_of(member: Member) -> list[Holding]:
    """What somebody holds, for `rules.members`."""
    return holdings([member.pk])


def _new_password(member: Member) -> str:
    password = initial_password()
    member.set_password(password)
    member.must_change_password = True
    member.save(update_fields=["password", "must_change_password"])
    AccessAttempt.objects.filter(username=member.login).delete()
    return password


def _may_touch(actor: Member, member: Member, *, as_operator: bool) -> list[Holding]:
    """What the subject holds, shut or not, once it is clear that the actor may touch it."""
    held = holdings_of(member)
    standing = _standing(actor, as_operator)
    _refuse(may_touch(standing, held, own=actor.pk == member.pk))
    return held


def _standing(actor: Member, as_operator: bool) -> Sequence[Holding]:
    return OPERATOR if as_operator else standing_of(actor)


def _home(member: Member) -> Department | None:
    """The department whose audit shows what happened to an account: the member's first."""
    first = member.memberships.select_related("department").order_by("department__path").first()
    return first.department if first else None


def _lock() -> None:
    """One change of people at a time: two managers must not each take the other's last role."""
    list(Department.objects.filter(parent=None).order_by("pk").select_for_update())


def _refuse(fault: MemberFault | None) -> None:
    if fault is not None:
        raise MemberRefused(fault)


def _known(read: str | MemberFault) -> str:
    if isinstance(read, MemberFault):
        raise MemberRefused(read)
    return read


def _record(
    actor: Member, act: str, member: Member, department: Department | None, **facts: str
) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"member:{member.pk}",
        department=department,
        facts=facts | ({"in": department.code} if department else {}),
    )
