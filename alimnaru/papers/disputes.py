"""The lines of a month that differ, as a workbook for the carrier: message by message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Final

from alimnaru.papers.tables import moment
from alimnaru.rules.channel import Channel
from alimnaru.rules.document import As, Cell, Column, Document, Figure, Section, Table
from alimnaru.rules.statement import Verdict
from alimnaru.store.models import StatementLine
from alimnaru.wording import label

SUMMARY: Final = "요약"
#: Where more lines differ than this, something differs as a whole: a price, a month, an account.
MOST: Final = 100_000
_COLUMNS: Sequence[Column] = (
    Column("견준 결과", As.TEXT, 14),
    Column("발송 계정", As.TEXT, 16),
    Column("통신사 번호", As.TEXT, 34),
    Column("내역의 줄", As.COUNT, 10),
    Column("채널", As.TEXT, 10),
    Column("날짜", As.DAY, 13),
    Column("청구(원)", As.PRICE, 11),
    Column("우리 기록(원)", As.PRICE, 13),
    Column("메시지 번호", As.TEXT, 14),
    Column("처리", As.TEXT, 40, wide=True),
)


def disputes_paper(
    month: date, lines: Iterable[StatementLine], counts: dict[str, int], *, office: str,
    at: datetime,
) -> Document:  # fmt: skip
    """All that differs, in the order of `reads.closing.disputes`. `counts` by verdict. No resident
    stands in it."""
    rows = [_row(line) for line in islice(lines, MOST)]
    total = sum(n for verdict, n in counts.items() if verdict != Verdict.MATCHED)
    notes = [f"서로 다른 {total:,}줄 가운데 앞의 {MOST:,}줄입니다."] if total > len(rows) else []
    return Document(
        title=f"{month:%Y}년 {month.month}월 이용 내역 대조 결과",
        office=office,
        facts=[("달", f"{month:%Y. %m.}"), ("작성", moment(at))],
        figures=[Figure(label(v), f"{counts.get(v.value, 0):,}", "줄") for v in Verdict],
        sections=[
            Section(
                "서로 다른 줄",
                tables=[
                    Table(
                        title="서로 다른 줄",
                        sheet="서로 다른 줄",
                        columns=_COLUMNS,
                        rows=rows,
                        notes=notes,
                        empty="서로 다른 줄이 없습니다.",
                        detail=True,
                    )
                ],
            )
        ],
    )


def _row(line: StatementLine) -> list[Cell]:
    return [
        label(Verdict(line.verdict)),
        line.statement.account.name,
        line.theirs,
        line.line_no or None,
        label(Channel(line.channel)),
        line.day,
        line.won,
        line.our_won,
        str(line.message_id or ""),
        line.note,
    ]
