"""What waits for another person's word, and the page on which they give it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.frame import office_name
from alimnaru.console.looking import looked_at
from alimnaru.console.paging import paged
from alimnaru.console.phones import AlimtalkPhone, SmsPhone, alimtalk_phone, sms_phone
from alimnaru.flow.shipping import sender_number
from alimnaru.flow.wordings import wording
from alimnaru.office import release
from alimnaru.office.release import ReleaseRefused, plan_for
from alimnaru.office.templates import wording_of
from alimnaru.reads.approvals import (
    refused_by_code,
    requests_of,
    risks_of,
    sent_before,
    votes_on,
    waiting,
)
from alimnaru.reads.estimate import estimate
from alimnaru.reads.sample_rows import Picked, samples
from alimnaru.rules.access import Access
from alimnaru.rules.audience import Audience, Origin
from alimnaru.rules.channel import Channel
from alimnaru.rules.disclosure import DisclosureFault, holds_number
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import display, mask
from alimnaru.rules.release import Risk, may_approve
from alimnaru.rules.rights import Right
from alimnaru.rules.wording_diff import Change, changes
from alimnaru.store.crypto import Unreadable
from alimnaru.store.models import Batch, Stage, Vote
from alimnaru.wording import part_name, sentence

PICKED = {
    Picked.LONGEST: lazy("가장 긴 글"),
    Picked.SHORTEST: lazy("가장 짧은 글"),
    Picked.LOT: lazy("무작위로 고른 글"),
}
ORIGINS = {origin.value: origin for origin in Origin}


class ReturnForm(forms.Form):
    """Why a request is sent back."""

    reason = forms.CharField(
        label=lazy("돌려보내는 까닭"),
        max_length=300,
        help_text=lazy("요청한 분이 봅니다. 받는 분의 이름이나 전화번호는 적지 말아 주십시오."),
        error_messages={"required": lazy("무엇을 고쳐야 하는지 적어 주십시오.")},
        widget=forms.Textarea(attrs={"class": "krds-input", "rows": 3}),
    )

    def clean_reason(self) -> str:
        """It is kept with the vote for as long as the batch, unlike what it may be about."""
        reason: str = self.cleaned_data["reason"]
        if holds_number(reason):
            raise forms.ValidationError(sentence(DisclosureFault.NOTE_PERSONAL))
        return reason


@dataclass(frozen=True, slots=True, repr=False)
class Screen:
    """One resident's phones: what Kakao shows, and the text that follows where it does not."""

    why: str
    row_no: int
    name: str
    phone: str
    alimtalk: AlimtalkPhone
    sms: SmsPhone | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A part of the wording that differs from the one used before."""

    name: str
    change: Change


@page(Right.APPROVE, section="approvals")
def approvals(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Requests of the member's departments."""
    found = paged(request, waiting(desk.scope(Right.APPROVE)))
    context = {
        "found": found,
        "requests": requests_of(found.rows, desk.member),
        "now": timezone.now(),
    }
    return render(request, "console/approvals/list.html", context)


