"""One message: its course over the channels, and what the resident saw, masked or for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.downloads import NO_PAPER
from alimnaru.console.frame import office_name
from alimnaru.console.looking import looked
from alimnaru.console.phones import AlimtalkPhone, SmsPhone, alimtalk_phone, sms_phone
from alimnaru.console.reason import ask_again, asked
from alimnaru.flow.shipping import sender_number
from alimnaru.flow.wordings import Wording, wording
from alimnaru.office.disclosure import disclose, may_disclose
from alimnaru.office.pdf import PdfUnavailable, pdf_of
from alimnaru.office.proof import paper, prove
from alimnaru.reads.guardians import kin_of
from alimnaru.reads.one_message import Course, Try, course_of
from alimnaru.rules.access import Access
from alimnaru.rules.channel import Channel
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.masking import mask_value
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import display, mask
from alimnaru.rules.rights import Right
from alimnaru.rules.unknowns import Choice
from alimnaru.wording import label, why, why_not
from alimnaru.wording.proof import LEGAL_EFFECTS


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """What a resident saw on one channel, or would have seen."""

    channel: Channel
    reached: bool
    alimtalk: AlimtalkPhone | None
    sms: SmsPhone | None


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the course: when, what happened, and what that means."""

    title: str
    tone: str
    handed_at: datetime | None
    ended_at: datetime | None
    account: str
    text: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person, or the notice's rule (`who` empty), decided about it."""

    at: datetime
    who: str
    text: str


@page(section="batches")
def message(request: HttpRequest, desk: Desk, message_id: int) -> HttpResponse:
    """A message of the member's departments, masked."""
    course = theirs(course_of(desk.scope(Right.SEE), message_id))
    whose, subject = bytes(course.message.to_hash), f"message:{message_id}"
    looked(desk, Access.MESSAGE, subject, 1, department=course.batch.department, whose=whose)
    return _show(request, desk, course, clear=False)


@page(methods=("GET", "POST"), section="batches", step_up=True)
def unmask(request: HttpRequest, desk: Desk, message_id: int) -> HttpResponse:
    """The same in the clear, once: the page that comes back is kept by no browser."""
    course = theirs(course_of(desk.scope(Right.SEE), message_id))
    department = course.batch.department
    theirs(may_disclose(desk.member, Disclosed.PERSON, department) or None)
    purpose = asked(request)
    if not isinstance(purpose, Purpose):
        back = reverse("message", args=[message_id])
        text = _("이름, 전화번호, 내용을 이번 화면에만 그대로 보입니다.")
        return ask_again(request, purpose, title=_("가린 정보 보기"), back=back, text=text)
    disclose(
        actor=desk.member,
        subject=f"message:{message_id}",
        department=department,
        what=Disclosed.PERSON,
        reason=purpose,
        facts={"batch": course.batch.pk},
        whose=bytes(course.message.to_hash),
    )
    return _show(request, desk, course, clear=True)


