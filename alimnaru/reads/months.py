"""Months as their pages show them: from what was kept when they were charged, not counted anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from alimnaru.reads.closing import unknowns_of
from alimnaru.rules.month_work import MonthState, WorkState
from alimnaru.rules.periods import after
from alimnaru.rules.statement import Verdict, closes_on, vat_of, within_tolerance
from alimnaru.store.models import CarrierAccount, MonthClose, MonthWork, Statement, Tally

#: Months on a page.
SHOWN = 12
#: Works that are shown of a month, the newest first.
_WORKS = 10


def state_of(month: date, row: MonthClose | None, today: date) -> MonthState:
    """What can be done with a month today."""
    if row is not None and row.closed_at is not None:
        return MonthState.CLOSED
    if after(month, 1) > today:
        return MonthState.RUNNING
    if row is not None and row.reopened_at is not None:
        return MonthState.REOPENED
    return MonthState.CLOSABLE if today >= closes_on(month) else MonthState.OPEN


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month on the list. `ours` is None until it was charged, `theirs` without a statement."""

    first: date
    state: MonthState
    closes_on: date
    delivered: int
    ours: Decimal | None
    theirs: Decimal | None
    differing: int | None
    used: int
    told: int

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to be closed."""
        untouched = self.state in {MonthState.OPEN, MonthState.CLOSABLE}
        return untouched and not (self.delivered or self.told or self.ours)


def months(until: date, today: date) -> Sequence[MonthLine]:
    """Twelve months, the newest first. Four queries, whatever went."""
    firsts = [after(until.replace(day=1), -back) for back in range(SHOWN)]
    rows = {row.month: row for row in MonthClose.objects.filter(month__in=firsts)}
    statements = defaultdict(list)
    for one in Statement.objects.filter(month__in=firsts):
        statements[one.month].append(one)
    counted = (
        Tally.objects.filter(day__gte=firsts[-1], day__lt=after(firsts[0], 1), outcome="delivered")
        .annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(n=Sum("messages"))
    )
    delivered = {row["month"]: row["n"] for row in counted}
    return [
        _line(first, rows.get(first), statements[first], delivered.get(first, 0), today)
        for first in firsts
    ]


def _line(
    first: date, row: MonthClose | None, told: list[Statement], delivered: int, today: date
) -> MonthLine:
    charges = _charges(row)
    return MonthLine(
        first,
        state_of(first, row, today),
        closes_on(first),
        delivered,
        None if charges is None else _sum(charges),
        sum((s.won for s in told), Decimal(0)) if told else None,
        _differing(told) if any(s.compared_at for s in told) else None,
        len({c["account"] for c in charges or ()}),
        len({s.account_id for s in told}),
    )


def _charges(row: MonthClose | None) -> list[dict[str, Any]] | None:
    return row.totals.get("charges") if row is not None else None


def _sum(charges: Sequence[Mapping[str, Any]]) -> Decimal:
    return sum((Decimal(c["won"]) for c in charges), Decimal(0))


def _differing(told: Sequence[Statement]) -> int:
    return sum(
        row["lines"]
        for one in told
        for row in one.result.get("rows", [])
        if row["verdict"] != Verdict.MATCHED
    )


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in a month: what we charge, what it bills, and how many lines differ."""

    name: str
    messages: int
    ours: Decimal
    lines: int
    theirs: Decimal
    files: int
    differing: int | None
    #: It was used, and nothing of it was compared.
    missing: bool

    @property
    def gap(self) -> Decimal:
        """What is billed beyond our own charges."""
        return self.theirs - self.ours


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """Lines of one verdict, with the sums on both sides."""

    verdict: Verdict
    lines: int
    ours: Decimal
    theirs: Decimal


