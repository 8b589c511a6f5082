"""Checking and sending: the third step. What is shown here are the stored rows that will go."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.checking import (
    ABOUT,
    OPEN,
    WhenForm,
    check_context,
    estimate_of,
    plan_context,
    preview,
)
from alimnaru.console.htmx import go_to
from alimnaru.console.looking import looked_at
from alimnaru.console.pages.uploads import upload_of
from alimnaru.console.templatetags.figures import moment
from alimnaru.console.whole_numbers import whole_number
from alimnaru.flow.paying import payable
from alimnaru.office.projects import ProjectRefused, choose_project
from alimnaru.office.refused import UploadRefused
from alimnaru.office.release import ReleasePlan, ReleaseRefused, ask, plan_for
from alimnaru.office.saved_lists import save_upload
from alimnaru.office.single import send_test
from alimnaru.reads.draft_rows import DraftRow, DraftRows
from alimnaru.rules.access import Access
from alimnaru.rules.audience import Audience
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.store.models import Batch, ListUpload
from alimnaru.wording import sentence


@page(Right.SEND, methods=("GET", "POST"), section="choose-notice")
def check_list(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """Look at what was read, and send it or ask for it."""
    upload = upload_of(desk, upload_id)
    batch = upload.batch
    if batch is None or upload.state != ListUpload.State.READY:
        return go_to(request, reverse("upload", args=[upload.pk]))
    if batch.stage not in OPEN:
        return go_to(request, batch_address(batch))
    if request.method != "POST":
        form = WhenForm(initial={"when": "now"})
        return _page(request, desk, upload, form, plan_for(batch))
    form = WhenForm(request.POST)
    plan = None
    if form.is_valid():
        at, confirmed = form.cleaned_data["at"], form.cleaned_data["confirmed"]
        plan = plan_for(batch, at)
        if not _outside(form, plan, at):
            try:
                return go_to(
                    request,
                    batch_address(ask(batch, actor=desk.member, at=at, confirmed=confirmed)),
                )
            except ReleaseRefused as refused:
                _add(form, refused)
    return _page(request, desk, upload, form, plan or plan_for(batch))


def _outside(form: WhenForm, plan: ReleasePlan, at: datetime | None) -> bool:
    """A time at which this notice may not arrive: said with the time at which it would."""
    if at is None or plan.opens_at <= plan.starts_at + ABOUT:
        return False
    text = _("이 알림을 보낼 수 없는 시간입니다. 이대로 보내면 %(at)s에 나갑니다.")
    form.add_error("at", text % {"at": moment(plan.opens_at)})
    return True


def _add(form: WhenForm, refused: ReleaseRefused) -> None:
    about = "at" if refused.code is ReleaseRefusal.TIME_PAST else None
    form.add_error(about, sentence(refused.code, **refused.facts))


def batch_address(batch: Batch) -> str:
    """The page of a batch; the list of batches where this build has none."""
    try:
        return reverse("batch", args=[batch.pk])
    except NoReverseMatch:
        return reverse("dashboard")


def _page(
    request: HttpRequest, desk: Desk, upload: ListUpload, form: WhenForm, plan: ReleasePlan
) -> HttpResponse:
    batch = _of(upload)
    context = check_context(upload, batch, form, plan)
    looked_at(desk, Access.DRAFT, batch, len(cast("list[object]", context["people"])))
    rows = DraftRows(upload, batch)
    # A browser that has not bound the new fragment yet sends its form the plain way.
    if (asked := _asked_row(rows, request.GET)) is not None:
        context |= preview(upload, batch, rows, asked)
    return render(request, "console/check_list.html", context)


def _of(upload: ListUpload) -> Batch:
    if upload.batch is None:
        raise LookupError(upload.pk)
    return upload.batch


def _draft(desk: Desk, upload_id: int) -> tuple[ListUpload, Batch]:
    upload = upload_of(desk, upload_id)
    batch = upload.batch
    if batch is None or batch.wrapped_key is None or upload.state != ListUpload.State.READY:
        theirs(None)
    assert batch is not None  # noqa: S101 - theirs has raised
    return upload, batch


#: Row numbers are integers of four bytes.
_MOST_ROWS = (1 << 31) - 1


def _asked_row(rows: DraftRows, given: QueryDict) -> DraftRow | None:
    """The row with an id (`row`), or the one at or after a number of the file (`number`)."""
    row = whole_number(given.get("row", ""))
    if row is None and (number := whole_number(given.get("number", ""))) is not None:
        row = rows.at_row(min(number, _MOST_ROWS))
    return None if row is None else rows.row(row)


@page(Right.SEND, section="choose-notice")
def preview_row(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """One row as phones: `row` is its id, `number` its row in the file."""
    upload, batch = _draft(desk, upload_id)
    rows = DraftRows(upload, batch)
    found = theirs(_asked_row(rows, request.GET))
    looked_at(desk, Access.DRAFT, batch, 1)
    context = preview(upload, batch, rows, found) | {"upload": upload}
    return render(request, "console/_preview_rows.html", context)


@page(Right.SEND, section="choose-notice")
def preview_plan(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """Who would have to agree, and when it would go, for a time that is being chosen."""
    upload, batch = _draft(desk, upload_id)
    form = WhenForm(request.GET)
    at = form.cleaned_data["at"] if form.is_valid() else None
    context = plan_context(upload, batch, plan_for(batch, at)) | {
        "estimate": estimate_of(upload, batch),
        "swapped": True,
    }
    return render(request, "console/_plan.html", context)


@page(Right.SEND, methods=("POST",), section="choose-notice")
def test_row(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """Send what a row says to one's own phone."""
    upload, batch = _draft(desk, upload_id)
    rows = DraftRows(upload, batch)
    row = _asked_row(rows, request.POST)
    try:
        send_test(actor=desk.member, batch=batch, row=theirs(row))
        text = _("본인 휴대전화로 시험 알림을 보냈습니다. 잠시 뒤 도착합니다.")
        messages.success(request, text, extra_tags="good")
    except UploadRefused as refused:
        messages.error(request, sentence(refused.code, **refused.facts), extra_tags="bad")
    return go_to(request, reverse("check-list", args=[upload.pk]))


