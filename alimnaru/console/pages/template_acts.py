"""What people do with a wording under review, each act a form of its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.carriers.base import CarrierError
from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.template_problems import carrier_said
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office import notices
from alimnaru.office import templates as office
from alimnaru.reads.reviews import accounts_that_send
from alimnaru.rules.channel import Channel
from alimnaru.rules.rights import Right
from alimnaru.rules.template_render import MissingVariables
from alimnaru.rules.template_review import ReviewFault
from alimnaru.store.models import Member, Notice, TemplateRegistration
from alimnaru.wording import label, sentence

#: Ours: no carrier tells theirs, and reviewers read no letters.
COMMENT_LIMIT: Final = 500


@page(Right.WORDINGS, methods=("POST",), section="templates")
def submit(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """Ask for the review of a version at the chosen accounts."""
    notice = _notice(desk, notice_id)
    number = request.POST.get("version", "")
    version = theirs(notice.versions.filter(number=whole_number(number) or 0).first())
    chosen = request.POST.getlist("account")
    accounts = [a for a in accounts_that_send() if str(a.pk) in chosen]
    comment = request.POST.get("comment", "").strip()
    if not accounts:
        messages.error(request, _("심사를 요청할 계정을 하나 이상 골라 주십시오."))
    elif len(comment) > COMMENT_LIMIT:
        messages.error(request, _too_long())
    else:
        try:
            done = office.submit(
                actor=desk.member, version=version, accounts=accounts, comment=comment
            )
        except office.WordingStopped:
            text = _("고칠 곳이 있어 카카오에 내지 않았습니다. 아래의 목록을 확인해 주십시오.")
            messages.error(request, text)
        else:
            _tell(request, done)
    return _back(notice, number)


def _tell(request: HttpRequest, done: office.Submission) -> None:
    names = ", ".join(row.account.name for row in done.registrations)
    if names:
        text = _("%(names)s에 심사를 요청했습니다. 결과는 영업일로 이틀 안에 나옵니다.")
        messages.success(request, text % {"names": names})
    for account, error in done.failures:
        messages.error(request, f"{account.name}: {carrier_said(error)}")


# ---- at one account ------------------------------------------------------------------------------


def _withdraw(actor: Member, row: TemplateRegistration, text: str) -> None:
    office.withdraw(actor=actor, registration=row)


def _comment(actor: Member, row: TemplateRegistration, text: str) -> None:
    office.comment(actor=actor, registration=row, text=text)


def _wake(actor: Member, row: TemplateRegistration, text: str) -> None:
    office.wake(actor=actor, registration=row)


def _refresh(actor: Member, row: TemplateRegistration, text: str) -> None:
    office.refresh(actor=actor, registration=row)


_ACTS: Final[Mapping[str, Callable[[Member, TemplateRegistration, str], None]]] = {
    "withdraw": _withdraw,
    "comment": _comment,
    "wake": _wake,
    "refresh": _refresh,
}
_DONE: Final = {
    "withdraw": lazy("심사 요청을 거두어들였습니다."),
    "comment": lazy("의견을 보냈습니다."),
    "wake": lazy("휴면을 풀어 달라고 했습니다. 바뀐 상태는 아래에 있습니다."),
    "refresh": lazy("발송 사업자에게 물어보았습니다. 바뀐 상태는 아래에 있습니다."),
}


@page(Right.WORDINGS, methods=("POST",), section="templates")
def act(request: HttpRequest, desk: Desk, notice_id: int, row_id: int, name: str) -> HttpResponse:
    """Withdraw a request, write to the reviewers, wake a wording, or ask where it stands."""
    notice = _notice(desk, notice_id)
    known = TemplateRegistration.objects.filter(version__notice=notice).exclude(code="")
    row = theirs(
        known.filter(pk=row_id)
        .select_related("account", "version__notice__department", "version__picture")
        .first()
    )
    if name not in _ACTS:
        raise Http404
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    if name == "comment" and not text:
        messages.error(request, _("보낼 의견을 적어 주십시오."))
    elif len(text) > COMMENT_LIMIT:
        messages.error(request, _too_long())
    else:
        try:
            _ACTS[name](desk.member, row, text)
        except CarrierError as error:
            messages.error(request, f"{row.account.name}: {carrier_said(error)}")
        else:
            messages.success(request, f"{row.account.name}: {_DONE[name]}")
    return _back(notice, str(row.version.number))


@page(Right.WORDINGS, methods=("POST",), section="templates")
def fallback(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """Choose by which text who is missed on Kakao is told."""
    notice = _notice(desk, notice_id)
    raw = request.POST.get("channel", "")
    channels = {c.value: c for c in (Channel.SMS, Channel.LMS, Channel.MMS)}
    if raw and raw not in channels:
        raise Http404
    try:
        notices.choose_fallback(actor=desk.member, notice=notice, channel=channels.get(raw))
    except notices.FallbackRefused as error:
        text = _("가장 새 문안에 %(name)s의 글이 없습니다. 새 문안에 글을 적은 뒤 골라 주십시오.")
        messages.error(request, text % {"name": label(Channel(error.facts["channel"]))})
    except MissingVariables as error:
        text = sentence(ReviewFault.VARIABLE_UNKNOWN, detail=", ".join(error.names))
        messages.error(request, text)
    else:
        messages.success(request, _("알림톡이 닿지 않을 때의 문자를 바꿨습니다."))
    return _back(notice, "")


def _notice(desk: Desk, notice_id: int) -> Notice:
    notices = desk.scope(Right.WORDINGS).notices().select_related("department")
    return theirs(notices.filter(pk=notice_id).first())


def _too_long() -> str:
    return _("의견은 %(n)s자까지 보낼 수 있습니다. 줄여 주십시오.") % {"n": COMMENT_LIMIT}


def _back(notice: Notice, number: str) -> HttpResponse:
    address = reverse("template", args=[notice.pk])
    return redirect(f"{address}?v={number}" if number else address)


urls = [
    path("templates/<int:notice_id>/submit", submit, name="template-submit"),
    path("templates/<int:notice_id>/fallback", fallback, name="template-fallback"),
    path("templates/<int:notice_id>/at/<int:row_id>/<slug:name>", act, name="template-act"),
]
