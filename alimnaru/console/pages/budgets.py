"""Budget lines and ceilings: what may be spent, what was, what waits for money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.budgets import NewProjectForm, NoticeForm, ProjectForm
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office.projects import (
    ProjectRefused,
    add_project,
    assign_project,
    change_project,
    close_project,
)
from alimnaru.reads import budgets as reads
from alimnaru.reads.budgets import Level, Waiting
from alimnaru.rules.budget_lines import Funding, ProjectFault
from alimnaru.rules.ceilings import Span, Whose
from alimnaru.rules.rights import Right
from alimnaru.store.models import Notice, Project
from alimnaru.store.scoping import Scope
from alimnaru.wording import label, sentence

#: In which field of a form a refusal is shown; the others stand above it.
_FIELD_OF = {
    ProjectFault.CODE_UNREADABLE: "code",
    ProjectFault.CODE_TAKEN: "code",
    ProjectFault.NAME_UNREADABLE: "name",
    ProjectFault.FUNDING_UNKNOWN: "funding",
    ProjectFault.DAYS_REVERSED: "ends_on",
    ProjectFault.CAP_UNREADABLE: "monthly_cap_won",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A ceiling as it is drawn. `edit`: where it is changed, for those who may."""

    level: Level
    edit: str

    @property
    def is_project(self) -> bool:
        return self.level.capped.whose == Whose.PROJECT

    @property
    def daily(self) -> bool:
        return self.level.stand.ceiling.span is Span.DAY

    @property
    def percent(self) -> int:
        """Of the ceiling, for a bar: never beyond it."""
        ceiling, spent = self.level.stand.ceiling.won, self.level.stand.spent
        return min(100, int(spent * 100 / ceiling)) if ceiling else 100


@dataclass(frozen=True, slots=True)
class Stopped:
    """A batch that waits for money. `edit`: where the ceiling in its way is changed."""

    waiting: Waiting
    edit: str

    @property
    def behind(self) -> Row | None:
        return Row(self.waiting.behind, self.edit) if self.waiting.behind else None


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line in the table."""

    project: Project
    spent: Decimal
    funding: str
    edit: str


@page(section="budgets")
def budgets(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ceilings of one's departments and of those above, what waits, and the budget lines."""
    now, scope = timezone.now(), desk.scope(Right.SEE)
    managed = desk.scope(Right.DEPARTMENT)
    codes = dict(managed.departments().values_list("pk", "code"))
    found = reads.levels(now)
    edits = {level: _edit(level, codes, managed) for level in found}
    waiting = reads.waiting(scope, found, now)
    context = {
        "rows": [Row(level, edits[level]) for level in found if _concerns(level, scope)],
        "stopped": [Stopped(w, edits.get(w.behind, "") if w.behind else "") for w in waiting],
        "most": reads.MOST_WAITING,
        "lines": [
            Line(
                project,
                spent,
                label(Funding(project.funding)),
                _project(project.pk) if _within(managed, project.department.path) else "",
            )
            for project, spent in reads.projects_in(scope, now)
        ],
        "may_change": bool(managed.paths),
    }
    return render(request, "console/budgets/list.html", context)


def _concerns(level: Level, scope: Scope) -> bool:
    """One's own, and those of departments above, which stop one's own batches too."""
    path = level.capped.path
    above = level.capped.whose == Whose.DEPARTMENT and any(p.startswith(path) for p in scope.paths)
    return above or _within(scope, path)


def _within(scope: Scope, where: str) -> bool:
    return any(where.startswith(one) for one in scope.paths)


def _edit(level: Level, codes: Mapping[int, str], managed: Scope) -> str:
    capped = level.capped
    if not _within(managed, capped.path):
        return ""
    if capped.whose == Whose.PROJECT:
        return _project(capped.key)
    return reverse("department-edit", args=[codes[capped.key]]) if capped.key in codes else ""


