"""`month`: what the carriers may bill, what they bill, and the close."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alimnaru.ops.cli_faults import Refused
from alimnaru.ops.cli_output import JsonFlag, answer, count, facts, listing, money, screen

if TYPE_CHECKING:
    from alimnaru.store.models import StatementLine

#: Lines shown on screen, and told to a program.
SHOWN, TOLD = 50, 10_000

Month = Annotated[str, typer.Argument(help="달. 예: 2026-10", metavar="달", show_default=False)]
Account = Annotated[
    str, typer.Option("--account", help="발송 계정.", metavar="이름", show_default=False)
]
File = Annotated[Path, typer.Argument(help="통신사의 이용 내역 파일.", metavar="파일")]
Replace = Annotated[bool, typer.Option("--replace", help="이 달에 올린 것을 이 파일로 바꿉니다.")]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without", help="내역이 없는 계정과 사유. 예: 이름=사유", metavar="이름=사유",
        show_default=False,
    ),
]  # fmt: skip
Reason = Annotated[str, typer.Option("--reason", help="다시 여는 사유.", show_default=False)]
Ref = Annotated[str, typer.Argument(help="통신사 번호.", metavar="번호", show_default=False)]
Note = Annotated[str, typer.Option("--note", help="어떻게 되었는지.", show_default=False)]
Xlsx = Annotated[
    Path | None,
    typer.Option("--xlsx", help="엑셀 파일로 만듭니다.", metavar="파일", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="파일이 있으면 덮어씁니다.")]
Carry = Annotated[bool, typer.Option("--carry", help="정하지 않은 것을 다음 달로 넘깁니다.")]


def _month(text: str) -> date:
    from alimnaru.ops.boot import boot
    from alimnaru.wording import Fault

    boot(migrate=True)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refused(Fault.MONTH_UNREADABLE, text=text) from None


def _named(month: date) -> str:
    return f"{month.year}년 {month.month}월"


def charge(month: Month, as_json: JsonFlag = False) -> int:
    """그 달에 전달된 것을 한 건씩 값을 매겨, 우리 기록을 만듭니다."""
    day = _month(month)
    from alimnaru.office.closing import charge_month, note_figures
    from alimnaru.ops.boot import cli_member

    number = charge_month(day, actor=cli_member())
    differing = note_figures(day)
    if as_json:
        answer({"month": month, "charges": number, "tallies_differ": differing})
    else:
        screen().print(f"{_named(day)}의 우리 기록 {count(number, '건')}을 만들었습니다.")
        if differing:
            screen().print(f"집계와 다른 곳이 {differing:,}곳 있습니다.")
    return 0


def statement(
    month: Month, file: File, account: Account, replace: Replace = False, as_json: JsonFlag = False
) -> int:
    """통신사의 이용 내역을 올립니다. 전화번호 칸은 읽지 않습니다."""
    day = _month(month)
    from alimnaru.office.closing import columns_for, take_statement
    from alimnaru.ops.boot import cli_member
    from alimnaru.ops.cli_lookups import account_called

    owner = account_called(account)
    taken = take_statement(
        owner, day, file, columns_for(owner), actor=cli_member(), replace=replace
    )
    if as_json:
        answer({"month": month, "account": account, "rows": taken.rows, "won": str(taken.won)})
    else:
        screen().print(f"청구된 {count(taken.rows, '줄')}을 읽었습니다. 합계 {taken.won:,}원.")
    return 0


def compare(month: Month, account: Account, as_json: JsonFlag = False) -> int:
    """올린 이용 내역을 우리 기록과 한 줄씩 견줍니다."""
    day = _month(month)
    from alimnaru.office.closing import compare as compare_
    from alimnaru.ops.boot import cli_member
    from alimnaru.ops.cli_lookups import account_called
    from alimnaru.rules.channel import Channel
    from alimnaru.rules.statement import Verdict
    from alimnaru.wording import label

    found = compare_(account_called(account), day, actor=cli_member()).result["rows"]
    if as_json:
        answer({"month": month, "account": account, "rows": found})
        return 0
    lines = [
        (label(Channel(r["channel"])), label(Verdict(r["verdict"])), f"{r['lines']:,}",
         money(Decimal(r["ours"])), money(Decimal(r["theirs"])))
        for r in found
    ]  # fmt: skip
    columns = ("채널", "견준 결과", "줄", "우리 기록", "청구")
    screen().print(listing(columns, lines, numbers="줄,우리 기록,청구"))
    return 0


def disputes(
    month: Month, xlsx: Xlsx = None, force: Force = False, as_json: JsonFlag = False
) -> int:
    """우리 기록과 다른 줄을 메시지 번호로 보여 줍니다."""
    day = _month(month)
    if xlsx is not None:
        _write_disputes(day, xlsx, force=force)
    from alimnaru.reads.closing import disputes as read
    from alimnaru.rules.statement import Verdict
    from alimnaru.wording import label

    found = read(day)
    if as_json:
        answer({"month": month, "count": found.count(), "lines": [*map(_line, found[:TOLD])]})
        return 0
    shown = [
        (label(Verdict(x.verdict)), x.theirs, f"{x.line_no or ''}", f"{x.message_id or ''}", x.note)
        for x in found[:SHOWN]
    ]
    out = screen()
    if not shown:
        out.print(
            "서로 다른 줄이 없습니다. 견주지 않은 달이면 month compare를 먼저 실행해 주십시오."
        )
        return 0
    out.print(listing(("견준 결과", "통신사 번호", "줄", "메시지", "처리"), shown))
    if (more := found.count() - SHOWN) > 0:
        out.print(f"이 밖에 {count(more, '줄')}이 더 있습니다.")
    return 0


def _write_disputes(month: date, path: Path, *, force: bool) -> None:
    from django.conf import settings
    from django.utils import timezone

    from alimnaru.office.report_files import write_month
    from alimnaru.papers.disputes import SUMMARY, disputes_paper
    from alimnaru.reads.closing import disputes as read
    from alimnaru.reads.closing import verdicts
    from alimnaru.store.catalogue.reading import load_office
    from alimnaru.wording import Fault

    if path.suffix != ".xlsx":
        raise Refused(Fault.OUTPUT_NOT_XLSX)
    if path.exists() and not force:
        raise Refused(Fault.OUTPUT_EXISTS, file=str(path))
    office = load_office(settings.OFFICE_FILE).words["office.name"]
    paper = disputes_paper(
        month, read(month).iterator(), verdicts(month), office=office, at=timezone.now()
    )
    try:
        write_month(paper, path, summary=SUMMARY)
    except OSError as error:
        raise Refused(Fault.OUTPUT_UNWRITABLE, file=str(path)) from error


def _line(line: StatementLine) -> dict[str, Any]:
    return {
        "account": line.statement.account.name,
        "verdict": line.verdict,
        "ref": line.theirs,
        "line": line.line_no,
        "channel": line.channel,
        "message": line.message_id,
        "theirs": None if line.won is None else str(line.won),
        "ours": None if line.our_won is None else str(line.our_won),
        "note": line.note,
    }


def close(
    month: Month, without: Without = None, carry: Carry = False, as_json: JsonFlag = False
) -> int:
    """달을 마감합니다. 마감한 달의 수치는 바뀌지 않습니다."""
    day = _month(month)
    from alimnaru.office.closing import close as close_
    from alimnaru.ops.boot import cli_member

    reasons = dict(part.partition("=")[::2] for part in without or [])
    row = close_(day, actor=cli_member(), reasons=reasons, carry=carry)
    if as_json:
        answer({"month": month, "totals": row.totals, "carried": row.carried})
    else:
        screen().print(f"{_named(day)}을 마감했습니다.")
    return 0


def reopen(month: Month, reason: Reason, as_json: JsonFlag = False) -> int:
    """마감한 달을 다시 엽니다. 사유는 감사 기록에 남습니다."""
    day = _month(month)
    from alimnaru.office.closing import reopen as reopen_
    from alimnaru.ops.boot import cli_member

    reopen_(day, reason, actor=cli_member())
    if as_json:
        answer({"month": month, "closed": False})
    else:
        screen().print(f"{_named(day)}의 마감을 풀었습니다. 고친 뒤에 다시 마감해 주십시오.")
    return 0


def settle(month: Month, ref: Ref, note: Note, account: Account, as_json: JsonFlag = False) -> int:
    """서로 다른 줄이 어떻게 되었는지 적습니다. 같은 번호의 줄이 여럿이면 모두에 적습니다."""
    day = _month(month)
    from django.db.models import Q

    from alimnaru.office.closing import settle_dispute
    from alimnaru.ops.boot import cli_member
    from alimnaru.ops.cli_lookups import account_called
    from alimnaru.reads.closing import disputes as disputes_of

    lines = list(disputes_of(day, account_called(account).pk).filter(Q(ref=ref) | Q(alias=ref)))
    for line in lines:
        settle_dispute(line, note, actor=cli_member())
    if as_json:
        answer({"month": month, "ref": ref, "settled": len(lines)})
    elif lines:
        screen().print(f"{count(len(lines), '줄')}에 적었습니다.")
    else:
        screen().print("이 달의 서로 다른 줄 가운데 그 번호가 없습니다. 번호를 확인해 주십시오.")
    return 0 if lines else 1


def show(month: Month, as_json: JsonFlag = False) -> int:
    """달의 합계와, 달이 끝날 때 결과가 없던 것을 보여 줍니다."""
    day = _month(month)
    from alimnaru.reads.closing import carried_over, figures
    from alimnaru.store.models import MonthClose

    row = MonthClose.objects.filter(month=day, closed_at__isnull=False).first()
    totals = row.totals if row else figures(day)
    carried = row.carried if row else carried_over(day)
    if as_json:
        answer({"month": month, "closed": bool(row), "totals": totals, "carried": carried})
        return 0
    told = [
        ("마감", "함" if row else "안 함"),
        ("전달", f"{totals['messages']:,}건"),
        ("우리 기록", money(Decimal(totals["ours"]))),
        ("청구", money(Decimal(totals["theirs"]))),
        ("우리 기록의 부가가치세", money(Decimal(totals["vat"]))),
        ("다음 달로 넘긴 것", f"{sum(c['messages'] for c in carried):,}건"),
    ]
    out = screen()
    out.print(facts(told))
    if not row and not totals["messages"]:
        out.print("우리 기록을 아직 만들지 않았거나, 전달된 것이 없습니다.")
        out.print(f"달이 끝난 뒤에 만들려면: alimnaru month charge {month}")
    return 0


COMMANDS = {
    "charge": charge,
    "statement": statement,
    "compare": compare,
    "disputes": disputes,
    "settle": settle,
    "close": close,
    "reopen": reopen,
    "show": show,
}
