"""What the tables of reports have in common. Reports are papers of the office: always in Korean,
whatever the language of a reader's screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from django.utils import timezone

from alimnaru.rules.document import As, Cell, Column, Table
from alimnaru.rules.periods import Period

APPROVERS = ("담당", "팀장", "과장")
APPROVAL = "결재"
SEAL = "서명"
NUMBER = "문서번호"
SUMMARY = "요약"
TOTAL = "합계"

#: What the same wordings would have cost as the text message that each needs, and what was saved
#: against that (`Baseline.NEEDED`).
SAVED: Sequence[Column] = (
    Column("필요 문자라면(원)", As.WON),
    Column("필요 문자 기준 절감(원)", As.WON),
)
#: Of `_cells`.
SUMS: Sequence[Column] = (
    Column("발송(건)"),
    Column("알림톡 도달"),
    Column("문자 도달"),
    Column("실패"),
    Column("확인 필요"),
    Column("보내지 않음"),
    Column("도달률", As.SHARE, 9),
    Column("전환율", As.SHARE, 9),
    Column("비용(원)", As.WON),
    *SAVED,
)


class Sums(Protocol):
    """What is read of `reads.statistics.Sums`."""

    @property
    def tried(self) -> int: ...
    @property
    def reached(self) -> int: ...
    @property
    def alimtalk(self) -> int: ...
    @property
    def text(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def unknown(self) -> int: ...
    @property
    def unsent(self) -> int: ...
    @property
    def spent(self) -> Decimal: ...
    @property
    def as_text(self) -> Decimal: ...
    @property
    def saved(self) -> Decimal: ...


def cells(sums: Sums) -> list[Cell]:
    """The cells of `SUMS`."""
    return [
        sums.tried,
        sums.alimtalk,
        sums.text,
        sums.failed,
        sums.unknown,
        sums.unsent,
        share(sums.reached, sums.tried),
        share(sums.alimtalk, sums.reached),
        sums.spent,
        sums.as_text,
        sums.saved,
    ]


def sums_table(
    title: str,
    head: Column,
    lines: Iterable[tuple[Cell, Sums]],
    total: Sums,
    *,
    detail: bool = False,
) -> Table:
    """A line for each of something, with `SUMS` and the sum of all."""
    return Table(
        title=title,
        sheet=title,
        columns=[head, *SUMS],
        rows=[[name, *cells(sums)] for name, sums in lines],
        total=[TOTAL, *cells(total)],
        empty="이 기간에 끝난 발송이 없습니다.",
        detail=detail,
    )


def share(part: int | Decimal, whole: int | Decimal) -> float | None:
    """A part of one; None where there is no whole."""
    return float(part) / float(whole) if whole else None


def percent(part: int | Decimal, whole: int | Decimal) -> str:
    """In a sentence: 94.0%."""
    found = share(part, whole)
    return "–" if found is None else f"{found * 100:.1f}%"


def won(value: Decimal | int) -> str:
    """Whole won with thousands."""
    return f"{value:,.0f}"


def day(on: date) -> str:
    """2026. 7. 8., as offices write it."""
    return f"{on.year}. {on.month}. {on.day}."


def days(period: Period) -> str:
    """From and to."""
    return f"{day(period.start)} ~ {day(period.end)}"


def moment(at: datetime) -> str:
    """2026. 7. 8. 09:00 in Seoul."""
    local = timezone.localtime(at)
    return f"{day(local.date())} {local:%H:%M}"


def month(on: date) -> str:
    """2026. 7."""
    return f"{on.year}. {on.month}."
