"""`alimnaru bench --api`: single messages over the API, measured with everything else running.

Three parts in one office: eight connections as fast as they are answered; the same at half that
rate, and how long each message then takes until the carrier has it; urgent messages while a whole
district's list is on its way. The caller and the sandbox run on the same machine.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from rich.console import Console
from rich.table import Table

from alimnaru.home import home
from alimnaru.ops.bench import MIX
from alimnaru.ops.bench_load import Load, drive, for_seconds
from alimnaru.ops.demo import NOTICE, fresh
from alimnaru.ops.example_list import write_example_csv
from alimnaru.ops.screens import console
from alimnaru.ops.stack import Stack

if TYPE_CHECKING:
    from alimnaru.ops.sandbox_account import SandboxLine

LINES = 8
WARM_UP = 3.0
SECONDS = 20.0
#: Urgent messages a second beside the bulk run: a busy evening of parking warnings.
URGENT_RATE = 10.0
#: Of the normal lane, and one whose messages do not wait for each other to become one.
NORMAL = "hc.bmd.appt"
URGENT = "park.pre"
#: A message that the carrier does not have after so long is late beyond counting.
PATIENCE_SECONDS = 60.0
#: A bulk run slower than this is broken.
MOST_SECONDS = 300.0
#: Values of the notices that are sent. 2100: no date of theirs ever passes.
VALUES = {
    NORMAL: {
        "월일": "2100-01-04",
        "시각": "10:30",
        "성명": "김나루",
        "검사일": "2100-01-04",
        "장소": "나루구보건소 2층",
    },
    URGENT: {"유예": 5, "차량끝": "1234", "구간": "나루로 1"},
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the run. `carried`: milliseconds from the answer until the carrier had it."""

    load: Load
    carried: list[float]

    def carried_within(self, share: float) -> float:
        """Milliseconds within which this share of the messages was with the carrier."""
        ranked = sorted(self.carried)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))] if ranked else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """All parts."""

    full: Part
    half: Part
    urgent: Part
    bulk_rows: int
    bulk_seconds: float


def run(rows: int, as_json: bool) -> int:
    """Measure and print. 1 if a message was not accepted or never reached the carrier."""
    where = home() / "bench"
    out = console(quiet=as_json)
    sandbox = ["--mix", json.dumps(MIX), "--report-delay-ms", "100", "--no-patterns"]
    with fresh(where), Stack(where, sandbox_args=sandbox) as stack:
        measured = _measure(stack, rows, out)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(measured)) + "\n")
    out.print(_table(measured))
    parts = (measured.full, measured.half, measured.urgent)
    lost = any(len(p.carried) < len(p.load.accepted) for p in parts)
    return 1 if lost or any(set(p.load.answers) - {202} for p in parts) else 0


def _measure(stack: Stack, rows: int, out: Console) -> Measured:
    if stack.sandbox is None or stack.web_port is None:
        raise RuntimeError("the bench needs the sandbox and the web process")
    address = ("127.0.0.1", stack.web_port)
    key = _key()
    normal = _requests(key, NORMAL)
    drive(address, normal, lines=LINES, going=for_seconds(WARM_UP))
    out.print("연결 8개로 쉬지 않고 요청합니다…")
    full = drive(address, normal, lines=LINES, going=for_seconds(SECONDS))
    flat_out = _part(stack.sandbox, full)
    out.print("그 절반의 빠르기로 요청합니다…")
    rate = full.per_second / 2
    half = drive(address, normal, lines=LINES, going=for_seconds(SECONDS), rate=rate)
    calm = _part(stack.sandbox, half)
    out.print(f"{rows:,}행을 보내는 동안 긴급 알림을 요청합니다…")
    path = stack.home / "district.csv"
    write_example_csv(path, rows, encoding="cp949", dirt=False)
    bulk = _Bulk(stack, path)
    urgent = drive(
        address, _requests(key, URGENT), lines=LINES, going=bulk.is_going, rate=URGENT_RATE
    )
    return Measured(flat_out, calm, _part(stack.sandbox, urgent), rows, bulk.seconds)


