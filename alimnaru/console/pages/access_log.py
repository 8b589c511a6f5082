"""The access log: who saw, searched, took or sent whose data; and as a workbook for a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page
from alimnaru.console.forms.logs import Filters
from alimnaru.console.forms.opt_outs import FindForm
from alimnaru.console.log_files import LogFile, log_file
from alimnaru.console.looking import looked
from alimnaru.console.pages.audit import PER_PAGE
from alimnaru.console.sheets import Sheet
from alimnaru.reads.access import Looked, looks
from alimnaru.reads.audit import Sight, page_of
from alimnaru.rules.access import Access
from alimnaru.rules.disclosure import Disclosed, Reason
from alimnaru.rules.phone import mask
from alimnaru.rules.rights import Right
from alimnaru.store import crypto
from alimnaru.store.models import AccessEntry
from alimnaru.store.scoping import Scope
from alimnaru.wording import label
from alimnaru.wording.acted import subject_words


class LogFilters(Filters):
    """What is looked for. A phone is asked for elsewhere: no number stands in an address."""

    def __init__(self, data: Any, scope: Scope, today: date) -> None:
        super().__init__(data, scope, today)
        self._choose("act", [("", lazy("모든 일")), *((a.value, label(a)) for a in Access)])

    @property
    def looked(self) -> Looked:
        """Once the form is valid."""
        w = self.wanted
        return Looked(w.since, w.until, w.person, w.act, w.department, w.subject)


@page(Right.AUDIT, methods=("GET", "POST"), section="access-log")
def access_log(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The entries by filters; a POST asks who saw the data of one phone."""
    sight = _sight(desk)
    filters = LogFilters(request.GET, sight.scope, timezone.localdate())
    query = request.GET.copy()
    query.pop("after", None)
    form = FindForm(request.POST or None)
    context: dict[str, object] = {"filters": filters, "find": form, "query": query.urlencode()}
    if filters.is_valid():
        wanted = filters.looked
        if form.is_valid():
            phone = form.cleaned_data["phone"]
            # Whoever asks about a resident wants all of it, not of the last month alone.
            wanted = replace(wanted, since=None, until=None, phone=phone)
            context["phone"] = mask(phone)
            whose = crypto.phone_hash(phone)
            looked(desk, Access.FIND, "access", 1, department=desk.department, whose=whose)
        found = page_of(looks(sight, wanted), request.GET.get("after", ""), PER_PAGE)
        lines = [(e, *_said(e)) for e in found.entries]
        context |= {"lines": lines, "next": found.next, "later": "after" in request.GET}
    answer = render(request, "console/access_log.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _sight(desk: Desk) -> Sight:
    return Sight(desk.scope(Right.AUDIT), desk.over_the_office(Right.AUDIT))


def _said(entry: AccessEntry) -> tuple[str, str, str]:
    """What was done, to what, and why, in words."""
    act = label(Access(entry.act)) if entry.act in set(Access) else entry.act
    why = label(Reason(entry.reason)) if entry.reason in set(Reason) else ""
    return act, subject_words(entry.subject), " ".join(filter(None, [why, entry.note]))


@page(Right.AUDIT, methods=("POST",), section="access-log", step_up=True)
def access_log_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The matching entries as a workbook, once a reason is given."""
    sight = _sight(desk)
    filters = LogFilters(request.GET, sight.scope, timezone.localdate())
    back = f"{reverse('access-log')}?{request.GET.urlencode()}"
    if not filters.is_valid():
        return redirect(back)
    file = LogFile(
        what=Disclosed.ACCESS,
        subject="access",
        title=_("접속기록을 엑셀로 받기"),
        back=back,
        department=filters.subtree,
        facts=filters.days,
    )
    return log_file(request, desk, file, looks(sight, filters.looked), _sheet)


def _sheet(found: Any) -> Sheet:
    columns = [
        *(_("일시"), _("담당자"), _("접속한 곳"), _("경로"), _("한 일"), _("대상")),
        *(_("부서"), _("사람 수"), _("그대로 봄"), _("사유")),
    ]
    return Sheet(_("접속기록"), columns, _rows(found), wide=frozenset({0, 1, 4, 5, 9}))


def _rows(found: Any) -> Iterator[list[str | int]]:
    for entry in found.iterator(2_000):
        act, subject, why = _said(entry)
        yield [
            f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}",
            entry.actor_name,
            entry.address,
            entry.via,
            act,
            subject,
            entry.department.name if entry.department else "",
            entry.people,
            _("예") if entry.clear else "",
            why,
        ]


urls = [
    path("access-log", access_log, name="access-log"),
    path("access-log/file", access_log_file, name="access-log-file"),
]
