"""Wordings: where each stands, and one with its versions, what differs, and its reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from alimnaru.carriers.review import Review
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.pages.template_editor import phones_of
from alimnaru.console.template_problems import Problems, told
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office import templates as office
from alimnaru.reads import reviews
from alimnaru.reads.reviews import Stand
from alimnaru.rules.channel import Channel
from alimnaru.rules.rights import Right
from alimnaru.rules.template_review import review
from alimnaru.rules.wording_diff import Line, changes
from alimnaru.store.models import CarrierAccount, Notice, TemplateRegistration, TemplateVersion
from alimnaru.wording import label, part_name, sentence
from alimnaru.wording.proof import LEGAL_EFFECTS

PAGE_SIZE: Final = 50
_S = TemplateRegistration.State
_TONES: Final = {
    _S.DRAFT: "gray",
    _S.IN_REVIEW: "info",
    _S.APPROVED: "good",
    _S.REJECTED: "bad",
    _S.DORMANT: "warn",
    _S.BLOCKED: "bad",
    _S.GONE: "gray",
}
#: What the list may be narrowed to.
_FILTERS: Final[dict[str, tuple[str, ...]]] = {
    "in_review": (_S.IN_REVIEW,),
    "rejected": (_S.REJECTED,),
    "asleep": (_S.DORMANT, _S.BLOCKED),
}


@dataclass(frozen=True, slots=True)
class At:
    """A version at an account."""

    row: TemplateRegistration
    label: str
    tone: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version and where it stands at each account."""

    version: TemplateVersion
    sending: bool
    at: Sequence[At]


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice with its newest wording and the one that goes out."""

    notice: Notice
    newest: VersionLine | None
    sending: TemplateVersion | None
    used: datetime | None
    stale: datetime | None
    may_edit: bool


@page(Right.SEE, section="templates")
def templates(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every notice of the member's departments, and where its wording stands."""
    scope = desk.scope(Right.SEE)
    found = _narrowed(request, scope.notices().select_related("department"))
    part = Paginator(found.order_by("department__path", "code"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "lines": _lines(desk, part.object_list),
        "part": part,
        "query": f"{query.urlencode()}&" if query else "",
        "departments": scope.departments().order_by("path"),
        "chosen": request.GET,
        "narrowed": any(request.GET.get(key) for key in ("q", "department", "state")),
        "may_edit": Right.WORDINGS in desk.rights,
    }
    return render(request, "console/templates.html", context)


def _narrowed(request: HttpRequest, notices: QuerySet[Notice]) -> QuerySet[Notice]:
    if text := request.GET.get("q", "").strip():
        notices = notices.filter(Q(name__icontains=text) | Q(code__icontains=text))
    department = whole_number(request.GET.get("department", ""))
    if department is not None:
        notices = notices.filter(department=department)
    if states := _FILTERS.get(request.GET.get("state", "")):
        at_one = TemplateRegistration.objects.filter(state__in=states).values("version__notice")
        notices = notices.filter(pk__in=at_one)
    return notices


def _lines(desk: Desk, notices: Any) -> list[NoticeLine]:
    rows = list(notices)
    versions = _by_notice(reviews.stands(Notice.objects.filter(pk__in=[n.pk for n in rows])))
    used = reviews.last_used(rows)
    scope = desk.scope(Right.WORDINGS)
    return [_line(n, versions.get(n.pk, []), used.get(n.pk), scope.paths) for n in rows]


def _line(
    notice: Notice, versions: Sequence[VersionLine], used: datetime | None, paths: Sequence[str]
) -> NoticeLine:
    every = [at.row for line in versions for at in line.at]
    return NoticeLine(
        notice=notice,
        newest=versions[0] if versions else None,
        sending=next((line.version for line in versions if line.sending), None),
        used=used,
        stale=reviews.stale_since(every, timezone.now(), settings.REVIEW_SECONDS),
        may_edit=notice.department.path.startswith(tuple(paths)),
    )


def _by_notice(stands: Sequence[Stand]) -> dict[int, list[VersionLine]]:
    """The versions of each notice, the newest first."""
    found: dict[int, list[VersionLine]] = {}
    for _pk, group in groupby(stands, key=lambda stand: stand.version.pk):
        rows = list(group)
        line = VersionLine(
            version=rows[0].version,
            sending=rows[0].sending,
            at=[_at(stand.registration) for stand in rows if stand.registration is not None],
        )
        found.setdefault(rows[0].notice.pk, []).append(line)
    return found


def _at(row: TemplateRegistration) -> At:
    waiting = row.state == _S.IN_REVIEW
    since = row.submitted_at if waiting else row.decided_at
    state = _S(row.state)
    return At(row, label(Review(row.state)), _TONES[state], since)


# ---- one notice ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A word of the reviewers' or of ours."""

    text: str
    at: datetime | None
    ours: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The chosen version at an account: where it stands, what was said, what may be done."""

    account: CarrierAccount
    at: At | None
    thread: Sequence[Said]
    stale: datetime | None

    @property
    def meaning(self) -> str:
        """What the state means, and what to do."""
        return sentence(Review(self.at.row.state)) if self.at else ""

    @property
    def may_submit(self) -> bool:
        """Whether a review may be asked for."""
        return self.at is None or self.at.row.state not in (_S.IN_REVIEW, _S.APPROVED)

    @property
    def is_known(self) -> bool:
        """Whether the carrier has it under a code."""
        return self.at is not None and bool(self.at.row.code)


@dataclass(frozen=True, slots=True)
class Part:
    """A part that differs."""

    name: str
    lines: Sequence[Line]


@page(Right.SEE, section="templates")
def template(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """A notice's wordings: what they say, what differs, what the reviewers answered."""
    notices = desk.scope(Right.SEE).notices().select_related("department")
    notice = theirs(notices.filter(pk=notice_id).first())
    stands = reviews.stands(Notice.objects.filter(pk=notice.pk))
    versions = _by_notice(stands).get(notice.pk, [])
    may_edit = desk.may(Right.WORDINGS, notice.department)
    context: dict[str, Any] = {"notice": notice, "versions": versions, "may_edit": may_edit}
    context["effect"] = LEGAL_EFFECTS[notice.legal_effect]
    if versions:
        chosen = theirs(_chosen(versions, request.GET.get("v", "")))
        other = _other(versions, chosen, request.GET.get("with", ""))
        context |= _of_version(notice, chosen, other)
        context["is_newest"] = chosen is versions[0]
        context["may_edit"] = may_edit and context["by_kakao"]
    return render(request, "console/template.html", context)


def _chosen(versions: Sequence[VersionLine], number: str) -> VersionLine | None:
    if not number:
        return versions[0]
    return next((line for line in versions if str(line.version.number) == number), None)


def _other(versions: Sequence[VersionLine], chosen: VersionLine, number: str) -> VersionLine | None:
    """What a version is compared with: the one asked for, else what goes out, else the last."""
    if number:
        return _chosen(versions, number)
    sending = next((line for line in versions if line.sending), None)
    if sending is not None and sending is not chosen:
        return sending
    older = [line for line in versions if line.version.number < chosen.version.number]
    return older[0] if older else None


def _of_version(notice: Notice, chosen: VersionLine, other: VersionLine | None) -> dict[str, Any]:
    version = chosen.version
    draft = office.wording_of(version)
    sending = list(reviews.accounts_that_send())
    accounts = _accounts(chosen, sending)
    before = office.wording_of(other.version) if other else draft
    texts = {Channel.SMS: draft.sms, Channel.LMS: draft.lms}
    texts[Channel.MMS] = draft.lms if version.picture_id else ""
    fallbacks = [(channel.value, label(channel)) for channel, text in texts.items() if text]
    phones = phones_of(notice, draft, version.picture_id)
    # A plain notice has nothing that Kakao could be asked about.
    by_kakao = bool(draft.template.body)
    return {
        "chosen": chosen,
        "by_kakao": by_kakao,
        "other": other,
        "diff": [Part(part_name(part.where), part.lines) for part in changes(before, draft)],
        "accounts": accounts,
        "may_submit": by_kakao
        and any(each.may_submit and each.account in sending for each in accounts),
        "problems": _problems(notice, version, sending) if by_kakao else told([]),
        "phones": phones if by_kakao else {**phones, "alimtalk": None},
        "fallbacks": fallbacks,
        "fallback": label(Channel(notice.fallback)) if notice.fallback else "",
        "fallback_spoken": notice.fallback in dict(fallbacks),
    }


def _problems(
    notice: Notice, version: TemplateVersion, accounts: Sequence[CarrierAccount]
) -> Problems:
    version.notice = notice
    terms = office.terms_for(version, accounts)
    return told(review(office.wording_of(version), terms))


def _accounts(chosen: VersionLine, sending: Sequence[CarrierAccount]) -> list[Account]:
    """The accounts that send, and those that know the version although they do not."""
    known = {at.row.account_id: at for at in chosen.at}
    every = {account.pk: account for account in sending}
    every |= {at.row.account_id: at.row.account for at in chosen.at}
    now = timezone.now()
    return [
        Account(
            account=account,
            at=known.get(pk),
            thread=_thread(known[pk].row) if pk in known else [],
            stale=reviews.stale_since([known[pk].row], now, settings.REVIEW_SECONDS)
            if pk in known
            else None,
        )
        for pk, account in every.items()
    ]


def _thread(row: TemplateRegistration) -> list[Said]:
    return [
        Said(
            text=str(each.get("text", "")),
            at=parse_datetime(each["at"]) if each.get("at") else None,
            ours=bool(each.get("ours")),
        )
        for each in row.comments
    ]


urls = [
    path("templates", templates, name="templates"),
    path("templates/<int:notice_id>", template, name="template"),
]
