"""`money`: what was spent under every ceiling, and what a send would cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_output import JsonFlag, answer, count, listing, money, screen

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from alimnaru.reads.budgets import Level
    from alimnaru.reads.estimate import Estimate, Room
    from alimnaru.store.models import Department, Notice

Whose = Annotated[
    str | None,
    typer.Option(
        "--department", "-d", help="보내는 부서의 코드나 이름. 적지 않으면 알림의 담당 부서.",
        metavar="부서", show_default=False,
    ),
]  # fmt: skip
Paying = Annotated[
    str | None,
    typer.Option(
        "--project", help="비용을 댈 사업의 코드. 적지 않으면 알림의 사업.", metavar="사업",
        show_default=False,
    ),
]  # fmt: skip


def spent(as_json: JsonFlag = False) -> int:
    """정해 둔 한도마다 쓴 돈과 남은 돈을 봅니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from django.utils import timezone

    from alimnaru.reads.budgets import levels, waiting
    from alimnaru.store.scoping import whole_office

    now = timezone.now()
    found = levels(now)
    held = waiting(whole_office(), found, now)
    if as_json:
        said = [{"batch": w.batch.pk, "messages": w.messages, "won": float(w.won)} for w in held]
        answer({"ceilings": [_level_as_json(level) for level in found], "waiting": said})
        return 0
    out = screen()
    if not found:
        out.print("정해 둔 한도가 없습니다.")
    rows = [
        (
            level.capped.name,
            _span(level),
            money(level.stand.spent),
            money(level.stand.coming),
            money(level.stand.left),
            money(level.stand.ceiling.won),
        )
        for level in found
    ]
    columns = ["부서와 사업", "기간", "쓴 돈", "결과를 기다림", "남은 돈", "한도"]
    if rows:
        out.print(listing(columns, rows, numbers="쓴 돈,결과를 기다림,남은 돈,한도"))
    for one in held:
        out.print(
            f"{one.batch.pk}번 발송의 {one.messages:,}건({money(one.won)})이 돈을 기다립니다."
        )
    return 0


def _span(level: Level) -> str:
    from alimnaru.rules.ceilings import Span

    return "오늘" if level.stand.ceiling.span is Span.DAY else "이번 달"


def _level_as_json(level: Level) -> dict[str, object]:
    stand = level.stand
    return {
        "whose": stand.ceiling.whose,
        "name": level.capped.name,
        "span": stand.ceiling.span,
        "won": float(stand.ceiling.won),
        "spent_won": float(stand.spent),
        "coming_won": float(stand.coming),
        "left_won": float(stand.left),
        "warned": level.warned,
    }


def forecast(
    notice: Annotated[
        str, typer.Argument(help="알림의 코드나 이름.", metavar="알림", show_default=False)
    ],
    people: Annotated[
        int, typer.Argument(help="받을 사람 수.", metavar="사람수", min=1, show_default=False)
    ],
    department: Whose = None,
    project: Paying = None,
    as_json: JsonFlag = False,
) -> int:
    """그만큼 보내면 얼마가 들고 한도에 얼마가 남는지 봅니다. 아무것도 보내지 않습니다."""
    from alimnaru.ops.boot import boot
    from alimnaru.ops.cli_lookups import department_called, notice_called

    boot(migrate=True)
    one = notice_called(notice)
    from alimnaru.flow.rosters import newest_wording

    sender = department_called(department) or one.department
    line = line_called(one, sender, project)
    found = forecast_for(one, sender, people, line, newest_wording(one).pk)
    if as_json:
        answer(forecast_as_json(found))
    else:
        show_forecast(screen(), found)
    return 0


def line_called(
    notice: Notice, sender: Department, code: str | None, at: datetime | None = None
) -> int | None:
    """The budget line of this code, or the notice's own. Refused where it cannot pay then."""
    from django.utils import timezone

    from alimnaru.flow.paying import project_of
    from alimnaru.office.projects import payable_called

    now = at or timezone.now()
    if code is None:
        return project_of(notice, now)
    return payable_called(code, sender, timezone.localdate(now)).pk


def forecast_for(
    notice: Notice, sender: Department, people: int, line: int | None, version: int
) -> Estimate:
    """What a send to so many in a wording would cost, paid by a line."""
    from django.utils import timezone

    from alimnaru.flow.wordings import wording
    from alimnaru.reads.estimate import estimate

    way = wording(version).text_by(notice.fallback)
    return estimate(sender, people, way, timezone.now(), notice=notice, project=line)


def forecast_as_json(found: Estimate) -> dict[str, object]:
    """`won` null: no prices are entered."""
    return {
        "won": _number(found.won),
        "lines": [
            {
                "channel": line.channel,
                "percent": line.percent,
                "messages": line.count,
                "won_each": float(line.each),
                "won": float(line.won),
            }
            for line in found.lines
        ],
        "basis": found.basis,
        "ceilings": [_room_as_json(room) for room in found.rooms],
        "stopped_midway": found.over,
    }


def _room_as_json(room: Room) -> dict[str, object]:
    ceiling = room.level.stand.ceiling
    return {
        "whose": ceiling.whose,
        "name": room.level.capped.name,
        "span": ceiling.span,
        "won": float(ceiling.won),
        "left_won": float(room.left),
        "short_won": float(room.short),
        "month_end_won": _number(room.at_month_end),
    }


def _number(won: Decimal | None) -> float | None:
    return None if won is None else float(won)


def show_forecast(out: Console, found: Estimate) -> None:
    """The cost by channel, what is left of each ceiling, and whether one would stop it."""
    from alimnaru.wording import label

    if found.won is None:
        out.print("단가가 정해져 있지 않아 비용을 셈하지 못했습니다.")
        return
    ways = ", ".join(f"{label(line.channel)} {count(line.count)}" for line in found.lines)
    out.print(f"예상 비용 {money(found.won)} ({ways})")
    basis = {
        "notice": "이 알림의 최근 30일 결과로 셈했습니다.",
        "department": "이 부서의 최근 30일 결과로 셈했습니다.",
        "assumed": "최근 발송이 적어, 열에 아홉이 알림톡으로 받는다고 보고 셈했습니다.",
    }
    out.print(f"  {basis[found.basis]}")
    for room in found.rooms:
        end = "" if room.at_month_end is None else f", 이 추세면 월말 {money(room.at_month_end)}"
        out.print(
            f"  {room.level.capped.name} {_span(room.level)} 한도 "
            f"{money(room.level.stand.ceiling.won)}: {money(room.left)} 남음, "
            f"보낸 뒤 {money(room.after)}{end}"
        )
    if found.stop:
        out.print(
            f"  {found.stop.level.capped.name}의 {_span(found.stop.level)} 한도에서 "
            f"{money(found.stop.short)}이 모자라 도중에 멈추고 기다립니다."
        )


COMMANDS = {"spent": spent, "forecast": forecast}
