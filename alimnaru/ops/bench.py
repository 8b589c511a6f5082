"""`alimnaru bench`: a whole district from a CP949 list to the last settled receipt, measured.

The same run measures the raw limit beside it: the same rows sealed once, copied in with one COPY
and settled with one update, on the same server. Shares of that limit compare across machines;
seconds do not.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from rich.console import Console
from rich.table import Table

from alimnaru.home import home
from alimnaru.ops import processes
from alimnaru.ops.demo import NOTICE, fresh
from alimnaru.ops.example_list import write_example_csv
from alimnaru.ops.screens import console
from alimnaru.ops.stack import Stack

if TYPE_CHECKING:
    from alimnaru.reads.deliveries import BatchReport

#: 8 of 100 fall back to SMS; nobody stays silent, so that the run has an end.
MIX = {"ATA": {"not_user": 0.055, "blocked": 0.025}, "SMS": {"bad_number": 0.02}}
SLICE = 10_000
#: A run slower than this is broken, not slow: 45 s for 470,000 rows is the goal.
PATIENCE_SECONDS = 600.0
#: A whole district: every household of some 470,000 residents.
ROWS = 470_000


@dataclass(frozen=True, slots=True)
class RawLimit:
    """The least that the same rows cost, in seconds, one process after the other.

    `sealing`: encrypt every payload and hash every phone. `database`: one COPY in and one
    set-based update of all rows, with the same indexes and page fill.
    """

    sealing: float
    database: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One district run. Seconds are wall clock from the start of `alimnaru send`."""

    rows: int
    seconds: float
    cpu: dict[str, float]
    peak_mib: dict[str, float]
    hot_share: float
    raw: RawLimit
    report: BatchReport

    @property
    def cpu_ms_per_message(self) -> float:
        """CPU of our processes and PostgreSQL; the sandbox stands for somebody else's machine."""
        ours = sum(seconds for name, seconds in self.cpu.items() if name != "sandbox")
        return ours * 1000 / self.rows

    @property
    def raw_limit_share(self) -> float:
        """How much of the raw speed is left with everything else done too."""
        return (self.raw.sealing + self.raw.database) / self.seconds


def run(rows: int, as_json: bool, carrier: str = "solapi") -> int:
    """Measure a run of `rows` over `carrier`'s protocol and print it. 1 if it did not come to its
    end."""
    where = home() / "bench"
    out = console(quiet=as_json)
    sandbox = ["--mix", json.dumps(MIX), "--report-delay-ms", "100", "--no-patterns"]
    with fresh(where), Stack(where, sandbox_args=sandbox, carrier=carrier) as stack:
        out.print(f"{rows:,}행의 CP949 명단을 만들고 있습니다…")
        path = where / "district.csv"
        write_example_csv(path, rows, encoding="cp949", dirt=False)
        measured = _measure(stack, path, out)
    if as_json:
        sys.stdout.write(json.dumps({"carrier": carrier, **_as_json(measured)}) + "\n")
    out.print(_table(measured))
    report = measured.report
    return 0 if report.balances and report.pending == 0 else 1


def _measure(stack: Stack, path: Path, out: Console) -> Measured:
    before = _cpu(stack)
    started = time.monotonic()
    send = stack.send(path, NOTICE)
    peak = 0
    while send.poll() is None:
        peak = max(peak, processes.peak_rss(send.pid))
        sent_cpu = processes.cpu_seconds(send.pid)
        stack.watch()
        time.sleep(0.05)
    if send.returncode or send.stdout is None:
        raise RuntimeError(f"send ended with {send.returncode}")
    batch = int(json.loads(send.stdout.read())["batch"])
    out.print(f"명단 접수까지 {time.monotonic() - started:.1f}초")
    report = _wait(stack, batch)
    seconds = time.monotonic() - started
    cpu = {name: value - before.get(name, 0) for name, value in _cpu(stack).items()}
    peaks = {name: value / 2**20 for name, value in stack.cluster.peak_rss().items()}
    return Measured(
        rows=report.rows,
        seconds=seconds,
        cpu={"send": sent_cpu, **cpu},
        peak_mib={"send": peak / 2**20, **peaks},
        hot_share=_hot_share(),
        raw=RawLimit(_sealing(batch), _copy_and_update()),
        report=report,
    )


def _wait(stack: Stack, batch: int) -> BatchReport:
    from alimnaru.reads.deliveries import batch_report
    from alimnaru.store.scoping import whole_office

    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        stack.watch()
        report = batch_report(whole_office(), batch)
        if report is not None and (report.pending == 0 or time.monotonic() > deadline):
            return report
        time.sleep(0.1)


