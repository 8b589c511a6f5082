"""Rules: what each does, what it would send, what it has sent, and who lets it go by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.frame import office_name
from alimnaru.console.looking import looked
from alimnaru.console.phones import AlimtalkPhone, alimtalk_phone
from alimnaru.flow.paying import project_of
from alimnaru.flow.rehearsal import Rehearsed, rehearsed
from alimnaru.flow.rule_plan import RuleFailed, facts_of, pin_of, plan_of, rule_numbered, sender_of
from alimnaru.flow.wordings import Wording, wording
from alimnaru.office import rules as office
from alimnaru.office.rules import RuleRefused
from alimnaru.reads.estimate import Estimate, estimate
from alimnaru.reads.rules import (
    Dropped,
    RuleLine,
    batches_of,
    dropped_lately,
    rules_of,
    waiting_for_source,
)
from alimnaru.rules.access import Access
from alimnaru.rules.channel import Channel
from alimnaru.rules.masking import mask_value
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import mask
from alimnaru.rules.reminder import next_moment
from alimnaru.rules.rights import Right
from alimnaru.rules.roster import GoodRow
from alimnaru.store.models import Rule
from alimnaru.wording import sentence
from alimnaru.wording.rules import RULE_MODES, what_it_does


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in the list, in words."""

    line: RuleLine
    mode: str
    next_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Screen:
    """A sample as it would look on a phone, masked."""

    why: str
    name: str
    phone: str
    alimtalk: AlimtalkPhone


@page(Right.SEE, section="rules")
def rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every rule of the member's departments."""
    lines = [_line(one) for one in rules_of(desk.scope(Right.SEE))]
    running = [one for one in lines if one.line.rule.mode != Rule.Mode.OFF]
    resting = [one for one in lines if one.line.rule.mode == Rule.Mode.OFF]
    may_make = Right.SEND in desk.rights
    context = {"running": running, "resting": resting, "may_make": may_make}
    return render(request, "console/rules/list.html", context)


def _line(one: RuleLine) -> Line:
    rule = one.rule
    error = sentence(rule.error) if rule.error else ""
    return Line(one, RULE_MODES[rule.mode].label, _next(rule), error)


def _next(rule: Rule) -> datetime | None:
    """When a rule looks next; None for one that is off, or that looks all the time."""
    if rule.mode == Rule.Mode.OFF or rule.kind == Rule.Kind.EVENT or rule.source is None:
        return None
    try:
        return next_moment(timezone.now(), plan_of(rule).timing)
    except RuleFailed:
        return None


