"""Rights given and taken: kept with the audit for good (제5조 ③ asks for three years)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page
from alimnaru.console.audit_facts import names_of, pairs_of
from alimnaru.console.log_files import LogFile, log_file
from alimnaru.console.pages.audit import PER_PAGE
from alimnaru.console.sheets import Sheet
from alimnaru.reads.audit import Sight, page_of
from alimnaru.reads.grants import asleep, called, grants
from alimnaru.rules.disclosure import Disclosed
from alimnaru.rules.rights import Right
from alimnaru.store.models import AuditEntry
from alimnaru.wording.acted import act_words

#: 제5조 ③.
YEARS = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Line:
    """A grant or what was taken away, in words."""

    entry: AuditEntry
    act: str
    whom: str
    pairs: list[tuple[str, str]]


@page(Right.AUDIT, section="grants")
def rights_log(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Newest first, and the accounts that were shut because nobody used them."""
    found = page_of(grants(_sight(desk)), request.GET.get("after", ""), PER_PAGE)
    context = {
        "lines": list(_lines(found.entries)),
        "next": found.next,
        "later": "after" in request.GET,
        "asleep": asleep(desk.scope(Right.AUDIT), timezone.now()),
    }
    return render(request, "console/grants.html", context)


def _sight(desk: Desk) -> Sight:
    return Sight(desk.scope(Right.AUDIT), desk.over_the_office(Right.AUDIT))


def _lines(entries: Sequence[AuditEntry]) -> Iterator[Line]:
    names, people = names_of(), called(entries)
    for entry in entries:
        whom = people.get(entry.subject, entry.subject)
        yield Line(entry, act_words(entry.act), whom, pairs_of(entry, names))


@page(Right.AUDIT, methods=("POST",), section="grants", step_up=True)
def rights_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Three years of it as a workbook."""
    file = LogFile(
        what=Disclosed.GRANTS,
        subject="grants",
        title=_("권한 기록을 엑셀로 받기"),
        back=reverse("grants"),
    )
    found = grants(_sight(desk)).filter(at__gte=timezone.now() - YEARS)
    return log_file(request, desk, file, found, _sheet)


def _sheet(found: QuerySet[AuditEntry]) -> Sheet:
    rows: list[list[Any]] = [
        [
            f"{timezone.localtime(line.entry.at):%Y-%m-%d %H:%M:%S}",
            line.act,
            line.whom,
            line.entry.department.name if line.entry.department else "",
            line.entry.actor_name,
            ", ".join(f"{name} {value}" for name, value in line.pairs),
        ]
        for line in _lines(list(found))
    ]
    columns = [_("일시"), _("한 일"), _("누구에게"), _("부서"), _("누가"), _("내용")]
    return Sheet(_("권한 기록"), columns, rows, wide=frozenset({0, 1, 2, 4, 5}))


urls = [
    path("grants", rights_log, name="grants"),
    path("grants/file", rights_file, name="grants-file"),
]
