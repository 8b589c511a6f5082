"""A month's bill: charged, compared with what the carriers say, and closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from alimnaru.carriers.sens.refs import ref_by_number
from alimnaru.flow.rosters import OnRow, told
from alimnaru.flow.wire import settings_of
from alimnaru.reads.closing import accounts_used, carried_over, charges_of, figures, unknowns_of
from alimnaru.rules.periods import after
from alimnaru.rules.statement import (
    PRESETS,
    ByNumber,
    Columns,
    StatementFault,
    StatementRefused,
    closes_on,
)
from alimnaru.sources.statement import open_statement
from alimnaru.store import audit
from alimnaru.store.ledger import advisory, charging, comparing
from alimnaru.store.models import (
    CarrierAccount,
    Charge,
    Member,
    MonthClose,
    Statement,
    StatementLine,
)


def _open_month(month: date) -> MonthClose:
    """The month's row, locked: acts on one month go one after another. Refuses a closed one."""
    MonthClose.objects.get_or_create(month=month)
    found = MonthClose.objects.select_for_update().get(month=month)
    if found.closed_at is not None:
        raise StatementRefused(StatementFault.MONTH_CLOSED)
    return found


def charge_month(month: date, *, actor: Member) -> int:
    """Write the month's charges anew; return how many. Raises `StatementRefused`."""
    if after(month, 1) > timezone.localdate():
        raise StatementRefused(StatementFault.MONTH_RUNS)
    with transaction.atomic():
        _open_month(month)
        number = charging.charge(month)
        # What was compared before was compared with other charges.
        Statement.objects.filter(month=month).update(compared_at=None)
        _record(actor, "month.charge", month, {"lines": number})
    return number


def note_figures(month: date) -> int:
    """Keep what pages show of an open month: to count a million charges takes too long for them.
    Return where counts and charges differ. Raises `StatementRefused`."""
    with transaction.atomic():
        row = _open_month(month)
        differing = len(charging.against_tallies(month))
        row.totals = {"charges": charges_of(month), "tallies_differ": differing}
        row.carried = carried_over(month)
        row.save(update_fields=["totals", "carried"])
    return differing


def columns_for(account: CarrierAccount) -> Columns:
    """How this account's statements are read: as its last one was, else as its kind's are."""
    last = Statement.objects.filter(account=account).order_by("-id").first()
    if last is not None:
        return Columns.of_json(last.mapping)
    return PRESETS.get(account.kind, PRESETS["solapi"])


def take_statement(
    account: CarrierAccount, month: date, path: Path, columns: Columns, *,
    actor: Member, name: str = "", replace: bool = False, on_row: OnRow | None = None,
) -> Statement:  # fmt: skip
    """Store a statement's lines, all or none. `replace`: it stands for what the month had of the
    account; otherwise it is added (some carriers write a file for each channel). `on_row` is told
    now and then how many billed lines have been read.

    Raises `StatementRefused` and `ListRefused`.
    """
    file = open_statement(path, columns, name, by_number=_by_number(account))
    with transaction.atomic():
        _open_month(month)
        before = Statement.objects.filter(account=account, month=month)
        if replace:
            comparing.set_notes_aside([one.pk for one in before])
            before.delete()
        elif before.filter(sha256=file.sha256).exists():
            raise StatementRefused(StatementFault.TAKEN_BEFORE)
        before.update(compared_at=None)
        statement = Statement.objects.create(
            account=account, month=month, source_name=file.name[:200], sha256=file.sha256,
            mapping=columns.as_json(), member=actor, created_at=timezone.now(),
        )  # fmt: skip
        if replace:
            comparing.keep_notes(statement.pk)
        statement.rows, statement.won = comparing.store_lines(
            statement.pk, told(file.lines(), on_row)
        )
        if not statement.rows:
            raise StatementRefused(StatementFault.NO_LINES)
        statement.save(update_fields=["rows", "won"])
        facts = {"account": account.name, "lines": statement.rows, "replaced": replace}
        _record(actor, "month.statement", month, facts)
    return statement


#: Carriers that name a text only after they have taken it, and how we know it until then.
_BY_NUMBER: Mapping[str, Callable[[str, str, str], str]] = {"sens": ref_by_number}


def _by_number(account: CarrierAccount) -> ByNumber | None:
    named = _BY_NUMBER.get(account.kind)
    if named is None:
        return None
    secret = settings_of(account)["api_secret"]
    return lambda request, number: named(request, number, secret)


