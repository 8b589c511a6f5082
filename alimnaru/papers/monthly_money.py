"""The money of a month's report: against which baseline, at which prices, from which budget."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from alimnaru.papers.tables import share
from alimnaru.reads.monthly import Monthly, ProjectLine
from alimnaru.rules.budget_lines import Funding
from alimnaru.rules.ceilings import Whose
from alimnaru.rules.document import As, Cell, Column, Section, Table
from alimnaru.rules.tariff import Baseline
from alimnaru.wording import label

#: From this part of a ceiling on, people are warned.
_NEAR = 0.8


def money_sections(found: Monthly) -> list[Section]:
    """Cost and saving, then budget lines and ceilings."""
    return [
        Section("비용과 절감", tables=[_baselines(found), _prices(found)]),
        Section("예산", tables=[_projects(found), _ceilings(found)]),
    ]


def _baselines(found: Monthly) -> Table:
    money = found.found.total.money
    rows: list[Sequence[Cell]] = [["실제로 든 비용", money.spent, None, None]]
    for base in Baseline:
        would, saved = money.would(base), money.saved(base)
        rows.append([f"{label(base)}로 보냈다면", would, saved, share(saved, would)])
    return Table(
        "기준별 절감",
        "기준별 절감",
        [
            Column("기준", As.TEXT, 40),
            Column("금액(원)", As.WON, 14),
            Column("절감(원)", As.WON, 14),
            Column("절감률", As.SHARE),
        ],
        rows,
        notes=[
            (
                "도달한 알림을 그날의 단가로 셈하였고 부가가치세는 따로입니다. 문안별 필요 "
                "문자는 보낸 문안의 길이로 정하며, "
                "값을 뺀 글이 90바이트를 넘으면 장문으로 봅니다."
            ),
        ],
    )


def _prices(found: Monthly) -> Table:
    return Table(
        "적용한 단가",
        "적용한 단가",
        [
            Column("방법", As.TEXT, 16),
            Column("단가(원, 부가세 별도)", As.TEXT, 22),
            Column("적용 시작일", As.DAY, 16),
        ],
        [[label(p.channel), f"{p.won:,f}".rstrip("0").rstrip("."), p.since] for p in found.prices],
        empty="등록한 단가가 없습니다. 비용은 0원으로 셈하였습니다.",
        notes=["기관의 단가입니다. 계약이나 부서의 단가가 따로 있으면 그 단가로 셈합니다."],
    )


def _projects(found: Monthly) -> Table:
    total = sum((line.won for line in found.projects), Decimal(0))
    return Table(
        "세부사업별",
        "세부사업별",
        [
            Column("세부사업", As.TEXT, 28),
            Column("부서", As.TEXT, 20),
            Column("재원", As.TEXT, 12),
            Column("도달(건)"),
            Column("비용(원)", As.WON),
            Column("월 한도(원)", As.WON),
            Column("쓴 비율", As.SHARE),
        ],
        [_project(line) for line in found.projects],
        total=["합계", "", "", sum(p.messages for p in found.projects), total, None, None],
        empty="이 기간에 든 비용이 없습니다.",
    )


def _project(line: ProjectLine) -> Sequence[Cell]:
    used = share(line.won, line.ceiling) if line.ceiling else None
    if line.project is None:
        return ["세부사업을 정하지 않음", "", "", line.messages, line.won, None, None]
    project = line.project
    return [
        f"{project.name}({project.code})",
        project.department.name,
        label(Funding(project.funding)),
        line.messages,
        line.won,
        line.ceiling,
        used,
    ]


def _ceilings(found: Monthly) -> Table:
    return Table(
        "월 한도",
        "월 한도",
        [
            Column("구분", As.TEXT, 12),
            Column("부서나 사업", As.TEXT, 24),
            Column("월 한도(원)", As.WON, 14),
            Column("쓴 비용(원)", As.WON, 14),
            Column("쓴 비율", As.SHARE),
            Column("상태", As.TEXT, 14),
        ],
        [
            [
                "세부사업" if c.whose is Whose.PROJECT else "부서",
                c.name,
                c.ceiling,
                c.won,
                share(c.won, c.ceiling),
                _state(c.won, c.ceiling),
            ]
            for c in found.ceilings
        ],
        empty="월 한도를 정한 부서나 사업이 없습니다.",
        notes=["부서의 한도는 아래 부서가 쓴 것까지, 긴급 안내의 비용까지 셉니다."],
    )


def _state(won: Decimal, ceiling: Decimal) -> str:
    if won >= ceiling:
        return "한도에 닿음"
    return "80% 넘음" if float(won) >= _NEAR * float(ceiling) else "여유 있음"
