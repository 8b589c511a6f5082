"""A report as data, whatever it is written as: headings, figures, tables and charts, in order.

Nothing here knows xlsx or PDF. A number stays a number; a text is Korean already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Cell = str | int | float | Decimal | date | datetime | None


class As(StrEnum):
    """How the cells of a column are shown."""

    TEXT = "text"
    COUNT = "count"
    WON = "won"
    #: Of one message: it may have parts of a won.
    PRICE = "price"
    #: A part of one, 0.5 shown as 50.0%.
    SHARE = "share"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading. `width` in characters of a workbook; `wide` breaks long texts."""

    heading: str
    kind: As = As.COUNT
    width: int = 12
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first cell of a row names it. `total` is the last row.

    `sheet` names its sheet in a workbook (31 characters at most). `detail`: too long for paper, it
    stands in the workbook alone. `empty` is said where there are no rows.
    """

    title: str
    sheet: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    notes: Sequence[str] = ()
    empty: str = ""
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each label of the chart."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over labels, those of one label on each other. `alt` says in words what is to be seen;
    the numbers stand in a table beside it."""

    title: str
    alt: str
    labels: Sequence[str]
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the summary, with its unit and what is to be known about it."""

    name: str
    value: str
    unit: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    title: str
    says: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A report. `approvals` are the boxes of 결재; `number` is the office's own document number,
    which a person writes in. `facts` stand under the title: who, which days, when it was made."""

    title: str
    office: str
    facts: Sequence[tuple[str, str]]
    figures: Sequence[Figure] = ()
    says: Sequence[str] = ()
    sections: Sequence[Section] = ()
    approvals: Sequence[str] = field(default=())
    #: Of the line for the document number; '' for none.
    number: str = ""
    #: What the boxes are for, and what is put into them: 결재, 서명.
    approval: str = ""
    seal: str = ""

    @property
    def tables(self) -> Sequence[Table]:
        """Every table of it, in order."""
        return [table for section in self.sections for table in section.tables]
