"""Stop a batch, see whom it has reached, and tell exactly those what is right."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.correction_form import CorrectionForm
from alimnaru.console.frame import office_name
from alimnaru.console.htmx import looks_so_far, pause_after
from alimnaru.console.phones import alimtalk_phone, sms_phone
from alimnaru.flow.rosters import newest_wordings, variables_for
from alimnaru.flow.shipping import sender_number
from alimnaru.flow.wordings import wording
from alimnaru.office.batches import cancel_batch, resume_batch, stop_batch
from alimnaru.office.corrections import CORRECTION, correct, correct_also, is_common
from alimnaru.office.release import UNRELEASED, ReleaseRefused
from alimnaru.office.single import RowRefused
from alimnaru.reads.reach import corrections_of, left_to_correct, reach_of
from alimnaru.rules.channel import Channel
from alimnaru.rules.phone import display
from alimnaru.rules.rights import Right
from alimnaru.rules.variables import Kind
from alimnaru.store.models import Batch, Chunk, Notice, Stage, TemplateVersion
from alimnaru.wording import sentence

#: So many looks in vain, and the page stops asking by itself.
MOST_LOOKS = 55


@page(Right.SEND, methods=("GET", "POST"), section="batches")
def stop(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """The red button; then who was told, who may have been, and who was not."""
    batch = _own(desk, batch_id)
    if batch.stage in UNRELEASED or batch.stage == Stage.DISCARDED:
        # Nothing has gone: there is nothing to stop or to correct.
        return redirect("scheduled-change", batch.pk)
    if request.method == "POST":
        stop_batch(batch, actor=desk.member)
        messages.success(request, _("발송을 멈추었습니다. 지금부터 새로 나가는 것은 없습니다."))
        return redirect("stop-and-correct", batch.pk)
    context = _stand(request, batch)
    corrections = corrections_of(batch)
    context["corrections"] = corrections
    # Reads every message of the batch: asked for once, not at every look.
    context["left"] = left_to_correct(batch, corrections) if corrections else 0
    return render(request, "console/stop/stop.html", context)


@page(Right.SEND, section="batches")
def reach(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """The figures alone, while results still come in."""
    return render(request, "console/stop/_reach.html", _stand(request, _own(desk, batch_id)))


def _stand(request: HttpRequest, batch: Batch) -> dict[str, object]:
    found, look = reach_of(batch), looks_so_far(request)
    running = batch.stopped_at is None and found.waiting > 0
    watched = (running or found.under_way > 0) and look < MOST_LOOKS
    return {
        "batch": batch,
        "reach": found,
        "running": running,
        "stopped": batch.stopped_at is not None and batch.cancelled_at is None,
        "look": look + 1,
        "pause": pause_after(look) if watched else 0,
    }


@page(Right.SEND, methods=("POST",), section="batches")
def resume(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """It was no mistake: go on."""
    resume_batch(_own(desk, batch_id), actor=desk.member)
    messages.success(request, _("이어서 보냅니다. 이미 보낸 분에게는 다시 보내지 않습니다."))
    return redirect("stop-and-correct", batch_id)


@page(Right.SEND, methods=("POST",), section="batches")
def cancel(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Whoever was not sent to gets nothing."""
    number = cancel_batch(_own(desk, batch_id), actor=desk.member)
    text = _("아직 보내지 않은 %(n)s명에게는 보내지 않기로 했습니다.")
    messages.success(request, text % {"n": f"{number:,}"})
    return redirect("stop-and-correct", batch_id)


