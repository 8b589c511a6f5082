"""A leak of residents' data: opened, classified, told to the people, closed with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from alimnaru.office.corrections import correct
from alimnaru.office.release import ReleaseRefused
from alimnaru.reads.incidents import standing_of
from alimnaru.reads.reach import BREACH
from alimnaru.reads.rights import may
from alimnaru.rules.breach import BreachFault, Step, may_close
from alimnaru.rules.disclosure import holds_number
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.store import audit
from alimnaru.store.models import (
    Batch,
    Department,
    Incident,
    IncidentScope,
    IncidentStep,
    Member,
    Message,
    Notice,
)

#: What a person may change while an incident is open.
FLAGS = ("possible", "sensitive", "unique_id", "illegal_access", "recovered")
TEXTS = ("title", "items", "course", "measures")


class BreachRefused(Exception):  # noqa: N818
    """The step is not possible; `code` says why. Nothing was changed."""

    def __init__(self, code: BreachFault) -> None:
        super().__init__(code.value)
        self.code = code


def open_incident(
    *,
    actor: Member,
    department: Department,
    title: str,
    known_at: datetime,
    happened_at: datetime | None = None,
    batch: int | None = None,
    message: int | None = None,
) -> Incident:
    """Open one, from a batch, from a message of it, or free. Raises `BreachRefused`."""
    _check_text(title)
    if known_at > timezone.now():
        raise BreachRefused(BreachFault.IN_FUTURE)
    with transaction.atomic():
        _check_right(actor, department)
        found = Incident.objects.create(
            title=" ".join(title.split()),
            department=department,
            member=actor,
            opened_at=timezone.now(),
            known_at=known_at,
            happened_at=happened_at,
        )
        _note(found, actor, "incident.open", {})
        if batch is not None or message is not None:
            _add(found, actor, batch, message)
    return found


def change(incident: Incident, *, actor: Member, given: Mapping[str, object]) -> None:
    """Say what is known now: texts, flags, people besides. Raises `BreachRefused`."""
    with transaction.atomic():
        found = _begin(incident, actor)
        for name in (*TEXTS, *FLAGS, "people_besides", "happened_at"):
            if name in given:
                value = given[name]
                if isinstance(value, str):
                    _check_text(value)
                setattr(found, name, value)
        found.save()
        flags = {name: True for name in FLAGS if getattr(found, name)}
        _note(found, actor, "incident.change", {"kind": ", ".join(sorted(flags))})


def add_scope(
    incident: Incident, *, actor: Member, batch: int | None = None, message: int | None = None
) -> None:
    """Add those whom a batch reached, or one message. Raises `BreachRefused`."""
    with transaction.atomic():
        _add(_begin(incident, actor), actor, batch, message)


def add_step(
    incident: Incident, *, actor: Member, kind: Step, done_at: datetime, text: str = ""
) -> IncidentStep:
    """Write down something that was done. Raises `BreachRefused`."""
    _check_text(text)
    now = timezone.now()
    if done_at > now:
        raise BreachRefused(BreachFault.IN_FUTURE)
    with transaction.atomic():
        found = _begin(incident, actor)
        return _step(found, actor, kind, done_at, text)


def notify(incident: Incident, *, actor: Member) -> list[Batch]:
    """Ask for the law's notice to everybody affected who has not had it yet, by the way of every
    batch: approvals, undo time, first slice. Returns the batches: none for what was told before
    something else was added. All of it is asked for, or nothing.

    Raises `BreachRefused`; as `office.corrections.correct` also `ReleaseRefused` (its sender needs
    the right to send there) and `RowRefused`.
    """
    with transaction.atomic():
        found = _begin(incident, actor)
        if not found.items or found.happened_at is None:
            raise BreachRefused(BreachFault.NOTHING_SAID)
        only: dict[int, set[int] | None] = {}
        for scope in found.scopes.order_by("pk"):
            if scope.message_id is None:
                only[scope.batch_id] = None
            elif only.setdefault(scope.batch_id, set()) is not None:
                (only[scope.batch_id] or set()).add(scope.message_id)
        if not only:
            raise BreachRefused(BreachFault.NOBODY)
        told = (_tell(found, actor, batch, ids) for batch, ids in only.items())
        asked = [batch for batch in told if batch is not None]
        if not asked:
            raise BreachRefused(BreachFault.ALL_TOLD)
        facts: dict[str, object] = {"people": sum(b.people for b in asked), "count": len(asked)}
        _note(found, actor, "incident.notify", facts)
    return asked


def _tell(incident: Incident, actor: Member, batch: int, ids: set[int] | None) -> Batch | None:
    """The notice to those of a batch; None if nobody of it is left to be told."""
    notice = Notice.objects.filter(code=BREACH, is_active=True).first()
    if notice is None or incident.happened_at is None:
        raise BreachRefused(BreachFault.NOTHING_SAID)
    when = timezone.localtime(incident.happened_at)
    try:
        return correct(
            Batch.objects.get(pk=batch),
            actor=actor,
            notice=notice,
            cells={"유출항목": incident.items, "시점": f"{when:%Y-%m-%dT%H:%M}"},
            only=None if ids is None else frozenset(ids),
        )
    except ReleaseRefused as refused:
        if refused.code is not ReleaseRefusal.NOBODY_REACHED:
            raise
        return None


def close(incident: Incident, *, actor: Member, reason: str) -> None:
    """Close it: everything asked for was done, or the reason says why not. Raises
    `BreachRefused`."""
    reason = " ".join(reason.split())
    _check_text(reason)
    with transaction.atomic():
        found = _begin(incident, actor)
        fault = may_close(standing_of(found).duties, reason)
        if fault is not None:
            raise BreachRefused(fault)
        now = timezone.now()
        _step(found, actor, Step.CLOSED, now, reason)
        found.closed_at, found.closed_by, found.close_reason = now, actor, reason
        found.save(update_fields=["closed_at", "closed_by", "close_reason"])
        _note(found, actor, "incident.close", {"note": reason[:200]})


def note_evidence(incident: Incident, *, actor: Member, sha256: str) -> None:
    """Note that the evidence was taken, and which."""
    _note(incident, actor, "incident.evidence", {"hash": sha256})


def _add(incident: Incident, actor: Member, batch: int | None, message: int | None) -> None:
    if message is not None:
        batch = Message.objects.filter(pk=message).values_list("batch", flat=True).first()
    found = Batch.objects.select_related("department").filter(pk=batch or 0).first()
    if found is None or not may(actor, Right.SEE, found.department):
        raise BreachRefused(BreachFault.NO_BATCH)
    try:
        with transaction.atomic():
            IncidentScope.objects.create(incident=incident, batch=found, message_id=message)
    except IntegrityError:
        return  # it is in already
    _note(incident, actor, "incident.scope", {"batch": found.pk})


def _step(
    incident: Incident, actor: Member, kind: Step, done_at: datetime, text: str
) -> IncidentStep:
    _note(incident, actor, "incident.step", {"kind": kind.value})
    return IncidentStep.objects.create(
        incident=incident,
        kind=kind,
        done_at=done_at,
        noted_at=timezone.now(),
        member=actor,
        text=" ".join(text.split()),
    )


def _begin(incident: Incident, actor: Member) -> Incident:
    found = Incident.objects.select_for_update(of=("self",)).select_related("department")
    fresh = found.get(pk=incident.pk)
    _check_right(actor, fresh.department)
    if fresh.closed_at is not None:
        raise BreachRefused(BreachFault.CLOSED)
    return fresh


def _check_right(actor: Member, department: Department) -> None:
    if not may(actor, Right.PRIVACY, department):
        raise BreachRefused(BreachFault.NOT_ALLOWED)


def _check_text(text: str) -> None:
    if holds_number(text):
        raise BreachRefused(BreachFault.TEXT_PERSONAL)


def _note(incident: Incident, actor: Member, act: str, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"incident:{incident.pk}",
        department=incident.department,
        facts=dict(facts),
    )
