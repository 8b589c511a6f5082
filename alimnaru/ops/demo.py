"""`alimnaru demo`: the main job from a list to the report, on this machine, reaching nobody."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alimnaru.home import home
from alimnaru.ops.example_list import write_example_xlsx
from alimnaru.ops.example_people_screen import have_examples, say_how_to_sign_in
from alimnaru.ops.screens import console
from alimnaru.ops.stack import Stack

if TYPE_CHECKING:
    from alimnaru.ops.demo_screen import Screen
    from alimnaru.reads.deliveries import BatchReport
    from alimnaru.store.models import Batch

NOTICE = "lib.due.soon"
#: What a library's readers are like (domain research: 85 to 92 % reached by Alimtalk).
MIX = {
    "ATA": {"not_user": 0.055, "blocked": 0.02, "inactive": 0.01, "never": 0.004},
    "SMS": {"power_off": 0.02, "bad_number": 0.02, "timeout": 0.005},
}
ENV = {
    # A demonstration does not wait ten minutes for Kakao's silence.
    "ALIMNARU_FALLBACK_WAIT": "3",
    "ALIMNARU_POLL_SECONDS": "1",
    "ALIMNARU_SWEEP_SECONDS": "0.5",
}
#: Nothing takes this long unless something is broken; then the open messages are shown as such.
PATIENCE_SECONDS = 120.0


def run(rows: int, keep: bool, as_json: bool) -> int:
    """Send an example list of `rows` through a sandbox and report. 0 if everything adds up."""
    where = home() / "demo"
    out = console(quiet=as_json)
    with fresh(where), Stack(where, env=ENV, sandbox_args=_sandbox_args(where)) as stack:
        from alimnaru.ops.demo_screen import Screen

        screen = Screen(out, stack)
        report, seconds, unreached = _one_run(stack, screen, where, rows)
        screen.report(report, seconds, unreached)
        if as_json:
            sys.stdout.write(json.dumps(_as_json(report, seconds)) + "\n")
            sys.stdout.flush()
        if keep:
            have_examples()
            screen.kept()
            say_how_to_sign_in(out, where)
            _until_interrupted(stack)
        else:
            screen.ended()
    return 0 if report.balances and report.pending == 0 else 1


@contextmanager
def fresh(where: Path) -> Iterator[None]:
    """An empty home: a demonstration never touches an office's own data."""
    from alimnaru.ops.embedded import Embedded

    if where.exists():
        Embedded(where / "postgres").stop()
        shutil.rmtree(where)
    yield


def _sandbox_args(where: Path) -> list[str]:
    return [
        *("--journal", str(where / "sandbox.journal")),
        *("--mix", json.dumps(MIX)),
        *("--report-delay-ms", "700"),
    ]


def _one_run(
    stack: Stack, screen: Screen, where: Path, rows: int
) -> tuple[BatchReport, float, Path]:
    from alimnaru.office.batches import send_list
    from alimnaru.office.lists import check_list
    from alimnaru.office.unreached_file import Sheet, write_unreached
    from alimnaru.ops.boot import cli_member
    from alimnaru.store.models import Notice
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording.unreached import COLUMNS, TITLE, cells_of

    notice = Notice.objects.get(code=NOTICE)
    path = where / "loans.xlsx"
    write_example_xlsx(path, rows)
    screen.checked(path, check_list(path, notice=notice))
    started = time.monotonic()
    batch = send_list(path, actor=cli_member(), notice=notice, hours_waived=True)
    report = _watch(stack, screen, batch)
    seconds = time.monotonic() - started
    unreached = where / "unreached.xlsx"
    sheet = Sheet(TITLE, COLUMNS, cells_of)
    write_unreached(whole_office(), batch.pk, unreached, sheet)
    return report, seconds, unreached


def _watch(stack: Stack, screen: Screen, batch: Batch) -> BatchReport:
    """Until nothing is pending, with a bar that a clerk can follow."""
    from alimnaru.reads.deliveries import batch_report
    from alimnaru.store.scoping import whole_office

    deadline = time.monotonic() + PATIENCE_SECONDS
    with screen.progress(batch.rows) as show:
        while True:
            stack.watch()
            report = batch_report(whole_office(), batch.pk)
            if report is None:
                raise LookupError(batch.pk)
            show(report)
            if report.pending == 0 or time.monotonic() > deadline:
                return report
            time.sleep(0.1)


def _as_json(report: BatchReport, seconds: float) -> dict[str, object]:
    return {
        "rows": report.rows,
        "refused": report.refused,
        "delivered": dict(report.delivered),
        "failed": report.failed,
        "suppressed": report.suppressed,
        "cancelled": report.cancelled,
        "expired": report.expired,
        "unknown": report.unknown,
        "pending": report.pending,
        "won": {name: float(value) for name, value in report.won.items()},
        "seconds": round(seconds, 2),
    }


def _until_interrupted(stack: Stack) -> None:
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    stack.watch_until(done)
