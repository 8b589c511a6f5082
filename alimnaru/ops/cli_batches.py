"""What is done with a batch once it is sent: watched, stopped, resumed, its unreached listed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, screen

if TYPE_CHECKING:
    from alimnaru.reads.deliveries import BatchReport

#: How often a watched batch is looked at. Reading it costs a few milliseconds.
EVERY_SECONDS = 0.5

BatchNumber = Annotated[
    int, typer.Argument(help="발송 번호.", metavar="발송번호", show_default=False)
]


def status(
    batch: BatchNumber,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="끝날 때까지 지켜봅니다.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """발송이 어디까지 갔는지 보여 줍니다.

    명단의 행 수가 전달·실패·진행 중 등의 합과 맞는지, 얼마가 들었고 얼마를 아꼈는지도 보여 줍니다.
    """
    from alimnaru.ops.boot import boot
    from alimnaru.ops.cli_lookups import batch_numbered

    boot(migrate=True)
    from alimnaru.ops.cli_batches_screen import show_report

    number = batch_numbered(batch).pk
    if watch:
        _watch(number, quiet=as_json)
    report = _report(number, timed=True)
    if as_json:
        answer(report.as_json())
    else:
        show_report(screen(), report)
    return 0


def _report(number: int, *, timed: bool = False) -> BatchReport:
    from alimnaru.reads.deliveries import batch_report
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording import Fault

    report = batch_report(whole_office(), number, timed=timed)
    if report is None:
        raise Refused(Fault.BATCH_UNKNOWN, code=str(number))
    return report


def _watch(number: int, *, quiet: bool) -> None:
    """Until nothing moves any more: all is settled, or what is left waits for a person."""
    from alimnaru.ops.cli_batches_screen import watching

    report = _report(number)
    with watching(report, quiet=quiet) as show:
        while report.pending and not report.waits_for_a_person:
            show(report)
            time.sleep(EVERY_SECONDS)
            report = _report(number)
        show(report)


def stop(
    batch: BatchNumber,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="멈추고, 아직 넘기지 않은 것은 취소합니다.")
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """발송을 멈춥니다. 이미 발송 사업자에게 넘긴 것은 되돌릴 수 없습니다."""
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import batch_numbered

    boot(migrate=True)
    from alimnaru.office.batches import cancel_batch, stop_batch

    found = batch_numbered(batch)
    cancelled = 0
    if cancel:
        cancelled = cancel_batch(found, actor=cli_member())
    else:
        stop_batch(found, actor=cli_member())
    report = _report(found.pk)
    if as_json:
        answer({**report.as_json(), "cancelled_now": cancelled})
        return 0
    out = screen()
    waiting = sum(held.messages for held in report.held)
    under_way = report.pending - waiting
    out.print(f"{found.pk}번 발송을 멈추었습니다.")
    if cancel:
        out.print(f"  {count(cancelled)}에게 보낼 것을 취소했습니다.")
    elif waiting:
        out.print(f"  {count(waiting)}에게 보낼 것이 멈추어 있습니다.")
        out.print(f"  계속하려면: alimnaru resume {found.pk}")
        out.print(f"  취소하려면: alimnaru stop {found.pk} --cancel")
    if under_way:
        out.print(f"  이미 넘긴 {count(under_way)}은 결과를 기다립니다.")
    if not report.pending and not cancelled:
        out.print("  멈출 것이 남아 있지 않았습니다.")
    return 0


def resume(batch: BatchNumber, as_json: JsonFlag = False) -> int:
    """멈춘 발송을 이어서 보냅니다. 이미 보낸 사람에게 다시 보내지 않습니다."""
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import batch_numbered

    boot(migrate=True)
    from alimnaru.office.batches import resume_batch

    found = batch_numbered(batch)
    before = _report(found.pk)
    freed = resume_batch(found, actor=cli_member())
    messages = sum(held.messages for held in before.held)
    if as_json:
        answer({**_report(found.pk).as_json(), "freed_chunks": freed, "freed_messages": messages})
        return 0
    from alimnaru.ops.cli_batches_screen import show_held

    out = screen()
    if freed:
        out.print(f"{found.pk}번 발송을 이어서 보냅니다. 남은 사람은 {count(messages)}입니다.")
        out.print(f"진행 상황: alimnaru status {found.pk} --watch")
    else:
        was = "멈춤을 풀었으나 " if found.stopped_at else ""
        out.print(f"{was}{found.pk}번 발송에는 지금 이어서 보낼 것이 없습니다.")
        show_held(out, before)
    return 0


def unreached(
    batch: BatchNumber,
    out: Annotated[
        Path, typer.Option(help="만들 엑셀 파일(.xlsx).", metavar="파일", show_default=False)
    ],
    force: Annotated[bool, typer.Option("--force", help="파일이 있으면 덮어씁니다.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """알림을 받지 못한 분의 명단을 엑셀로 만듭니다.

    까닭과 다음에 할 일이 적혀 있습니다. 이름과 전화번호가 그대로 들어가므로 비밀번호로 잠급니다.
    """
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import batch_numbered
    from alimnaru.wording import Fault

    if out.suffix.lower() != ".xlsx":
        raise Refused(Fault.OUTPUT_NOT_XLSX)
    if out.exists() and not force:
        raise Refused(Fault.OUTPUT_EXISTS, file=str(out))
    boot(migrate=True)
    from alimnaru.office.members import initial_password
    from alimnaru.office.unreached_file import Sheet, export_unreached
    from alimnaru.store.scoping import whole_office
    from alimnaru.wording.unreached import COLUMNS, TITLE, cells_of

    found = batch_numbered(batch)
    sheet, password = Sheet(TITLE, COLUMNS, cells_of), initial_password()
    who, all_ = cli_member(), whole_office()
    try:
        rows = export_unreached(found, out, actor=who, scope=all_, sheet=sheet, password=password)
    except OSError as error:
        raise Refused(Fault.OUTPUT_UNWRITABLE, file=str(out)) from error
    pending = _report(found.pk).pending
    if as_json:
        told = {"batch": found.pk, "file": str(out), "rows": rows, "pending": pending}
        answer({**told, "password": password})
    else:
        _say_unreached(out, rows, pending, password)
    return 0


def _say_unreached(out: Path, rows: int, pending: int, password: str) -> None:
    screen().print(f"받지 못한 {count(rows)}의 명단을 만들었습니다: {out}")
    screen().print(f"파일을 여는 비밀번호: {password} (다시 볼 수 없습니다)")
    if pending:
        screen().print(f"아직 진행 중인 {count(pending)}은 들어 있지 않습니다.")
