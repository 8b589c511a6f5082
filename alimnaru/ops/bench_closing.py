"""`alimnaru bench --month`: the close of a month of a million messages, in an office of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.utils import timezone
from rich.table import Table

from alimnaru.home import home
from alimnaru.ops.demo import fresh
from alimnaru.ops.screens import console
from alimnaru.ops.stack import Stack
from alimnaru.rules.periods import after

if TYPE_CHECKING:
    from alimnaru.ops.bench_month import Measured

MESSAGES = 1_000_000


def run(number: int, as_json: bool) -> int:
    """Make the month, measure, print. 1 if a difference is missed or invented."""
    out = console(quiet=as_json)
    folder = home() / "bench"
    with fresh(folder), Stack(folder, sandbox_args=None, worker_lanes=()):
        from alimnaru.ops.bench_month import measure_office

        out.print(f"한 달치 메시지 {number:,}건을 만들고 있습니다…")
        month = after(timezone.localdate().replace(day=1), -2)
        told = measure_office(month, number, folder)
    if as_json:
        sys.stdout.write(json.dumps({"messages": number, **asdict(told)}) + "\n")
    out.print(_table(number, told))
    return 0 if (told.found, told.invented) == (told.planted, 0) else 1


def _table(number: int, told: Measured) -> Table:
    table = Table(title=f"한 달 {number:,}건, csv로 마감까지 {told.total:.1f}초")
    for heading in ("단계", "초", "최대 메모리 MiB", "읽는 프로세스 MiB"):
        table.add_column(heading, justify="left" if heading == "단계" else "right")
    for name, seconds in told.seconds.items():
        peaks = (str(told.peak_mib[name]), str(told.reader_mib[name]))
        table.add_row(name, f"{seconds:.2f}", *peaks)
    table.caption = (
        f"심은 차이 {told.planted}, 찾은 차이 {told.found}, 없는데 찾은 차이 {told.invented}"
    )
    return table
