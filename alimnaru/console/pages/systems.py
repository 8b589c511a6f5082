"""Connected systems: whether each can be read, and what it brought today."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.paging import paged
from alimnaru.office.source_switch import pause_source, resume_source
from alimnaru.reads import connections as reads
from alimnaru.rules.rights import Right
from alimnaru.store.models import Source
from alimnaru.wording.connecting import SOURCE_KINDS

_SECTION = "connections"


@page(Right.DEPARTMENT, section=_SECTION)
def systems(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All of the viewer's departments, those in trouble first."""
    found = paged(request, reads.sources_of(desk.scope(Right.DEPARTMENT)))
    lines = [
        (line, SOURCE_KINDS[line.source.kind].label) for line in reads.source_lines(found.rows)
    ]
    context = {"tab": "systems", "found": found, "lines": lines}
    return render(request, "console/connections/systems.html", context)


@page(Right.DEPARTMENT, section=_SECTION)
def system(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One connected system."""
    found = _source(desk, pk)
    [line] = reads.source_lines([found])
    context = {
        "source": found,
        "line": line,
        "kind": SOURCE_KINDS[found.kind],
        "rules": reads.rules_of(found),
        "files": reads.files_of(found),
        "now": timezone.now(),
    }
    return render(request, "console/connections/system.html", context)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION)
def pause(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Read it no more for a while."""
    pause_source(_source(desk, pk), actor=desk.member)
    messages.success(request, _("더 읽지 않습니다. 다시 읽기를 누를 때까지 새로 보내지 않습니다."))
    return redirect("system", pk)


@page(Right.DEPARTMENT, methods=("POST",), section=_SECTION)
def resume(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Read it again."""
    resume_source(_source(desk, pk), actor=desk.member)
    messages.success(request, _("다시 읽습니다. 잠시 뒤 상태가 바뀝니다."))
    return redirect("system", pk)


def _source(desk: Desk, pk: int) -> Source:
    return theirs(reads.source_in(desk.scope(Right.DEPARTMENT), pk))


urls = [
    path("connections/systems", systems, name="systems"),
    path("connections/systems/<int:pk>", system, name="system"),
    path("connections/systems/<int:pk>/pause", pause, name="system-pause"),
    path("connections/systems/<int:pk>/resume", resume, name="system-resume"),
]
