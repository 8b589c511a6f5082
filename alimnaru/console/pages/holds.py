"""Legal holds: what is kept apart and until when, and one message of it as a proof."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.holds import HoldForm
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.console.reason import ask_again, asked
from alimnaru.office import holds as office
from alimnaru.office.disclosure import may_disclose
from alimnaru.office.pdf import PdfUnavailable, pdf_of
from alimnaru.office.proof import paper
from alimnaru.reads import holds as reads
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.rules.hold import LIVE, TEXT_MOST, HoldState
from alimnaru.rules.rights import Right
from alimnaru.store.models import HeldCopy, LegalHold
from alimnaru.wording import sentence
from alimnaru.wording.proof import LEGAL_EFFECTS

TONES = {
    HoldState.ASKED: "warn",
    HoldState.COPYING: "run",
    HoldState.KEPT: "good",
    HoldState.ENDING: "run",
}


@page(Right.AUDIT, section="holds")
def holds(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those of the member's departments."""
    found: Paged[LegalHold] = paged(request, reads.holds(desk.scope(Right.AUDIT)))
    context = {
        "found": found,
        "lines": [(one, TONES.get(HoldState(one.state), "gray")) for one in found.rows],
        "query": query_of(request),
        "may_ask": Right.PRIVACY in desk.rights,
    }
    return render(request, "console/holds.html", context)


@page(Right.PRIVACY, methods=("GET", "POST"), section="holds", step_up=True)
def hold_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for one."""
    known = {name: request.GET.get(name) for name in ("batch", "rows")}
    form = HoldForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            one = office.ask(given["batch"], given["rows"], form.wanted(), actor=desk.member)
        except office.HoldRefused as refused:
            form.blame(refused.code)
        else:
            messages.success(
                request, _("보존을 요청했습니다. 다른 한 분이 동의하면 따로 옮깁니다.")
            )
            return redirect("hold", one.pk)
    return render(request, "console/hold_new.html", {"form": form})


@page(Right.AUDIT, section="holds")
def hold(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One: on what it rests, and which messages, without what they say."""
    one = theirs(reads.holds(desk.scope(Right.AUDIT)).filter(pk=pk).first())
    may, live = desk.may(Right.PRIVACY, one.department), one.state in LIVE
    ending = live and one.end_asked_by is not None and one.end_agreed_by is None
    found: Paged[HeldCopy] = paged(request, reads.copies(one))
    context = {
        "hold": one,
        "tone": TONES.get(HoldState(one.state), "gray"),
        "found": found,
        "query": query_of(request),
        "untouched": reads.is_untouched(one),
        "decide": may and one.state == HoldState.ASKED,
        "own": one.asked_by_id == desk.member.pk,
        "ending": ending,
        "decide_end": may and ending,
        "own_end": one.end_asked_by_id == desk.member.pk,
        "may_end": may and live and one.end_asked_by is None,
        "may_open": may and one.wrapped_key is not None,
        "reason_most": TEXT_MOST,
    }
    return render(request, "console/hold.html", context)


@page(Right.PRIVACY, methods=("POST",), section="holds", step_up=True)
def hold_agree(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Have it put apart."""
    said = _("동의했습니다. 옮기기를 마치면 ‘보존하는 중’으로 바뀝니다.")
    return _done(request, desk, pk, lambda: office.agree(pk, actor=desk.member), said)


@page(Right.PRIVACY, methods=("POST",), section="holds")
def hold_refuse(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Let it go as its class says."""
    said = _("요청을 거두었습니다.")
    return _done(request, desk, pk, lambda: office.refuse(pk, actor=desk.member), said)


@page(Right.PRIVACY, methods=("POST",), section="holds", step_up=True)
def hold_end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Ask that it ends before its day."""
    reason = request.POST.get("reason", "")
    said = _("보존을 끝내 달라고 요청했습니다. 다른 한 분이 동의하면 파기합니다.")
    return _done(
        request, desk, pk, lambda: office.ask_end(pk, actor=desk.member, reason=reason), said
    )


@page(Right.PRIVACY, methods=("POST",), section="holds", step_up=True)
def hold_end_agree(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Have it destroyed."""
    said = _("동의했습니다. 몇 분 안에 파기를 마칩니다.")
    return _done(request, desk, pk, lambda: office.agree_end(pk, actor=desk.member), said)


@page(Right.PRIVACY, methods=("POST",), section="holds")
def hold_end_refuse(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Keep it until its day."""
    said = _("요청을 거두었습니다.")
    return _done(request, desk, pk, lambda: office.refuse_end(pk, actor=desk.member), said)


@page(Right.PRIVACY, methods=("GET", "POST"), section="holds", step_up=True)
def hold_proof(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One message as a PDF, from what is kept apart, once a reason is given."""
    copy = theirs(reads.copy_of(desk.scope(Right.PRIVACY), pk))
    theirs(may_disclose(desk.member, Disclosed.HELD, copy.hold.department) or None)
    purpose = asked(request)
    if not isinstance(purpose, Purpose):
        text = _("따로 보존한 내용과 과정을 한 파일로 받습니다. 이름과 전화번호가 그대로 나옵니다.")
        back = reverse("hold", args=[copy.hold_id])
        return ask_again(request, purpose, title=_("보존한 증명 받기"), back=back, text=text)
    with transaction.atomic():
        found = theirs(office.open_copy(copy, actor=desk.member, reason=purpose))
        try:
            made = pdf_of(paper(found, LEGAL_EFFECTS[found.legal_effect]))
        except PdfUnavailable:
            transaction.set_rollback(True)
            messages.error(
                request,
                _("이 서버에서는 문서를 만들 수 없습니다. 시스템 관리자에게 알려 주십시오."),
            )
            return redirect("hold", copy.hold_id)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="held-{copy.message}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _done(
    request: HttpRequest, desk: Desk, pk: int, act: Callable[[], object], said: str
) -> HttpResponse:
    theirs(reads.holds(desk.scope(Right.PRIVACY)).filter(pk=pk).first())
    try:
        act()
    except office.HoldRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(request, said)
    return redirect("hold", pk)


urls = [
    path("holds", holds, name="holds"),
    path("holds/new", hold_new, name="hold-new"),
    path("holds/<int:pk>", hold, name="hold"),
    path("holds/<int:pk>/agree", hold_agree, name="hold-agree"),
    path("holds/<int:pk>/refuse", hold_refuse, name="hold-refuse"),
    path("holds/<int:pk>/end", hold_end, name="hold-end"),
    path("holds/<int:pk>/end/agree", hold_end_agree, name="hold-end-agree"),
    path("holds/<int:pk>/end/refuse", hold_end_refuse, name="hold-end-refuse"),
    path("holds/copies/<int:pk>/proof", hold_proof, name="hold-proof"),
]
