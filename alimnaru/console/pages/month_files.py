"""Statements on their way in, and the lines of them that differ."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.downloads import workbook
from alimnaru.console.forms.months import ColumnsForm
from alimnaru.console.frame import office_name
from alimnaru.console.htmx import go_to, looks_so_far, pause_after, show
from alimnaru.console.pages.months import month_called
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.console.templatetags.months import work_fault
from alimnaru.office import closing
from alimnaru.office import month_work as works
from alimnaru.office.report_files import write_month
from alimnaru.papers.disputes import SUMMARY, disputes_paper
from alimnaru.reads import closing as reads
from alimnaru.reads.months import billing_accounts, work_of
from alimnaru.rules.month_work import MonthAct, WorkState
from alimnaru.rules.rights import Right
from alimnaru.rules.statement import Columns, StatementRefused, Verdict
from alimnaru.store.models import MonthWork, StatementLine
from alimnaru.wording import label, sentence

_W = WorkState


def _work(pk: int) -> MonthWork:
    found = theirs(work_of(pk))
    if found.kind != MonthAct.STATEMENT:
        raise Http404
    return found


@page(Right.SYSTEM, office_wide=True, section="months", also=Right.AUDIT)
def month_work(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A statement: watched while it is read, asked which column is which, or why not."""
    found = _work(pk)
    if found.state in {_W.DONE, _W.GONE}:
        return go_to(request, reverse("month", args=[f"{found.month:%Y-%m}"]))
    if found.state in {_W.WAITING, _W.RUNNING}:
        looks = looks_so_far(request)
        context: dict[str, object] = {
            "work": found, "look": looks + 1, "pause": pause_after(looks)
        }  # fmt: skip
        return show(request, "console/months/reading.html", context, fragment="reading")
    if "HX-Request" in request.headers:
        return go_to(request, reverse("month-work", args=[pk]))
    return _asked(request, desk, found)


def _asked(
    request: HttpRequest, desk: Desk, work: MonthWork, form: ColumnsForm | None = None,
    wrong: str = "",
) -> HttpResponse:  # fmt: skip
    sample = works.sample_of(work)
    columns = Columns.of_json(work.mapping) if work.mapping else None
    if form is None and sample is not None and columns is not None:
        form = ColumnsForm(work.titles, columns)
    context = {
        "work": work,
        "sample": sample,
        "form": form,
        "wrong": wrong or work_fault(work),
        "acts": desk.over_the_office(Right.SYSTEM),
    }
    status = 422 if wrong or (form is not None and form.errors) else 200
    return render(request, "console/months/columns.html", context, status=status)


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="months")
def month_read(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Say which column is which, and have the file read so."""
    found = _work(pk)
    if not found.mapping:
        raise Http404
    form = ColumnsForm(found.titles, Columns.of_json(found.mapping), request.POST)
    if not form.is_valid():
        return _asked(request, desk, found, form)
    try:
        works.read_as(found, form.columns(), actor=desk.member)
    except StatementRefused as refused:
        return _asked(request, desk, found, form, sentence(refused.code, **refused.facts))
    return go_to(request, reverse("month-work", args=[pk]))


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="months")
def month_give_up(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Delete a file that is not to be read."""
    found = _work(pk)
    works.give_up(found, actor=desk.member)
    messages.success(request, _("올린 파일을 지웠습니다."))
    return redirect("month", f"{found.month:%Y-%m}")


@page(Right.SYSTEM, office_wide=True, section="months", also=Right.AUDIT)
def month_disputes(request: HttpRequest, desk: Desk, month: str) -> HttpResponse:
    """The lines that differ, by verdict, account, and whether anything came of them."""
    first = month_called(month)
    chosen = {name: request.GET.get(name, "") for name in ("verdict", "account", "settled")}
    accounts = billing_accounts()
    found = reads.disputes(first)
    if chosen["verdict"] in set(Verdict):
        found = found.filter(verdict=chosen["verdict"])
    if account := next((a for a in accounts if a.name == chosen["account"]), None):
        found = found.filter(statement__account=account)
    if chosen["settled"] in {"no", "yes"}:
        found = found.filter(settled_at__isnull=chosen["settled"] == "no")
    lines: Paged[StatementLine] = paged(request, found)
    context = {
        "month": first,
        "lines": [(line, label(Verdict(line.verdict))) for line in lines.rows],
        "found": lines,
        "query": query_of(request),
        "chosen": chosen,
        "accounts": accounts,
        "verdicts": [(v.value, label(v)) for v in Verdict if v is not Verdict.MATCHED],
        "acts": desk.over_the_office(Right.SYSTEM),
    }
    return render(request, "console/months/disputes.html", context)


@page(Right.SYSTEM, office_wide=True, section="months", also=Right.AUDIT)
def month_disputes_file(request: HttpRequest, desk: Desk, month: str) -> HttpResponse:
    """All lines that differ as a workbook, to be sent to the carrier. No resident stands in it."""
    first = month_called(month)
    with translation.override("ko"):
        paper = disputes_paper(
            first,
            reads.disputes(first).iterator(),
            reads.verdicts(first),
            office=office_name(),
            at=timezone.now(),
        )
    return workbook(
        f"statement-{first:%Y-%m}.xlsx", lambda file: write_month(paper, file, summary=SUMMARY)
    )


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="months")
def dispute_settle(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Note what came of a line."""
    line = theirs(reads.dispute(pk))
    first = line.statement.month
    back = request.POST.get("back", "")
    try:
        closing.settle_dispute(line, request.POST.get("note", ""), actor=desk.member)
    except StatementRefused as refused:
        messages.error(request, sentence(refused.code, **refused.facts))
    else:
        messages.success(request, _("처리한 내용을 적었습니다."))
    query = back if back.startswith("?") else ""
    return redirect(reverse("month-disputes", args=[f"{first:%Y-%m}"]) + query)


urls = [
    path("months/works/<int:pk>", month_work, name="month-work"),
    path("months/works/<int:pk>/read", month_read, name="month-read"),
    path("months/works/<int:pk>/give-up", month_give_up, name="month-give-up"),
    path("months/lines/<int:pk>/settle", dispute_settle, name="dispute-settle"),
    path("months/<str:month>/disputes", month_disputes, name="month-disputes"),
    path("months/<str:month>/disputes/file", month_disputes_file, name="month-disputes-file"),
]
