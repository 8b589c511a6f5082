"""The work list of those who were not told: by batch, by what to do next, and dealt with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.office.unreached import NoteRefused, deal_with
from alimnaru.reads.unreached_batches import RECENT, unreached_lines, unreached_of
from alimnaru.rules.rights import Right
from alimnaru.wording import sentence


@page(section="unreached")
def unreached(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Batches whose unreached people nobody has dealt with; `?done=1`: all of them."""
    done_too = request.GET.get("done") == "1"
    found: Paged[Any] = paged(
        request, unreached_of(desk.scope(Right.SEE), timezone.now(), done_too=done_too)
    )
    sending = desk.scope(Right.SEND).paths
    context = {
        "found": found,
        "lines": [
            (line, any(line.batch.department.path.startswith(path_) for path_ in sending))
            for line in unreached_lines(found.rows)
        ],
        "query": query_of(request),
        "done_too": done_too,
        "days": RECENT.days,
    }
    return render(request, "console/unreached/list.html", context)


@page(Right.SEND, methods=("POST",), section="unreached")
def done(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Say that the unreached of a batch are dealt with, and how."""
    own = desk.scope(Right.SEND).batches().select_related("department")
    batch = theirs(own.filter(pk=batch_id).first())
    try:
        people = deal_with(batch, actor=desk.member, note=request.POST.get("note", ""))
    except NoteRefused as fault:
        messages.error(request, sentence(fault.code))
    else:
        text = _("%(number)s번 발송에서 못 받은 %(people)s명을 처리한 것으로 적었습니다.")
        messages.success(request, text % {"number": batch_id, "people": f"{people:,}"})
    return redirect("unreached")


urls = [
    path("unreached", unreached, name="unreached"),
    path("unreached/<int:batch_id>/done", done, name="unreached-done"),
]
