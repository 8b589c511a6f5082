"""Everything that is held about one phone (법 제35조), for the resident who asks."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Count, Max, Q

from alimnaru.flow import holds
from alimnaru.flow.wordings import wording
from alimnaru.office.consents import PURPOSE as SEALED
from alimnaru.reads.holds import held_of
from alimnaru.reads.sealed import key_of, texts_in
from alimnaru.store import crypto
from alimnaru.store.models import (
    Accepted,
    AccessEntry,
    Batch,
    Guardian,
    Message,
    Preference,
    ServiceConsent,
    Suspension,
)
from alimnaru.store.scoping import Scope

#: Messages in one file: decades of them.
MOST = 5_000


def about(scope: Scope, phone: str) -> dict[str, Any]:
    """All of it that the scope holds, as it becomes JSON: moments are ISO texts, codes are codes.

    Whoever answers for one department alone must not read by it what others have told somebody:
    anybody's number can be written down as a request. `only` names those departments then.
    """
    whose = crypto.phone_hash(phone)
    own = Message.objects.filter(to_hash=whose, batch__in=scope.batches())
    found = list(own.order_by("-pk")[:MOST])
    return {
        "only": _only(scope),
        "messages": _messages(found),
        "waiting": _waiting(scope, whose),
        "choices": _choices(scope, whose),
        "suspensions": _suspensions(whose),
        "guardians": _guardians(scope, whose),
        "consents": _consents(scope, whose),
        "held": _held(scope, whose),
        "seen_by": _seen_by(scope, whose, found),
    }


def _only(scope: Scope) -> list[str]:
    if any(path.count("/") <= 2 for path in scope.paths):
        return []
    return list(scope.departments().filter(path__in=scope.paths).values_list("name", flat=True))


def _messages(found: list[Message]) -> list[dict[str, Any]]:
    related = ("notice", "department")
    batches = Batch.objects.select_related(*related).in_bulk({m.batch_id for m in found})
    keys = {pk: key_of(batch) for pk, batch in batches.items()}
    return [_message(m, batches[m.batch_id], keys[m.batch_id]) for m in found]


def _message(message: Message, batch: Batch, key: crypto.BatchKey | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": message.pk,
        "notice": batch.notice.name,
        "department": batch.department.name,
        "at": (batch.released_at or batch.created_at).isoformat(),
        "channel": message.channel,
        "state": message.state,
        "kept_as": batch.notice.retention,
        "values": None,
    }
    texts = texts_in(key, message.pk, bytes(message.payload))
    if texts is not None:
        names = [v.name for v in wording(batch.version_id).variables]
        told["name"] = texts[1]
        told["values"] = dict(zip(names, texts[2:], strict=False))
    return told


def _waiting(scope: Scope, whose: bytes) -> list[dict[str, Any]]:
    """Booked, and not made into a message yet."""
    own = Accepted.objects.filter(to_hash=whose, department__in=scope.departments())
    found = own.values_list("notice__name", "gather_at").order_by("gather_at")
    return [{"notice": notice, "at": at.isoformat()} for notice, at in found]


def _consents(scope: Scope, whose: bytes) -> list[dict[str, Any]]:
    own = ServiceConsent.objects.filter(to_hash=whose, department__in=scope.departments())
    told = []
    for one in own.select_related("notice").order_by("-recorded_at"):
        name, address = json.loads(crypto.unseal(bytes(one.sealed), purpose=SEALED))
        told.append(
            {
                "notice": one.notice.name,
                "name": name,
                "address": address,
                "from": one.starts_on.isoformat(),
                "until": one.ends_on.isoformat() if one.ends_on else None,
                "withdrawn": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
            }
        )
    return told


def _held(scope: Scope, whose: bytes) -> list[dict[str, Any]]:
    """What a law or a court has had put apart, also where the message itself was destroyed."""
    told = []
    for copy in held_of(scope, whose)[:MOST]:
        proof = holds.read(copy)
        told.append(
            {
                "number": copy.message,
                "basis": copy.hold.basis,
                "until": copy.hold.until.isoformat(),
                "notice": proof.notice if proof else None,
                "name": proof.name if proof else None,
                "texts": [text for _channel, text in proof.texts] if proof else [],
            }
        )
    return told


def _choices(scope: Scope, whose: bytes) -> list[dict[str, Any]]:
    own = Q(notice=None) | Q(notice__in=scope.notices())
    found = (
        Preference.objects.filter(own, to_hash=whose).select_related("notice").order_by("-since")
    )
    return [
        {
            "notice": p.notice.name if p.notice else None,
            "choice": p.choice,
            "from": p.provenance,
            "since": p.since.isoformat(),
            "until": p.until.isoformat() if p.until else None,
        }
        for p in found
    ]


def _suspensions(whose: bytes) -> list[dict[str, Any]]:
    found = Suspension.objects.filter(to_hash=whose).order_by("-since")
    return [
        {"since": s.since.isoformat(), "until": s.until.isoformat() if s.until else None}
        for s in found
    ]


def _guardians(scope: Scope, whose: bytes) -> list[dict[str, Any]]:
    """Who gets copies, and of whom one gets copies oneself: nobody's number but one's own."""
    found = Guardian.objects.filter(
        Q(ward_hash=whose) | Q(to_hash=whose), department__in=scope.departments()
    ).select_related("notice", "department")
    return [
        {
            "as": "ward" if bytes(g.ward_hash) == whose else "guardian",
            "relation": g.relation,
            "notice": g.notice.name if g.notice else None,
            "department": g.department.name,
            "since": g.since.isoformat(),
            "until": g.until.isoformat(),
        }
        for g in found.order_by("-since")
    ]


def _seen_by(scope: Scope, whose: bytes, found: list[Message]) -> list[dict[str, Any]]:
    """Which departments, not which of their people, did what with it, and how often. That the
    health centre has looked says as much as what it sent."""
    subjects = [f"message:{m.pk}" for m in found] + [f"batch:{m.batch_id}" for m in found]
    seen = AccessEntry.objects.filter(Q(to_hash=whose) | Q(subject__in=sorted(set(subjects))))
    if _only(scope):
        seen = seen.filter(department__in=scope.departments())
    counted = seen.values("department__name", "act").annotate(n=Count("pk"), last=Max("at"))
    return [
        {
            "department": one["department__name"] or "",
            "act": one["act"],
            "times": one["n"],
            "last": one["last"].isoformat(),
        }
        for one in counted.order_by("department__name", "act")
    ]
