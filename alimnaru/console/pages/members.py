"""One person: their roles, their account, and what a manager may change about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console import once
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.people import GiveRoleForm
from alimnaru.office import members as office
from alimnaru.office.second_factor import has_authenticator
from alimnaru.reads.people import (
    failures_since,
    holdings_of,
    is_unused,
    member_in,
    memberships_of,
)
from alimnaru.rules.members import Holding, givable, may_give, may_touch
from alimnaru.rules.rights import Right
from alimnaru.store.models import Member, Membership
from alimnaru.wording import ROLES, sentence

_POST = ("POST",)


@dataclass(frozen=True, slots=True)
class Line:
    """A role of the person as the page lists it, and whether the viewer may take it."""

    membership: Membership
    label: str
    meaning: str
    takable: bool


@page(Right.DEPARTMENT, section="people")
def member(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Everything about one person that a manager sees."""
    return _show(request, desk, _member(desk, pk))


@page(Right.DEPARTMENT, methods=_POST, section="people", step_up=True)
def give(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One more role."""
    person = _member(desk, pk)
    form = _give_form(desk, request)
    if not form.is_valid():
        return _show(request, desk, person, form)
    place, role = form.cleaned_data["department"], form.cleaned_data["role"]
    try:
        office.give_role(person, actor=desk.member, department=place, role=role)
    except office.MemberRefused as refused:
        form.add_error(None, sentence(refused.code))
        return _show(request, desk, person, form)
    messages.success(request, _("역할을 맡겼습니다."))
    return redirect("member", pk)


@page(Right.DEPARTMENT, methods=_POST, section="people", step_up=True)
def take(request: HttpRequest, desk: Desk, pk: int, membership: int) -> HttpResponse:
    """One role less."""
    person = _member(desk, pk)
    seen = person.memberships.filter(department__in=desk.scope(Right.DEPARTMENT).departments())
    held = theirs(seen.select_related("department").filter(pk=membership).first())
    try:
        office.take_role(person, actor=desk.member, department=held.department, role=held.role)
    except office.MemberRefused as refused:
        messages.error(request, sentence(refused.code))
        return redirect("member", pk)
    messages.success(request, _("역할을 거두었습니다."))
    # Who has no role here any more is not the viewer's to see.
    rest = member_in(desk.scope(Right.DEPARTMENT), pk, whole_office=_whole(desk))
    return redirect("member", pk) if rest else redirect("department", held.department.code)


@page(Right.DEPARTMENT, methods=_POST, section="people")
def shut(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Shut out, at once."""
    return _act(
        request, desk, pk, office.shut_account, _("계정을 닫았습니다. 바로 로그아웃됩니다.")
    )


@page(Right.DEPARTMENT, methods=_POST, section="people", step_up=True)
def reopen(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Let in again."""
    return _act(request, desk, pk, office.open_account, _("계정을 다시 열었습니다."))


@page(Right.DEPARTMENT, methods=_POST, section="people", step_up=True)
def new_password(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A new initial password."""
    return _act(request, desk, pk, office.reset_password, _("새 초기 비밀번호를 만들었습니다."))


@page(Right.DEPARTMENT, methods=_POST, section="people", step_up=True)
def new_second_factor(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The lost authenticator is forgotten, with a new initial password."""
    said = _("인증 앱을 초기화하고 새 초기 비밀번호를 만들었습니다.")
    return _act(request, desk, pk, office.reset_second_factor, said)


def _act(
    request: HttpRequest, desk: Desk, pk: int, act: Callable[..., str | None], said: str
) -> HttpResponse:
    person = _member(desk, pk)
    try:
        password = act(person, actor=desk.member)
    except office.MemberRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        if password:
            once.keep(request, f"password.{pk}", [password])
        messages.success(request, said)
    return redirect("member", pk)


def _show(
    request: HttpRequest, desk: Desk, person: Member, form: GiveRoleForm | None = None
) -> HttpResponse:
    standing = office.standing_of(desk.member)
    own = desk.member.pk == person.pk
    lines = [_line(desk, standing, m, own=own) for m in memberships_of(person)]
    fault = may_touch(standing, holdings_of(person), own=own)
    password = once.take(request, f"password.{person.pk}") if request.method == "GET" else []
    context = {
        "person": person,
        "lines": lines,
        "own": own,
        "form": form or _give_form(desk),
        "untouchable": sentence(fault) if fault else "",
        "unused": is_unused(person, timezone.now()),
        "enrolled": has_authenticator(person),
        "failures": failures_since(person, person.last_login),
        "password": password[0] if password else "",
    }
    return render(request, "console/member.html", context)


def _line(desk: Desk, standing: list[Holding], held: Membership, *, own: bool) -> Line:
    words = ROLES.get(held.role)
    refusal = may_give(standing, held.role, held.department.path, own=own)
    return Line(
        held,
        words.label if words else held.role,
        words.meaning if words else "",
        refusal is None and desk.may(Right.DEPARTMENT, held.department),
    )


def _give_form(desk: Desk, request: HttpRequest | None = None) -> GiveRoleForm:
    """Departments that the viewer manages, and whatever they may give in any of them."""
    departments = desk.scope(Right.DEPARTMENT).departments().order_by("path")
    standing = office.standing_of(desk.member)
    tops = desk.scope(Right.DEPARTMENT).paths
    roles = list(dict.fromkeys(role for top in tops for role in givable(standing, top)))
    data = request.POST if request is not None else None
    return GiveRoleForm(
        data, departments=departments, roles=roles, initial={"role": "writer"}, prefix="give"
    )


def _member(desk: Desk, pk: int) -> Member:
    scope = desk.scope(Right.DEPARTMENT)
    return theirs(member_in(scope, pk, whole_office=_whole(desk)))


def _whole(desk: Desk) -> bool:
    return desk.over_the_office(Right.SYSTEM)


urls = [
    path("people/<int:pk>", member, name="member"),
    path("people/<int:pk>/give", give, name="member-give"),
    path("people/<int:pk>/take/<int:membership>", take, name="member-take"),
    path("people/<int:pk>/shut", shut, name="member-shut"),
    path("people/<int:pk>/open", reopen, name="member-open"),
    path("people/<int:pk>/password", new_password, name="member-password"),
    path("people/<int:pk>/second-factor", new_second_factor, name="member-second-factor"),
]