@page(Right.SEND, methods=("POST",), section="batches")
def also(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """The same correction to whom the mistake has reached since."""
    try:
        sent = correct_also(_own(desk, batch_id), actor=desk.member)
    except ReleaseRefused as refused:
        messages.error(request, sentence(refused.code, **refused.facts))
    else:
        messages.success(request, _said(sent))
    return redirect("stop-and-correct", batch_id)


@page(Right.SEND, methods=("GET", "POST"), section="batches")
def write(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """What the correction says; then it is asked for."""
    batch = _own(desk, batch_id)
    wordings = _wordings(desk, batch)
    version = _chosen(request, wordings)
    if version is None:
        context = {"batch": batch, "reach": reach_of(batch)}
        return render(request, "console/stop/no_wording.html", context)
    variables = variables_for(version, batch.department)
    known = {Kind.DATETIME: f"{_began(batch):%Y-%m-%dT%H:%M}"}
    if request.method != "POST":
        return _form(request, batch, wordings, version, CorrectionForm(variables, known=known))
    form = CorrectionForm(variables, request.POST)
    if form.is_valid():
        try:
            sent = correct(batch, actor=desk.member, notice=version.notice, cells=form.cells)
        except RowRefused as refused:
            row = refused.row
            form.blame(row.column, sentence(row.code, column=row.column))
        except ReleaseRefused as refused:
            form.add_error(None, sentence(refused.code, **refused.facts))
        else:
            messages.success(request, _said(sent))
            return redirect("stop-and-correct", batch_id)
    return _form(request, batch, wordings, version, form, status=422)


@page(Right.SEND, methods=("POST",), section="batches")
def preview(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """What is typed so far, as phones."""
    batch = _own(desk, batch_id)
    version = _chosen(request, _wordings(desk, batch))
    if version is None:
        return theirs(None)
    form = CorrectionForm(variables_for(version, batch.department), request.POST)
    return render(request, "console/_preview_one.html", _screens(batch, version, form))


def _said(batch: Batch) -> str:
    if batch.stage == Stage.REQUESTED:
        text = _("%(n)s명에게 보낼 정정 안내의 승인을 요청했습니다. 승인자에게 바로 알려 주십시오.")
    else:
        text = _("%(n)s명에게 정정 안내를 보냅니다.")
    return text % {"n": f"{batch.people:,}"}


def _form(
    request: HttpRequest,
    batch: Batch,
    wordings: list[TemplateVersion],
    version: TemplateVersion,
    form: CorrectionForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "batch": batch,
        "reach": reach_of(batch),
        "notices": [each.notice for each in wordings],
        "notice": version.notice,
        "form": form,
        **_screens(batch, version, form),
    }
    return render(request, "console/stop/write.html", context, status=status)


def _screens(batch: Batch, version: TemplateVersion, form: CorrectionForm) -> dict[str, object]:
    words = wording(version.pk)
    values = form.values() if form.is_bound else None
    sms = None
    if version.notice.fallback:
        way = words.way_by(Channel(version.notice.fallback))
        if words.speaks(way):
            sender = display(sender_number(batch.department)) or ""
            sms = sms_phone(words, way, values, sender=sender)
    return {"alimtalk": alimtalk_phone(words, values, channel_name=office_name()), "sms": sms}


def _wordings(desk: Desk, batch: Batch) -> list[TemplateVersion]:
    """What a correction may be written in: the catalogue's own first, then the member's."""
    theirs_ = desk.scope(Right.SEND).notices().values("pk")
    notices = Notice.objects.filter(Q(pk__in=theirs_) | Q(code=CORRECTION), is_active=True)
    found = filter(is_common, newest_wordings(notices, hours_waived=batch.hours_waived))
    return sorted(found, key=lambda v: (v.notice.code != CORRECTION, v.notice.name))


def _chosen(request: HttpRequest, wordings: list[TemplateVersion]) -> TemplateVersion | None:
    asked = request.POST.get("notice") or request.GET.get("notice") or ""
    if asked:
        # Never another one in its place: it would be sent with what was typed for this one.
        return theirs(next((v for v in wordings if v.notice.code == asked), None))
    return wordings[0] if wordings else None


def _began(batch: Batch) -> object:
    """When the mistake went out, as people say it."""
    first = Chunk.objects.filter(batch=batch, sent_at__isnull=False).order_by("sent_at").first()
    return timezone.localtime(first.sent_at if first else batch.not_before)


def _own(desk: Desk, batch_id: int) -> Batch:
    own = desk.scope(Right.SEND).batches()
    return theirs(
        own.select_related("notice", "department", "version", "member").filter(pk=batch_id).first()
    )


urls = [
    path("batches/<int:batch_id>/stop", stop, name="stop-and-correct"),
    path("batches/<int:batch_id>/stop/reach", reach, name="stop-reach"),
    path("batches/<int:batch_id>/stop/resume", resume, name="stop-resume"),
    path("batches/<int:batch_id>/stop/cancel", cancel, name="stop-cancel"),
    path("batches/<int:batch_id>/stop/also", also, name="correct-also"),
    path("batches/<int:batch_id>/correct", write, name="correct"),
    path("batches/<int:batch_id>/correct/preview", preview, name="correct-preview"),
]
