"""The editor of a wording, with the phone beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.forms import Form
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.frame import office_name
from alimnaru.console.htmx import show
from alimnaru.console.pages.pictures import BROUGHT
from alimnaru.console.phones import alimtalk_phone, draft_wording, saved_by_sms, sms_phone
from alimnaru.console.template_forms import Fault, Fields
from alimnaru.console.template_problems import field_id, told
from alimnaru.console.template_sheet import Sheet, button_kind
from alimnaru.console.whole_numbers import whole_number
from alimnaru.flow.shipping import sender_number
from alimnaru.office import templates as office
from alimnaru.office.pictures import PictureRefused, add_picture
from alimnaru.reads.pictures import picture_in
from alimnaru.reads.reviews import accounts_that_send, newest_version
from alimnaru.rules.channel import Channel
from alimnaru.rules.draft import DraftWording
from alimnaru.rules.phone import display
from alimnaru.rules.rights import Right
from alimnaru.rules.template import Emphasis, MessageType, parse_template
from alimnaru.rules.template_buttons import NAMES, fields_of
from alimnaru.rules.template_review import review
from alimnaru.rules.template_sizes import Size, sizes
from alimnaru.rules.variables import Kind
from alimnaru.store.models import Notice, Picture, TemplateVersion
from alimnaru.wording import sentence
from alimnaru.wording.editor import KINDS

_PAGE: Final = "console/template_editor.html"
_PICTURED: Final = (Emphasis.IMAGE, Emphasis.ITEM_LIST)


#: A select that decides which fields there are.
_REDRAW: Final = {
    "hx-trigger": "change",
    "hx-target": "#editor",
    "hx-swap": "outerHTML",
    "hx-params": "not picture_file",
    "hx-vals": '{"do":"refresh"}',
}


class Box(NamedTuple):
    """A field with what is counted beside it."""

    field: BoundField
    size: Size | None

    @property
    def is_text(self) -> bool:
        """Whether there is anything to count."""
        return self.field.widget_type in ("text", "textarea", "regex")


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a part: the fields that its kind has, and the hidden rest."""

    part: str
    at: int
    last: bool
    shown: Sequence[Box]
    hidden: Sequence[BoundField]
    hint: str
    #: A row that is folded shows this; empty: it is never folded.
    title: str
    is_open: bool


@dataclass(slots=True)
class Work:
    """A wording on the desk: what stands in the fields, and where it comes from."""

    request: HttpRequest
    notice: Notice
    newest: TemplateVersion | None
    base: DraftWording | None
    sheet: Sheet
    picture: Picture | None
    #: The number of the newest version when the editing began.
    begun_at: int
    faults: list[Fault] = field(default_factory=list)
    picture_fault: str = ""
    focus: str = ""
    judge: bool = False

    @property
    def draft(self) -> DraftWording:
        """What would be saved, as far as it can be read."""
        return self.sheet.draft(self.base, loosely=True)


