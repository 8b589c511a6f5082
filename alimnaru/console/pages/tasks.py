"""What the department has to look at: what it is, what to do, and that it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.office.tasks import finish
from alimnaru.office.unreached import NoteRefused
from alimnaru.reads.tasks import tasks_of
from alimnaru.rules.ceilings import Span
from alimnaru.rules.disclosure import NOTE_MOST
from alimnaru.rules.rights import Right
from alimnaru.store.models import Notice, Task
from alimnaru.wording import sentence

#: By what a task is about: the page where one looks at it. That of systems lists all of them.
_ABOUT = {
    "message": "message",
    "batch": "batch",
    "webhook": "webhook",
    "source": "systems",
    "budget": "budgets",
}
_LISTS = frozenset({"source", "budget"})
_CEILINGS = frozenset({Task.Kind.BUDGET_LOW, Task.Kind.BUDGET_SPENT})


@dataclass(frozen=True, slots=True)
class Line:
    """A task as it is drawn. `address`: where one looks at what it is about, if there is a page."""

    task: Task
    address: str
    notice: str
    may_finish: bool


@page(section="tasks")
def tasks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The open tasks of one's departments; `?done=1`: the finished ones too."""
    done_too = request.GET.get("done") == "1"
    found: Paged[Task] = paged(request, tasks_of(desk.scope(Right.SEE), done_too=done_too))
    names = dict(Notice.objects.values_list("code", "name"))
    lines = [_line(desk, one, names) for one in found.rows]
    context = {"found": found, "lines": lines, "done_too": done_too, "query": query_of(request)}
    return render(request, "console/tasks/list.html", context)


class DoneForm(forms.Form):
    """How a task was dealt with. Judged by the act."""

    use_required_attribute = False

    note = forms.CharField(
        label=lazy("처리한 내용"),
        help_text=lazy("보기: 업무 시스템의 번호를 고침. 이름이나 전화번호는 적지 말아 주십시오."),
        widget=forms.Textarea(attrs={"class": "krds-input", "rows": 2, "maxlength": NOTE_MOST}),
    )
    use_again = forms.BooleanField(required=False)


@page(Right.SEND, methods=("GET", "POST"), section="tasks")
def task_done(request: HttpRequest, desk: Desk, task_id: int) -> HttpResponse:
    """Say that a task is dealt with, and how."""
    own = tasks_of(desk.scope(Right.SEND), done_too=True)
    one = theirs(own.filter(pk=task_id).first())
    form = DoneForm(request.POST or None)
    if form.is_valid():
        again = form.cleaned_data["use_again"]
        try:
            ours = finish(one, actor=desk.member, note=form.cleaned_data["note"], use_again=again)
        except NoteRefused as fault:
            form.add_error("note", sentence(fault.code))
        else:
            said = _("처리한 것으로 적었습니다.") if ours else _("이미 처리한 일입니다.")
            messages.success(request, said)
            return redirect("tasks")
    line = _line(desk, one, dict(Notice.objects.values_list("code", "name")))
    context = {"form": form, "line": line, "wrong_person": Task.Kind.WRONG_PERSON}
    return render(request, "console/tasks/done.html", context)


def _line(desk: Desk, task: Task, names: dict[str, str]) -> Line:
    kind, _colon, number = task.subject.partition(":")
    return Line(
        task=task,
        address=_address(desk, kind, number),
        notice=names.get(str(task.facts.get("notice", "")), "") or _ceiling(task),
        may_finish=task.done_at is None and desk.may(Right.SEND, task.department),
    )


def _ceiling(task: Task) -> str:
    """Of what a ceiling is, and of which span; empty for tasks about anything else."""
    if task.kind not in _CEILINGS:
        return ""
    facts = {"name": task.facts.get("name", ""), "cap": f"{task.facts.get('cap', 0):,}"}
    if task.facts.get("span") == Span.DAY:
        return _("%(name)s 하루 한도 %(cap)s원") % facts
    return _("%(name)s 한 달 한도 %(cap)s원") % facts


def _address(desk: Desk, kind: str, number: str) -> str:
    """Empty where there is no such page, or none that this member may open."""
    try:
        address = reverse(_ABOUT.get(kind, ""), args=[] if kind in _LISTS else [int(number)])
    except (NoReverseMatch, ValueError):
        return ""
    right = getattr(resolve(address).func, "right", None)
    return address if right is None or right in desk.rights else ""


urls = [
    path("tasks", tasks, name="tasks"),
    path("tasks/<int:task_id>/done", task_done, name="task-done"),
]
