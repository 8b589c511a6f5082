"""People decide that a batch goes: ask, approve, send back, take back. Each act is checked anew.

What an approval pins is the batch's hash: list, wording, time and the request itself. The list of
a batch and its wording never change, so whoever approves it has seen what will go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import release as flow
from alimnaru.flow.release import pin_of
from alimnaru.office.release_plan import ReleasePlan, plan_for
from alimnaru.reads.policies import office_policy
from alimnaru.reads.rights import may, people_with
from alimnaru.rules.departure import opening
from alimnaru.rules.release import ReleaseFault, may_approve
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.store import audit
from alimnaru.store.ledger import advisory
from alimnaru.store.models import Batch, Member, Stage, Vote

__all__ = [
    "ReleasePlan",
    "ReleaseRefused",
    "approve",
    "ask",
    "discard",
    "plan_for",
    "reschedule",
    "send_back",
    "undo",
    "withdraw",
]

#: Nobody has let these go.
UNRELEASED = (Stage.DRAFT, Stage.REQUESTED, Stage.RETURNED)
#: A form that was open for so long still means now.
_GRACE = timedelta(minutes=1)


class ReleaseRefused(Exception):  # noqa: N818
    """The step is not possible; `code` and `facts` say why. The batch is as it was."""

    def __init__(self, code: StrEnum, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class _Act:
    """A batch under its lock, and who does something about it."""

    batch: Batch
    actor: Member
    now: datetime

    def note(self, act: str, facts: Mapping[str, object]) -> None:
        audit.record(
            actor=self.actor,
            act=act,
            subject=f"batch:{self.batch.pk}",
            department=self.batch.department,
            facts=dict(facts),
        )


def _begin(batch: Batch, actor: Member, right: Right, *stages: Stage) -> _Act:
    """Lock the batch and check what every step asks. Raises `ReleaseRefused`."""
    fresh = flow.for_change(batch.pk)
    # The operator at the machine sends by command, and never approves.
    operator = actor.is_program and right is Right.SEND
    if not operator and not may(actor, right, fresh.department):
        raise ReleaseRefused(ReleaseRefusal.NOT_ALLOWED)
    if fresh.stage not in stages:
        raise ReleaseRefused(ReleaseRefusal.HANDLED, stage=fresh.stage)
    return _Act(fresh, actor, timezone.now())


def ask(
    batch: Batch, *, actor: Member, at: datetime | None = None, confirmed: bool = False
) -> Batch:
    """Ask for a draft to go at `at` (None: now). Where nobody else must agree, it is released.

    `confirmed`: the sender knows that the same went lately. Raises `ReleaseRefused`.
    """
    with transaction.atomic():
        step = _begin(batch, actor, Right.SEND, Stage.DRAFT, Stage.RETURNED)
        fresh, now = step.batch, step.now
        if fresh.member_id != actor.pk:
            # Who asks is who may not approve; the draft was made by somebody else.
            raise ReleaseRefused(ReleaseRefusal.NOT_YOURS, member=fresh.member.name)
        if at is not None and at < now - _GRACE:
            raise ReleaseRefused(ReleaseRefusal.TIME_PAST)
        # Of two who ask for the same list at once one is told of the other.
        digest = int.from_bytes(bytes(fresh.rows_digest or b""), "big")
        advisory.wait_for(advisory.SAME, digest)
        plan = plan_for(fresh, at, now=now)
        if plan.faults:
            code, facts = plan.faults[0]
            raise ReleaseRefused(code, **facts)
        if plan.repeats_of is not None and not confirmed:
            raise ReleaseRefused(ReleaseRefusal.REPEATED, batch=plan.repeats_of.pk)
        _request(step, at, plan)
        if not plan.approvals:
            _release(step)
    return fresh


def _request(step: _Act, at: datetime | None, plan: ReleasePlan) -> None:
    batch = step.batch
    batch.stage = Stage.REQUESTED
    batch.requested_at = step.now
    batch.stopped_at = None  # whoever asks has decided anew; an approval alone has not
    batch.not_before = max(at or step.now, step.now)
    batch.expires_at = batch.not_before + timedelta(minutes=batch.notice.ttl_minutes)
    batch.approvals_needed = plan.approvals
    batch.risks = [risk.value for risk in plan.risks]
    batch.release_hash = pin_of(batch)
    batch.save(update_fields=[
        "stage", "requested_at", "not_before", "expires_at", "approvals_needed", "risks",
        "release_hash", "stopped_at",
    ])  # fmt: skip
    facts = {
        "people": plan.count,
        "approvals": plan.approvals,
        "risks": batch.risks,
        "at": batch.not_before.isoformat(),
        "repeats": plan.repeats_of.pk if plan.repeats_of else None,
        "hash": batch.release_hash,
    }
    step.note("batch.request", facts)


def approve(batch: Batch, *, actor: Member, hash: str) -> Batch:  # noqa: A002 - the pin's name
    """Agree to exactly what `hash` pins; the last one who is needed releases the batch.

    Raises `ReleaseRefused`.
    """
    with transaction.atomic():
        step = _begin(batch, actor, Right.APPROVE, Stage.REQUESTED)
        fresh = step.batch
        _same(fresh, hash)
        if step.now >= fresh.expires_at:
            raise ReleaseRefused(ReleaseRefusal.REQUEST_EXPIRED)
        said = fresh.votes.filter(hash=hash, decision=Vote.Decision.APPROVE)
        earlier = set(said.values_list("member_id", flat=True))
        fault = may_approve(actor.pk, fresh.member_id, earlier)
        if fault is not None:
            raise ReleaseRefused(fault)
        if fresh.api_key is not None and fresh.api_key.made_by_id == actor.pk:
            # Whoever was given the text of a key can be the program themselves.
            raise ReleaseRefused(ReleaseFault.OWN_BATCH)
        _vote(step, Vote.Decision.APPROVE)
        step.note("batch.approve", {"hash": hash, "of": fresh.approvals_needed})
        # Who has left, or has the right no more, would not be asked today.
        still = people_with(Right.APPROVE, fresh.department).filter(pk__in=earlier)
        if still.count() + 1 >= fresh.approvals_needed:
            _release(step)
    return fresh


def send_back(batch: Batch, *, actor: Member, hash: str, reason: str) -> Batch:  # noqa: A002
    """Return a request to its sender, who is told why. Raises `ReleaseRefused`."""
    if not reason.strip():
        raise ReleaseRefused(ReleaseRefusal.REASON_MISSING)
    with transaction.atomic():
        step = _begin(batch, actor, Right.APPROVE, Stage.REQUESTED)
        fresh = step.batch
        _same(fresh, hash)
        if fresh.member_id == actor.pk:
            raise ReleaseRefused(ReleaseFault.OWN_BATCH)
        _vote(step, Vote.Decision.RETURN, reason.strip()[:300])
        fresh.stage = Stage.RETURNED
        fresh.save(update_fields=["stage"])
        # The reason is a person's free text and stays with the vote.
        step.note("batch.return", {"hash": hash})
    return fresh


def _same(batch: Batch, seen: str) -> None:
    if not seen or seen != batch.release_hash or seen != pin_of(batch):
        raise ReleaseRefused(ReleaseRefusal.CHANGED)


def _vote(step: _Act, decision: Vote.Decision, reason: str = "") -> None:
    # Whoever has approved may still find the mistake: their last word counts.
    Vote.objects.update_or_create(
        batch=step.batch,
        member=step.actor,
        hash=step.batch.release_hash,
        defaults={"at": step.now, "decision": decision, "reason": reason},
    )


def _release(step: _Act) -> None:
    batch, now = step.batch, step.now
    plan = plan_for(batch, batch.not_before, now=now, policy=office_policy(), brief=True)
    if plan.never_opens:
        raise ReleaseRefused(ReleaseRefusal.NEVER_OPEN)
    flow.release(batch, flow.Start(plan.starts_at, plan.undo_until, plan.slice_size), now)
    facts = {
        "people": plan.count,
        "at": batch.not_before.isoformat(),
        "slice": batch.slice_size,
        "hash": batch.release_hash,
    }
    step.note("batch.release", facts)


def withdraw(batch: Batch, *, actor: Member) -> Batch:
    """Take a request back before it is decided: a draft again. Raises `ReleaseRefused`."""
    with transaction.atomic():
        step = _begin(batch, actor, Right.SEND, Stage.REQUESTED, Stage.RETURNED)
        step.batch.stage = Stage.DRAFT
        step.batch.save(update_fields=["stage"])
        step.note("batch.withdraw", {})
    return step.batch


def undo(batch: Batch, *, actor: Member) -> Batch:
    """Take a released batch back: until its undo window ends, or the time it was set for comes, or
    its notice's hours begin; only while nothing of it was handed over. Raises `ReleaseRefused`."""
    with transaction.atomic():
        step = _begin(batch, actor, Right.SEND, Stage.RELEASED)
        fresh = step.batch
        over = step.now >= opens_at(fresh, fresh.not_before)
        if over or fresh.cancelled_at is not None or not flow.take_back(fresh):
            raise ReleaseRefused(ReleaseRefusal.UNDO_OVER)
        step.note("batch.undo", {"hash": fresh.release_hash})
    return fresh


def reschedule(batch: Batch, *, actor: Member, at: datetime | None) -> Batch:
    """Choose another time for what has not begun: asked for anew, and approved anew if need be.

    Raises `ReleaseRefused`; then the old time stands.
    """
    with transaction.atomic():
        if Batch.objects.get(pk=batch.pk).stage == Stage.RELEASED:
            undo(batch, actor=actor)
        else:
            withdraw(batch, actor=actor)
        # Whoever asked for it the first time has said so.
        return ask(batch, actor=actor, at=at, confirmed=True)


def discard(batch: Batch, *, actor: Member) -> Batch:
    """Give up what was never released; its personal data is deleted. Raises `ReleaseRefused`."""
    with transaction.atomic():
        step = _begin(batch, actor, Right.SEND, *UNRELEASED)
        flow.discard(step.batch)
        step.note("batch.discard", {"people": step.batch.rows - step.batch.refused})
    return step.batch


def opens_at(batch: Batch, at: datetime) -> datetime:
    """When a batch that is ready at `at` may really go."""
    if batch.hours_waived:
        return at
    return opening(batch.notice.window, timezone.localtime(at))
