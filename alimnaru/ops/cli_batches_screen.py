"""A batch as a clerk reads it: the equation, the money, and what needs a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from alimnaru.ops.cli_output import count, listing, moment, money, period, side_screen
from alimnaru.reads.deliveries import failures_by_code
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.tariff import Baseline
from alimnaru.wording import label, sentence, why_not

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from alimnaru.reads.deliveries import BatchReport

#: Held for these, a `resume` is not what helps.
_NO_RESUME = {Refusal.BATCH_STOPPED, Refusal.RELEASE_AWAITED, Refusal.FIRST_SLICE}
#: Reasons shown; the unreached list names them all.
REASONS = 8


def show_report(out: Console, report: BatchReport) -> None:
    """All there is to say about a batch, most important first."""
    source = f" · {report.source_name}" if report.source_name else ""
    out.print(f"{report.batch}번 발송 · {report.notice_name}({report.notice_code}){source}")
    out.print(f"{report.department} · {moment(report.created_at)} 접수{_tempo(report)}\n")
    out.print(_equation(report))
    if not report.balances:
        out.print("행 수가 맞지 않습니다. 시스템 관리자에게 알려 주십시오.")
    show_held(out, report)
    if report.unknown:
        out.print(
            f"\n전달되었는지 알 수 없는 {count(report.unknown)}을 정하려면: "
            f"alimnaru unknown list --batch {report.batch}"
        )
    if any(report.both_reached.values()):
        both = sum(report.both_reached.values())
        out.print(f"\n문자가 간 뒤 알림톡도 전달되어 두 번 받은 분이 {count(both)} 있습니다.")
    show_money(out, report)
    _show_reasons(out, report)


def _tempo(report: BatchReport) -> str:
    if report.seconds is not None:
        return f" · 첫 발송부터 마지막 결과까지 {period(report.seconds)}"
    if report.stopped_at is not None:
        return f" · {moment(report.stopped_at)}에 멈춤"
    if report.first_sent_at is None and report.pending and report.not_before > report.created_at:
        return f" · {moment(report.not_before)}부터 보냄"
    return ""


def _equation(report: BatchReport) -> Table:
    """Every row of the list, in one place each, and their sum."""
    parts = [("명단 오류로 뺌", report.refused)]
    parts += [
        ("알림톡으로 전달" if c == "alimtalk" else f"{label(c)}로 전달", n)
        for c, n in report.delivered.items()
        if n or c in {"alimtalk", "sms"}
    ]
    ends = (
        (MessageState.FAILED, report.failed),
        (MessageState.SUPPRESSED, report.suppressed),
        (MessageState.CANCELLED, report.cancelled),
        (MessageState.EXPIRED, report.expired),
        (MessageState.UNKNOWN, report.unknown),
        (MessageState.PENDING, report.pending),
    )
    parts += [(label(state), n) for state, n in ends if n or state == MessageState.FAILED]
    table = listing(("", "사람", "비율"), [], numbers="사람,비율")
    for name, number in parts:
        table.add_row(name, f"{number:,}", _share(number, report.rows))
    table.add_section()
    sign = "명단과 같음" if report.balances else "명단과 다름"
    table.add_row(f"합계 ({sign})", f"{report.rows:,}", "100 %")
    return table


def _share(number: int, rows: int) -> str:
    return f"{number * 100 / rows:.1f} %" if rows else ""


def show_held(out: Console, report: BatchReport) -> None:
    """Who waits, for what, and what a person can do about it."""
    for held in report.held:
        code = Refusal(held.code) if held.code in set(Refusal) else held.code
        out.print(
            f"\n멈추어 있는 {count(held.messages)}: {sentence(code, batch=str(report.batch))}"
        )
        if held.code == Refusal.CHANNEL_OFF:
            out.print("꺼진 까닭과 한도: alimnaru channel status")
        elif held.code not in _NO_RESUME:
            out.print(f"고친 뒤: alimnaru resume {report.batch}")


def show_money(out: Console, report: BatchReport) -> None:
    """What it cost, and what the same people would have cost by text message alone."""
    if not sum(report.delivered.values()):
        return
    if not report.won:
        out.print("\n단가가 정해져 있지 않아 비용을 셈하지 못했습니다.")
        return
    spent = report.won["spent"]
    out.print(f"\n비용 {money(spent)}")
    for base in Baseline:
        out.print(f"  {saved(label(base), spent, report.won[base])}")


def saved(name: str, spent: Decimal, baseline: Decimal) -> str:
    """A saving behind the name of what it is measured by: without that it lies."""
    less = baseline - spent
    share = f"{abs(less) * 100 / baseline:.0f} %" if baseline else "0 %"
    verdict = "아꼈습니다" if less >= 0 else "더 들었습니다"
    return f"{name}로 보냈다면 {money(baseline)}: {money(abs(less))}({share}) {verdict}."


def _show_reasons(out: Console, report: BatchReport) -> None:
    if not report.rows - report.pending - sum(report.delivered.values()):
        return
    found = failures_by_code(report.batch)
    rows = [(f"{f.messages:,}", why_not(f.state, f.code)) for f in found[:REASONS]]
    out.print("\n받지 못한 까닭")
    out.print(listing(("사람", "까닭"), rows, numbers="사람"))
    if len(found) > REASONS:
        rest = sum(f.messages for f in found[REASONS:])
        out.print(f"이 밖의 까닭으로 {count(rest)}이 더 있습니다.")
    out.print(f"다음에 할 일까지 적힌 명단: alimnaru unreached {report.batch} --out 못받은분.xlsx")


@contextmanager
def watching(report: BatchReport, *, quiet: bool) -> Iterator[Callable[[BatchReport], None]]:
    """A bar that fills as messages settle, on stderr; without a terminal nothing is drawn."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = side_screen()
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}명"),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with progress:
        task = progress.add_task("보내는 중", total=report.rows - report.refused, detail="")

        def show(now: BatchReport) -> None:
            parts = [f"{label(c)} {n:,}" for c, n in now.delivered.items() if n]
            parts += [f"{label(MessageState.FAILED)} {now.failed:,}"] if now.failed else []
            progress.update(task, completed=now.settled, detail=" · ".join(parts))

        yield show
