"""Legal holds: one person asks that messages are kept apart, or that this ends; another agrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import holds as flow
from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.proving import seals_of
from alimnaru.office.disclosure import disclose
from alimnaru.reads.rights import may
from alimnaru.rules.cell import tidy
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.rules.hold import (
    Batch as Known,
)
from alimnaru.rules.hold import (
    HoldFault,
    HoldState,
    Wanted,
    is_day,
    may_ask,
    may_decide,
    may_end,
    rows_of,
)
from alimnaru.rules.proof import Proof
from alimnaru.rules.rights import Right
from alimnaru.store import audit, crypto
from alimnaru.store.models import Batch, HeldCopy, Kept, LegalHold, Member, Message

_S = HoldState


class HoldRefused(Exception):  # noqa: N818
    """It is not possible; `code` says why. Nothing was changed."""

    def __init__(self, code: HoldFault) -> None:
        super().__init__(code.value)
        self.code = code


def ask(batch: int, rows: str, wanted: Wanted, *, actor: Member) -> LegalHold:
    """Ask that a batch, or these rows of its list, are kept apart. Nothing is before another
    agrees. Raises `HoldRefused`.
    """
    wanted = replace(wanted, basis=_tidied(wanted.basis), reason=_tidied(wanted.reason))
    with transaction.atomic():
        # The lock keeps a second request from being made beside it.
        of = Batch.objects.select_for_update(of=("self",)).select_related("department")
        found = of.filter(pk=batch).first()
        if found is None or not may(actor, Right.PRIVACY, found.department):
            raise HoldRefused(HoldFault.NOT_THERE)
        known = Known(
            through=Kept.objects.filter(pk=batch).exists(),
            gone=found.wrapped_key is None,
            waiting=LegalHold.objects.filter(batch=batch, state=_S.ASKED).exists(),
        )
        _refuse(may_ask(known, wanted, timezone.localdate()))
        one = LegalHold.objects.create(
            department=found.department,
            batch=batch,
            messages=_messages(batch, rows),
            basis=wanted.basis,
            reason=wanted.reason,
            until=wanted.until or date.min,
            asked_by=actor,
            asked_at=timezone.now(),
        )
        many = {"messages": len(one.messages)} if one.messages is not None else {}
        told = {"basis": one.basis, "reason": one.reason, "until": one.until.isoformat()}
        _note(one, actor, "hold.ask", {"batch": batch, **many, **told})
    return one


def _messages(batch: int, text: str) -> list[int] | None:
    """The messages of these rows, guardians' copies with them; None for all of the batch."""
    rows = rows_of(text)
    if rows is None:
        raise HoldRefused(HoldFault.ROWS_WRONG)
    if not rows:
        return None
    found = Message.objects.filter(batch=batch, row_no__in=rows).order_by("pk")
    named = list(found.values_list("pk", "row_no"))
    if {row for _pk, row in named} != rows:
        raise HoldRefused(HoldFault.ROWS_WRONG)
    return [pk for pk, _row in named]


def agree(number: int, *, actor: Member) -> LegalHold:
    """Have a worker put it apart; until that is done the batch is not destroyed.

    Raises `HoldRefused`.
    """
    with transaction.atomic():
        one = _own(number, actor)
        # A round that destroys it meanwhile is waited for, and the next one sees what is agreed.
        kept = Kept.objects.select_for_update().filter(pk=one.batch).first()
        _refuse(may_decide(waits=one.state == _S.ASKED, own=one.asked_by == actor, agrees=True))
        if kept is None or kept.key_gone_at is not None:
            raise HoldRefused(HoldFault.GONE)
        if not is_day(one.until, timezone.localdate()):
            raise HoldRefused(HoldFault.DATE_WRONG)
        one.state, one.agreed_by, one.agreed_at = _S.COPYING, actor, timezone.now()
        one.wrapped_key = crypto.BatchKey.new().wrap(crypto.HOLDS + one.pk)
        one.save(update_fields=["state", "agreed_by", "agreed_at", "wrapped_key"])
        _note(one, actor, "hold.agree", {"batch": one.batch, "until": one.until.isoformat()})
        defer(JobName.HOLD, one.pk, queue=LISTS)
    return one


