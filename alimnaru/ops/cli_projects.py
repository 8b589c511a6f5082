"""`project`: budget lines, what they may spend, and for which notices."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import Refused, near
from alimnaru.ops.cli_output import JsonFlag, answer, listing, money, screen

if TYPE_CHECKING:
    from alimnaru.store.models import Project

Code = Annotated[str, typer.Argument(help="사업의 코드.", metavar="코드")]
Whose = Annotated[str, typer.Option("--department", help="사업의 부서.", metavar="부서")]


def _called(code: str, department: str) -> Project:
    from alimnaru.ops.cli_lookups import department_called
    from alimnaru.store.models import Project
    from alimnaru.wording import Fault

    whose = department_called(department)
    lines = Project.objects.filter(department=whose).select_related("department")
    found = lines.filter(code=code).first()
    if found is None:
        known = list(lines.values_list("code", flat=True))
        raise Refused(Fault.PROJECT_UNKNOWN, code=code, near=near(code, known) or ", ".join(known))
    return found


def list_(as_json: JsonFlag = False) -> int:
    """사업과 한도, 이번 달에 쓴 돈을 봅니다."""
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from django.utils import timezone

    from alimnaru.reads.budgets import lines_and_spent

    found = lines_and_spent(timezone.now())
    if as_json:
        answer({"projects": [_as_json(one, won) for one, won in found]})
        return 0
    rows = [
        (
            one.department.name,
            one.code,
            one.name if one.is_active else f"{one.name} (닫음)",
            money(won),
            "–" if one.monthly_cap_won is None else money(one.monthly_cap_won),
        )
        for one, won in found
    ]
    if not rows:
        screen().print("등록한 사업이 없습니다. 등록하려면: alimnaru project add")
        return 0
    columns = ["부서", "코드", "사업", "이번 달", "한 달 한도"]
    screen().print(listing(columns, rows, numbers="이번 달,한 달 한도"))
    return 0


def _as_json(one: Project, won: Decimal) -> dict[str, object]:
    return {
        "department": one.department.code,
        "code": one.code,
        "name": one.name,
        "funding": one.funding,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat() if one.ends_on else None,
        "daily_cap_won": None if one.daily_cap_won is None else int(one.daily_cap_won),
        "monthly_cap_won": None if one.monthly_cap_won is None else int(one.monthly_cap_won),
        "spent_won": float(won),
        "active": one.is_active,
        "notices": [notice.code for notice in one.notices.all()],
    }


Funding = Annotated[
    str,
    typer.Option(
        "--funding",
        help="재원: district(구비), city(시비), state(국비), fund(기금), mixed(여럿).",
        metavar="재원",
    ),
]
FirstDay = Annotated[
    str,
    typer.Option("--from", help="쓰는 첫날. 적지 않으면 오늘.", metavar="날짜", show_default=False),
]
LastDay = Annotated[
    str, typer.Option("--to", help="쓰는 마지막 날.", metavar="날짜", show_default=False)
]
Daily = Annotated[str, typer.Option("--daily", help="하루 한도.", metavar="원", show_default=False)]
Monthly = Annotated[
    str, typer.Option("--monthly", help="한 달 한도.", metavar="원", show_default=False)
]


def add(
    *,
    code: Code,
    name: Annotated[str, typer.Argument(help="세부사업의 이름.", metavar="이름")],
    department: Whose,
    funding: Funding = "district",
    start: FirstDay = "",
    end: LastDay = "",
    daily: Daily = "",
    monthly: Monthly = "",
    as_json: JsonFlag = False,
) -> int:
    """사업을 등록합니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.projects import add_project
    from alimnaru.ops.cli_lookups import day_named, department_named
    from alimnaru.rules.budget_lines import Line

    whose = department_named(department)
    line = Line(
        code=code,
        name=name,
        funding=funding,
        starts_on=day_named(start),
        ends_on=day_named(end) if end else None,
        daily_cap_won=_cap(daily) if daily else None,
        monthly_cap_won=_cap(monthly) if monthly else None,
    )
    made = add_project(line, actor=cli_member(), department=whose)
    if as_json:
        answer({"department": whose.code, "code": made.code})
    else:
        screen().print(f"‘{made.name}’ 사업을 등록했습니다.")
    return 0


def _cap(text: str) -> Decimal:
    from alimnaru.office.projects import ProjectRefused
    from alimnaru.rules.budget_lines import ProjectFault

    try:
        return Decimal(text.replace(",", "").removesuffix("원"))
    except InvalidOperation:
        raise ProjectRefused(ProjectFault.CAP_UNREADABLE) from None


def close(code: Code, department: Whose, as_json: JsonFlag = False) -> int:
    """사업을 닫습니다. 지금까지 쓴 기록은 남습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.projects import close_project

    project = _called(code, department)
    changed = close_project(project, actor=cli_member())
    if as_json:
        answer({"code": project.code, "changed": changed})
    else:
        said = "사업을 닫았습니다." if changed else "사업은 이미 닫혀 있습니다."
        screen().print(f"‘{project.name}’ {said}")
    return 0


def assign(
    notice: Annotated[str, typer.Argument(help="알림의 코드나 이름.", metavar="알림")],
    code: Annotated[
        str, typer.Argument(help="사업의 코드. 비우면 사업을 뗍니다.", metavar="코드",
                            show_default=False)
    ] = "",
    department: Annotated[
        str | None,
        typer.Option(
            "--department", help="사업의 부서. 적지 않으면 알림의 부서.", metavar="부서",
            show_default=False,
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> int:  # fmt: skip
    """알림의 비용을 댈 사업을 정합니다. 앞으로 보내는 것부터 셈합니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office.projects import assign_project
    from alimnaru.ops.cli_lookups import notice_called

    one = notice_called(notice)
    project = _called(code, department or one.department.code) if code else None
    assign_project(one, project, actor=cli_member())
    if as_json:
        answer({"notice": one.code, "project": project.code if project else None})
    elif project:
        screen().print(f"‘{one.name}’의 비용은 이제 ‘{project.name}’ 사업에서 댑니다.")
    else:
        screen().print(f"‘{one.name}’의 비용을 대는 사업을 떼었습니다.")
    return 0


COMMANDS = {"list": list_, "add": add, "close": close, "assign": assign}
