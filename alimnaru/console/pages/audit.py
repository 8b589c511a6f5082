"""The audit log: filtered, page by page, one subject at a time, and as a workbook for a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page
from alimnaru.console.audit_facts import names_of, pairs_of
from alimnaru.console.forms.logs import Filters
from alimnaru.console.log_files import LogFile, log_file
from alimnaru.console.sheets import Sheet
from alimnaru.console.whole_numbers import whole_number
from alimnaru.reads.audit import Sight, Wanted, entries, page_of
from alimnaru.rules.disclosure import Disclosed
from alimnaru.rules.rights import Right
from alimnaru.store.models import AuditEntry
from alimnaru.wording.acted import act_words, subject_words

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is read: facts as pairs of words."""

    entry: AuditEntry
    act: str
    subject: str
    pairs: list[tuple[str, str]]


def _lines(found: Iterable[AuditEntry], names: Mapping[str, Mapping[str, str]]) -> Iterator[Line]:
    for entry in found:
        act, subject = act_words(entry.act), subject_words(entry.subject)
        yield Line(entry, act, subject, pairs_of(entry, names))


def _sight(desk: Desk) -> Sight:
    return Sight(desk.scope(Right.AUDIT), desk.over_the_office(Right.AUDIT))


@page(Right.AUDIT, section="audit")
def audit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Entries that match, newest first."""
    sight = _sight(desk)
    filters = Filters(request.GET, sight.scope, timezone.localdate())
    query = request.GET.copy()
    query.pop("after", None)
    context: dict[str, object] = {"filters": filters, "query": query.urlencode()}
    if filters.is_valid():
        found = page_of(entries(sight, filters.wanted), request.GET.get("after", ""), PER_PAGE)
        context |= {
            "lines": list(_lines(found.entries, names_of())),
            "next": found.next,
            "later": "after" in request.GET,
        }
    return render(request, "console/audit.html", context)


@page(Right.AUDIT, section="audit")
def audit_of(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Everything that was done to one subject."""
    found = page_of(
        entries(_sight(desk), Wanted(subject=subject)), request.GET.get("after", ""), PER_PAGE
    )
    context = {
        "subject": subject,
        "words": subject_words(subject),
        "lines": list(_lines(found.entries, names_of())),
        "next": found.next,
        "later": "after" in request.GET,
        "address": _address(subject),
    }
    return render(request, "console/audit_of.html", context)


def _address(subject: str) -> str:
    """Where the thing itself is shown, if this console has a page for it."""
    kind, _colon, raw = subject.partition(":")
    number = whole_number(raw)
    if kind not in {"batch", "message"} or number is None:
        return ""
    try:
        return reverse(kind, args=[number])
    except NoReverseMatch:
        return ""


@page(Right.AUDIT, methods=("POST",), section="audit", step_up=True)
def audit_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The matching entries as a workbook, once a reason is given."""
    sight = _sight(desk)
    filters = Filters(request.GET, sight.scope, timezone.localdate())
    back = f"{reverse('audit')}?{request.GET.urlencode()}"
    if not filters.is_valid():
        return redirect(back)
    file = LogFile(
        what=Disclosed.AUDIT,
        subject="audit",
        title=_("감사 기록을 엑셀로 받기"),
        back=back,
        department=filters.subtree,
        facts=filters.days,
    )
    return log_file(request, desk, file, entries(sight, filters.wanted), _sheet)


def _sheet(found: Any) -> Sheet:
    columns = [_("일시"), _("담당자"), _("한 일"), _("대상"), _("부서"), _("내용")]
    rows = (
        [
            f"{timezone.localtime(line.entry.at):%Y-%m-%d %H:%M:%S}",
            line.entry.actor_name,
            line.act,
            line.subject,
            line.entry.department.name if line.entry.department else "",
            ", ".join(f"{name} {value}" for name, value in line.pairs),
        ]
        for line in _lines(found.iterator(2_000), names_of())
    )
    return Sheet(_("감사 기록"), columns, rows, wide=frozenset({0, 1, 2, 5}))


urls = [
    path("audit", audit, name="audit"),
    path("audit/file", audit_file, name="audit-file"),
    path("audit/of/<str:subject>", audit_of, name="audit-of"),
]
