"""Residents ask about their own data at the desk or by post, and are answered within ten days."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from alimnaru.reads.rights import may
from alimnaru.rules.disclosure import NOTE_LEAST, holds_number
from alimnaru.rules.resident_request import RequestFault, RequestRefusal, due_on
from alimnaru.rules.rights import Right
from alimnaru.store import audit, crypto
from alimnaru.store.models import Department, Member, ResidentRequest

_PURPOSE = "resident request"


class RequestRefused(Exception):  # noqa: N818
    """The step is not possible; `code` says why. Nothing was changed."""

    def __init__(self, code: RequestFault) -> None:
        super().__init__(code.value)
        self.code = code


def receive(
    *,
    actor: Member,
    department: Department,
    kind: str,
    way: str,
    phone: str,
    received_on: date,
    note: str,
) -> ResidentRequest:
    """Write a request down: its ten days run from when it came. Raises `RequestRefused`.

    `note` says how it was seen that it is their own (an identity card, a mandate).
    """
    note = _note(note)
    if received_on > timezone.localdate():
        raise RequestRefused(RequestFault.IN_FUTURE)
    with transaction.atomic():
        _check(actor, department)
        found = ResidentRequest.objects.create(
            kind=kind,
            way=way,
            department=department,
            phone=crypto.seal(phone.encode(), purpose=_PURPOSE),
            to_hash=crypto.phone_hash(phone),
            received_on=received_on,
            due_on=due_on(received_on),
            member=actor,
            note=note,
        )
        facts = {"kind": found.kind, "due": found.due_on.isoformat(), "note": note}
        _record(found, actor, "privacy.request", facts)
    return found


def phone_of(request: ResidentRequest) -> str:
    """The digits; empty once it is answered."""
    if request.phone is None:
        return ""
    return crypto.unseal(bytes(request.phone), purpose=_PURPOSE).decode()


def answer(request: ResidentRequest, *, actor: Member, content: bytes, people: int = 1) -> str:
    """Hand the file over; returns its SHA-256, by which it is known again. Raises
    `RequestRefused`."""
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        found = _begin(request, actor)
        found.sha256 = digest
        _end(found, actor)
        facts = {"kind": found.kind, "hash": digest, "people": people, "reason": "own_request"}
        _record(found, actor, "privacy.answer", facts)
    return digest


def grant(request: ResidentRequest, *, actor: Member, note: str) -> None:
    """Say that what was asked for (to correct, to stop) is done. Raises `RequestRefused`."""
    note = _note(note)
    with transaction.atomic():
        found = _begin(request, actor)
        found.note = note
        _end(found, actor)
        _record(found, actor, "privacy.grant", {"kind": found.kind, "note": note})


def refuse(request: ResidentRequest, *, actor: Member, why: RequestRefusal, note: str) -> None:
    """Refuse it, with the law's reason and in one's own words. Raises `RequestRefused`."""
    note = _note(note)
    with transaction.atomic():
        found = _begin(request, actor)
        found.refusal, found.note = why.value, note
        _end(found, actor)
        facts = {"kind": found.kind, "refusal": why.value, "note": note}
        _record(found, actor, "privacy.refuse", facts)


def _begin(request: ResidentRequest, actor: Member) -> ResidentRequest:
    found = ResidentRequest.objects.select_for_update(of=("self",)).select_related("department")
    fresh = found.get(pk=request.pk)
    _check(actor, fresh.department)
    if fresh.answered_at is not None:
        raise RequestRefused(RequestFault.ANSWERED)
    return fresh


def _end(found: ResidentRequest, actor: Member) -> None:
    found.answered_at, found.answered_by, found.phone = timezone.now(), actor, None
    found.save()


def _check(actor: Member, department: Department) -> None:
    if not may(actor, Right.PRIVACY, department):
        raise RequestRefused(RequestFault.NOT_ALLOWED)


def _note(note: str) -> str:
    note = " ".join(note.split())[:200]
    if len(note) < NOTE_LEAST:
        raise RequestRefused(RequestFault.NOTE_MISSING)
    if holds_number(note):
        raise RequestRefused(RequestFault.NOTE_PERSONAL)
    return note


def _record(found: ResidentRequest, actor: Member, act: str, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"request:{found.pk}",
        department=found.department,
        facts=dict(facts),
        whose=bytes(found.to_hash),
    )