def compare(account: CarrierAccount, month: date, *, actor: Member) -> Statement:
    """Compare all that an account has billed for a month with the charges; return its last
    statement, which holds the result. Raises `StatementRefused`."""
    with transaction.atomic():
        row = _open_month(month)
        # A month in which nothing was delivered may be billed all the same.
        if "charges" not in row.totals and not Charge.objects.filter(month=month).exists():
            raise StatementRefused(StatementFault.NOT_CHARGED)
        statements = list(Statement.objects.filter(account=account, month=month).order_by("id"))
        if not statements:
            raise StatementRefused(StatementFault.NOT_COMPARED, accounts=account.name)
        found = comparing.compare(account.pk, month, [s.pk for s in statements])
        result = [
            {"channel": channel, "verdict": verdict, "lines": lines,
             "theirs": str(theirs), "ours": str(ours)}
            for channel, verdict, lines, theirs, ours in found
        ]  # fmt: skip
        now = timezone.now()
        Statement.objects.filter(account=account, month=month).update(compared_at=now, result={})
        last = statements[-1]
        last.compared_at, last.result = now, {"rows": result}
        last.save(update_fields=["compared_at", "result"])
        differing = sum(r[2] for r in found if r[1] != "matched")
        _record(actor, "month.compare", month, {"account": account.name, "lines": differing})
    return last


def settle_dispute(line: StatementLine, note: str, *, actor: Member) -> None:
    """Note what came of a line that differed. Raises `StatementRefused`."""
    if not note.strip():
        raise StatementRefused(StatementFault.NO_REASON)
    with transaction.atomic():
        month = line.statement.month
        StatementLine.objects.filter(pk=line.pk).update(
            note=note.strip()[:300], settled_at=timezone.now(), settled_by=actor
        )
        _record(actor, "month.settle", month, {"line": line.pk})


def close(
    month: date, *, actor: Member, reasons: Mapping[str, str] | None = None, carry: bool = False
) -> MonthClose:
    """Close the month and freeze its figures.

    `reasons`: why an account (by name) has no statement. `carry`: unknown outcomes are carried
    over, knowingly. Raises `StatementRefused`.
    """
    if timezone.localdate() < closes_on(month):
        raise StatementRefused(StatementFault.TOO_EARLY, day=closes_on(month).isoformat())
    reasons = {name: why.strip() for name, why in (reasons or {}).items() if why.strip()}
    with transaction.atomic():
        advisory.wait_for(advisory.PRICES, 0)
        row = _open_month(month)
        _check(month, reasons, carry=carry)
        row.closed_at, row.closed_by = timezone.now(), actor
        row.totals = figures(month) | {"without_statement": reasons}
        row.carried = carried_over(month)
        row.save()
        facts = {"excused": len(reasons), "unknown": row.totals["unknown"]}
        _record(actor, "month.close", month, facts)
    return row


def _check(month: date, reasons: Mapping[str, str], *, carry: bool) -> None:
    if charging.against_tallies(month):
        raise StatementRefused(StatementFault.TALLIES_DIFFER)
    compared = set(
        Statement.objects.filter(month=month, compared_at__isnull=False).values_list(
            "account__name", flat=True
        )
    )
    waiting = set(
        Statement.objects.filter(month=month, compared_at=None).values_list(
            "account__name", flat=True
        )
    )
    left = (accounts_used(month) - compared - reasons.keys()) | waiting
    if left:
        raise StatementRefused(StatementFault.NOT_COMPARED, accounts=", ".join(sorted(left)))
    unknown = unknowns_of(month)
    if unknown and not carry:
        raise StatementRefused(StatementFault.UNDECIDED, count=unknown)


def reopen(month: date, reason: str, *, actor: Member) -> None:
    """Open a closed month again. Its figures are overwritten when it is closed anew; the audit
    keeps the reason. Raises `StatementRefused`."""
    if not reason.strip():
        raise StatementRefused(StatementFault.NO_REASON)
    with transaction.atomic():
        row = MonthClose.objects.select_for_update().filter(month=month).first()
        if row is None or row.closed_at is None:
            raise StatementRefused(StatementFault.NOT_CLOSED)
        row.closed_at = row.closed_by = None
        row.reopened_at = timezone.now()
        row.save(update_fields=["closed_at", "closed_by", "reopened_at"])
        _record(actor, "month.reopen", month, {"reason": reason.strip()[:300]})


def _record(actor: Member, act: str, month: date, facts: dict[str, object]) -> None:
    audit.record(actor=actor, act=act, subject=f"month:{month:%Y-%m}", facts=facts)
