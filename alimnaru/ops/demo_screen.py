"""What the demonstration shows, in the words of a clerk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from alimnaru import wording
from alimnaru.rules.tariff import Baseline

if TYPE_CHECKING:
    from alimnaru.office.lists import ListCheck
    from alimnaru.ops.stack import Stack
    from alimnaru.reads.deliveries import BatchReport

#: Rows shown for each reason of refusal; the rest is counted.
EXAMPLES = 2


class Screen:
    """Prints the demonstration as it goes on; silent when the answer is JSON."""

    def __init__(self, out: Console, stack: Stack) -> None:
        self.out = out
        self.stack = stack
        out.rule("알림나루 시연")
        out.print(
            "이 컴퓨터 안에서만 돕니다. 메시지는 모의 통신사로 가고, 아무에게도 가지 않습니다.\n"
            "시연이므로 보내는 시간 제한(08:00~20:00)은 적용하지 않습니다.\n"
        )

    def checked(self, path: Path, check: ListCheck) -> None:
        """The check of the list: how many go, who does not and why."""
        self.out.print(f"[bold]1. 명단 확인[/bold]  {path.name}")
        left = ", ".join(f"{wording.LEFT_OUT.get(k, k)} {n:,}행" for k, n in check.left_out.items())
        self.out.print(
            f"   {check.rows:,}행 가운데 [green]{check.good:,}행[/green]을 보낼 수 있고 "
            f"[red]{check.bad_count:,}행[/red]은 보낼 수 없습니다."
            + (f" (명단에서 뺀 행: {left})" if left else "")
        )
        for code, facts in check.notes:
            self.out.print(f"   · {wording.note(code, **facts)}")
        table = Table("까닭", "행 수", "예", box=None, padding=(0, 2), header_style="dim")
        for code, count in check.by_code.most_common():
            rows = [bad for bad in check.bad if bad.code == code][:EXAMPLES]
            shown = ", ".join(f"{bad.number}행 “{bad.shown}”" for bad in rows)
            table.add_row(wording.why(code), f"{count:,}", shown)
        self.out.print(table)
        self.out.print(Panel(check.samples[0], title="첫 번째 분이 받을 알림톡", width=58))

    @contextmanager
    def progress(self, rows: int) -> Iterator[Callable[[BatchReport], None]]:
        """A bar of what has its final state."""
        self.out.print("\n[bold]2. 보내기[/bold]")
        columns = (
            TextColumn("   "),
            BarColumn(40),
            TextColumn("{task.completed:,.0f} / {task.total:,.0f}행"),
            TextColumn("[dim]{task.description}"),
        )
        with Progress(*columns, console=self.out, disable=self.out.quiet) as bar:
            task = bar.add_task("", total=rows)

            def show(report: BatchReport) -> None:
                waiting = f"결과를 기다리는 메시지 {report.pending:,}건" if report.pending else "끝"
                bar.update(task, completed=rows - report.pending, description=waiting)

            yield show

    def report(self, report: BatchReport, seconds: float, unreached: Path) -> None:
        """The equation, the money, and where the list of the unreached lies."""
        self.out.print(f"\n[bold]3. 결과[/bold]  ({seconds:.1f}초)")
        self.out.print(_equation(report))
        self.out.print(_money(report))
        missing = report.rows - sum(report.delivered.values())
        self.out.print(
            f"   받지 못한 {missing:,}명의 명단(까닭과 다음에 할 일): {unreached}", soft_wrap=True
        )

    def kept(self) -> None:
        """Everything goes on running."""
        self.out.print("\n켜 둔 채로 있습니다. 끝내려면 Ctrl-C를 누르십시오.")
        if self.stack.sandbox is not None:
            self.out.print(f"   주민의 전화기 화면: {self.stack.sandbox.phones}")
        self.out.print(f"   콘솔: http://127.0.0.1:{self.stack.web_port}")

    def ended(self) -> None:
        """Everything is being stopped."""
        if self.stack.sandbox is not None:
            self.out.print(
                f"   주민의 전화기 화면: {self.stack.sandbox.phones}\n"
                '   지금 끄므로, 화면을 보시려면 make demo ARGS="--keep"으로 다시 실행해 주십시오.'
            )


def _equation(report: BatchReport) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(justify="right")
    parts = [
        ("명단 전체", report.rows, ""),
        ("알림톡으로 받음", report.delivered["alimtalk"], "="),
        ("문자로 받음", report.delivered["sms"], "+"),
        ("긴 문자로 받음", report.delivered["lms"], "+"),
        ("확인에서 뺀 행", report.refused, "+"),
        ("실패", report.failed, "+"),
        ("수신 거부 등으로 보내지 않음", report.suppressed, "+"),
        ("취소", report.cancelled, "+"),
        ("때를 놓침", report.expired, "+"),
        ("알 수 없음", report.unknown, "+"),
        ("진행 중", report.pending, "+"),
    ]
    for name, number, sign in parts:
        if number or sign == "":
            table.add_row(sign, f"{number:,}", name)
    table.add_row(
        "", "", "[green]✔ 빠짐없이 맞습니다[/green]" if report.balances else "[red]✘[/red]"
    )
    return table


def _money(report: BatchReport) -> Table:
    won = report.won
    table = Table(box=None, padding=(0, 2), show_header=False)
    table.add_row("   쓴 돈", f"{won['spent']:,.0f}원", "(행정안전부 2021년 단가, 부가세 별도)")
    for key in Baseline:
        name = f"{wording.label(key)}로 보냈다면"
        saved = won[key] - won["spent"]
        share = saved / won[key] if won[key] else 0
        told = (
            f"{saved:,.0f}원({share:.0%}) 덜 썼습니다"
            if saved >= 0
            else f"{-saved:,.0f}원 더 썼습니다"
        )
        table.add_row(f"   {name}", f"{won[key]:,.0f}원", told)
    return table
