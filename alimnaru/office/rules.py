"""Rules are made, rehearsed, approved by somebody else, paused: people decide what goes by itself.

What an approval pins is the rule's hash (`flow.rule_plan.pin_of`): conditions, fields, dates, the
notice, and the table that is read. A live rule whose hash is another does not go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import remind
from alimnaru.flow.rehearsal import size_of
from alimnaru.flow.rule_plan import (
    RuleFailed,
    RulePlan,
    note_failure,
    pin_of,
    plan_of,
    rule_numbered,
    sender_of,
)
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.reads.rights import may
from alimnaru.rules.reminder import FURTHEST, Days
from alimnaru.rules.rights import Right
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.store import audit
from alimnaru.store.ledger import advisory
from alimnaru.store.models import Department, Member, Notice, Occasion, Rule, Source

#: A day: what is missed for longer is told by another reminder.
LONGEST_CATCH_UP = 24 * 60


class RuleRefused(Exception):  # noqa: N818
    """The act is refused; `code` says why, `name` the field of a form that it is about."""

    def __init__(self, code: RuleFault, name: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class Said:
    """What people decide about a rule, as its columns hold it."""

    name: str
    notice: Notice
    source: Source | None = None
    kind: str = Rule.Kind.DATE
    view: str = ""
    conditions: list[dict[str, object]] = field(default_factory=list)
    anchor: str = ""
    offsets: list[int] = field(default_factory=list)
    days: str = Days.CALENDAR
    at: time = time(10)
    fields: dict[str, object] = field(default_factory=dict)
    grouping: str = "none"
    at_most: int = 0
    catch_up_minutes: int = 240


def make_rule(*, actor: Member, code: str, said: Said) -> Rule:
    """A new rule that does nothing yet. Raises `RuleRefused`."""
    now = timezone.now()
    rule = Rule(code=code, made_by=actor, created_at=now, **_columns(said))
    _allowed(actor, Right.SEND, sender_of(rule))
    _check(rule)
    with transaction.atomic():
        if Rule.objects.filter(code=code).exists():
            raise RuleRefused(RuleFault.CODE_TAKEN, "code")
        rule.save(force_insert=True)
        _note(actor, "rule.make", rule, {"notice": rule.notice.code})
    return rule


def change_rule(rule: Rule, *, actor: Member, said: Said) -> Rule:
    """Set a rule anew. What was approved is so no more: it is rehearsed again, and who changed it
    may not be who approves it. Raises `RuleRefused`."""
    with transaction.atomic():
        fresh = _locked(rule)
        _allowed(actor, Right.SEND, sender_of(fresh))
        before = _columns_of(fresh)
        for name, value in _columns(said).items():
            setattr(fresh, name, value)
        _allowed(actor, Right.SEND, sender_of(fresh))
        _check(fresh)
        changed = sorted(
            name for name, value in _columns_of(fresh).items() if value != before[name]
        )
        if not changed:
            return fresh
        if fresh.mode == Rule.Mode.LIVE:
            fresh.mode = Rule.Mode.REHEARSAL
        fresh.made_by = actor
        fresh.approved_by, fresh.approved_at, fresh.approved_hash = None, None, ""
        fresh.mark, fresh.failing_since, fresh.error = None, None, ""
        fresh.save()
        # What was rehearsed was rehearsed by another rule.
        Occasion.objects.filter(rule=fresh, state=Occasion.State.REHEARSED).delete()
        _note(actor, "rule.change", fresh, {"columns": changed})
    return fresh


def rehearse(rule: Rule, *, actor: Member) -> datetime:
    """Ask the source what would go at the next moment, and look on from now on without sending;
    return that moment. A live rule goes on being live. Raises `RuleRefused`."""
    fresh = rule_numbered(rule.pk)
    _allowed(actor, Right.SEND, sender_of(fresh), Right.APPROVE)
    now = timezone.now()
    plan = _plan(fresh)
    if fresh.mode == Rule.Mode.LIVE:
        raise RuleRefused(RuleFault.NOT_OFF)
    try:
        if fresh.mode == Rule.Mode.OFF:
            remind.begin(plan, now)
        at = remind.rehearse(plan, now)
    except SourceFailed as failed:
        note_failure(fresh, str(failed))
        raise RuleRefused(RuleFault.SOURCE_FAILED) from None
    except RuleFailed as failed:
        raise RuleRefused(failed.code) from None
    with transaction.atomic():
        Rule.objects.filter(pk=fresh.pk).update(
            mode=Rule.Mode.REHEARSAL, failing_since=None, error=""
        )
        _note(actor, "rule.rehearse", fresh, {"at": at.isoformat(), "hash": pin_of(fresh)})
    return at


def approve(
    rule: Rule,
    *,
    actor: Member,
    hash: str,  # noqa: A002 - the pin's name
    by: Member | None = None,
) -> Rule:
    """Let a rehearsed rule go by itself from now on, exactly as `hash` pins it.

    `by`: the program at which the approver asked for it. Raises `RuleRefused`.
    """
    fresh = rule_numbered(rule.pk)
    _allowed(actor, Right.APPROVE, sender_of(fresh))
    if fresh.made_by_id == actor.pk:
        raise RuleRefused(RuleFault.OWN_RULE)
    plan = _plan(fresh)
    if fresh.mode != Rule.Mode.REHEARSAL:
        raise RuleRefused(RuleFault.NOT_REHEARSED)
    now = timezone.now()
    try:
        size = size_of(plan)
        with transaction.atomic():
            _alone(fresh)
            locked = _locked(fresh)
            if not hash or pin_of(locked) != hash or locked.mode != Rule.Mode.REHEARSAL:
                raise RuleRefused(RuleFault.CHANGED)
            remind.begin(_plan(locked), now)
            locked.mode, locked.approved_hash, locked.approved_size = Rule.Mode.LIVE, hash, size
            locked.approved_by, locked.approved_at = actor, now
            locked.failing_since, locked.error = None, ""
            locked.save()
            facts: dict[str, object] = {"hash": hash, "people": size}
            if by is not None:
                facts["with"] = by.login
            _note(actor, "rule.approve", locked, facts)
    except SourceFailed as failed:
        note_failure(fresh, str(failed))
        raise RuleRefused(RuleFault.SOURCE_FAILED) from None
    return locked


def pause(rule: Rule, *, actor: Member) -> Rule:
    """Find nothing more. What is in a batch already is stopped there. Raises `RuleRefused`."""
    with transaction.atomic():
        fresh = _locked(rule)
        _allowed(actor, Right.SEND, sender_of(fresh), Right.APPROVE)
        if fresh.mode == Rule.Mode.OFF:
            raise RuleRefused(RuleFault.SAME)
        fresh.mode = Rule.Mode.OFF
        fresh.failing_since, fresh.error = None, ""
        fresh.save(update_fields=["mode", "failing_since", "error"])
        _note(actor, "rule.pause", fresh, {})
    return fresh


def resume(rule: Rule, *, actor: Member) -> Rule:
    """Go on as it was approved, from now on: what was due meanwhile is not caught up.

    Raises `RuleRefused`.
    """
    fresh = rule_numbered(rule.pk)
    _allowed(actor, Right.SEND, sender_of(fresh), Right.APPROVE)
    if fresh.mode != Rule.Mode.OFF:
        raise RuleRefused(RuleFault.NOT_OFF)
    plan = _plan(fresh)
    if not fresh.approved_hash or fresh.approved_hash != pin_of(fresh):
        raise RuleRefused(RuleFault.NOT_REHEARSED)
    try:
        with transaction.atomic():
            _alone(fresh)
            remind.begin(plan, timezone.now())
            Rule.objects.filter(pk=fresh.pk).update(mode=Rule.Mode.LIVE)
            _note(actor, "rule.resume", fresh, {"hash": fresh.approved_hash})
    except SourceFailed as failed:
        note_failure(fresh, str(failed))
        raise RuleRefused(RuleFault.SOURCE_FAILED) from None
    return rule_numbered(fresh.pk)


def _locked(rule: Rule) -> Rule:
    own = Rule.objects.select_for_update(of=("self",), no_key=True)
    return own.select_related("notice__department", "source__department", "source__member").get(
        pk=rule.pk
    )


def _alone(rule: Rule) -> None:
    """No worker tends the rule until this is decided: what appears meanwhile would be rehearsed.
    The source is asked within, which holds nothing but this rule."""
    advisory.wait_for(advisory.RULE, rule.pk)


def _plan(rule: Rule) -> RulePlan:
    try:
        plan = plan_of(rule)
    except RuleFailed as failed:
        raise RuleRefused(failed.code) from None
    if rule.source is None or not rule.source.is_active:
        raise RuleRefused(RuleFault.SOURCE_PAUSED)
    return plan


def _allowed(actor: Member, right: Right, department: Department, *also: Right) -> None:
    """The operator at the machine makes and rehearses by command, and never approves."""
    operator = actor.is_program and right is Right.SEND
    if not operator and not any(may(actor, one, department) for one in (right, *also)):
        raise RuleRefused(RuleFault.NOT_ALLOWED)


def _columns(said: Said) -> dict[str, object]:
    return {one.name: getattr(said, one.name) for one in fields(said)}


def _columns_of(rule: Rule) -> dict[str, object]:
    return {one.name: getattr(rule, one.name) for one in fields(Said)}


def _check(rule: Rule) -> None:
    """Raises `RuleRefused`. A rule without a source is a draft, and is checked when it has one."""
    if rule.days not in set(Days):
        raise RuleRefused(RuleFault.FIELD_WRONG, "days")
    if any(abs(offset) > FURTHEST for offset in rule.offsets):
        raise RuleRefused(RuleFault.FIELD_WRONG, "offsets")
    if not 1 <= rule.catch_up_minutes <= LONGEST_CATCH_UP:
        raise RuleRefused(RuleFault.FIELD_WRONG, "catch_up_minutes")
    if rule.source is None:
        return
    if not sender_of(rule).path.startswith(_root_of(rule.notice.department)):
        raise RuleRefused(RuleFault.FIELD_WRONG, "source")
    try:
        plan_of(rule)
    except RuleFailed as failed:
        raise RuleRefused(failed.code) from None


def _root_of(department: Department) -> str:
    """Everything in the office: notices belong to one department and are sent by any."""
    return f"/{department.path.strip('/').partition('/')[0]}/"


def _note(actor: Member, act: str, rule: Rule, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"rule:{rule.code}",
        department=sender_of(rule),
        facts=dict(facts),
    )
