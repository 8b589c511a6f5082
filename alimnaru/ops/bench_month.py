"""A month of a million settled messages, a statement with planted differences, and how long the
close takes."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path

import xlsxwriter
from django.db import transaction
from django.utils import timezone

from alimnaru.office import closing
from alimnaru.reads.closing import disputes
from alimnaru.rules.periods import after
from alimnaru.rules.statement import PRESETS
from alimnaru.store.ledger.base import rows, run
from alimnaru.store.ledger.charging import against_tallies
from alimnaru.store.models import Batch, CarrierAccount, Member

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
    planted: int = 0
    found: int = 0
    wrong: int = 0

    def step(self, name: str, act: Callable[[], object]) -> None:
        """Do it and note how long it took."""
        began = time.perf_counter()
        act()
        self.seconds[name] = round(time.perf_counter() - began, 2)
        self.peak_mib[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


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
    sql = "SELECT ref, day, won FROM store_charge WHERE month = %s ORDER BY md5(ref)"
    charged = rows(sql, [month])
    every = len(charged) // PLANTED
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n")
        for at, (ref, day, won) in enumerate(charged):
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
    """Charge, check, read and compare what `build` has made, as csv and as xlsx."""
    told = Measured()
    told.step("charges", lambda: closing.charge_month(month, actor=member))
    told.step("tallies", lambda: against_tallies(month))
    path = folder / "statement.csv"
    wanted = write_statement(path, month)
    columns = PRESETS["solapi"]

    def take(source: Path) -> Callable[[], object]:
        return lambda: closing.take_statement(
            account, month, source, columns, actor=member, replace=True
        )

    told.step("csv", take(path))
    told.step("compare", lambda: closing.compare(account, month, actor=member))
    found = {(line.verdict, line.ref) for line in disputes(month)}
    told.planted, told.found = len(wanted), len(wanted & found)
    told.wrong = len(found - wanted)
    workbook = folder / "statement.xlsx"
    _as_xlsx(path, workbook)
    told.step("xlsx", take(workbook))
    return told


def _as_xlsx(source: Path, target: Path) -> None:
    with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        with source.open(encoding="utf-8") as file:
            for at, line in enumerate(file):
                sheet.write_row(at, 0, line.rstrip("\n").split(","))
