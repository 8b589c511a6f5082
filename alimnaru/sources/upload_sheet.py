"""What a look through a sheet finds that the reader of its values does not tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.sources.upload_guard import LIST, MAX_COLUMNS, ListRefused, Size

_MAX_FIXES: Final = 1_000_000


@dataclass(slots=True)
class Sheet:
    """One sheet of a workbook, as its tab says."""

    name: str
    hidden: bool


@dataclass(slots=True)
class Look:
    """Rows and columns count from 1. `columns` and `rows` are the last ones with a value.

    `fixes` holds by row the cells whose value the reader loses: failed formulas, and formulas that
    no program has worked out yet, as they stand.
    """

    rows: int = 0
    columns: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    fixes: dict[int, list[tuple[int, Cell]]] = field(default_factory=dict)
    fixed: int = 0
    max_columns: int = MAX_COLUMNS
    size: Size = LIST

    def value_at(self, row: int, column: int) -> None:
        """A value stands there. Raises `ListRefused` beyond the limits."""
        if column > self.columns:
            if column > self.max_columns:
                raise ListRefused(
                    Refusal.FILE_TOO_MANY_COLUMNS, count=column, limit=self.max_columns, row=row
                )
            self.columns = column
        if row > self.rows:
            if row > self.size.rows:
                raise ListRefused(Refusal.FILE_TOO_MANY_ROWS, count=row, limit=self.size.rows)
            self.rows = row

    def fix(self, row: int, column: int, cell: Cell) -> None:
        """Note what the cell really holds."""
        self.fixed += 1
        if self.fixed > _MAX_FIXES:
            raise ListRefused(Refusal.FILE_TOO_LARGE, limit=f"수식 {_MAX_FIXES:,}개")
        self.fixes.setdefault(row, []).append((column, cell))

    def guard(self, cells: int) -> None:
        """The reader lays a sheet out as a full grid: two far cells may cost all memory."""
        if cells > self.size.cells:
            raise ListRefused(
                Refusal.FILE_TOO_LARGE,
                rows=self.rows,
                columns=self.columns,
                limit=f"{self.size.cells:,}칸",
            )


def column_letters(column: int) -> str:
    """1 → 'A', 28 → 'AB'."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
