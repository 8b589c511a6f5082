"""The main switch: everything paused for maintenance, or because this is a restored copy."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru import wording
from alimnaru.console.access import Desk, page
from alimnaru.console.forms.standing import PauseForm, ResumeForm
from alimnaru.office import standing as office
from alimnaru.reads import standing as reads
from alimnaru.rules.rights import Right
from alimnaru.wording import Fault


@page(Right.SYSTEM, office_wide=True, section="standing")
def standing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whether the office sends, and the switch."""
    return _shown(request)


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="standing")
def pause(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let nothing leave."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _shown(request, form)
    if office.pause(actor=desk.member, why=form.cleaned_data["reason"]):
        messages.success(request, _("모든 발송을 멈추었습니다."))
    else:
        messages.info(request, _("발송은 이미 멈추어 있습니다."))
    return redirect("standing")


@page(Right.SYSTEM, methods=("POST",), office_wide=True, section="standing", step_up=True)
def resume(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let the office send again; a copy only after its carriers were asked."""
    form = ResumeForm(request.POST)
    if not form.is_valid():
        return _shown(request, form)
    try:
        settled = office.resume(
            actor=desk.member,
            why=form.cleaned_data["reason"],
            unsure=form.choice,
            whole=form.is_whole,
        )
    except office.NotReconciled:
        messages.error(request, wording.sentence(Fault.NOT_RECONCILED))
    except office.MustChoose as error:
        form.add_error(
            "unsure",
            _("%(n)s건은 갔는지 알 수 없습니다. 어떻게 할지 골라 주십시오.")
            % {"n": f"{error.messages:,}"},
        )
        return _shown(request, form)
    else:
        if settled is None:
            messages.info(request, _("발송은 멈추어 있지 않습니다."))
        else:
            messages.success(request, _("발송을 다시 시작했습니다."))
    return redirect("standing")


def _shown(request: HttpRequest, refused: PauseForm | ResumeForm | None = None) -> HttpResponse:
    found = reads.standing()
    context = {
        "standing": found,
        "refused": refused,
        "form": refused or (ResumeForm() if found.pause else PauseForm()),
        "unsure": reads.unsure_messages(timezone.now())
        if found.is_copy and not found.all_asked
        else 0,
    }
    return render(request, "console/standing.html", context)


urls = [
    path("standing", standing, name="standing"),
    path("standing/pause", pause, name="standing-pause"),
    path("standing/resume", resume, name="standing-resume"),
]
