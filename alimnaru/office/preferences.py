"""What a resident asks for at the desk, by phone or by the free number, entered and ended.

Only the keyed hash of a phone is kept, so that a choice counts for the whole office and for lists
of any department, and nobody can read from it who made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from alimnaru.rules.consent import NOT_THEIRS, Choice, Provenance
from alimnaru.rules.opt_out_list import OptOuts, read_opt_outs
from alimnaru.sources.apart import open_list
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import preferences as ledger
from alimnaru.store.models import Member, Notice, Preference, Suspension


class StatutoryNotice(ValueError):  # noqa: N818
    """The law makes the office say this: a resident chooses by which channel, not whether."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: `new` entries, `known` ones that stood already."""

    new: int
    known: int
    found: OptOuts


def enter_choice(
    *,
    actor: Member,
    phone: str,
    choice: Choice,
    notice: Notice | None,
    provenance: Provenance,
    note: str = "",
) -> bool:
    """Enter what a resident wants for a notice, or for all (None). False: it stood already.

    It takes the place of what they wanted before; who wants nothing at all has no wishes for
    single notices left. Raises `StatutoryNotice`.
    """
    if choice is Choice.STOP and notice is not None and notice.is_statutory:
        raise StatutoryNotice(notice.code)
    to_hash, now = crypto.phone_hash(phone), timezone.now()
    with transaction.atomic():
        ledger.lock()
        in_force = _in_force(to_hash, now)
        same = in_force.filter(notice=notice)
        if list(same.values_list("choice", flat=True)) == [choice.value]:
            return False
        over = in_force if choice is Choice.STOP and notice is None else same
        ended = over.update(until=now)
        Preference.objects.create(
            to_hash=to_hash,
            notice=notice,
            choice=choice,
            provenance=provenance,
            member=actor,
            since=now,
            note=note,
        )
        facts: dict[str, object] = {"choice": choice.value, "from": provenance.value}
        facts |= {"notice": notice.code if notice else "", "ended": ended}
        _record(actor, "preference.set", facts, to_hash)
    return True


def end_choice(found: Preference, *, actor: Member, note: str) -> bool:
    """End a choice from now on. False: it had ended."""
    with transaction.atomic():
        now = timezone.now()
        ours = Preference.objects.filter(_lasts(now), pk=found.pk).update(until=now)
        if ours:
            notice = found.notice.code if found.notice else ""
            facts = {"choice": found.choice, "notice": notice, "note": note}
            _record(actor, "preference.end", facts, bytes(found.to_hash))
    return bool(ours)


def suspend(*, actor: Member, phone: str, provenance: Provenance, note: str = "") -> bool:
    """Use a number no more, not even for the law's notices: its holder is somebody else.

    False: it is suspended already.
    """
    to_hash, now = crypto.phone_hash(phone), timezone.now()
    with transaction.atomic():
        ledger.lock()
        whole = Suspension.objects.filter(_lasts(now), to_hash=to_hash, person_hash=None)
        if whole.exists():
            return False
        Suspension.objects.create(
            to_hash=to_hash, reason=NOT_THEIRS, provenance=provenance, member=actor, since=now
        )
        _record(actor, "suspension.set", {"from": provenance.value, "note": note}, to_hash)
    return True


def end_suspension(found: Suspension, *, actor: Member, note: str) -> bool:
    """Use a number again: it was confirmed with whom it belongs to. False: it had ended."""
    with transaction.atomic():
        now = timezone.now()
        ours = Suspension.objects.filter(_lasts(now), pk=found.pk).update(until=now)
        if ours:
            _record(actor, "suspension.end", {"note": note}, bytes(found.to_hash))
    return bool(ours)


def import_opt_outs(path: Path, *, actor: Member, note: str = "") -> Imported:
    """Enter a list of phones that called the free number. Who stands in it wants nothing at all.

    Raises `ListRefused` and `OptOutsRefused`; then nothing is entered.
    """
    found = read_opt_outs(open_list(path).rows())
    hashes = [crypto.phone_hash(phone) for phone in found.phones]
    with transaction.atomic():
        ledger.lock()
        new = ledger.stop_all(
            hashes,
            member=actor.pk,
            provenance=Provenance.FREE_CALL.value,
            note=note,
            at=timezone.now(),
        )
        facts = {"new": new, "known": len(hashes) - new, "refused": len(found.refused)}
        _record(actor, "preference.import", facts)
    return Imported(new, len(hashes) - new, found)


def _in_force(to_hash: bytes, now: datetime) -> QuerySet[Preference]:
    return Preference.objects.filter(_lasts(now), to_hash=to_hash)


def _lasts(now: datetime) -> Q:
    return Q(until=None) | Q(until__gt=now)


def _record(
    actor: Member, act: str, facts: Mapping[str, object], whose: bytes | None = None
) -> None:
    kept = {name: value for name, value in facts.items() if value != ""}
    audit.record(actor=actor, act=act, subject="preferences", facts=kept, whose=whose)
