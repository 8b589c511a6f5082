"""The work list of unknown outcomes, and the decisions about them with what each brings about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.looking import looked_at
from alimnaru.console.paging import paged, query_of
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office.unknowns import NoText, WaysOut, decide, ways_out
from alimnaru.reads.money import won
from alimnaru.reads.unknowns import UnknownBatch, UnknownList, unknown_batches, unknown_list
from alimnaru.rules.access import Access
from alimnaru.rules.channel import Channel
from alimnaru.rules.rights import Right
from alimnaru.rules.unknowns import Choice
from alimnaru.wording import sentence

#: Messages shown of one batch, undecided ones first.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A batch of the list, and what happens at its deadline if nobody decides."""

    found: UnknownBatch | UnknownList
    ways: WaysOut


def _line(found: UnknownBatch | UnknownList) -> Line:
    return Line(found, ways_out(found.batch, found.deadline))


@page(section="unknown")
def unknown(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Batches with unknown outcomes, the one whose deadline is next first."""
    found = paged(request, unknown_batches(desk.scope(Right.SEE), open_only=True))
    context = {
        "found": found,
        "lines": [_line(batch) for batch in found.rows],
        "query": query_of(request),
    }
    return render(request, "console/unknown/list.html", context)


@page(section="unknown")
def unknown_batch(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """The unknown messages of one batch, and the ways out."""
    scope = desk.scope(Right.SEE)
    theirs(scope.batches().filter(pk=batch_id).first())
    found = unknown_list(scope, batch_id, SHOWN)
    if found is None:
        messages.info(request, _("이 발송에는 확인할 것이 남아 있지 않습니다."))
        return redirect("unknown")
    looked_at(desk, Access.ROWS, found.batch, len(found.messages))
    line = _line(found)
    context: dict[str, Any] = {
        "line": line,
        "batch": found.batch,
        "shown": found.messages,
        "more": max(0, found.open + found.left - len(found.messages)),
        "price": _price(line.ways.text, found.open),
        "may_send": desk.may(Right.SEND, found.batch.department),
    }
    return render(request, "console/unknown/batch.html", context)


def _price(channel: Channel | None, people: int) -> Decimal | None:
    """Won for a text to so many people today; None where no price has begun."""
    if channel is None:
        return None
    try:
        return people * won(channel, timezone.localdate())
    except ValueError:
        return None


@page(Right.SEND, methods=("POST",), section="unknown")
def decided(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Decide about all open messages of a batch (`about=all`), or about those that were ticked."""
    own = desk.scope(Right.SEND).batches().select_related("department")
    batch = theirs(own.filter(pk=batch_id).first())
    choice = request.POST.get("choice", "")
    numbers = map(whole_number, request.POST.getlist("message")[:SHOWN])
    ticked = [number for number in numbers if number is not None]
    about_all = request.POST.get("about") == "all"
    if choice not in set(Choice) or not (about_all or ticked):
        messages.error(request, _("고른 분이 없습니다. 처리할 분을 고르고 다시 눌러 주십시오."))
        return redirect("unknown-batch", batch_id)
    try:
        people = decide(
            batch, Choice(choice), actor=desk.member, messages=None if about_all else ticked
        )
    except NoText as fault:
        messages.error(request, sentence(fault.code))
        return redirect("unknown-batch", batch_id)
    if people:
        said = sentence(Choice(choice))
        text = _("%(people)s명을 처리했습니다.") % {"people": f"{people:,}"}
        messages.success(request, f"{text} {said}")
    else:
        messages.warning(request, _("그사이 결과가 왔거나 다른 분이 정해, 처리할 것이 없습니다."))
    return redirect("unknown-batch", batch_id)


urls = [
    path("unknown", unknown, name="unknown"),
    path("unknown/<int:batch_id>", unknown_batch, name="unknown-batch"),
    path("unknown/<int:batch_id>/decide", decided, name="unknown-decide"),
]
