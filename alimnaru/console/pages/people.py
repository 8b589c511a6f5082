"""Departments as a tree, and the people in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from alimnaru.console import once
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.people import AddMemberForm, DepartmentEditForm, DepartmentForm
from alimnaru.office.departments import NumberRefused, add_department, change_department
from alimnaru.office.members import MemberRefused, add_member, standing_of
from alimnaru.reads.people import Node, Person, people_of, tree, without_role
from alimnaru.rules.members import MemberFault, givable
from alimnaru.rules.rights import Right
from alimnaru.store.models import Department
from alimnaru.wording import ROLES, sentence

#: In which field of a form a refusal is shown; the others stand above it.
_FIELD_OF = {
    MemberFault.LOGIN_TAKEN: "login",
    MemberFault.LOGIN_UNREADABLE: "login",
    MemberFault.NAME_UNREADABLE: "name",
    MemberFault.SAME_NAME_HERE: "same_name",
    MemberFault.DEPARTMENT_NAME_TAKEN: "name",
    MemberFault.CAP_UNREADABLE: "monthly_cap_won",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A person in the table: their roles in words, and each right as yes or no."""

    person: Person
    roles: str
    may: list[bool]


@page(Right.DEPARTMENT, section="people")
def people(request: HttpRequest, desk: Desk, code: str = "") -> HttpResponse:
    """The tree at the left, the people of the chosen department at the right."""
    nodes = tree(desk.scope(Right.DEPARTMENT))
    chosen = theirs(_chosen(nodes, code))
    rows = [
        Row(
            person,
            ", ".join(ROLES[role].label for role in person.roles if role in ROLES),
            [right in person.rights for right in Right],
        )
        for person in people_of(chosen)
    ]
    whole = desk.over_the_office(Right.SYSTEM)
    context = {
        "nodes": nodes,
        "chosen": chosen,
        "rows": rows,
        "rights": list(Right),
        "idle_people": list(without_role()) if whole and chosen.parent_id is None else [],
    }
    return render(request, "console/people.html", context)


@page(Right.DEPARTMENT, methods=("GET", "POST"), section="people", step_up=True)
def add_person(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """A new account; its initial password stands on the next page, this once."""
    department = _department(desk, code)
    roles = givable(standing_of(desk.member), department.path)
    form = AddMemberForm(request.POST or None, roles=roles, initial={"role": "writer"})
    if form.is_valid():
        try:
            member, password = add_member(
                actor=desk.member, department=department, **form.cleaned_data
            )
        except MemberRefused as refused:
            form.add_error(_FIELD_OF.get(refused.code), sentence(refused.code))
        else:
            once.keep(request, f"password.{member.pk}", [password])
            messages.success(request, _("담당자를 더했습니다."))
            return redirect("member", member.pk)
    return _page(request, "console/member_add.html", form, department)


@page(Right.DEPARTMENT, methods=("GET", "POST"), section="people")
def add_branch(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """A department below this one."""
    parent = _department(desk, code)
    form = DepartmentForm(request.POST or None)
    if form.is_valid():
        try:
            made = add_department(actor=desk.member, parent=parent, **form.cleaned_data)
        except (MemberRefused, NumberRefused) as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("부서를 더했습니다."))
            return redirect("department", made.code)
    return _page(request, "console/department_add.html", form, parent)


@page(Right.DEPARTMENT, methods=("GET", "POST"), section="people", step_up=True)
def edit(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Name, telephone and cap of a department."""
    department = _department(desk, code)
    kept = {
        "name": department.name,
        "phone": department.phone,
        "daily_cap_won": department.daily_cap_won,
        "monthly_cap_won": department.monthly_cap_won,
    }
    form = DepartmentEditForm(request.POST or None, initial=kept)
    if form.is_valid():
        try:
            change_department(department, actor=desk.member, **form.cleaned_data)
        except (MemberRefused, NumberRefused) as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("부서의 정보를 바꾸었습니다."))
            return redirect("department", department.code)
    return _page(request, "console/department_edit.html", form, department)


def _department(desk: Desk, code: str) -> Department:
    return theirs(desk.scope(Right.DEPARTMENT).departments().filter(code=code).first())


def _chosen(nodes: Sequence[Node], code: str) -> Department | None:
    if not code:
        return nodes[0].department if nodes else None
    return next((node.department for node in nodes if node.department.code == code), None)


def _tell(form: DepartmentForm, refused: MemberRefused | NumberRefused) -> None:
    if isinstance(refused, NumberRefused):
        form.add_error("phone", sentence(refused.code))
        return
    field = _FIELD_OF.get(refused.code)
    form.add_error(field if field in form.fields else None, sentence(refused.code))


def _page(
    request: HttpRequest, template: str, form: DepartmentForm | AddMemberForm, place: Department
) -> HttpResponse:
    context = {"form": form, "department": place}
    return render(request, template, context)


urls = [
    path("people", people, name="people"),
    path("people/departments/<slug:code>", people, name="department"),
    path("people/departments/<slug:code>/edit", edit, name="department-edit"),
    path("people/departments/<slug:code>/add-department", add_branch, name="department-add"),
    path("people/departments/<slug:code>/add-person", add_person, name="member-add"),
]
