"""A carrier's statement, read line by line from xlsx or csv (UTF-8 or CP949)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from alimnaru.rules.statement import (
    HEADER_WITHIN,
    ByNumber,
    Columns,
    Line,
    LineReader,
    StatementFault,
    StatementRefused,
)
from alimnaru.rules.statement import missing as missing_in
from alimnaru.sources import apart
from alimnaru.sources.apart import OpenList, SourceRow


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A statement that was checked as a file; its lines are read as they are asked for."""

    name: str
    sha256: str
    columns: Columns
    _rows: OpenList
    _by_number: ByNumber | None = None

    def lines(self) -> Iterator[Line]:
        """Its billed lines. Raises `StatementRefused` and `ListRefused` in the middle: keep nothing
        before the end has come."""
        rows = self._rows.rows()
        reader = self._reader(rows)
        for row in rows:
            if (line := reader.line(row.number, row.cells)) is not None:
                yield line

    def _reader(self, rows: Iterator[SourceRow]) -> LineReader:
        """The row that has most of the mapped columns is the header."""
        fewest: list[str] | None = None
        for row in islice(rows, HEADER_WITHIN):
            cells = row.cells
            absent = missing_in(cells, self.columns)
            if not absent:
                return LineReader(cells, self.columns, self._by_number)
            fewest = absent if fewest is None or len(absent) < len(fewest) else fewest
        raise StatementRefused(StatementFault.COLUMN_MISSING, column=(fewest or [""])[0])


def open_statement(
    path: Path, columns: Columns, name: str = "", by_number: ByNumber | None = None
) -> StatementFile:
    """Check a file. `by_number` makes a second reference where `columns` name the receiver's
    number. Raises `ListRefused`."""
    opened = apart.open_statement(path)
    return StatementFile(name or path.name, opened.sha256, columns, opened, by_number)
