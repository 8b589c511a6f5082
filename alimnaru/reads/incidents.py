"""Incidents: how they stand, who is affected, and everything that proves what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from alimnaru.reads.reach import BREACH
from alimnaru.reads.sealed import key_of, who_in
from alimnaru.rules.breach import Case, Duty, Step, Why, checklist, deadline, reasons
from alimnaru.store.ledger import reach
from alimnaru.store.models import AccessEntry, AuditEntry, Batch, Incident, IncidentStep, Message
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident as its page shows it. `people`: phones; `until`: the end of its 72 hours."""

    incident: Incident
    people: int
    duties: Sequence[Duty]
    why: Sequence[Why]
    steps: Sequence[IncidentStep]
    batches: Sequence[Batch]
    notices: Sequence[Batch]
    until: datetime


def incidents_of(scope: Scope) -> QuerySet[Incident]:
    """Those of these departments: open ones first, the one whose time runs out first."""
    found = Incident.objects.filter(department__in=scope.departments())
    order = (F("closed_at").desc(nulls_first=True), "known_at", "pk")
    return found.select_related("department").order_by(*order)


def standing_of(incident: Incident) -> Standing:
    """All about one. Reads the messages of its batches to count their phones."""
    scopes = list(incident.scopes.select_related("batch__notice", "batch__department"))
    batches = list({s.batch_id: s.batch for s in scopes}.values())
    people = people_of(incident)
    steps = list(incident.steps.select_related("member").order_by("done_at", "pk"))
    case = case_of(incident, people)
    done: dict[Step, datetime] = {}
    for step in steps:
        if step.kind in set(Step):
            done.setdefault(Step(step.kind), step.done_at)
    told = Batch.objects.filter(corrects__in=batches, notice__code=BREACH)
    return Standing(
        incident=incident,
        people=people,
        duties=checklist(case, done),
        why=reasons(case),
        steps=steps,
        batches=batches,
        notices=list(told.select_related("notice").order_by("pk")),
        until=deadline(case),
    )


def case_of(incident: Incident, people: int) -> Case:
    """What the rules ask about it."""
    return Case(
        known_at=incident.known_at,
        people=people,
        possible=incident.possible,
        sensitive=incident.sensitive,
        unique_id=incident.unique_id,
        illegal_access=incident.illegal_access,
        recovered=incident.recovered,
    )


def scope_ids(incident: Incident) -> tuple[list[int], list[int]]:
    """Its whole batches, and its single messages."""
    scopes = list(incident.scopes.all())
    batches = [s.batch_id for s in scopes if s.message_id is None]
    return batches, [s.message_id for s in scopes if s.message_id is not None]


def people_of(incident: Incident) -> int:
    """Phones of its batches and messages, and whom it names besides."""
    batches, messages = scope_ids(incident)
    counted = reach.affected_people(batches, messages) if batches or messages else 0
    return counted + incident.people_besides


@dataclass(frozen=True, slots=True, repr=False)
class Affected:
    """Somebody who is affected, in the clear; empty once the batch's key is destroyed."""

    batch: int
    message: int
    name: str
    phone: str


def affected(incident: Incident) -> Iterator[Affected]:
    """Every message of it, by batch."""
    batches, messages = scope_ids(incident)
    by_batch: dict[int, list[int]] = {}
    for batch, message, _hash in reach.affected(batches, messages):
        by_batch.setdefault(batch, []).append(message)
    for number, ids in by_batch.items():
        key = key_of(Batch.objects.get(pk=number))
        for start in range(0, len(ids), 2_000):
            part = Message.objects.filter(pk__in=ids[start : start + 2_000]).order_by("pk")
            for pk, payload in part.values_list("pk", "payload"):
                who = who_in(key, pk, bytes(payload))
                yield Affected(number, pk, who.name, who.phone)


def entries_about(incident: Incident) -> tuple[QuerySet[AuditEntry], QuerySet[AccessEntry]]:
    """What was done to the incident and its batches, and who saw their data."""
    batches = sorted(set(incident.scopes.values_list("batch", flat=True)))
    messages = [f"message:{m}" for m in scope_ids(incident)[1]]
    subjects = [f"batch:{b}" for b in batches] + messages
    mine = Q(subject=f"incident:{incident.pk}") | Q(subject__in=subjects)
    done = AuditEntry.objects.filter(mine).order_by("at", "pk")
    seen = AccessEntry.objects.filter(mine).select_related("department").order_by("at", "pk")
    return done, seen