@page(Right.SEE, section="rules")
def rule(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """One rule: what it does, its rehearsal, what it has sent and what not."""
    return _show(request, desk, own_rule(desk, code))


def own_rule(desk: Desk, code: str) -> Rule:
    """A rule of the member's departments, with what it is carried out by; 404 otherwise."""
    found = theirs(desk.scope(Right.SEE).rules().filter(code=code).first())
    return rule_numbered(found.pk)


def _show(
    request: HttpRequest, desk: Desk, found: Rule, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    department = sender_of(found)
    approves = desk.may(Right.APPROVE, department)
    context: dict[str, Any] = {
        "rule": found,
        "mode": RULE_MODES[found.mode],
        "sentences": what_it_does(facts_of(found)),
        "department": department,
        "error": sentence(found.error) if found.error else "",
        "wrong": wrong,
        "next_at": _next(found),
        "recent": batches_of(found),
        "dropped": _dropped(found),
        "waiting": waiting_for_source(found),
        "may_change": desk.may(Right.SEND, department),
        "may_switch": approves or desk.may(Right.SEND, department),
        "may_approve": approves and found.made_by_id != desk.member.pk,
        "own": approves and found.made_by_id == desk.member.pk,
        "may_resume": bool(found.approved_hash) and found.approved_hash == pin_of(found),
        "hash": pin_of(found),
    }
    if found.mode != Rule.Mode.LIVE:
        context |= _rehearsal(found)
        shown = len(context.get("screens", ()))
        looked(desk, Access.DRAFT, f"rule:{found.code}", shown, department=department)
    return render(request, "console/rules/detail.html", context, status=status)


def _dropped(found: Rule) -> list[tuple[Dropped, str]]:
    return [(one, sentence(one.code)) for one in dropped_lately(found)]


def _rehearsal(found: Rule) -> dict[str, Any]:
    """What was found in rehearsal, with samples and its cost."""
    try:
        result = rehearsed(plan_of(found))
    except RuleFailed as failed:
        return {"result": Rehearsed(), "unmade": sentence(failed.code)}
    screens: list[Screen] = []
    cost: Estimate | None = None
    if result.version is not None:
        words = wording(result.version.pk)
        screens = [_screen(found, words, row, n) for n, row in enumerate(result.samples)]
        now = timezone.now()
        cost = estimate(
            sender_of(found),
            result.messages,
            _text_of(found, words),
            now,
            notice=found.notice,
            project=project_of(found.notice, now),
        )
    refused = [(sentence(code), count) for code, count in result.refused.most_common()]
    return {"result": result, "screens": screens, "cost": cost, "refused": refused}


def _screen(found: Rule, words: Wording, row: GoodRow, number: int) -> Screen:
    values = [
        mask_value(variable, value, sensitivity=found.notice.sensitivity)
        for variable, value in zip(words.variables, row.values, strict=True)
    ]
    talk = alimtalk_phone(words, values, channel_name=office_name())
    why = _("가장 긴 글") if number == 0 else _("보기 %(n)s") % {"n": number}
    return Screen(why, mask_name(row.name), mask(row.phone), talk)


def _text_of(found: Rule, words: Wording) -> Channel | None:
    if not found.notice.fallback:
        return None
    way = words.way_by(Channel(found.notice.fallback))
    return way if words.speaks(way) else None


def _acted(
    request: HttpRequest, desk: Desk, code: str, act: Callable[[Rule], object], done: str
) -> HttpResponse:
    found = own_rule(desk, code)
    try:
        act(found)
    except RuleRefused as refused:
        fresh = own_rule(desk, code)
        return _show(request, desk, fresh, wrong=sentence(refused.code), status=409)
    messages.success(request, done)
    return redirect("rule", code)


@page(Right.SEND, methods=("POST",), section="rules")
def rehearse(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Look what would go, and send nothing."""
    done = _("원본을 읽어 다음 차례에 나갈 것을 찾았습니다. 아무것도 보내지 않았습니다.")
    return _acted(
        request, desk, code, lambda found: office.rehearse(found, actor=desk.member), done
    )


@page(Right.APPROVE, methods=("POST",), section="rules", step_up=True)
def approve(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Let it go by itself, as the page has shown it."""
    seen = request.POST.get("hash", "")
    done = _("승인했습니다. 다음 차례부터 저절로 보냅니다.")
    return _acted(
        request, desk, code, lambda found: office.approve(found, actor=desk.member, hash=seen), done
    )


@page(Right.SEND, methods=("POST",), section="rules")
def pause(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Find nothing more."""
    done = _("규칙을 쉬게 했습니다. 이미 만든 발송은 발송 내역에서 멈출 수 있습니다.")
    return _acted(request, desk, code, lambda found: office.pause(found, actor=desk.member), done)


@page(Right.SEND, methods=("POST",), section="rules")
def resume(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Go on as it was approved."""
    done = _("규칙을 다시 켰습니다. 쉬는 동안 지나간 것은 보내지 않습니다.")
    return _acted(request, desk, code, lambda found: office.resume(found, actor=desk.member), done)


urls = [
    path("rules", rules, name="rules"),
    path("rules/<slug:code>", rule, name="rule"),
    path("rules/<slug:code>/rehearse", rehearse, name="rule-rehearse"),
    path("rules/<slug:code>/approve", approve, name="rule-approve"),
    path("rules/<slug:code>/pause", pause, name="rule-pause"),
    path("rules/<slug:code>/resume", resume, name="rule-resume"),
]
