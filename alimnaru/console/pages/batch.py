"""One batch: how far it is, what it waits for, who was not told and why, and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.htmx import looks_so_far, pause_after
from alimnaru.console.looking import looked_at
from alimnaru.reads.batch_rows import RowPage, batch_rows, place_from
from alimnaru.reads.batch_stand import Stand, agreement_on, last_return, stand_of
from alimnaru.reads.deliveries import FailureCount
from alimnaru.reads.what_next import REFUSED
from alimnaru.reads.why_not import Ended, why_not_told
from alimnaru.rules.access import Access
from alimnaru.rules.disclosure import RIGHTS, Disclosed
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.phase import STOPPABLE, Phase
from alimnaru.rules.rights import Right
from alimnaru.wording import label, step_for, why_not

#: While something moves, a look every three seconds; else ever more rarely.
BUSY_LOOKS = 4
#: So many looks in vain (a quarter of an hour) and the page stops asking by itself.
MOST_LOOKS = 55
#: What is scheduled for later than this is not watched.
SOON = timedelta(minutes=10)
ROWS = 50
#: Phases that pass without this page: also what is held, which a channel that is switched off or a
#: person elsewhere lets go on.
_WATCHED = STOPPABLE
#: Its sender may go on with these on the page on which it was checked.
_UNSENT = frozenset({Phase.DRAFT, Phase.RETURNED})


@dataclass(frozen=True, slots=True)
class Watch:
    """When the page looks again, and what it says then. `pause` 0: it does not."""

    look: int
    seen: int
    pause: int


def _watch(request: HttpRequest, stand: Stand, now: datetime) -> Watch:
    settled = stand.report.settled
    look = looks_so_far(request)
    raw = request.GET.get("seen", "")
    if raw and raw != str(settled):
        look = min(look, BUSY_LOOKS)
    far = stand.phase is Phase.SCHEDULED and stand.batch.not_before - now > SOON
    asks = stand.phase in _WATCHED and look < MOST_LOOKS and not far and "still" not in request.GET
    return Watch(look + 1, settled, pause_after(look) if asks else 0)


def _progress(request: HttpRequest, desk: Desk, stand: Stand, now: datetime) -> dict[str, object]:
    batch = stand.batch
    may_send = desk.may(Right.SEND, batch.department)
    waits = stand.phase is Phase.REQUESTED
    left = (batch.undo_until - now).total_seconds() if batch.undo_until else 0
    return {
        "stand": stand,
        "batch": batch,
        "report": stand.report,
        "watch": _watch(request, stand, now),
        "undo_seconds": max(0, int(left)),
        "agreement": agreement_on(batch) if waits else None,
        "returned": last_return(batch) if stand.phase is Phase.RETURNED else None,
        "moving": stand.phase in _WATCHED,
        "may_send": may_send,
        "may_approve": waits and desk.may(Right.APPROVE, batch.department),
        "may_stop": may_send and stand.phase in STOPPABLE and stand.phase is not Phase.UNDO,
        "may_undo": may_send and stand.phase in {Phase.UNDO, Phase.SCHEDULED},
        "may_move": may_send and stand.phase is Phase.SCHEDULED,
        "upload": stand.upload if may_send and stand.phase in _UNSENT else None,
        "may_correct": may_send and _has_begun(stand),
        "held_shown": {Phase.HELD, Phase.SENDING, Phase.RESULTS},
        "may_resume": may_send and stand.phase in {Phase.STOPPED, Phase.HELD},
    }


def _has_begun(stand: Stand) -> bool:
    """Whether somebody may have got it, or still will: only then is there something to correct."""
    return stand.report.first_sent_at is not None or stand.phase in {Phase.STOPPED, *STOPPABLE} - {
        Phase.UNDO,
        Phase.SCHEDULED,
    }


@page(section="batches")
def batch(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """A batch of the member's departments."""
    now = timezone.now()
    stand = theirs(stand_of(desk.scope(Right.SEE), batch_id, now))
    context = _progress(request, desk, stand, now) | _rows(request, stand)
    looked_at(desk, Access.ROWS, stand.batch, len(cast("RowPage", context["rows"]).rows))
    clear = RIGHTS[Disclosed.UNREACHED]
    may_take = any(desk.may(right, stand.batch.department) for right in clear)
    context["may_take"] = may_take and bool(stand.not_told)
    context["saved"] = stand.saved
    return render(request, "console/batches/batch.html", context)


@page(section="batches")
def progress(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """The part of the page that moves. Says once, by an event, that it has come to rest."""
    now = timezone.now()
    stand = theirs(stand_of(desk.scope(Right.SEE), batch_id, now))
    context = _progress(request, desk, stand, now)
    answer = render(request, "console/batches/_progress.html", context)
    if stand.phase not in _WATCHED:
        answer["HX-Trigger"] = "settled"
    return answer


@dataclass(frozen=True, slots=True)
class Why:
    """People who were not told for one reason, and what to do about it."""

    people: int
    why: str
    step: str
    state: str


@page(section="batches")
def reasons(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Why people were not told. Asked for by the page once it is there: this one reads messages."""
    stand = theirs(stand_of(desk.scope(Right.SEE), batch_id, timezone.now()))
    found = why_not_told([Ended(stand.batch, stand.counts)])[batch_id]
    context = {"reasons": in_words(found), "stand": stand, "batch": stand.batch}
    return render(request, "console/batches/_reasons.html", context)


def in_words(found: list[FailureCount]) -> list[Why]:
    """Reasons that read alike are one: codes differ more than what a clerk can do about them."""
    sums: dict[tuple[str, str, str], int] = {}
    for f in found:
        key = (why_not(f.state, f.code), step_for(f.state, f.code), f.state)
        sums[key] = sums.get(key, 0) + f.messages
    said = [Why(people, *words) for words, people in sums.items()]
    return sorted(said, key=lambda why: -why.people)


@dataclass(frozen=True, slots=True)
class Tab:
    """A state by which the rows can be narrowed down."""

    state: str
    text: str
    count: int


def _rows(request: HttpRequest, stand: Stand) -> dict[str, object]:
    tabs = _tabs(stand)
    asked = request.GET.get("state", "")
    state = asked if asked in {tab.state for tab in tabs} else ""
    after = place_from(request.GET.get("after", ""))
    return {
        "tabs": tabs,
        "state": state,
        "after": after,
        "rows": batch_rows(stand.batch, state, after, ROWS),
    }


def _tabs(stand: Stand) -> list[Tab]:
    report = stand.report
    counts = {
        MessageState.DELIVERED: sum(report.delivered.values()),
        MessageState.FAILED: report.failed,
        MessageState.UNKNOWN: report.unknown,
        MessageState.SUPPRESSED: report.suppressed,
        MessageState.EXPIRED: report.expired,
        MessageState.CANCELLED: report.cancelled,
        MessageState.PENDING: report.pending,
    }
    tabs = [Tab("", _("모두"), report.rows - report.refused)]
    tabs += [Tab(state.value, label(state), n) for state, n in counts.items() if n]
    if report.refused:
        tabs.append(Tab(REFUSED, _("고칠 행"), report.refused))
    return tabs


urls = [
    path("batches/<int:batch_id>", batch, name="batch"),
    path("batches/<int:batch_id>/progress", progress, name="batch-progress"),
    path("batches/<int:batch_id>/reasons", reasons, name="batch-reasons"),
]
