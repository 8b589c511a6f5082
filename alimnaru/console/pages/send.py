"""Choosing what to send: the first of three steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.htmx import show
from alimnaru.console.whole_numbers import whole_number
from alimnaru.console.workbooks import XLSX, sample
from alimnaru.flow.rosters import NoWording, newest_wording, variables_for
from alimnaru.office import favourites
from alimnaru.reads.sendable import Choice, choices, last_used
from alimnaru.rules.rights import Right
from alimnaru.store.models import Notice, SavedList


@dataclass(frozen=True, slots=True)
class Block:
    """Notices under one heading."""

    id: str
    choices: Sequence[Choice]


@page(Right.SEND, section="choose-notice")
def choose_notice(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every notice that the member may send, those they use at the top."""
    scope = desk.scope(Right.SEND)
    found = choices(scope, desk.member)
    departments = {c.notice.department_id: c.notice.department for c in found}
    query, chosen = request.GET.get("q", "").strip(), request.GET.get("department", "")
    saved = _saved(request, desk)
    shown = [c for c in found if _fits(c, query, chosen, saved)]
    whole = not query and not chosen
    context: dict[str, object] = {
        "query": query,
        "chosen": chosen,
        "departments": sorted(departments.values(), key=lambda d: d.path),
        "one": request.GET.get("mode") == "one",
        "saved": saved,
        "any": bool(found),
        "shown": shown,
        "favourites": [c for c in shown if c.favourite] if whole else [],
        "recent": [c for c in last_used(shown) if not c.favourite] if whole else [],
    }
    return show(request, "console/choose_notice.html", context, fragment="notices")


def _fits(choice: Choice, query: str, department: str, saved: SavedList | None) -> bool:
    notice = choice.notice
    return (
        query.replace(" ", "").casefold()
        in f"{notice.name}{notice.code}{notice.department.name}".replace(" ", "").casefold()
        and (not department or notice.department.code == department)
        and (saved is None or notice.audience == saved.audience)
    )


def _saved(request: HttpRequest, desk: Desk) -> SavedList | None:
    """The saved list for which a notice is looked for."""
    number = whole_number(request.GET.get("saved", ""))
    if number is None:
        return None
    lists = SavedList.objects.filter(department__in=desk.scope(Right.SEND).departments())
    return lists.filter(pk=number, content__isnull=False).first()


@page(Right.SEND, methods=("POST",), section="choose-notice")
def favourite_notice(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """Put a notice at the top, or back."""
    notice = notice_of(desk, notice_id)
    favourites.toggle(actor=desk.member, notice=notice)
    answer = HttpResponse(status=303)
    answer["Location"] = reverse("choose-notice")
    return answer


@page(Right.SEND, section="choose-notice")
def send_sample(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """An empty list for a notice: its columns, one example row, and what each column means."""
    notice = notice_of(desk, notice_id)
    try:
        version = newest_wording(notice)
    except NoWording:
        return theirs(None)
    content = sample(notice, variables_for(version, notice.department))
    return download(content, f"{notice.name}_명단.xlsx")


def download(content: bytes, name: str) -> HttpResponse:
    """A workbook as a file to save; what is personal must lie in no cache."""
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    return answer


def notice_of(desk: Desk, notice_id: int) -> Notice:
    """A notice that the member may send; 404 otherwise."""
    found = desk.scope(Right.SEND).notices().select_related("department")
    return theirs(found.filter(pk=notice_id).first())


urls = [
    path("send", choose_notice, name="choose-notice"),
    path("send/<int:notice_id>/favourite", favourite_notice, name="favourite-notice"),
    path("send/<int:notice_id>/sample.xlsx", send_sample, name="send-sample"),
]
