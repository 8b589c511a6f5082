"""Destroying before its time: one person asks, with a reason, and another agrees."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from alimnaru.reads.rights import may
from alimnaru.rules.destruction import Batch as Known
from alimnaru.rules.destruction import DestroyFault, may_ask, may_decide
from alimnaru.rules.retention import Basis, class_of
from alimnaru.rules.rights import Right
from alimnaru.store import audit
from alimnaru.store.models import Batch, Destruction, Kept, Member

_S = Destruction.State


class DestroyRefused(Exception):  # noqa: N818
    """It is not possible; `code` says why. Nothing was changed."""

    def __init__(self, code: DestroyFault) -> None:
        super().__init__(code.value)
        self.code = code


def ask(batch: int, *, actor: Member, reason: str) -> Destruction:
    """Ask that a batch's texts and phones go now. Nothing goes before another agrees.

    Raises `DestroyRefused`.
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        # The lock keeps a second request from being made beside it.
        of = Batch.objects.select_for_update(of=("self",)).select_related("department")
        found = of.filter(pk=batch).first()
        # To whom the department is none of theirs its batches do not exist.
        if found is None or not may(actor, Right.PRIVACY, found.department):
            raise DestroyRefused(DestroyFault.NOT_THERE)
        kept = Kept.objects.filter(pk=batch).first()
        known = Known(
            kept=class_of(kept.retention) if kept else None,
            gone=found.wrapped_key is None,
            waiting=Destruction.objects.filter(batch=found)
            .exclude(state__in=(_S.REFUSED, _S.DONE))
            .exists(),
        )
        _refuse(may_ask(known, reason))
        one = Destruction.objects.create(
            state=_S.ASKED,
            what=Destruction.What.TEXT,
            basis=Basis.DECISION.value,
            retention=kept.retention if kept else "",
            department=found.department,
            batch=found,
            reason=reason,
            asked_by=actor,
            asked_at=timezone.now(),
        )
        _note(one, actor, "retention.ask", {"batch": batch, "reason": reason})
    return one


def agree(number: int, *, actor: Member) -> Destruction:
    """Have it destroyed by the next round (`flow.retention`). Raises `DestroyRefused`."""
    with transaction.atomic():
        one, kept = _waiting(number, actor, agrees=True)
        now = timezone.now()
        one.state, one.approved_by, one.begun_at = _S.APPROVED, actor, now
        one.save(update_fields=["state", "approved_by", "begun_at"])
        kept.text_until, kept.text_destruction = now, one
        kept.save(update_fields=["text_until", "text_destruction"])
        _note(one, actor, "retention.agree", {"batch": one.batch_id})
    return one


def refuse(number: int, *, actor: Member) -> Destruction:
    """Let it be kept until its time is over. Raises `DestroyRefused`."""
    with transaction.atomic():
        one, _kept = _waiting(number, actor, agrees=False)
        one.state = _S.REFUSED
        one.save(update_fields=["state"])
        _note(one, actor, "retention.refuse", {"batch": one.batch_id})
    return one


def _waiting(number: int, actor: Member, *, agrees: bool) -> tuple[Destruction, Kept]:
    found = Destruction.objects.select_for_update(of=("self",)).filter(pk=number)
    one = found.exclude(batch=None).select_related("department").first()
    if one is None or one.department is None or not may(actor, Right.PRIVACY, one.department):
        raise DestroyRefused(DestroyFault.NOT_THERE)
    # A round that destroys it meanwhile is waited for.
    kept = Kept.objects.select_for_update().filter(pk=one.batch_id).first()
    if kept is None:
        raise DestroyRefused(DestroyFault.NOT_THERE)
    _refuse(
        may_decide(
            asked=one.state == _S.ASKED,
            own=one.asked_by_id == actor.pk,
            gone=kept.key_gone_at is not None,
            agrees=agrees,
        )
    )
    return one, kept


def _refuse(fault: DestroyFault | None) -> None:
    if fault is not None:
        raise DestroyRefused(fault)


def _note(one: Destruction, actor: Member, act: str, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"destruction:{one.pk}",
        department=one.department,
        facts=dict(facts),
    )