def _cpu(stack: Stack) -> dict[str, float]:
    used = stack.cluster.cpu_seconds()
    if stack.database is not None and stack.database.pid is not None:
        used["postgresql"] = processes.cpu_seconds(stack.database.pid)
    return used


def _connect() -> psycopg.Connection[tuple[object, ...]]:
    from django.conf import settings

    return psycopg.connect(settings.DATABASE_URL, autocommit=True)


def _hot_share() -> float:
    """Updates of message rows that stayed on their page, of all updates."""
    sql = """
        SELECT n_tup_hot_upd::float8 / greatest(n_tup_upd, 1) FROM pg_stat_user_tables
        WHERE relname = 'store_message'
    """
    with _connect() as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        time.sleep(1.1)  # backends report their counts at most once a second
        found = connection.execute(sql).fetchone()
        return float(str(found[0])) if found else 0.0


def _sealing(batch_id: int) -> float:
    """Seconds to seal and hash the batch's rows once more, a slice at a time."""
    from alimnaru.store import crypto
    from alimnaru.store.models import Batch, Message

    key = crypto.BatchKey.unwrap(bytes(Batch.objects.get(pk=batch_id).wrapped_key or b""), batch_id)
    rows = Message.objects.filter(batch_id=batch_id).values_list("id", "payload").iterator(SLICE)
    seconds = 0.0
    while slice_ := [(pk, key.open(pk, bytes(blob))) for pk, blob in islice(rows, SLICE)]:
        started = time.perf_counter()
        for pk, parts in slice_:
            crypto.phone_hash(parts[0])
            key.seal(pk, parts)
        seconds += time.perf_counter() - started
    return seconds


def _copy_and_update() -> float:
    """Seconds for one COPY in and one set-based update of the same rows, same indexes."""
    with _connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE raw_limit (LIKE store_message INCLUDING ALL)")
        cursor.execute("ALTER TABLE raw_limit SET (fillfactor = 45)")
        cursor.execute("UPDATE store_message SET state = 'pending', code = NULL, done_at = NULL")
        with cursor.copy("COPY store_message TO STDOUT (FORMAT BINARY)") as copy:
            blocks = [bytes(block) for block in copy]
        cursor.execute("CHECKPOINT")
        started = time.monotonic()
        with cursor.copy("COPY raw_limit FROM STDIN (FORMAT BINARY)") as copy:
            for block in blocks:
                copy.write(block)
        cursor.execute(
            "UPDATE raw_limit SET state = 'delivered', code = 'delivered', done_at = now()"
        )
        return time.monotonic() - started


def _as_json(m: Measured) -> dict[str, object]:
    return {
        "rows": m.rows,
        "seconds": round(m.seconds, 2),
        "rows_per_second": round(m.rows / m.seconds),
        "cpu_ms_per_message": round(m.cpu_ms_per_message, 4),
        "raw_limit_share": round(m.raw_limit_share, 3),
        "raw_seconds": {"sealing": round(m.raw.sealing, 2), "database": round(m.raw.database, 2)},
        "peak_mib": {name: round(value, 1) for name, value in m.peak_mib.items()},
        "hot_share": round(m.hot_share, 3),
        "cpu_seconds": {name: round(value, 2) for name, value in m.cpu.items()},
        "delivered": dict(m.report.delivered),
        "failed": m.report.failed,
        "pending": m.report.pending,
    }


def _table(m: Measured) -> Table:
    table = Table(title=f"{m.rows:,}행, {m.seconds:.1f}초", show_header=False)
    table.add_row("초당 행", f"{m.rows / m.seconds:,.0f}")
    table.add_row("메시지당 CPU(모의 통신사 제외)", f"{m.cpu_ms_per_message:.3f} ms")
    raw = f"암호화 {m.raw.sealing:.1f}초 + 넣고 고치기 {m.raw.database:.1f}초"
    table.add_row("한계 속도 대비", f"{m.raw_limit_share:.0%} ({raw})")
    table.add_row("제자리 갱신(HOT)", f"{m.hot_share:.1%}")
    for name, mib in m.peak_mib.items():
        cpu = m.cpu.get(name, 0)
        table.add_row(f"{name}", f"최대 메모리 {mib:,.0f} MiB, CPU {cpu:.1f}초")
    table.add_row("postgresql", f"CPU {m.cpu.get('postgresql', 0):.1f}초")
    table.add_row("알림톡 / 문자 / 실패", _outcomes(m.report))
    return table


def _outcomes(report: BatchReport) -> str:
    kakao, sms = report.delivered["alimtalk"], report.delivered["sms"]
    return f"{kakao:,} / {sms:,} / {report.failed:,} (대기 {report.pending:,})"
