"""A rehearsal: what a rule would have sent, row by row judged as it would be, and a few samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from alimnaru.flow.rosters import NoWording, newest_wording
from alimnaru.flow.rule_plan import Maker, RuleFailed, RulePlan, unpack
from alimnaru.flow.rule_sending import Opened, grouped
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.store import crypto
from alimnaru.store.ledger.occasions import Due
from alimnaru.store.models import Occasion, TemplateVersion

#: Records that a page judges: a second's work. What is beyond is counted and not judged.
JUDGED = 2_000
SAMPLES = 2


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would go at `at`: `records` become `messages`; `refused` by code, in records.

    `samples` are good rows: the longest first, then others. `more` records were not judged.
    """

    at: datetime | None = None
    version: TemplateVersion | None = None
    records: int = 0
    messages: int = 0
    more: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    samples: Sequence[GoodRow] = ()


def size_of(plan: RulePlan) -> int:
    """How many messages the rehearsal came to: what its approver saw."""
    own = _rehearsed(plan)
    if plan.rule.grouping != "person":
        return own.count()
    return own.values("to_hash").distinct().count()


def _rehearsed(plan: RulePlan) -> QuerySet[Occasion]:
    return Occasion.objects.filter(
        rule=plan.rule, state=Occasion.State.REHEARSED, payload__isnull=False
    )


def rehearsed(plan: RulePlan) -> Rehearsed:
    """The newest rehearsal. Raises `RuleFailed` where its messages cannot be made at all."""
    latest = _rehearsed(plan).order_by("-due_at").values_list("due_at", flat=True).first()
    if latest is None:
        return Rehearsed()
    of_moment = _rehearsed(plan).filter(due_at=latest)
    try:
        version = newest_wording(plan.rule.notice)
    except NoWording:
        raise RuleFailed(RuleFault.NO_WORDING) from None
    refused: Counter[str] = Counter(of_moment.exclude(code="").values_list("code", flat=True))
    good = of_moment.filter(code="").order_by("pk")
    records = good.count() + refused.total()
    opened = [one for row in good[:JUDGED] if (one := _open(row)) is not None]
    maker = Maker(plan, version, timezone.localdate(latest))
    rows: list[GoodRow] = []
    for number, group in enumerate(grouped(plan, opened), 1):
        row = maker.row([one.record for one in group], number)
        if isinstance(row, BadRow):
            refused[row.code] += len(group)
        else:
            rows.append(row)
    return Rehearsed(
        at=latest,
        version=version,
        records=records,
        messages=len(rows),
        more=max(good.count() - JUDGED, 0),
        refused=refused,
        samples=_samples(rows),
    )


def _open(row: Occasion) -> Opened | None:
    payload = bytes(row.payload or b"")
    due = Due(row.pk, row.record, row.day, row.offset, row.due_at, bytes(row.to_hash), payload)
    try:
        return Opened(due, unpack(payload))
    except crypto.Unreadable:
        return None


def _samples(rows: Sequence[GoodRow]) -> list[GoodRow]:
    if not rows:
        return []
    longest = max(rows, key=lambda row: sum(map(len, row.values)))
    others = [row for row in rows if row is not longest]
    return [longest, *others[:SAMPLES]]
