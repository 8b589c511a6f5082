"""The tables that a council asks for (행정사무감사), over years, and who sent what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from alimnaru.papers import tables as report_tables
from alimnaru.papers.tables import (
    APPROVAL,
    APPROVERS,
    NUMBER,
    SAVED,
    SEAL,
    TOTAL,
    days,
    moment,
    share,
)
from alimnaru.reads.council import MOST_BATCHES, Cells, CouncilRow, SentBatch
from alimnaru.rules.channel import Channel
from alimnaru.rules.document import As, Cell, Column, Document, Section, Table
from alimnaru.rules.periods import Period
from alimnaru.store.models import Department
from alimnaru.wording import label

_NONE = "이 기간에 끝난 발송이 없습니다."
_SUMS = (
    Column("도달(건)"),
    Column("실패"),
    Column("확인 필요"),
    Column("보내지 않음"),
    Column("도달률", As.SHARE, 9),
    Column("비용(원)", As.WON),
    *SAVED,
)


def council_document(
    rows: Sequence[CouncilRow],
    period: Period,
    department: Department | None,
    *,
    office: str,
    by: str,
    at: datetime,
) -> Document:
    """Years by year, month, department, notice and channel; the last by all of them at once."""
    keyed: list[tuple[str, Column, Callable[[CouncilRow], Cell]]] = [
        ("연도별", Column("연도", As.TEXT, 10), lambda r: f"{r.month.year}년"),
        ("월별", Column("월", As.TEXT, 12), lambda r: report_tables.month(r.month)),
        ("부서별", Column("부서", As.TEXT, 26), lambda r: r.department.name),
        ("알림별", Column("알림", As.TEXT, 30), lambda r: r.notice.name),
        ("방법별", Column("방법", As.TEXT, 14), lambda r: label(Channel(r.channel))),
    ]
    tables = [_by(name, head, rows, key) for name, head, key in keyed]
    return Document(
        title="알림 발송 현황(행정사무감사 요구자료)",
        office=office,
        number=NUMBER,
        approval=APPROVAL,
        seal=SEAL,
        approvals=APPROVERS,
        facts=_facts(period, department, by, at),
        sections=[
            Section(table.title, tables=[table]) for table in tables
        ] + [Section("숫자의 뜻", says=[
            ("결과가 정해진 날을 기준으로 세었습니다. 비용은 그날의 단가로 셈하였고 부가가치세는 "
            "따로입니다. 절감은 문안마다 필요한 문자로 보냈을 때와의 차이입니다."),
            "월, 부서, 알림, 방법을 모두 나눈 표는 엑셀 파일의 상세 시트에 있습니다.",
        ], tables=[_detail(rows)])],
    )  # fmt: skip


def _facts(
    period: Period, department: Department | None, by: str, at: datetime
) -> list[tuple[str, str]]:
    whose = f"{department.name}(하위 부서 포함)" if department else "전체 부서"
    return [("대상 부서", whose), ("대상 기간", days(period)), ("작성", f"{moment(at)} {by}")]


def _by(
    title: str,
    head: Column,
    rows: Iterable[CouncilRow],
    key: Callable[[CouncilRow], Cell],
) -> Table:
    sums: dict[Cell, Cells] = {}
    total = Cells()
    for row in rows:
        for cells in (sums.setdefault(key(row), Cells()), total):
            _add(cells, row.cells)
    return Table(
        title,
        title,
        [head, *_SUMS],
        [[name, *_cells(cells)] for name, cells in sums.items()],
        total=[TOTAL, *_cells(total)],
        empty=_NONE,
    )


def _add(to: Cells, more: Cells) -> None:
    for name in Cells.__dataclass_fields__:
        setattr(to, name, getattr(to, name) + getattr(more, name))


def _cells(cells: Cells) -> list[Cell]:
    tried = cells.delivered + cells.failed + cells.unknown
    return [
        cells.delivered,
        cells.failed,
        cells.unknown,
        cells.unsent,
        share(cells.delivered, tried),
        cells.won,
        cells.as_text,
        cells.saved,
    ]


def _detail(rows: Sequence[CouncilRow]) -> Table:
    total = Cells()
    for row in rows:
        _add(total, row.cells)
    return Table(
        "월·부서·알림·방법별 상세",
        "상세",
        [
            Column("월", As.TEXT, 10),
            Column("부서", As.TEXT, 24),
            Column("알림", As.TEXT, 28),
            Column("방법", As.TEXT, 12),
            *_SUMS,
        ],
        [
            [
                report_tables.month(r.month),
                r.department.name,
                r.notice.name,
                label(Channel(r.channel)),
                *_cells(r.cells),
            ]
            for r in rows
        ],
        total=[TOTAL, "", "", "", *_cells(total)],
        empty=_NONE,
        detail=True,
    )


_OF_A_BATCH = [
    Column("발송 번호", As.TEXT, 10),
    Column("부서", As.TEXT, 22),
    Column("알림", As.TEXT, 26),
    Column("받은 분(명)"),
    Column("보낸 사람", As.TEXT, 16),
    Column("요청한 때", As.MOMENT, 17),
    Column("승인한 사람과 때", As.TEXT, 46, wide=True),
    Column("내보낸 때", As.MOMENT, 17),
]


def officers_document(
    sent: Iterable[SentBatch],
    period: Period,
    department: Department | None,
    *,
    office: str,
    by: str,
    at: datetime,
) -> Document:
    """Who sent what on whose approval. No resident stands in it; officers' names do."""
    rows = [_sent(one) for one in sent]
    says = [("받은 분의 이름과 전화번호는 들어 있지 않습니다. 담당자의 이름이 들어 있으므로 "
            "목적에 맞게만 쓰고 다 쓴 뒤에는 지워 주십시오.")]  # fmt: skip
    if len(rows) >= MOST_BATCHES:
        says.append(f"한 번에 {MOST_BATCHES:,}건까지 적습니다. 기간을 나누어 주십시오.")
    return Document(
        title="발송과 결재 목록",
        office=office,
        number=NUMBER,
        approval=APPROVAL,
        seal=SEAL,
        approvals=APPROVERS,
        facts=_facts(period, department, by, at),
        says=says,
        sections=[
            Section(
                "발송과 결재",
                tables=[
                    Table("발송과 결재", "발송과 결재", _OF_A_BATCH, rows, empty=_NONE),
                ],
            )
        ],
    )


def _sent(one: SentBatch) -> Sequence[Cell]:
    batch = one.batch
    return [
        str(batch.pk),
        batch.department.name,
        batch.notice.name,
        batch.people,
        batch.member.name,
        batch.requested_at or batch.created_at,
        _approved(one),
        batch.released_at or batch.created_at,
    ]


def _approved(one: SentBatch) -> str:
    """By people, or by what they agreed to beforehand: a rule, a key."""
    if one.approvals:
        return ", ".join(f"{a.name}({moment(a.at)})" for a in one.approvals)
    rule = one.batch.rule
    if rule is not None:
        who = f", 승인 {rule.approved_by.name}" if rule.approved_by else ""
        return f"알림 규칙 ‘{rule.name}’{who}"
    if one.batch.api_key is not None:
        return f"연계 키 ‘{one.batch.api_key.name}’"
    return "승인 없이 보내는 알림"
