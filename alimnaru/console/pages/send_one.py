"""A notice to one person: one form, with what will arrive beside it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.frame import office_name
from alimnaru.console.htmx import go_to
from alimnaru.console.one_form import OneForm
from alimnaru.console.pages.check import batch_address
from alimnaru.console.pages.send import notice_of
from alimnaru.console.phones import alimtalk_phone, saved_by_sms, sms_phone
from alimnaru.flow.rosters import NoWording, newest_wording, variables_for
from alimnaru.flow.shipping import sender_number
from alimnaru.flow.wordings import wording
from alimnaru.office.refused import UploadRefused
from alimnaru.office.release import ReleaseRefused
from alimnaru.office.single import RowRefused, send_one, what_follows
from alimnaru.reads.consents import may_serve
from alimnaru.reads.sendable import why_not
from alimnaru.reads.wishes import stopped
from alimnaru.rules.channel import Channel
from alimnaru.rules.phone import display, read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.store.models import Notice, TemplateVersion
from alimnaru.wording import sentence


@page(Right.SEND, methods=("GET", "POST"), section="choose-notice")
def send_to_one(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """The form, and what becomes of it."""
    notice = notice_of(desk, notice_id)
    code = why_not(notice)
    try:
        version = newest_wording(notice)
    except NoWording:
        version = None
    if code is not None or version is None:
        context = {"notice": notice, "why_not": sentence(code) if code else ""}
        return render(request, "console/send_one.html", context)
    variables = variables_for(version, notice.department)
    if request.method != "POST":
        return _page(request, desk, notice, version, OneForm(variables))
    form = OneForm(variables, request.POST)
    if form.is_valid():
        answer = _send(request, desk, notice, form)
        if answer is not None:
            return answer
    return _page(request, desk, notice, version, form)


def _send(request: HttpRequest, desk: Desk, notice: Notice, form: OneForm) -> HttpResponse | None:
    """Send it, or leave in the form what stands against it."""
    try:
        batch = send_one(
            actor=desk.member,
            notice=notice,
            phone=form.cleaned_data["phone"],
            name=form.person,
            cells=form.cells,
            token=form.cleaned_data["token"],
            confirmed=form.cleaned_data["confirmed"],
        )
        return go_to(request, batch_address(batch))
    except RowRefused as refused:
        row = refused.row
        form.blame(row.column, sentence(row.code, column=row.column))
    except (UploadRefused, ReleaseRefused) as refused:
        form.add_error(None, sentence(refused.code, **refused.facts))
        form.again = refused.code is ReleaseRefusal.REPEATED
    return None


def _page(
    request: HttpRequest,
    desk: Desk,
    notice: Notice,
    version: TemplateVersion,
    form: OneForm,
) -> HttpResponse:
    context = {
        "notice": notice,
        "form": form,
        "follows": what_follows(actor=desk.member, notice=notice, now=timezone.now()),
        **_preview(notice, version, form),
    }
    return render(request, "console/send_one.html", context)


def _preview(notice: Notice, version: TemplateVersion, form: OneForm) -> dict[str, object]:
    words = wording(version.pk)
    values = form.values() if form.is_bound else None
    sender = display(sender_number(notice.department)) or ""
    sms = None
    if notice.fallback:
        way = words.way_by(Channel(notice.fallback))
        if words.speaks(way):
            saves = saved_by_sms(timezone.localdate())
            sms = sms_phone(words, way, values, sender=sender, saves=saves, unfinished=True)
    return {
        "alimtalk": alimtalk_phone(words, values, channel_name=office_name(), unfinished=True),
        "sms": sms,
        "opted_out": _opted_out(notice, form),
    }


def _opted_out(notice: Notice, form: OneForm) -> str:
    """Why nothing will go to this phone, or ''."""
    phone = read_phone(str(form.data.get("phone", ""))) if form.is_bound else Refusal.PHONE_EMPTY
    if isinstance(phone, Refusal):
        return ""
    code = stopped(phone, notice, timezone.now(), form.person)
    if code is None and not may_serve(notice, phone, form.person):
        code = Refusal.NO_SERVICE_CONSENT
    return sentence(code) if code else ""


@page(Right.SEND, methods=("POST",), section="choose-notice")
def preview_one(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """What is typed so far, as phones. POST: what is typed does not belong into an address."""
    notice = notice_of(desk, notice_id)
    try:
        version = newest_wording(notice)
    except NoWording:
        return theirs(None)
    form = OneForm(variables_for(version, notice.department), request.POST)
    return render(request, "console/_preview_one.html", _preview(notice, version, form))


urls = [
    path("send/<int:notice_id>/one", send_to_one, name="send-one"),
    path("send/<int:notice_id>/one/preview", preview_one, name="preview-one"),
]
