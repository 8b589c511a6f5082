"""How far a batch has come among people: told, on their way, not sent. From counters of chunks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, Sum, Value, When

from alimnaru.store.ledger import reach
from alimnaru.store.models import Batch, Chunk, Stage

_OWED = F("size") - sum(
    (F(n) for n in ("failed", "suppressed", "cancelled", "expired", "unknown", "moved")),
    start=F("delivered"),
)
#: Handed over, or being handed over: who is in it will be known.
_GONE = Q(state__in=["sent", "doubt", "claimed"]) | ~Q(token="")


@dataclass(frozen=True, slots=True)
class Reach:
    """People of a batch. `told` have it; `under_way`: a carrier has it, the result will come;
    `unsure`: nobody can tell; `waiting`: not sent, and held if the batch is stopped; `ended`: will
    not get it (failed, opted out, too late, cancelled)."""

    told: int
    under_way: int
    unsure: int
    waiting: int
    ended: int

    @property
    def reached(self) -> int:
        """Who has it, or may have it."""
        return self.told + self.under_way + self.unsure


def reach_of(batch: Batch) -> Reach:
    """One query."""
    none = Value(0)
    gone = Case(When(_GONE, then=_OWED), default=none, output_field=IntegerField())
    found = Chunk.objects.filter(batch=batch).aggregate(
        told=Sum("delivered"),
        owed=Sum(_OWED),
        gone=Sum(gone),
        unsure=Sum("unknown"),
        ended=Sum(F("failed") + F("suppressed") + F("cancelled") + F("expired")),
    )
    told, owed, gone_, unsure, ended = (found[k] or 0 for k in found)
    return Reach(told, gone_, unsure, owed - gone_, ended)


#: The catalogue's own notice to those whose data leaked (법 제34조).
BREACH = "ops.breach"


def corrections_of(batch: Batch, *, breach: bool = False) -> list[Batch]:
    """Corrections of a batch that somebody has asked for or sent, the first first; with `breach`
    the notices of a leak instead: who had the one must still get the other."""
    found = batch.corrections.exclude(stage=Stage.DISCARDED)
    found = found.filter(notice__code=BREACH) if breach else found.exclude(notice__code=BREACH)
    return list(found.select_related("notice", "version", "member").order_by("pk"))


def left_to_correct(batch: Batch, corrections: list[Batch]) -> int:
    """People who were reached and whom no correction goes to yet, by their phones."""
    return reach.count(batch.pk, [c.pk for c in corrections])