@page(methods=("GET", "POST"), section="batches", step_up=True)
def proof(request: HttpRequest, desk: Desk, message_id: int) -> HttpResponse:
    """Everything about it as a PDF for an appeal, once a reason is given."""
    course = theirs(course_of(desk.scope(Right.SEE), message_id))
    theirs(may_disclose(desk.member, Disclosed.PROOF, course.batch.department) or None)
    purpose = asked(request)
    if not isinstance(purpose, Purpose):
        back = reverse("message", args=[message_id])
        text = _("보낸 내용과 과정, 봉인을 한 파일로 받습니다. 이름과 전화번호가 그대로 나옵니다.")
        return ask_again(request, purpose, title=_("발송 증명 받기"), back=back, text=text)
    with transaction.atomic():
        found = prove(course, actor=desk.member, reason=purpose)
        try:
            made = pdf_of(paper(found, LEGAL_EFFECTS[found.legal_effect]))
        except PdfUnavailable:
            transaction.set_rollback(True)
            messages.error(request, NO_PAPER)
            return redirect("message", message_id)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="proof-{message_id}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _show(request: HttpRequest, desk: Desk, course: Course, *, clear: bool) -> HttpResponse:
    texts = course.texts
    name, phone = (texts[1], texts[0]) if texts else ("", "")
    context = {
        "course": course,
        "kin": kin_of(course.message.pk),
        "message": course.message,
        "batch": course.batch,
        "clear": clear,
        "erased": course.batch.wrapped_key is None,
        "name": name if clear else mask_name(name),
        "phone": display(phone) if clear else mask(phone),
        "steps": [_step(course, one) for one in course.tries],
        "decisions": [
            Decided(d.at, d.member.name if d.member else "", label(Choice(d.choice)))
            for d in course.decisions
        ],
        "seen": _seen(course, clear=clear) if texts else [],
        "effect": LEGAL_EFFECTS[course.batch.notice.legal_effect],
        "may_prove": may_disclose(desk.member, Disclosed.PROOF, course.batch.department),
        "may_hold": bool(texts) and desk.may(Right.PRIVACY, course.batch.department),
        "revised": [at for _first, at, _texts in course.earlier],
        "may_unmask": bool(texts)
        and not clear
        and may_disclose(desk.member, Disclosed.PERSON, course.batch.department),
    }
    answer = render(request, "console/batches/message.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _step(course: Course, one: Try) -> Step:
    state = course.message.state
    title, text, tone = label(one.channel), "", "bad"
    if not one.last:
        text = why(one.code) if one.code == "silent" else why_not(MessageState.FAILED, one.code)
        tone = "warn" if one.reached_at else "bad"
    elif course.overtaken:
        text = _("앞선 방법으로 전달되어, 이 방법의 결과는 쓰지 않습니다.")
        tone = "warn"
    elif state == MessageState.PENDING:
        text, tone = _waits(course, one), "run"
    elif state == MessageState.DELIVERED:
        text, tone = why(one.code or MessageState.DELIVERED), "good"
    else:
        text = why_not(state, one.code)
        tone = "warn" if state == MessageState.UNKNOWN else "bad"
    if one.reached_at:
        text += " " + _("뒤늦게 이 방법으로도 전달되었습니다.")
    return Step(title, tone, one.handed_at, one.ended_at, one.account, text)


def _waits(course: Course, one: Try) -> str:
    if one.handed_at is not None:
        return _("발송 사업자가 받았고, 결과를 기다리고 있습니다.")
    return why(course.hold_code) if course.hold_code else _("보낼 차례를 기다리고 있습니다.")


def _seen(course: Course, *, clear: bool) -> list[Seen]:
    """One phone for each channel that was tried, the one that counts first, each with what its last
    try said: a rule's source may have been asked again in between."""
    words = wording(course.batch.version_id)
    tried = {Channel(one.channel): one.number for one in course.tries}
    phones = [
        _phone(course, words, channel, _values(course, words, number, clear=clear))
        for channel, number in sorted(tried.items(), key=lambda pair: -pair[1])
    ]
    return [phone for phone in phones if phone is not None]


def _values(course: Course, words: Wording, number: int, *, clear: bool) -> list[str]:
    values = list((course.texts_at(number) or ())[2:])
    if clear:
        return values
    sensitivity = course.batch.notice.sensitivity
    pairs = zip(words.variables, values, strict=False)
    return [mask_value(variable, v, sensitivity=sensitivity) for variable, v in pairs]


def _phone(course: Course, words: Wording, channel: Channel, values: Sequence[str]) -> Seen | None:
    if not words.speaks(channel):
        return None
    at = max(
        (t.handed_at for t in course.tries if t.channel == channel and t.handed_at), default=None
    )
    current = course.message.channel == channel
    late = any(one.reached_at for one in course.tries if one.channel == channel)
    reached = late or (current and course.message.state == MessageState.DELIVERED)
    if channel is Channel.ALIMTALK:
        phone = alimtalk_phone(
            words, values, channel_name=office_name(), at=at, message=course.message.pk
        )
        return Seen(channel, reached, phone, None)
    sender = display(sender_number(course.batch.department))
    sms = sms_phone(words, channel, values, sender=sender, message=course.message.pk)
    return Seen(channel, reached, None, sms)


urls = [
    path("messages/<int:message_id>", message, name="message"),
    path("messages/<int:message_id>/unmask", unmask, name="message-unmask"),
    path("messages/<int:message_id>/proof", proof, name="message-proof"),
]
