"""What is done with a batch from its page: paused, resumed, taken back, its unreached taken out."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.downloads import locked_workbook, password_for
from alimnaru.console.reason import ask_again, asked
from alimnaru.office import release
from alimnaru.office.batches import resume_batch, stop_batch
from alimnaru.office.disclosure import may_disclose
from alimnaru.office.release import ReleaseRefused
from alimnaru.office.unreached_file import Sheet, take_unreached
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.rules.rights import Right
from alimnaru.store.models import Batch
from alimnaru.wording import sentence
from alimnaru.wording.unreached import cells_of, columns, title


def _own(desk: Desk, batch_id: int) -> Batch:
    return theirs(desk.scope(Right.SEND).batches().filter(pk=batch_id).first())


@page(Right.SEND, methods=("POST",), section="batches")
def pause(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Stop hand-offs until somebody resumes."""
    held = stop_batch(_own(desk, batch_id), actor=desk.member)
    if held:
        text = _("발송을 멈추었습니다. 이미 넘긴 것은 되돌릴 수 없어 결과를 기다립니다.")
        messages.success(request, text)
    else:
        messages.warning(request, _("멈출 것이 남아 있지 않았습니다. 이미 모두 넘겼습니다."))
    return redirect("batch", batch_id)


@page(Right.SEND, methods=("POST",), section="batches")
def resume(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Go on from where it was."""
    freed = resume_batch(_own(desk, batch_id), actor=desk.member)
    if freed:
        text = _("이어서 보냅니다. 이미 보낸 분에게는 다시 보내지 않습니다.")
        messages.success(request, text)
    else:
        messages.warning(request, _("멈추어 있는 것이 없습니다."))
    return redirect("batch", batch_id)


@page(Right.SEND, methods=("POST",), section="batches")
def undo(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Take back what has not begun: a draft again."""
    try:
        release.undo(_own(desk, batch_id), actor=desk.member)
    except ReleaseRefused as refused:
        messages.error(request, sentence(refused.code, **refused.facts))
    else:
        text = _("발송을 되돌렸습니다. 한 건도 나가지 않았고, 임시 저장되어 있습니다.")
        messages.success(request, text)
    return redirect("batch", batch_id)


@page(methods=("GET", "POST"), section="batches", step_up=True)
def take(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """The unreached list as a workbook, for a reason."""
    scope = desk.scope(Right.SEE)
    batch = theirs(
        scope.batches().select_related("department", "notice").filter(pk=batch_id).first()
    )
    if not may_disclose(desk.member, Disclosed.UNREACHED, batch.department):
        theirs(None)
    purpose, back = asked(request), reverse("batch", args=[batch_id])
    if not isinstance(purpose, Purpose):
        text = _("이름과 전화번호가 그대로 들어 있는 파일입니다. 쓰고 나면 지워 주십시오.")
        return ask_again(request, purpose, title=_("못 받은 분 명단 받기"), back=back, text=text)
    password = password_for(request, title=_("못 받은 분 명단 받기"), back=back)
    if isinstance(password, HttpResponse):
        return password
    sheet = Sheet(title(), columns(), cells_of)

    def write(file: Path) -> None:
        take_unreached(batch, file, actor=desk.member, scope=scope, sheet=sheet, reason=purpose)

    return locked_workbook(_("못받은분_%(number)s번.xlsx") % {"number": batch_id}, write, password)


urls = [
    path("batches/<int:batch_id>/pause", pause, name="batch-pause"),
    path("batches/<int:batch_id>/resume", resume, name="batch-resume"),
    path("batches/<int:batch_id>/undo", undo, name="batch-undo"),
    path("batches/<int:batch_id>/unreached", take, name="batch-unreached"),
]