def _project(number: int) -> str:
    return reverse("project", args=[number])


@page(Right.DEPARTMENT, methods=("GET", "POST"), section="budgets", step_up=True)
def add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Enter a budget line."""
    departments = desk.scope(Right.DEPARTMENT).departments().order_by("path")
    today = timezone.localdate()
    initial = {"starts_on": today, "ends_on": today.replace(month=12, day=31)}
    form = NewProjectForm(request.POST or None, departments=departments, initial=initial)
    if form.is_valid():
        try:
            made = add_project(
                form.line(form.cleaned_data["code"]),
                actor=desk.member,
                department=form.cleaned_data["department"],
            )
        except ProjectRefused as refused:
            form.add_error(_FIELD_OF.get(refused.code), sentence(refused.code))
        else:
            messages.success(request, _("사업을 등록했습니다. 비용을 댈 알림을 골라 주십시오."))
            return redirect("project", made.pk)
    return render(request, "console/budgets/add.html", {"form": form})


@page(Right.DEPARTMENT, methods=("GET", "POST"), section="budgets", step_up=True)
def project(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One budget line: its facts and ceilings, and the notices for which it pays."""
    found = _found(desk, pk)
    names = ("name", "funding", "starts_on", "ends_on", "daily_cap_won", "monthly_cap_won")
    kept = {name: getattr(found, name) for name in names}
    form = ProjectForm(request.POST or None, initial=kept)
    if form.is_valid():
        try:
            change_project(found, form.line(found.code), actor=desk.member)
        except ProjectRefused as refused:
            form.add_error(_FIELD_OF.get(refused.code), sentence(refused.code))
        else:
            messages.success(request, _("사업을 바꾸었습니다."))
            return redirect("budgets")
    context = {
        "project": found,
        "funding": label(Funding(found.funding)),
        "form": form,
        "notices": found.notices.select_related("department").order_by("name"),
        "more": NoticeForm(project=found),
    }
    return render(request, "console/budgets/project.html", context)


@page(Right.DEPARTMENT, methods=("POST",), section="budgets", step_up=True)
def close(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Let a line pay for nothing any more."""
    found = _found(desk, pk)
    if close_project(found, actor=desk.member):
        messages.success(request, _("사업을 닫았습니다. 지금까지 쓴 기록은 남습니다."))
    return redirect("budgets")


@page(Right.DEPARTMENT, methods=("POST",), section="budgets")
def pays(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Let a line pay for one more notice, or (`off`) for one less."""
    found = _found(desk, pk)
    off = request.POST.get("off", "")
    form = NoticeForm(request.POST, project=found)
    one: Notice | None = None
    if off:
        one = theirs(found.notices.filter(pk=whole_number(off) or 0).first())
    elif form.is_valid():
        one = form.cleaned_data["notice"]
    if one is None:
        messages.error(request, _("알림을 골라 주십시오."), extra_tags="bad")
        return redirect("project", found.pk)
    try:
        assign_project(one, None if off else found, actor=desk.member)
    except ProjectRefused as refused:
        messages.error(request, sentence(refused.code), extra_tags="bad")
    else:
        said = (
            _("‘%(notice)s’의 비용을 더는 대지 않습니다.")
            if off
            else _("‘%(notice)s’의 비용은 이제 이 사업에서 댑니다.")
        )
        messages.success(request, said % {"notice": one.name})
    return redirect("project", found.pk)


def _found(desk: Desk, pk: int) -> Project:
    lines = desk.scope(Right.DEPARTMENT).projects().select_related("department")
    return theirs(lines.filter(pk=pk).first())


urls = [
    path("budgets", budgets, name="budgets"),
    path("budgets/new", add, name="project-add"),
    path("budgets/<int:pk>", project, name="project"),
    path("budgets/<int:pk>/close", close, name="project-close"),
    path("budgets/<int:pk>/notices", pays, name="project-notice"),
]
