"""What is asked for about a month, and a worker does: a million lines take too long for a click.

Everything of one work is one transaction: a killed worker leaves nothing half done, and whoever
takes it up begins anew.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.listing import sweep_folders
from alimnaru.flow.month_files import forget_file
from alimnaru.flow.progress import Counter, progress
from alimnaru.office import closing
from alimnaru.reads.closing import has_deliveries
from alimnaru.rules.month_work import MonthAct, WorkState
from alimnaru.rules.periods import after
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.statement import Columns, StatementFault, StatementRefused, closes_on
from alimnaru.rules.statement_columns import guess
from alimnaru.sources import apart
from alimnaru.sources.upload_guard import ListRefused
from alimnaru.store import audit, crypto
from alimnaru.store.ledger import advisory
from alimnaru.store.models import (
    CarrierAccount,
    Charge,
    Member,
    MonthClose,
    MonthWork,
    Statement,
    WorkPiece,
)

PURPOSE: Final = "statement"
MIB: Final = 1 << 20
#: A million lines of csv with all of a carrier's columns are about 200 MiB.
MOST_BYTES: Final = 512 * MIB
#: What of it is held and sealed at once.
_PIECE: Final = 4 * MIB
#: A file that ends the worker it is read in is given up after so many.
TRIES: Final = 3
#: Seconds until a work tries again while another is done.
_PAUSE: Final = 2
#: Rows among which the titles stand, and the first lines under them.
_TOP: Final = 20
#: A column whose word nobody knows, or another fault that other columns or words can mend.
_MENDABLE: Final = frozenset(
    {
        StatementFault.COLUMN_MISSING, StatementFault.COLUMN_TWICE, StatementFault.REF_BAD,
        StatementFault.REF_IS_PHONE,
        StatementFault.CHANNEL_UNKNOWN, StatementFault.DAY_BAD, StatementFault.PRICE_BAD,
        StatementFault.RESULT_UNKNOWN, StatementFault.NO_LINES,
    }
)  # fmt: skip
_W = WorkState


@dataclass(frozen=True, slots=True)
class Sample:
    """The first lines of a file under its titles, without people."""

    titles: list[str]
    lines: list[list[str]]


def receive(
    account: CarrierAccount, month: date, chunks: Iterable[bytes], *,
    actor: Member, name: str, replace: bool = False,
) -> MonthWork:  # fmt: skip
    """Take a carrier's statement; a worker looks at it and asks which column is which.

    `chunks` is the file in parts. Raises `StatementRefused` and `ListRefused`.
    """
    _require_open(month)
    with transaction.atomic():
        work = _asked(MonthAct.STATEMENT, month, actor)
        work.account, work.name, work.replace = account, name[-200:], replace
        work.save()
        for number, piece in enumerate(_pieces(chunks)):
            work.size += len(piece)
            if work.size > MOST_BYTES:
                raise ListRefused(Refusal.FILE_TOO_LARGE, limit=f"{MOST_BYTES // MIB} MiB")
            content = crypto.seal(piece, purpose=PURPOSE)
            WorkPiece.objects.create(work=work, number=number, content=content)
        if not work.size:
            raise ListRefused(Refusal.FILE_EMPTY)
        work.save(update_fields=["size"])
        facts = {"account": account.name, "bytes": work.size}
        _note(actor, "month.upload", month, facts)
        _ring(work)
    return work


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= _PIECE:
            yield bytes(held[:_PIECE])
            del held[:_PIECE]
    if held:
        yield bytes(held)


def read_as(work: MonthWork, columns: Columns, *, actor: Member) -> None:
    """Say which column is which: a worker reads the file so, and compares. Kept for the account's
    next one once it could be read. Raises `StatementRefused`."""
    wanted = [*columns.ref, columns.channel, columns.day, columns.won]
    if not columns.ref or not all(wanted):
        raise StatementRefused(StatementFault.COLUMN_UNSAID)
    with transaction.atomic():
        fresh = MonthWork.objects.select_for_update().get(pk=work.pk)
        _require_open(fresh.month)
        if fresh.state not in {_W.ASKED, _W.REFUSED} or fresh.sample is None:
            raise StatementRefused(StatementFault.FILE_GONE)
        fresh.mapping, fresh.is_mapped = columns.as_json(), True
        fresh.state, fresh.tries, fresh.rows_read = _W.WAITING, 0, 0
        fresh.fault, fresh.fault_facts = "", {}
        fresh.save()
        _note(actor, "month.columns", fresh.month, {"work": fresh.pk})
        _ring(fresh)


def give_up(work: MonthWork, *, actor: Member) -> None:
    """Delete an uploaded file that is not to be read."""
    with transaction.atomic():
        open_ = MonthWork.objects.filter(pk=work.pk, state__in=[_W.ASKED, _W.REFUSED])
        if open_.update(state=_W.GONE, done_at=timezone.now()):
            forget_file([work.pk])
            _note(actor, "month.give_up", work.month, {"work": work.pk})


def ask_charges(month: date, *, actor: Member) -> MonthWork:
    """Have the month's charges written anew, and all its statements compared with them.
    Raises `StatementRefused`."""
    _require_open(month)
    if after(month, 1) > timezone.localdate():
        raise StatementRefused(StatementFault.MONTH_RUNS)
    with transaction.atomic():
        work = _asked(MonthAct.CHARGE, month, actor)
        work.save()
        _ring(work)
    return work


def ask_close(
    month: date, *, actor: Member, reasons: Mapping[str, str], carry: bool = False
) -> MonthWork:
    """Have the month closed (`closing.close`). Raises `StatementRefused`."""
    _require_open(month)
    if timezone.localdate() < closes_on(month):
        raise StatementRefused(StatementFault.TOO_EARLY, day=closes_on(month).isoformat())
    if not Charge.objects.filter(month=month).exists() and has_deliveries(month):
        raise StatementRefused(StatementFault.NOT_CHARGED)
    with transaction.atomic():
        work = _asked(MonthAct.CLOSE, month, actor)
        work.given = {"reasons": dict(reasons), "carry": carry}
        work.save()
        _ring(work)
    return work


def _require_open(month: date) -> None:
    if MonthClose.objects.filter(month=month, closed_at__isnull=False).exists():
        raise StatementRefused(StatementFault.MONTH_CLOSED)


def _asked(kind: MonthAct, month: date, actor: Member) -> MonthWork:
    return MonthWork(
        kind=kind, month=month, member=actor, created_at=timezone.now(), state=_W.WAITING
    )


def _ring(work: MonthWork) -> None:
    defer(JobName.MONTH_WORK, work.pk, queue=LISTS)


def run(work_id: int) -> None:
    """Do a work, or note why it cannot be done. May run twice. One at a time in the office: each
    takes a core, and works on one month wait for each other anyway."""
    with advisory.held(advisory.MONTH, 0) as free:
        if free:
            _run(work_id)
            return
    with transaction.atomic():
        at = timezone.now() + timedelta(seconds=_PAUSE)
        defer(JobName.MONTH_WORK, work_id, queue=LISTS, at=at)


def _run(work_id: int) -> None:
    work = _begin(work_id)
    if work is None:
        return
    try:
        with transaction.atomic():
            _ACTS[MonthAct(work.kind)](work)
    except ListRefused as refused:
        _refuse(work, refused.code, refused.facts, mendable=False)
    except StatementRefused as refused:
        _refuse(work, refused.code, refused.facts, mendable=refused.code in _MENDABLE)


def _begin(work_id: int) -> MonthWork | None:
    with transaction.atomic():
        waiting = MonthWork.objects.select_for_update(of=("self",)).select_related("member")
        work = waiting.filter(pk=work_id, state__in=[_W.WAITING, _W.RUNNING]).first()
        if work is None:
            return None
        work.tries += 1
        work.state, work.rows_read = _W.RUNNING, 0
        work.save(update_fields=["tries", "state", "rows_read"])
    if work.tries > TRIES:
        of_file = work.kind == MonthAct.STATEMENT
        code = Refusal.FILE_DAMAGED if of_file else StatementFault.GAVE_UP
        _refuse(work, code, {}, mendable=False)
        return None
    return work


def _charge(work: MonthWork) -> None:
    closing.charge_month(work.month, actor=work.member)
    closing.note_figures(work.month)
    told = Statement.objects.filter(month=work.month).values_list("account", flat=True)
    for account in CarrierAccount.objects.filter(pk__in=told).order_by("pk"):
        closing.compare(account, work.month, actor=work.member)
    _done(work)


def _statement(work: MonthWork) -> None:
    if work.is_mapped:
        _take(work)
    else:
        _look(work)


def _look(work: MonthWork) -> None:
    """Guess the columns, keep the first lines to be shown, and ask."""
    account = CarrierAccount.objects.get(monthwork=work)
    with _file(work) as path:
        rows = apart.open_statement(path).rows()
        found = guess([row.cells for row in islice(rows, _TOP)], closing.columns_for(account))
    if not found.titles:
        raise StatementRefused(StatementFault.TITLES_MISSING)
    sample = json.dumps([list(found.titles), [list(line) for line in found.lines]])
    work.titles = [title for title in found.titles if title]
    work.mapping = found.columns.as_json()
    work.sample = crypto.seal(sample.encode(), purpose=PURPOSE)
    work.state, work.tries = _W.ASKED, 0
    work.save(update_fields=["titles", "mapping", "sample", "state", "tries"])


def _take(work: MonthWork) -> None:
    account = CarrierAccount.objects.get(monthwork=work)
    with _file(work) as path, progress(Counter.STATEMENT, work.pk) as tell:
        taken = closing.take_statement(
            account, work.month, path, Columns.of_json(work.mapping), actor=work.member,
            name=work.name, replace=work.replace, on_row=tell,
        )  # fmt: skip
    if not Charge.objects.filter(month=work.month).exists():
        closing.charge_month(work.month, actor=work.member)
        closing.note_figures(work.month)
    closing.compare(account, work.month, actor=work.member)
    MonthWork.objects.filter(pk=work.pk).update(statement=taken, rows_read=taken.rows)
    _done(work)


def _close(work: MonthWork) -> None:
    given = work.given
    closing.close(work.month, actor=work.member, reasons=given["reasons"], carry=given["carry"])
    _done(work)


_ACTS: Final[Mapping[MonthAct, Callable[[MonthWork], None]]] = {
    MonthAct.CHARGE: _charge,
    MonthAct.STATEMENT: _statement,
    MonthAct.CLOSE: _close,
}


def _done(work: MonthWork) -> None:
    MonthWork.objects.filter(pk=work.pk).update(state=_W.DONE, done_at=timezone.now())
    forget_file([work.pk])


def _refuse(work: MonthWork, code: str, facts: Mapping[str, str | int], *, mendable: bool) -> None:
    """Note why. What other columns can mend keeps its file for a day."""
    with transaction.atomic():
        found = MonthWork.objects.filter(pk=work.pk, state=_W.RUNNING)
        found.update(state=_W.REFUSED, fault=code, fault_facts=dict(facts))
        if not mendable:
            MonthWork.objects.filter(pk=work.pk).update(done_at=timezone.now())
            forget_file([work.pk])


@contextmanager
def _file(work: MonthWork) -> Iterator[Path]:
    """The file, where only we can read it, for as long as it is read."""
    sweep_folders()
    with tempfile.TemporaryDirectory(prefix="alimnaru-list-") as folder:
        # Its suffix tells a file that document security wrapped.
        path = Path(folder) / f"statement{Path(work.name).suffix.lower()[:6]}"
        with path.open("wb") as out:
            pieces = WorkPiece.objects.filter(work=work.pk).order_by("number")
            for content in pieces.values_list("content", flat=True).iterator(chunk_size=1):
                out.write(crypto.unseal(bytes(content), purpose=PURPOSE))
        yield path


def sample_of(work: MonthWork) -> Sample | None:
    """What a page shows of a file that waits to be told how to read it."""
    if work.sample is None:
        return None
    titles, lines = json.loads(crypto.unseal(bytes(work.sample), purpose=PURPOSE))
    return Sample(titles, lines)


def _note(actor: Member, act: str, month: date, facts: dict[str, object]) -> None:
    audit.record(actor=actor, act=act, subject=f"month:{month:%Y-%m}", facts=facts)
