"""What was destroyed, what is due, and asking that something goes before its time."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.downloads import made
from alimnaru.console.frame import office_name
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office import destroying as office
from alimnaru.office.pdf import PdfUnavailable
from alimnaru.office.report_files import Form, write_month
from alimnaru.papers.destruction import SUMMARY, certificate
from alimnaru.reads import destroying as reads
from alimnaru.rules.destruction import REASON_MOST
from alimnaru.rules.rights import Right
from alimnaru.store.models import Destruction
from alimnaru.wording import sentence

#: Batches on the page of a certificate; the file has them all.
_SHOWN = 100


@page(Right.AUDIT, section="destructions")
def destructions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Certificates of the member's departments, what is due, and what waits for a second person."""
    now, scope = timezone.now(), desk.scope(Right.AUDIT)
    found: Paged[Destruction] = paged(request, reads.certificates(scope))
    context = {
        "found": found,
        "query": query_of(request),
        "standing": reads.standing(scope, now),
        "classes": reads.classes(),
        "records": reads.records(),
        "waiting": [
            (one, one.asked_by_id == desk.member.pk, _may(desk, one)) for one in reads.asked(scope)
        ],
        "may_ask": Right.PRIVACY in desk.rights,
        "reason_most": REASON_MOST,
    }
    return render(request, "console/destructions.html", context)


@page(Right.AUDIT, section="destructions")
def destruction(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One certificate."""
    one = _own(desk, pk)
    batches = reads.batches_of(one)
    context = {
        "certificate": one,
        "untouched": reads.is_untouched(one),
        "lines": [found for found, _place in zip(batches, range(_SHOWN), strict=False)],
        "more": one.batches > _SHOWN,
    }
    return render(request, "console/destruction.html", context)


@page(Right.AUDIT, section="destructions")
def destruction_file(request: HttpRequest, desk: Desk, pk: int, form: str) -> HttpResponse:
    """The certificate to be filed. Nobody's data is in it."""
    one, kind = _own(desk, pk), Form(form)
    with translation.override("ko"):
        document = certificate(
            one,
            reads.batches_of(one),
            untouched=reads.is_untouched(one),
            office=office_name(),
            by=desk.member.name,
            at=timezone.now(),
        )
    try:
        return made(
            f"destruction-{one.pk}.{kind}",
            lambda file: write_month(document, file, summary=SUMMARY),
        )
    except PdfUnavailable:
        messages.error(request, _("이 서버에서는 PDF를 만들 수 없습니다. 엑셀로 받아 주십시오."))
        return redirect("destruction", pk)


@page(Right.PRIVACY, methods=("POST",), section="destructions", step_up=True)
def destruction_ask(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask that a batch goes now."""
    number = whole_number(request.POST.get("batch", "")) or 0
    reason = request.POST.get("reason", "")
    return _done(
        request,
        lambda: office.ask(number, actor=desk.member, reason=reason),
        _("파기를 요청했습니다. 다른 한 분이 동의하면 파기합니다."),
    )


@page(Right.PRIVACY, methods=("POST",), section="destructions", step_up=True)
def destruction_agree(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Have it destroyed."""
    return _done(
        request,
        lambda: office.agree(pk, actor=desk.member),
        _("동의했습니다. 몇 분 안에 파기를 마칩니다."),
    )


@page(Right.PRIVACY, methods=("POST",), section="destructions")
def destruction_refuse(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Let it be kept."""
    return _done(request, lambda: office.refuse(pk, actor=desk.member), _("요청을 거두었습니다."))


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except office.DestroyRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(request, said)
    return redirect(f"{reverse('destructions')}#asked")


def _own(desk: Desk, pk: int) -> Destruction:
    return theirs(reads.certificates(desk.scope(Right.AUDIT)).filter(pk=pk).first())


def _may(desk: Desk, one: Destruction) -> bool:
    return one.department is not None and desk.may(Right.PRIVACY, one.department)


urls = [
    path("destructions", destructions, name="destructions"),
    path("destructions/ask", destruction_ask, name="destruction-ask"),
    path("destructions/<int:pk>", destruction, name="destruction"),
    path("destructions/<int:pk>/agree", destruction_agree, name="destruction-agree"),
    path("destructions/<int:pk>/refuse", destruction_refuse, name="destruction-refuse"),
    path("destructions/<int:pk>/xlsx", destruction_file, {"form": "xlsx"}, name="destruction-xlsx"),
    path("destructions/<int:pk>/pdf", destruction_file, {"form": "pdf"}, name="destruction-pdf"),
]