@dataclass(frozen=True, slots=True)
class Side:
    """A sum without VAT, its VAT, and both."""

    net: Decimal

    @property
    def vat(self) -> Decimal:
        """VAT, cut to whole won as on a tax invoice."""
        return vat_of([self.net])

    @property
    def gross(self) -> Decimal:
        """What is paid."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class MonthStand:
    """A month as it stands. `charged`: our charges have been written."""

    first: date
    row: MonthClose | None
    state: MonthState
    closes_on: date
    charged: bool
    accounts: Sequence[AccountLine]
    verdicts: Sequence[VerdictLine]
    ours: Side
    theirs: Side
    carried: Sequence[Mapping[str, Any]]
    unknown: int
    tallies_differ: int
    works: Sequence[MonthWork]
    statements: Sequence[Statement]

    @property
    def is_open(self) -> bool:
        """Whether statements and charges are still taken."""
        return self.state is not MonthState.CLOSED

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.state is not MonthState.RUNNING

    @property
    def within(self) -> bool:
        """Whether both sides are as near to each other as nobody asks about."""
        return within_tolerance(self.ours.net, self.theirs.net)

    @property
    def differing(self) -> int:
        """Lines that differ."""
        return sum(line.lines for line in self.verdicts if line.verdict is not Verdict.MATCHED)

    @property
    def compared(self) -> bool:
        """Whether anything was compared yet."""
        return any(s.compared_at for s in self.statements)

    @property
    def working(self) -> bool:
        """Whether a worker has something to do."""
        return any(w.state in {WorkState.WAITING, WorkState.RUNNING} for w in self.works)

    @property
    def missing(self) -> Sequence[AccountLine]:
        """Accounts whose close needs a statement, or a reason."""
        return [line for line in self.accounts if line.missing]


def month_stand(first: date, today: date) -> MonthStand:
    """One month. A handful of queries, none over its messages."""
    row = MonthClose.objects.select_related("closed_by").filter(month=first).first()
    told = list(
        Statement.objects.filter(month=first).select_related("account", "member").order_by("id")
    )
    charges = _charges(row)
    state = state_of(first, row, today)
    closed = row is not None and state is MonthState.CLOSED
    works = MonthWork.objects.filter(month=first).select_related("account", "member")
    return MonthStand(
        first=first,
        row=row,
        state=state,
        closes_on=closes_on(first),
        charged=charges is not None,
        accounts=_accounts(charges or [], told),
        verdicts=_verdicts(told),
        ours=Side(_sum(charges or [])),
        theirs=Side(sum((s.won for s in told), Decimal(0))),
        carried=row.carried if row is not None else [],
        unknown=row.totals.get("unknown", 0) if row is not None and closed else unknowns_of(first),
        tallies_differ=row.totals.get("tallies_differ", 0) if row is not None else 0,
        works=list(works.defer("sample").order_by("-id")[:_WORKS]),
        statements=told,
    )


def _accounts(
    charges: Sequence[Mapping[str, Any]], told: Sequence[Statement]
) -> Sequence[AccountLine]:
    names = sorted({c["account"] for c in charges} | {s.account.name for s in told})
    return [
        _account(
            name,
            [c for c in charges if c["account"] == name],
            [s for s in told if s.account.name == name],
        )
        for name in names
    ]


def _account(
    name: str, charges: Sequence[Mapping[str, Any]], told: Sequence[Statement]
) -> AccountLine:
    compared = bool(told) and all(s.compared_at for s in told)
    return AccountLine(
        name,
        sum(c["messages"] for c in charges),
        _sum(charges),
        sum(s.rows for s in told),
        sum((s.won for s in told), Decimal(0)),
        len(told),
        _differing(told) if compared else None,
        bool(charges) and not compared,
    )


def _verdicts(told: Sequence[Statement]) -> Sequence[VerdictLine]:
    rows = [row for one in told for row in one.result.get("rows", [])]
    return [
        VerdictLine(
            verdict,
            sum(r["lines"] for r in rows if r["verdict"] == verdict),
            sum((Decimal(r["ours"]) for r in rows if r["verdict"] == verdict), Decimal(0)),
            sum((Decimal(r["theirs"]) for r in rows if r["verdict"] == verdict), Decimal(0)),
        )
        for verdict in Verdict
    ]


def billing_accounts() -> Sequence[CarrierAccount]:
    """Accounts whose statements may come: switched off ones too, they had their months."""
    return list(CarrierAccount.objects.order_by("name"))


def work_of(pk: int) -> MonthWork | None:
    """One work with its account and who asked for it."""
    found = MonthWork.objects.select_related("account", "member", "statement")
    return found.filter(pk=pk).first()
