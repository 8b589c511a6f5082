"""The seals as an auditor looks at them: how the chain stands, and what was found last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Func, IntegerField, QuerySet
from django.utils import timezone

from alimnaru.rules.seals import NOTHING_BEFORE, SIZE, Header, Kind
from alimnaru.store import audit, signing
from alimnaru.store.ledger.sealing import last_sealed
from alimnaru.store.models import AuditEntry, Seal, Verification

#: Seals are made by the hour (`flow.sealing.EVERY`); later than this nobody seals.
LATE = timedelta(hours=3)
#: One comes every night (`flow.verifying`).
NIGHT_LATE = timedelta(days=2)
#: Verifications shown.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A seal in the list: `holds` its own chain and signature, `follows` the one before."""

    seal: Seal
    rows: int
    chain: str
    holds: bool
    follows: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest seal, and whether what was written since waits for too long."""

    newest: Seal | None
    late: bool


def newest() -> Seal | None:
    """The last seal, without what it covers."""
    return _bare().order_by("-number").first()


def line_of(seal: Seal) -> str:
    """A seal on one line: moment, number, chain."""
    moment = timezone.localtime(seal.made_at).isoformat(timespec="seconds")
    return f"{moment} {seal.number} {bytes(seal.chain).hex()}"


def newest_line() -> str:
    """Of the last seal; empty where there is none."""
    found = newest()
    return line_of(found) if found else ""


def standing(now: datetime) -> Standing:
    """Three queries by index."""
    waits = AuditEntry.objects.filter(pk__gt=last_sealed(Kind.AUDIT), at__lt=now - LATE)
    return Standing(newest(), waits.exists())


def seals() -> QuerySet[Seal]:
    """All of them, the newest first, without what they cover."""
    return _bare().order_by("-number")


def lines(found: Sequence[Seal]) -> list[Line]:
    """Seals that follow each other, the newest first, each checked. One query more."""
    if not found:
        return []
    key = signing.public_key()
    before = {one.number: bytes(one.chain) for one in found}
    oldest = found[-1].number - 1
    past = Seal.objects.filter(number=oldest).values_list("number", "chain")
    before |= {number: bytes(chain) for number, chain in past}
    return [_line(one, key, before.get(one.number - 1, NOTHING_BEFORE)) for one in found]


def _line(one: Seal, key: bytes, previous: bytes) -> Line:
    rows: int = one.covered  # type: ignore[attr-defined]  # `_bare`
    chain = Header(
        number=one.number,
        kind=one.kind,
        made_at=one.made_at,
        first_id=one.first_id,
        last_id=one.last_id,
        rows=rows,
        digest=bytes(one.digest),
        previous=bytes(one.previous),
    ).chain()
    holds = chain == bytes(one.chain) and signing.is_signed(chain, bytes(one.signature), key)
    return Line(one, rows, bytes(one.chain).hex(), holds, bytes(one.previous) == previous)


def _bare() -> QuerySet[Seal]:
    # The size of what lies apart is known without reading it.
    size = Func(F("leaves"), function="octet_length", output_field=IntegerField())
    return Seal.objects.defer("ids", "leaves").annotate(covered=size / SIZE)


@dataclass(frozen=True, slots=True)
class Verified:
    """`whole`: the last that computed everything. `night`: the last that came by itself and has
    ended. `wrong`: the newest with findings; one over everything that finds nothing ends it, and no
    night does, which looks at what is new."""

    whole: Verification | None
    night: Verification | None
    wrong: Verification | None

    @property
    def failed(self) -> bool:
        """Whether the last night's could not be done."""
        return self.night is not None and self.night.state == Verification.State.FAILED

    @property
    def troubled(self) -> bool:
        """Whether somebody has to look."""
        return self.failed or self.wrong is not None

    def is_late(self, now: datetime) -> bool:
        """Whether the nights have stopped."""
        return self.night is not None and self.night.asked_at < now - NIGHT_LATE


def verified() -> Verified:
    """Three queries over a table of one row a day."""
    ended = Verification.objects.select_related("asked_by").order_by("-pk")
    done = ended.filter(state=Verification.State.DONE)
    whole = done.filter(since=None, until=None).first()
    nights = ended.filter(asked_by__login=audit.OWN_LOGIN)
    found = done.filter(wrong__gt=0)
    return Verified(
        whole=whole,
        night=nights.exclude(state=Verification.State.ASKED).first(),
        wrong=(found.filter(pk__gte=whole.pk) if whole else found).first(),
    )


def verifications() -> list[Verification]:
    """The last ones, the newest first."""
    return list(Verification.objects.select_related("asked_by").order_by("-pk")[:SHOWN])