@page(Right.APPROVE, section="approvals")
def approval(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """One request: who gets it, what they will read, when, for how much, and why it waits."""
    return _show(request, desk, _own(desk, batch_id))


@page(Right.APPROVE, methods=("POST",), section="approvals", step_up=True)
def approve(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Agree to what the page has shown."""
    batch = _own(desk, batch_id)
    try:
        done = release.approve(batch, actor=desk.member, hash=request.POST.get("hash", ""))
    except ReleaseRefused as refused:
        return _refused(request, desk, batch_id, refused)
    if done.stage == Stage.RELEASED:
        messages.success(request, _("승인했습니다. 정한 시각에 발송을 시작합니다."))
    else:
        messages.success(request, _("승인했습니다. 다른 한 분의 승인을 더 기다립니다."))
    return redirect("approvals")


@page(Right.APPROVE, methods=("POST",), section="approvals")
def send_back(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Return it to its sender, with the reason."""
    batch = _own(desk, batch_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _show(request, desk, batch, form=form, status=422)
    try:
        release.send_back(
            batch,
            actor=desk.member,
            hash=request.POST.get("hash", ""),
            reason=form.cleaned_data["reason"],
        )
    except ReleaseRefused as refused:
        return _refused(request, desk, batch_id, refused)
    messages.success(request, _("돌려보냈습니다. 요청한 분의 발송 내역에 까닭이 나옵니다."))
    return redirect("approvals")


def _own(desk: Desk, batch_id: int) -> Batch:
    own = desk.scope(Right.APPROVE).batches()
    joined = own.select_related(
        "notice", "department", "version", "member", "project", "corrects__notice"
    )
    # What never was asked for is its sender's alone.
    return theirs(joined.filter(pk=batch_id, requested_at__isnull=False).first())


def _refused(
    request: HttpRequest, desk: Desk, batch_id: int, refused: ReleaseRefused
) -> HttpResponse:
    """The page as it stands now, and why the click did nothing."""
    wrong = sentence(refused.code, **refused.facts)
    return _show(request, desk, _own(desk, batch_id), wrong=wrong, status=409)


def _show(
    request: HttpRequest,
    desk: Desk,
    batch: Batch,
    *,
    form: ReturnForm | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    votes = votes_on(batch)
    context: dict[str, object] = {"batch": batch, "votes": votes, "wrong": wrong}
    if batch.stage != Stage.REQUESTED:
        return render(request, "console/approvals/handled.html", context, status=status)
    screens = _screens(batch)
    looked_at(desk, Access.DRAFT, batch, len(screens))
    context |= _about(batch) | {
        "screens": screens,
        "form": form or ReturnForm(),
        "approved": [v for v in votes if v.decision == Vote.Decision.APPROVE],
        "own": batch.member_id == desk.member.pk,
        "fault": _fault(desk, batch, votes),
    }  # fmt: skip
    return render(request, "console/approvals/detail.html", context, status=status)


def _fault(desk: Desk, batch: Batch, votes: list[Vote]) -> str:
    """Why this member cannot agree to it; empty if they can."""
    earlier = {v.member_id for v in votes if v.decision == Vote.Decision.APPROVE}
    code = may_approve(desk.member.pk, batch.member_id, earlier)
    return sentence(code) if code else ""


def _about(batch: Batch) -> dict[str, object]:
    now = timezone.now()
    plan = plan_for(batch, batch.not_before, now=now, brief=True)
    risks = risks_of(batch)
    before = sent_before(batch) if Risk.FIRST_USE in risks else None
    diff = changes(wording_of(before), wording_of(batch.version)) if before else []
    return {
        "plan": plan,
        "at_once": batch.requested_at is not None and batch.not_before <= batch.requested_at,
        "late": now >= batch.expires_at,
        "risks": risks,
        "audience": Audience(batch.notice.audience),
        "origin": ORIGINS.get(batch.origin, Origin.LIST),
        "cost": estimate(
            batch.department,
            plan.count,
            _text_of(batch),
            now,
            notice=batch.notice,
            project=batch.project_id,
        ),
        "refused": refused_by_code(batch),
        "diff": [Changed(part_name(change.where), change) for change in diff],
    }


def _screens(batch: Batch) -> list[Screen]:
    try:
        picked = samples(batch, batch.release_hash)
    except Unreadable:
        return []
    words, way = wording(batch.version_id), _text_of(batch)
    sender = display(sender_number(batch.department)) or ""
    shown = []
    for sample in picked:
        row = sample.row
        sms = sms_phone(words, way, row.values, sender=sender) if way else None
        talk = alimtalk_phone(words, row.values, channel_name=office_name())
        why = str(PICKED[sample.picked])
        shown.append(Screen(why, row.row_no, mask_name(row.name), mask(row.phone), talk, sms))
    return shown


def _text_of(batch: Batch) -> Channel | None:
    """By which text who is missed on Kakao is told, if the wording has one."""
    if not batch.notice.fallback:
        return None
    words = wording(batch.version_id)
    way = words.way_by(Channel(batch.notice.fallback))
    return way if words.speaks(way) else None


urls = [
    path("approvals", approvals, name="approvals"),
    path("approvals/<int:batch_id>", approval, name="approval"),
    path("approvals/<int:batch_id>/approve", approve, name="approve"),
    path("approvals/<int:batch_id>/return", send_back, name="send-back"),
]
