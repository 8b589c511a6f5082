"""Giving the list: a file, a saved list; and watching while a worker reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.columns import AUTOMATIC, column_fields
from alimnaru.console.frame import office_name
from alimnaru.console.htmx import go_to, looks_so_far, pause_after, show
from alimnaru.console.pages.send import notice_of
from alimnaru.console.phones import alimtalk_phone
from alimnaru.console.whole_numbers import whole_number
from alimnaru.flow.rosters import NoWording, newest_wording
from alimnaru.flow.wordings import wording
from alimnaru.office.refused import UploadRefused
from alimnaru.office.uploads import MIB, MOST_BYTES, give_up, read_again, receive, receive_saved
from alimnaru.reads.saved import lists_for
from alimnaru.reads.sendable import why_not
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.rights import Right
from alimnaru.store.models import ListUpload, Notice
from alimnaru.wording import sentence

_S = ListUpload.State


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why the last file could not be used."""

    sentence: str
    name: str = ""


@page(Right.SEND, methods=("GET", "POST"), section="choose-notice")
def send_list(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """The page on which a list is given."""
    notice = notice_of(desk, notice_id)
    if request.method != "POST":
        wrong = _too_large() if "too-large" in request.GET else None
        return _page(request, desk, notice, wrong)
    try:
        upload = _taken(request, desk, notice)
    except UploadRefused as refused:
        file = request.FILES.get("file")
        wrong = Wrong(sentence(refused.code, **refused.facts), file.name or "" if file else "")
        return _page(request, desk, notice, wrong)
    _replace(request, desk)
    return go_to(request, reverse("upload", args=[upload.pk]))


def _taken(request: HttpRequest, desk: Desk, notice: Notice) -> ListUpload:
    if request.POST.get("saved"):
        saved = lists_for(desk.scope(Right.SEND), notice).filter(pk=_number(request, "saved"))
        return receive_saved(actor=desk.member, notice=notice, saved=theirs(saved.first()))
    file = request.FILES.get("file")
    if file is None:
        raise UploadRefused(Refusal.FILE_NOT_FOUND)
    if (file.size or 0) > MOST_BYTES:
        raise UploadRefused(Refusal.FILE_TOO_LARGE, limit=f"{MOST_BYTES // MIB} MiB")
    return receive(actor=desk.member, notice=notice, name=file.name or "", content=file.read())


def _replace(request: HttpRequest, desk: Desk) -> None:
    """The list in whose place this one was given is of no use any more."""
    before = ListUpload.objects.filter(pk=_number(request, "instead"), member=desk.member).first()
    if before is not None:
        give_up(before, actor=desk.member)


def _number(request: HttpRequest, name: str) -> int:
    return whole_number(request.POST.get(name, "")) or 0


def _too_large() -> Wrong:
    limit = f"{MOST_BYTES // MIB} MiB"
    return Wrong(sentence(Refusal.FILE_TOO_LARGE, limit=limit))


def _page(request: HttpRequest, desk: Desk, notice: Notice, wrong: Wrong | None) -> HttpResponse:
    code = why_not(notice)
    context = {
        "notice": notice,
        "wrong": wrong,
        "why_not": sentence(code) if code else "",
        "phone": phone_of(notice),
        "saved": lists_for(desk.scope(Right.SEND), notice),
        "chosen": request.GET.get("saved", ""),
        "instead": request.POST.get("instead") or request.GET.get("instead", ""),
        "most_bytes": MOST_BYTES,
        "most": f"{MOST_BYTES // MIB}MB",
    }
    return render(request, "console/send_list.html", context)


def phone_of(notice: Notice) -> object:
    """The notice as an Alimtalk with its places empty; None without a wording."""
    try:
        words = wording(newest_wording(notice).pk)
    except NoWording:
        return None
    return alimtalk_phone(words, channel_name=office_name())


def upload_of(desk: Desk, upload_id: int) -> ListUpload:
    """An upload of the member's own; 404 otherwise. Its content stays in the database."""
    scope = desk.scope(Right.SEND)
    own = ListUpload.objects.filter(member=desk.member, department__in=scope.departments())
    found = own.defer("content").select_related(
        "notice__department", "department", "batch__version", "batch__notice", "saved_list"
    )
    return theirs(found.filter(pk=upload_id).first())


@page(Right.SEND, section="choose-notice")
def upload(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """Where a list has got to: watched while it is read, then the page of what came of it."""
    found = upload_of(desk, upload_id)
    if found.state == _S.READY:
        wrong_rows = bool(found.findings.get("by_code"))
        return go_to(
            request, reverse("list-errors" if wrong_rows else "check-list", args=[found.pk])
        )
    if found.state == _S.GONE:
        return go_to(request, reverse("send-list", args=[found.notice_id]))
    if found.state == _S.REFUSED:
        if "HX-Request" in request.headers:
            return go_to(request, reverse("upload", args=[found.pk]))
        return _refused(request, desk, found)
    looks = looks_so_far(request)
    context: dict[str, object] = {
        "upload": found,
        "notice": found.notice,
        "look": looks + 1,
        "pause": pause_after(looks),
    }
    return show(request, "console/upload.html", context, fragment="reading")


def _refused(request: HttpRequest, desk: Desk, found: ListUpload) -> HttpResponse:
    facts: Mapping[str, str | int] = found.fault_facts
    code = Refusal(found.fault)
    lines = found.findings.get("bad", [])
    context = {
        "upload": found,
        "instead": str(found.pk),
        "notice": found.notice,
        "wrong": Wrong(sentence(code, **facts), found.name),
        "sheets": found.findings.get("sheets", []),
        "columns": found.findings.get("columns", []),
        "fields": column_fields(found) if found.findings.get("columns") else [],
        "automatic": AUTOMATIC,
        "by_code": [
            (sentence(code), n)
            for code, n in sorted(found.findings.get("by_code", {}).items(), key=_most)
        ],
        "rows": [(row, column, sentence(code, column=column)) for row, column, code in lines],
        "phone": phone_of(found.notice),
        "saved": lists_for(desk.scope(Right.SEND), found.notice),
        "most_bytes": MOST_BYTES,
        "most": f"{MOST_BYTES // MIB}MB",
    }
    return render(request, "console/send_list.html", context)


def _most(item: tuple[str, int]) -> int:
    return -item[1]


@page(Right.SEND, methods=("POST",), section="choose-notice")
def read_list_again(request: HttpRequest, desk: Desk, upload_id: int) -> HttpResponse:
    """Another sheet, hidden rows too, or other columns: the same file is read once more."""
    found = upload_of(desk, upload_id)
    posted = request.POST
    columns = {
        name.removeprefix("column:"): str(value)
        for name, value in posted.items()
        if name.startswith("column:") and value != AUTOMATIC
    }
    try:
        read_again(
            found,
            actor=desk.member,
            sheet=posted.get("sheet"),
            include_hidden=posted["hidden"] == "1" if "hidden" in posted else None,
            mapping=columns if "columns" in posted else None,
        )
    except UploadRefused as refused:
        wrong = Wrong(sentence(refused.code, **refused.facts), found.name)
        return _page(request, desk, found.notice, wrong)
    return go_to(request, reverse("upload", args=[found.pk]))


urls = [
    path("send/<int:notice_id>/list", send_list, name="send-list"),
    path("uploads/<int:upload_id>", upload, name="upload"),
    path("uploads/<int:upload_id>/read-again", read_list_again, name="read-list-again"),
]