@page(Right.SEND, methods=("POST",), section="choose-notice")
def save_checked_list(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """Keep the list for another time."""
    upload, _batch = _draft(desk, upload_id)
    raw = request.POST.get("audience", "")
    audience = Audience(raw) if raw in set(Audience) else Audience(upload.notice.audience)
    try:
        saved = save_upload(
            upload, actor=desk.member, name=request.POST.get("name", ""), audience=audience
        )
        text = _("‘%(name)s’ 명단을 저장했습니다.") % {"name": saved.name}
        messages.success(request, text, extra_tags="good")
    except UploadRefused as refused:
        messages.error(request, sentence(refused.code, **refused.facts), extra_tags="bad")
    return go_to(request, reverse("check-list", args=[upload.pk]))


@page(Right.SEND, methods=("POST",), section="choose-notice")
def pay(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """Let another budget line pay for the list; without one, none does."""
    upload, batch = _draft(desk, upload_id)
    raw = request.POST.get("project", "")
    on = timezone.localdate(batch.not_before)
    lines = payable(batch.department, on)
    line = theirs(lines.filter(pk=whole_number(raw) or 0).first()) if raw else None
    try:
        choose_project(batch, line, actor=desk.member)
        messages.success(request, _("비용을 댈 사업을 정했습니다."), extra_tags="good")
    except ProjectRefused as refused:
        messages.error(request, sentence(refused.code), extra_tags="bad")
    return go_to(request, reverse("check-list", args=[upload.pk]))


urls = [
    path("uploads/<int:upload_id>/check", check_list, name="check-list"),
    path("uploads/<int:upload_id>/row", preview_row, name="preview-row"),
    path("uploads/<int:upload_id>/plan", preview_plan, name="preview-plan"),
    path("uploads/<int:upload_id>/test", test_row, name="test-row"),
    path("uploads/<int:upload_id>/project", pay, name="check-project"),
    path("uploads/<int:upload_id>/save", save_checked_list, name="save-checked-list"),
]