@page(Right.WORDINGS, methods=("GET", "POST"), section="templates")
def editor(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """Edit a copy of the newest wording, or of the version that `?from=` names."""
    work = _work(request, desk, notice_id)
    if request.method == "POST":
        act = request.POST.get("do", "save")
        _take_picture(work, desk)
        if act == "save" and not work.picture_fault:
            return _save(work, desk)
        # After a choice the drawing goes on at its select.
        work.focus = work.sheet.act(act) or request.headers.get("HX-Trigger", "")
    return _shown(work)


@page(Right.WORDINGS, methods=("POST",), section="templates")
def preview(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """The phones, the counters and the checks of what stands in the fields now."""
    work = _work(request, desk, notice_id)
    fields = Fields(work.sheet, judge=False)
    every = [*_boxes(fields, work.draft).values()]
    every += [box for rows in _rows(fields, work).values() for row in rows for box in row.shown]
    context = {**_beside(work), "counters": [box for box in every if box.is_text]}
    return render(request, "console/template_preview.html", context)


def _work(request: HttpRequest, desk: Desk, notice_id: int) -> Work:
    notices = desk.scope(Right.WORDINGS).notices().select_related("department")
    notice = theirs(notices.filter(pk=notice_id).first())
    newest = newest_version(notice)
    number = whole_number(request.GET.get("from", ""))
    chosen = notice.versions.filter(number=number).first() if number is not None else newest
    base = office.wording_of(theirs(chosen)) if newest else None
    empty = DraftWording(template=parse_template({"body": ""}))
    if request.method == "POST":
        sheet = Sheet.posted(request.POST.dict())
        picture = _picture(request, desk, request.POST.get("picture", ""))
    else:
        sheet = Sheet.of(base or empty)
        picture = chosen.picture if chosen else None
    begun = whole_number(request.POST.get("begun_at", ""))
    return Work(
        request=request,
        notice=notice,
        newest=newest,
        base=base,
        sheet=sheet,
        picture=picture,
        begun_at=begun if begun is not None else (newest.number if newest else 0),
    )


# ---- pictures ------------------------------------------------------------------------------------


def _picture(request: HttpRequest, desk: Desk, raw: str) -> Picture | None:
    number = whole_number(raw)
    if number is None:
        return None
    return picture_in(desk.scope(Right.SEE), number, request.session.get(BROUGHT, []))


def _take_picture(work: Work, desk: Desk) -> None:
    """Keep a picture that came with the form; it is the member's to see from now on."""
    file = work.request.FILES.get("picture_file")
    if file is None:
        return
    try:
        work.picture = add_picture(file.read(), actor=desk.member, name=file.name or "")
    except PictureRefused as error:
        work.picture_fault = sentence(error.code, **error.facts)
        return
    brought = work.request.session.get(BROUGHT, [])
    work.request.session[BROUGHT] = [*brought, work.picture.pk][-50:]


# ---- saving --------------------------------------------------------------------------------------


def _save(work: Work, desk: Desk) -> HttpResponse:
    work.judge = True
    newest = work.newest.number if work.newest else 0
    faults = Fields(work.sheet, judge=True).faults()
    if faults or newest != work.begun_at:
        work.faults = faults
        if newest != work.begun_at:
            work.faults.append(Fault("part-save", _("저장"), _overtaken(newest)))
            work.begun_at = newest
        return _shown(work)
    version = office.draft_version(
        actor=desk.member,
        notice=work.notice,
        wording=work.sheet.draft(work.base),
        picture=work.picture,
    )
    if work.newest is not None and version.pk == work.newest.pk:
        text = _("바뀐 것이 없습니다. 가장 새 문안은 %(n)s판입니다.")
    else:
        text = _("문안 %(n)s판을 저장했습니다. 카카오의 심사를 받은 뒤부터 이 문안으로 나갑니다.")
    messages.success(work.request, text % {"n": version.number})
    return redirect(reverse("template", args=[work.notice.pk]))


def _overtaken(number: int) -> str:
    text = _(
        "고치는 동안 다른 분이 문안 %(n)s판을 저장했습니다. 그 판을 확인한 뒤, "
        "그래도 이 글로 하려면 다시 한번 저장해 주십시오."
    )
    return text % {"n": number}


# ---- what is shown -------------------------------------------------------------------------------


def _shown(work: Work) -> HttpResponse:
    fields = Fields(work.sheet, judge=work.judge)
    sheet = work.sheet
    context: dict[str, object] = {
        "notice": work.notice,
        "work": work,
        "form": fields.main,
        "boxes": _boxes(fields, work.draft),
        "rows": _rows(fields, work),
        "faults": work.faults,
        "missing": sheet.missing(),
        "chips": [(name, f"#{{{name}}}") for name in _names(sheet) if name],
        "rejections": _rejections(work.newest),
        "with_title": sheet.emphasis is Emphasis.TEXT,
        "with_items": sheet.emphasis is Emphasis.ITEM_LIST,
        "with_picture": sheet.emphasis in _PICTURED or work.notice.fallback == Channel.MMS,
        "with_extra": sheet.message_type in (MessageType.EX, MessageType.MI),
        **_beside(work),
    }
    _make_live(fields, work)
    return show(work.request, _PAGE, context, fragment="editor")


def _names(sheet: Sheet) -> list[str]:
    return [row.get("name", "").strip() for row in sheet.rows["variables"]]


def _rejections(newest: TemplateVersion | None) -> list[tuple[str, str]]:
    """(account, the reviewers' last word) of each account that sent the newest version back."""
    if newest is None:
        return []
    rejected = newest.registrations.filter(state="rejected").select_related("account")
    return [
        (row.account.name, said[-1])
        for row in rejected
        if (said := [each["text"] for each in row.comments if not each.get("ours")])
    ]


def _beside(work: Work) -> dict[str, Any]:
    """The phones and the checks."""
    draft = work.draft
    picture = work.picture.pk if work.picture else None
    version = TemplateVersion(notice=work.notice, picture=work.picture)
    terms = office.terms_for(version, accounts_that_send())
    return {
        "phones": phones_of(work.notice, draft, picture),
        "problems": told(review(draft, terms), _names(work.sheet)),
    }


def phones_of(notice: Notice, draft: DraftWording, picture: int | None) -> dict[str, Any]:
    """A wording on every channel that it speaks on, its places empty."""
    wording = draft_wording(draft, picture)
    digits = sender_number(notice.department)
    sender = display(digits) if digits else _("발신번호 없음")
    found: dict[str, Any] = {"alimtalk": alimtalk_phone(wording, channel_name=office_name())}
    for channel in (Channel.SMS, Channel.LMS):
        way = wording.way_by(Channel.MMS) if _is_pictured(notice, channel) else channel
        if wording.speaks(channel):
            saves = saved_by_sms(found["alimtalk"].at.date())
            found[channel.value] = sms_phone(wording, way, sender=sender, saves=saves)
    return found


def _is_pictured(notice: Notice, channel: Channel) -> bool:
    return channel is Channel.LMS and notice.fallback == Channel.MMS


def _boxes(fields: Fields, draft: DraftWording) -> dict[str, Box]:
    known = {field_id(size.where): size for size in sizes(draft)}
    return {bound.name: Box(bound, known.get(bound.auto_id)) for bound in fields.main}


def _rows(fields: Fields, work: Work) -> dict[str, list[RowView]]:
    known = {field_id(size.where): size for size in sizes(work.draft)}
    return {
        ("parts" if part == "items" else part): [
            _row(part, at, form, work, known) for at, form in enumerate(forms)
        ]
        for part, forms in fields.rows.items()
    }


def _row(part: str, at: int, form: Form, work: Work, known: Mapping[str, Size]) -> RowView:
    rows = work.sheet.rows[part]
    row = rows[at]
    wanted = set(_wanted(part, row))
    shown = [Box(b, known.get(b.auto_id)) for b in form if not wanted or b.name in wanted]
    return RowView(
        part=part,
        at=at,
        last=at == len(rows) - 1,
        shown=shown,
        hidden=[bound for bound in form if wanted and bound.name not in wanted],
        hint=_hint(part, row),
        title=row.get("name", "") if part == "variables" else "",
        is_open=bool(form.is_bound and form.errors)
        or any(box.field.auto_id == work.focus for box in shown),
    )


def _wanted(part: str, row: Mapping[str, str]) -> Iterator[str]:
    """The fields that a row's kind has; none: all of them."""
    if part in ("buttons", "quick_replies"):
        yield from ("type", "name", *fields_of(button_kind(dict(row))))
    if part == "variables":
        yield from ("name", "kind", "max", "default", "columns", "required")
        if row.get("kind") == Kind.ENUM or row.get("values"):
            yield "values"
        if row.get("kind") == Kind.ENUM_SHORT or row.get("short"):
            yield "short"
        yield "from"


def _hint(part: str, row: Mapping[str, str]) -> str:
    if part == "variables":
        found = KINDS.get(Kind(row["kind"])) if row.get("kind") in set(Kind) else None
        most = row.get("max", "")
        limit = _("%(n)s자까지") % {"n": most} if most else ""
        example = _("보기: %(value)s") % {"value": found.meaning} if found else ""
        return " · ".join(text for text in (found.label if found else "", limit, example) if text)
    names = NAMES.get(button_kind(dict(row))) if part != "items" else None
    if names:
        return _("이름은 정해져 있습니다: %(names)s") % {"names": " · ".join(names)}
    return ""


def _make_live(fields: Fields, work: Work) -> None:
    """Go on at a field after a row was added, moved or removed; draw anew what a choice changes."""
    address = work.request.get_full_path()
    for bound in (
        *fields.main,
        *(b for rows in fields.rows.values() for form in rows for b in form),
    ):
        if bound.auto_id == work.focus:
            bound.field.widget.attrs["autofocus"] = True
        if bound.widget_type == "select":
            bound.field.widget.attrs |= {"hx-post": address, **_REDRAW}


urls = [
    path("templates/<int:notice_id>/edit", editor, name="template-editor"),
    path("templates/<int:notice_id>/preview", preview, name="template-preview"),
]
