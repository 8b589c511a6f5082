"""The work list of those who were not told: by batch, by what to do next, and dealt with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.office.unreached import NoteRefused, deal_with
from alimnaru.reads.unreached_batches import RECENT, unreached_lines, unreached_of
from alimnaru.rules.disclosure import NOTE_MOST
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


class DoneForm(forms.Form):
    """How those who were not told were dealt with. Judged by the act."""

    use_required_attribute = False

    note = forms.CharField(
        label=lazy("처리한 내용"),
        help_text=lazy("보기: 모두 전화로 안내함. 이름이나 전화번호는 적지 말아 주십시오."),
        widget=forms.Textarea(attrs={"class": "krds-input", "rows": 2, "maxlength": NOTE_MOST}),
    )


@page(Right.SEND, methods=("GET", "POST"), section="unreached")
def done(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Say that the unreached of a batch are dealt with, and how."""
    own = desk.scope(Right.SEND).batches().select_related("department", "notice")
    batch = theirs(own.filter(pk=batch_id).first())
    form = DoneForm(request.POST or None)
    if form.is_valid():
        try:
            people = deal_with(batch, actor=desk.member, note=form.cleaned_data["note"])
        except NoteRefused as fault:
            form.add_error("note", sentence(fault.code))
        else:
            text = _("%(number)s번 발송에서 못 받은 %(people)s명을 처리한 것으로 적었습니다.")
            facts = {"number": batch_id, "people": f"{people:,}"}
            messages.success(request, text % facts)
            return redirect("unreached")
    return render(request, "console/unreached/done.html", {"form": form, "batch": batch})


urls = [
    path("unreached", unreached, name="unreached"),
    path("unreached/<int:batch_id>/done", done, name="unreached-done"),
]