def refuse(number: int, *, actor: Member) -> LegalHold:
    """Let it go as its class says. Raises `HoldRefused`."""
    with transaction.atomic():
        one = _own(number, actor)
        _refuse(may_decide(waits=one.state == _S.ASKED, own=one.asked_by == actor, agrees=False))
        one.state = _S.REFUSED
        one.save(update_fields=["state"])
        _note(one, actor, "hold.refuse", {"batch": one.batch})
    return one


def ask_end(number: int, *, actor: Member, reason: str) -> LegalHold:
    """Ask that it ends before its day. Raises `HoldRefused`."""
    reason = _tidied(reason)
    with transaction.atomic():
        one = _own(number, actor)
        _refuse(may_end(one.state, waits=one.end_asked_by is not None, reason=reason))
        one.end_asked_by, one.end_asked_at, one.end_reason = actor, timezone.now(), reason
        one.save(update_fields=["end_asked_by", "end_asked_at", "end_reason"])
        _note(one, actor, "hold.ask_end", {"batch": one.batch, "reason": reason})
    return one


def agree_end(number: int, *, actor: Member) -> LegalHold:
    """Have it destroyed by the next round (`flow.holds`). Raises `HoldRefused`."""
    with transaction.atomic():
        one = _ending(number, actor, agrees=True)
        one.end_agreed_by, one.end_agreed_at = actor, timezone.now()
        one.save(update_fields=["end_agreed_by", "end_agreed_at"])
        _note(one, actor, "hold.agree_end", {"batch": one.batch})
    return one


def refuse_end(number: int, *, actor: Member) -> LegalHold:
    """Keep it until its day. Raises `HoldRefused`."""
    with transaction.atomic():
        one = _ending(number, actor, agrees=False)
        one.end_asked_by, one.end_asked_at, one.end_reason = None, None, ""
        one.save(update_fields=["end_asked_by", "end_asked_at", "end_reason"])
        _note(one, actor, "hold.refuse_end", {"batch": one.batch})
    return one


def open_copy(copy: HeldCopy, *, actor: Member, reason: Purpose) -> Proof | None:
    """Note that `actor` takes a held message out in the clear, and why, then open it; None once it
    is destroyed. Raises `DisclosureRefused`; then nothing is noted or opened.
    """
    hold = copy.hold
    if hold.wrapped_key is None:
        return None
    disclose(
        actor=actor,
        subject=f"message:{copy.message}",
        department=hold.department,
        what=Disclosed.HELD,
        reason=reason,
        facts={"batch": hold.batch, "hold": hold.pk},
        whose=bytes(copy.to_hash),
    )
    found = flow.read(copy)
    if found is None:
        return None
    return replace(
        found,
        held=hold.pk,
        held_at=found.made_at,
        made_at=timezone.now(),
        made_by=f"{actor.name} ({actor.login})",
        # Seals are made by the hour: what was put apart sooner may have been covered since.
        seals=seals_of(copy.message, hold.batch) or found.seals,
    )


def _own(number: int, actor: Member) -> LegalHold:
    found = LegalHold.objects.select_for_update(of=("self",)).select_related("department")
    one = found.filter(pk=number).first()
    # To whom the department is none of theirs its holds do not exist.
    if one is None or not may(actor, Right.PRIVACY, one.department):
        raise HoldRefused(HoldFault.NOT_THERE)
    return one


def _ending(number: int, actor: Member, *, agrees: bool) -> LegalHold:
    one = _own(number, actor)
    waits = one.end_asked_by is not None and one.end_agreed_by is None
    waits = waits and one.state in (_S.COPYING, _S.KEPT)
    _refuse(may_decide(waits=waits, own=one.end_asked_by == actor, agrees=agrees))
    return one


def _tidied(text: str) -> str:
    return " ".join(tidy(text).split())


def _refuse(fault: HoldFault | None) -> None:
    if fault is not None:
        raise HoldRefused(fault)


def _note(one: LegalHold, actor: Member, act: str, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"hold:{one.pk}",
        department=one.department,
        facts=dict(facts),
    )
