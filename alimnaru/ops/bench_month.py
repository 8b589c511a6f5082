"""A month of a million settled messages, a statement with planted differences, and how long the
close takes."""

from __future__ import annotations

import itertools
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as clock
from functools import partial
from pathlib import Path

import xlsxwriter
from django.db import transaction
from django.db.models.functions import MD5
from django.utils import timezone

from alimnaru.office import closing
from alimnaru.office.report_files import write_month
from alimnaru.ops.bench_office import new_account, new_people, send_list
from alimnaru.papers.monthly import month_document
from alimnaru.reads.closing import disputes
from alimnaru.reads.monthly import monthly
from alimnaru.rules.periods import after
from alimnaru.rules.statement import PRESETS
from alimnaru.store.ledger.base import rows, run
from alimnaru.store.ledger.charging import against_tallies
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Charge,
    Department,
    Member,
    Notice,
    Tariff,
)
from alimnaru.store.scoping import whole_office

#: A chunk's size, and how many differences are planted.
CHUNK, PLANTED = 2_000, 50
HEADER = "messageId,type,dateCompleted,price,statusCode"

_CHUNKS = """
    INSERT INTO store_chunk
        (batch_id, account_id, channel, lane, try_no, state, claim, token, setbacks, hold_code,
         not_before, sent_at, size, delivered, failed, suppressed, cancelled, expired, unknown,
         moved, sent_ids, carrier_refs)
    SELECT %s, %s, 'alimtalk', 'bulk', 1, 'settled', 1, '', 0, '', t.at, t.at, count(*), count(*),
           0, 0, 0, 0, 0, 0, array_agg(g.id ORDER BY g.id),
           array_agg('M4V' || md5(g.id::text) ORDER BY g.id)
    FROM generate_series(%s::bigint, %s::bigint) AS g (id),
         LATERAL (SELECT %s::timestamptz
                  + make_interval(days => ((g.id / 2000) %% 28)::int)) AS t (at)
    GROUP BY g.id / 2000, t.at
"""
_MESSAGES = """
    INSERT INTO store_message (id, batch_id, chunk_id, row_no, row_key, to_hash, payload, state,
                               channel, attempt_no, code, done_at)
    SELECT m.id, c.batch_id, c.id, (m.id - %s)::int, decode(md5(m.id::text), 'hex'),
           decode(md5(m.id::text), 'hex'), '', 'delivered', c.channel, 1, 'delivered',
           c.sent_at
    FROM store_chunk c, unnest(c.sent_ids) AS m (id)
    WHERE c.batch_id = %s AND c.sent_ids[1] >= %s
"""
_TALLIES = """
    INSERT INTO store_tally (day, department_id, notice_id, channel, outcome, messages, won)
    SELECT (c.sent_at AT TIME ZONE 'Asia/Seoul')::date, b.department_id, b.notice_id, c.channel,
           'delivered', sum(c.delivered), sum(c.delivered) * 5
    FROM store_chunk c JOIN store_batch b ON b.id = c.batch_id
    WHERE c.batch_id = %s AND c.sent_ids[1] >= %s GROUP BY 1, 2, 3, 4
"""


@dataclass(slots=True)
class Measured:
    """Seconds by step, the peak memory in MiB, and planted against found."""

    seconds: dict[str, float] = field(default_factory=dict)
    peak_mib: dict[str, int] = field(default_factory=dict)
    #: Of the largest process that reads files apart.
    reader_mib: dict[str, int] = field(default_factory=dict)
    #: From the charges to the close, with the statement as csv.
    total: float = 0
    planted: int = 0
    found: int = PLANTED
    invented: int = 0

    def step(self, name: str, act: Callable[[], object]) -> None:
        """Do it and note how long it took."""
        began = time.perf_counter()
        act()
        self.seconds[name] = round(time.perf_counter() - began, 2)
        for peaks, whose in (
            (self.peak_mib, resource.RUSAGE_SELF),
            (self.reader_mib, resource.RUSAGE_CHILDREN),
        ):
            peaks[name] = resource.getrusage(whose).ru_maxrss // 1024


