"""Closing a month: what carriers bill, compared with what we charge, line by line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page
from alimnaru.console.forms.months import CloseForm, StatementForm
from alimnaru.console.htmx import go_to
from alimnaru.office import closing
from alimnaru.office import month_work as works
from alimnaru.reads.months import SHOWN, month_stand, months
from alimnaru.rules.periods import after
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.rights import Right
from alimnaru.rules.statement import TOLERANCE, StatementRefused
from alimnaru.sources.upload_guard import ListRefused
from alimnaru.wording import sentence

_FIRST = date(2000, 1, 1)


def month_called(text: str) -> date:
    """'2026-10' as its first day; 404 for anything else, and for what is to come."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
    if len(text) != len("2026-10") or not _FIRST <= found <= timezone.localdate():
        raise Http404
    return found


@page(Right.SYSTEM, office_wide=True, section="months", also=Right.AUDIT)
def month_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Twelve months; `?until=2026-10` the twelve up to that one."""
    today = timezone.localdate()
    until = month_called(asked) if (asked := request.GET.get("until", "")) else today
    newest = today.replace(day=1)
    context = {
        "lines": months(until, today),
        "earlier": after(until, -SHOWN) if after(until, -SHOWN) >= _FIRST else None,
        "later": min(after(until, SHOWN), newest) if until < newest else None,
    }
    return render(request, "console/months/list.html", context)


@page(Right.SYSTEM, office_wide=True, section="months", also=Right.AUDIT)
def month(request: HttpRequest, desk: Desk, month: str) -> HttpResponse:
    """One month."""
    if "too-large" in request.GET:
        limit = f"{works.MOST_BYTES // works.MIB} MiB"
        text = sentence(Refusal.FILE_TOO_LARGE, limit=limit)
        messages.error(request, text, extra_tags="bad")
    return _shown(request, desk, month_called(month))


def _shown(
    request: HttpRequest,
    desk: Desk,
    first: date,
    *,
    upload: StatementForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = month_stand(first, timezone.localdate())
    context = {
        "stand": found,
        "acts": desk.over_the_office(Right.SYSTEM),
        "upload": upload or StatementForm(),
        "close": CloseForm([line.name for line in found.missing]),
        "tolerance": f"{TOLERANCE * 100:.1f}",
        "before": after(first, -1),
        "after": after(first, 1) if found.is_over else None,
        "most_bytes": works.MOST_BYTES,
        "most": works.MOST_BYTES // works.MIB,
    }
    return render(request, "console/months/month.html", context, status=status)


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="months")
def month_charge(request: HttpRequest, desk: Desk, month: str) -> HttpResponse:
    """Have our charges written anew."""
    first = month_called(month)
    return _done(
        request,
        first,
        lambda: works.ask_charges(first, actor=desk.member),
        _("우리 기록을 만들고 있습니다. 끝나면 이 화면에 나타납니다."),
    )


@page(
    Right.SYSTEM,
    methods=("POST",),
    office_wide=True,
    section="months",
    most_bytes=works.MOST_BYTES,
)
def month_upload(request: HttpRequest, desk: Desk, month: str) -> HttpResponse:
    """Take a carrier's statement."""
    first = month_called(month)
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, desk, first, upload=form, status=422)
    file = form.cleaned_data["file"]
    try:
        work = works.receive(
            form.accounts[form.cleaned_data["account"]],
            first,
            file.chunks(works.MIB),
            actor=desk.member,
            name=file.name,
            replace=form.cleaned_data["replace"],
        )
    except (StatementRefused, ListRefused) as refused:
        form.add_error("file", sentence(refused.code, **refused.facts))
        return _shown(request, desk, first, upload=form, status=422)
    return go_to(request, reverse("month-work", args=[work.pk]))


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="months", step_up=True)
def month_close(request: HttpRequest, desk: Desk, month: str) -> HttpResponse:
    """Close it."""
    first = month_called(month)
    missing = month_stand(first, timezone.localdate()).missing
    form = CloseForm([line.name for line in missing], request.POST)
    if not form.is_valid():
        messages.error(request, _("사유가 너무 깁니다."))
        return redirect("month", month)
    return _done(
        request,
        first,
        lambda: works.ask_close(
            first, actor=desk.member, reasons=form.reasons(), carry=form.cleaned_data["carry"]
        ),
        _("마감하고 있습니다. 끝나면 이 화면에 나타납니다."),
    )


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="months", step_up=True)
def month_reopen(request: HttpRequest, desk: Desk, month: str) -> HttpResponse:
    """Open it again."""
    first = month_called(month)
    reason = request.POST.get("reason", "")
    return _done(
        request,
        first,
        lambda: closing.reopen(first, reason, actor=desk.member),
        _("마감을 풀었습니다. 고친 뒤에 다시 마감해 주십시오."),
    )


def _done(request: HttpRequest, first: date, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except StatementRefused as refused:
        messages.error(request, sentence(refused.code, **refused.facts))
    else:
        messages.success(request, said)
    return redirect("month", f"{first:%Y-%m}")


urls = [
    path("months", month_list, name="months"),
    path("months/<str:month>", month, name="month"),
    path("months/<str:month>/charge", month_charge, name="month-charge"),
    path("months/<str:month>/upload", month_upload, name="month-upload"),
    path("months/<str:month>/close", month_close, name="month-close"),
    path("months/<str:month>/reopen", month_reopen, name="month-reopen"),
]
