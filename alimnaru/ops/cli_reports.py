"""`report`: what the office sent over some days, and what it saved."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, listing, money, screen
from alimnaru.rules.tariff import Baseline
from alimnaru.wording import label

if TYPE_CHECKING:
    from alimnaru.reads.report import Report

DayFrom = Annotated[
    str | None,
    typer.Option(
        "--from", help="시작하는 날. 적지 않으면 이달 1일.", metavar="날짜", show_default=False
    ),
]
DayTo = Annotated[
    str | None,
    typer.Option("--to", help="끝나는 날. 적지 않으면 오늘.", metavar="날짜", show_default=False),
]


def report(
    ctx: typer.Context, start: DayFrom = None, end: DayTo = None, as_json: JsonFlag = False
) -> int:
    """기간의 발송 실적과 비용을 알림 업무별로 보여 줍니다."""
    return 0 if ctx.invoked_subcommand is not None else _sums(start, end, as_json)


def _sums(start: str | None, end: str | None, as_json: bool) -> int:
    from django.utils import timezone

    from alimnaru.ops.boot import boot
    from alimnaru.ops.cli_lookups import day_called
    from alimnaru.wording import Fault

    boot(migrate=True)
    from alimnaru.reads.report import report as read
    from alimnaru.store.scoping import whole_office

    last = day_called(end, timezone.localdate())
    first = day_called(start, last.replace(day=1))
    if first > last:
        raise Refused(Fault.DATES_REVERSED)
    found = read(whole_office(), first, last)
    if as_json:
        answer(_as_json(found))
    else:
        _show(found)
    return 0


def _as_json(found: Report) -> dict[str, object]:
    return {
        "from": found.start.isoformat(),
        "to": found.end.isoformat(),
        "rows": [
            {
                "notice": row.notice_code,
                "channel": row.channel,
                "outcome": row.outcome,
                "messages": row.messages,
                "won": float(row.won),
            }
            for row in found.rows
        ],
        "won": {
            "spent": float(found.money.spent),
            **{base.value: float(found.money.would(base)) for base in Baseline},
        },
    }


def _show(found: Report) -> None:
    from alimnaru.ops.cli_batches_screen import saved

    out = screen()
    out.print(f"{found.start:%Y. %-m. %-d.} ~ {found.end:%Y. %-m. %-d.} 발송 실적")
    if not found.rows:
        out.print("이 기간에 끝난 발송이 없습니다.")
        return
    columns = ("알림 업무", "알림톡", "문자", "장문", "실패", "그 밖", "비용")
    out.print(listing(columns, _by_notice(found), numbers=",".join(columns[1:])))
    out.print(f"전달 {count(found.messages('delivered'))}, 비용 {money(found.money.spent)}")
    if not found.money.spent:
        return
    for base in Baseline:
        out.print(f"  {saved(label(base), found.money.spent, found.money.would(base))}")


def _by_notice(found: Report) -> list[list[str]]:
    lines: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    costs: dict[str, Decimal] = defaultdict(Decimal)
    for row in found.rows:
        name = f"{row.notice_name}({row.notice_code})"
        if row.outcome == "delivered":
            lines[name][row.channel] += row.messages
        else:
            lines[name]["failed" if row.outcome == "failed" else "other"] += row.messages
        costs[name] += row.won
    parts = ("alimtalk", "sms", "lms", "failed", "other")
    return [
        [name, *(f"{line[part]:,}" for part in parts), f"{costs[name]:,.0f}원"]
        for name, line in lines.items()
    ]