def build(batch: Batch, account: CarrierAccount, month: date, number: int) -> None:
    """Settle `number` messages of a batch in the month; their office price is taken to be 5 won."""
    base = (rows("SELECT coalesce(max(id), 0) FROM store_message", [])[0][0] // CHUNK + 1) * CHUNK
    at = timezone.make_aware(datetime.combine(month, clock(10)))
    with transaction.atomic():
        run(_CHUNKS, [batch.pk, account.pk, base, base + number - 1, at])
        run(_MESSAGES, [base, batch.pk, base])
        run(_TALLIES, [batch.pk, base])
    run("ANALYZE store_message", [])
    run("ANALYZE store_chunk", [])


def write_statement(path: Path, month: date) -> set[tuple[str, str]]:
    """A csv of all charges with `PLANTED` differences; return (verdict, reference) of each."""
    wanted: set[tuple[str, str]] = set()
    next_month = f"{after(month, 1)} 00:00:01"
    # In no order of ours; a cursor of the server's, so that the peak is not the bench's own.
    charged = Charge.objects.filter(month=month).order_by(MD5("ref"))
    every = max(1, charged.count() // PLANTED)
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n")
        lines_of = charged.values_list("ref", "day", "won").iterator(chunk_size=10_000)
        for at, (ref, day, won) in enumerate(lines_of):
            lines = [[ref, "ATA", f"{day} 10:00:00", str(won), "4000"]]
            if at % every == 0 and len(wanted) < PLANTED:
                wanted.add(_plant(lines, at // every, next_month))
            file.writelines(",".join(line) + "\n" for line in lines)
    return wanted


def _plant(lines: list[list[str]], kind: int, next_month: str) -> tuple[str, str]:
    line = lines[0]
    ref = line[0]
    match kind % 5:
        case 0:
            lines.clear()
            return "only_ours", ref
        case 1:
            lines.append([f"X{ref}", *line[1:]])
            return "only_theirs", f"X{ref}"
        case 2:
            line[3] = "5.5"
            return "price", ref
        case 3:
            lines.append(line)
            return "twice", ref
        case _:
            line[2] = next_month
            return "other_month", ref


def measure(account: CarrierAccount, month: date, member: Member, folder: Path) -> Measured:
    """Charge, check, read, compare, report and close what `build` has made."""
    told = Measured()
    told.step("charges", lambda: closing.charge_month(month, actor=member))
    told.step("tallies", lambda: against_tallies(month))
    path = folder / "statement.csv"
    wanted = write_statement(path, month)
    told.step("statement_csv", _taking(account, month, member, path))
    told.step("compare", lambda: closing.compare(account, month, actor=member))
    _judge(told, month, wanted)
    for form in ("xlsx", "pdf"):
        told.step(f"report_{form}", partial(_report, month, member, folder / f"month.{form}"))
    told.step("close", lambda: closing.close(month, actor=member))
    told.total = round(sum(told.seconds.values()), 2)
    closing.reopen(month, "bench", actor=member)
    workbook = folder / "statement.xlsx"
    _as_xlsx(path, workbook)
    told.step("statement_xlsx", _taking(account, month, member, workbook))
    told.step("compare_xlsx", lambda: closing.compare(account, month, actor=member))
    _judge(told, month, wanted)
    return told


def _taking(
    account: CarrierAccount, month: date, member: Member, path: Path
) -> Callable[[], object]:
    columns = PRESETS["solapi"]
    return lambda: closing.take_statement(account, month, path, columns, actor=member, replace=True)


def _judge(told: Measured, month: date, wanted: set[tuple[str, str]]) -> None:
    """Planted against found; the statement as xlsx must say what the csv said."""
    found = {(line.verdict, line.ref) for line in disputes(month)}
    told.planted = len(wanted)
    told.found = min(told.found, len(wanted & found))
    told.invented += disputes(month).count() - len(wanted & found)


def _report(month: date, member: Member, path: Path) -> None:
    document = month_document(
        monthly(whole_office(), month), office="벤치구", by=member.name, at=timezone.now()
    )
    write_month(document, path, summary="요약")


def _as_xlsx(source: Path, target: Path) -> None:
    with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        with source.open(encoding="utf-8") as file:
            for at, line in enumerate(file):
                sheet.write_row(at, 0, line.rstrip("\n").split(","))


def measure_office(month: date, number: int, folder: Path) -> Measured:
    """In an office that was just made: its people, the month, the measuring."""
    member = new_people(Department.objects.get(parent=None))
    account = new_account()
    Tariff.objects.create(channel="alimtalk", account=account, since=month, won=5)
    send_list(Notice.objects.order_by("id")[0], member, 1, itertools.count(1))
    build(Batch.objects.get(), account, month, number)
    return measure(account, month, member, folder)