class _Bulk:
    """A whole list on its way, from the start of `alimnaru send` to its last settled receipt."""

    #: Seconds between two looks at how far it has come.
    EVERY = 0.5

    def __init__(self, stack: Stack, path: Path) -> None:
        self._send = stack.send(path, NOTICE)
        self._started = self._looked = time.monotonic()
        self._batch: int | None = None
        self.seconds = 0.0

    def is_going(self) -> bool:
        """Whether something of it is still on its way."""
        now = time.monotonic()
        if self.seconds or now - self._looked < self.EVERY:
            return not self.seconds
        self._looked = now
        if self._is_through() or now - self._started > MOST_SECONDS:
            self.seconds = now - self._started
        return not self.seconds

    def _is_through(self) -> bool:
        from alimnaru.reads.deliveries import batch_report
        from alimnaru.store.scoping import whole_office

        if self._batch is None:
            if self._send.poll() is None or self._send.stdout is None:
                return False
            self._batch = int(json.loads(self._send.stdout.read())["batch"])
        report = batch_report(whole_office(), self._batch)
        return report is not None and report.pending == 0


def _key() -> str:
    """A sandbox key of the whole office, with limits that nothing meets."""
    from alimnaru.office.keys import Wish, issue
    from alimnaru.ops.boot import cli_member
    from alimnaru.rules.api_keys import MOST_PER_DAY, MOST_PER_MINUTE, Limits
    from alimnaru.rules.api_scopes import Scope
    from alimnaru.store.models import Department

    limits = Limits(per_minute=MOST_PER_MINUTE, per_day=MOST_PER_DAY)
    wish = Wish("bench", [Scope.SEND], limits, is_sandbox=True)
    root = Department.objects.get(parent=None)
    return issue(wish, actor=cli_member(), department=root, as_operator=True)[1]


def _requests(key: str, notice: str) -> Callable[[], bytes]:
    """Calls with a number and an idempotency key of their own each."""
    numbers = itertools.count(time.time_ns() % 10_000_000)
    body = json.dumps({"notice": notice, "to": "@", "variables": VALUES[notice]})
    before, after = body.encode().split(b"@")
    head = (
        "POST /api/v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(before) + 11 + len(after)}\r\nIdempotency-Key: "
    ).encode()

    def request() -> bytes:
        number = b"%08d" % (next(numbers) % 100_000_000)
        return b"".join((head, number, b"\r\n\r\n", before, b"010", number, after))

    return request


def _part(sandbox: SandboxLine, load: Load) -> Part:
    """Wait until the carrier has all of it, and compare its clock with ours: it is the same."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    at: dict[int, float] = {}
    while len(at) < len(load.accepted) and time.monotonic() < deadline:
        time.sleep(0.5)
        at = {m: t for m, t in _carried(sandbox) if m in load.accepted}
    return Part(
        load, [(at[m] - accepted) * 1000 for m, accepted in load.accepted.items() if m in at]
    )


def _carried(sandbox: SandboxLine) -> Iterator[tuple[int, float]]:
    """(message, wall clock) of every first Alimtalk that the sandbox took."""
    url = f"{sandbox.url}/_sandbox/accepted?format=ndjson"
    with httpx.stream("GET", url, timeout=120, trust_env=False) as answer:
        for line in answer.iter_lines():
            entry = json.loads(line)
            message, _, attempt = entry["ref"].partition("-")
            if attempt == "1":
                yield int(message), datetime.fromisoformat(entry["at"]).timestamp()


def _as_json(m: Measured) -> dict[str, object]:
    return {
        "lines": LINES,
        "full": _part_as_json(m.full),
        "half": _part_as_json(m.half),
        "urgent": {
            **_part_as_json(m.urgent),
            "bulk_rows": m.bulk_rows,
            "bulk_seconds": round(m.bulk_seconds, 1),
        },
    }


def _part_as_json(p: Part) -> dict[str, object]:
    return {
        "per_second": round(p.load.per_second, 1),
        "answers": p.load.answers,
        "p50_ms": round(p.load.percentile(0.5), 1),
        "p99_ms": round(p.load.percentile(0.99), 1),
        "carried": len(p.carried),
        "carried_p50_ms": round(p.carried_within(0.5)),
        "carried_p99_ms": round(p.carried_within(0.99)),
        "carried_max_ms": round(p.carried_within(1)),
    }


def _table(m: Measured) -> Table:
    table = Table(title=f"API, 연결 {LINES}개")
    for title in ("", "초당", "응답 p50", "응답 p99", "통신사까지 p50", "p99", "최대"):
        table.add_column(title, justify="right" if title else "left")
    named = (
        ("쉬지 않고", m.full),
        ("절반", m.half),
        (f"긴급, {m.bulk_rows:,}행 발송 중", m.urgent),
    )
    for name, p in named:
        table.add_row(
            name,
            f"{p.load.per_second:,.0f}",
            f"{p.load.percentile(0.5):.1f} ms",
            f"{p.load.percentile(0.99):.1f} ms",
            *(f"{p.carried_within(share):,.0f} ms" for share in (0.5, 0.99, 1)),
        )
    return table
